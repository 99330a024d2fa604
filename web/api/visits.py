"""Visits: the forecast, the wish, the waiting room, the talk, the doctor's judgement and the end."""
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.kit.text import Text
from app.payments import api as payments
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.api.schemas import Bilingual, MessageOut, PaymentOut, PlaceOut, VisitOut
from web.door import ApiGate, Door, GuardedRoute
from web.fit import Number

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["visits"])
Patient = Annotated[Door, ApiGate("patient")]
Doctor = Annotated[Door, ApiGate("doctor")]
Both = Annotated[Door, ApiGate("patient", "doctor")]


class ForecastIn(BaseModel):
    """What the patient says about earlier in-person care."""

    diagnosed_before: bool | None = None
    evidence_ids: list[UUID] = Field([], max_length=consult.MOST_PAPERS)


@router.post("/triages/{triage_id}/forecast", status_code=201)
def forecast(triage_id: UUID, body: ForecastIn, door: Patient) -> dict[str, Any]:
    """What is likely, before any money; it binds nobody."""
    with door.write() as work:
        row = consult.forecast_visit(work, triage_id, body.evidence_ids, body.diagnosed_before)
    told = consult.told_in(row)
    return {"id": row.id, "verdict": told.verdict, "label": told.label, "summary": told.summary,
            "rules": list(told.rule_ids), "later": [{"rule": one.rule, "stage": one.stage} for one in told.later]}


class VisitIn(ForecastIn):
    """The wish for a visit: with one doctor, or with the first who is free."""

    triage_id: UUID
    kind: str = Field("follow_up", pattern="^(follow_up|first_visit|advice)$")
    practitioner_id: UUID | None = None


@router.post("/visits", status_code=201)
def request_visit(body: VisitIn, door: Patient) -> VisitOut:
    """Ask for a visit and open its payment."""
    with door.write() as work:
        visit = consult.request_visit(work, body.triage_id, body.kind, body.practitioner_id, body.evidence_ids,
                                      body.diagnosed_before)
    return VisitOut.model_validate(visit)


def visit_of(work: Work, door: Door, visit_id: UUID) -> consult.Visit:
    """The visit for whichever side asks."""
    if door.actor.role == "doctor":
        return consult.visit_for_doctor(work, visit_id)
    return consult.visit_for_patient(work, visit_id)


@router.get("/visits/{visit_id}")
def visit(visit_id: UUID, door: Both) -> VisitOut:
    """One visit."""
    with door.read() as work:
        return VisitOut.model_validate(visit_of(work, door, visit_id))


@router.get("/patients/{patient_id}/visits")
def visits_of(patient_id: UUID, door: Patient) -> list[VisitOut]:
    """The visits of a person whom the account acts for, newest first."""
    with door.read() as work:
        records.require_readable(work, patient_id, "visit")
        return [VisitOut.model_validate(v) for v in consult.visits_of(work, patient_id)]


@router.get("/visits/{visit_id}/place")
def place(visit_id: UUID, door: Patient) -> PlaceOut:
    """The place in the waiting room."""
    with door.read() as work:
        return PlaceOut.model_validate(consult.place_in_queue(work, consult.visit_for_patient(work, visit_id)))


@router.get("/visits/{visit_id}/payment")
def visit_payment(visit_id: UUID, door: Patient) -> PaymentOut | None:
    """Where the fee is."""
    with door.read() as work:
        consult.visit_for_patient(work, visit_id)
        found = payments.payment_of(work, "visit", visit_id)
        return PaymentOut.model_validate(found) if found else None


class EvidenceRef(BaseModel):
    """Evidence that the patient offered before."""

    evidence_id: UUID


@router.post("/visits/{visit_id}/evidence", status_code=201)
def add_evidence(visit_id: UUID, body: EvidenceRef, door: Patient) -> VisitOut:
    """Give a visit the proof that it waits for."""
    with door.write() as work:
        return VisitOut.model_validate(consult.add_evidence_to_visit(work, visit_id, body.evidence_id))


@router.post("/visits/{visit_id}/cancel")
def cancel(visit_id: UUID, door: Patient) -> VisitOut:
    """Leave the waiting room; everything goes back."""
    with door.write() as work:
        return VisitOut.model_validate(consult.cancel_visit(work, visit_id))


@router.get("/queue")
def queue(door: Doctor) -> dict[str, Any]:
    """The doctor's queue: in hand, and waiting in order; nobody waits for a doctor who is not `licensed` now."""
    with door.read() as work:
        found = consult.queue(work)
    rows = {"in_progress": found.in_progress, "waiting": found.waiting, "finished": found.finished}
    told = {name: [{"visit": VisitOut.model_validate(r.visit), "patient_name": r.patient_name, "sex": r.sex,
                    "age": r.age, "unread": r.unread} for r in part] for name, part in rows.items()}
    return {**told, "licensed": found.licensed}


@router.post("/visits/{visit_id}/accept")
def accept(visit_id: UUID, door: Doctor) -> VisitOut:
    """Take the patient; exactly one doctor can."""
    with door.write() as work:
        return VisitOut.model_validate(consult.accept_visit(work, visit_id))


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=1000)


@router.post("/visits/{visit_id}/decline")
def decline(visit_id: UUID, body: ReasonIn, door: Doctor) -> VisitOut:
    """Decline with a reason that the patient reads; everything goes back."""
    with door.write() as work:
        return VisitOut.model_validate(consult.decline_visit(work, visit_id, body.reason))


class MessageIn(BaseModel):
    """A message; `client_id` is made by the sender, so that a resend is harmless."""

    client_id: UUID
    kind: str = Field("text", pattern="^(text|image|pdf|voice)$")
    text: str = Field("", max_length=10_000)
    document_id: UUID | None = None


@router.get("/visits/{visit_id}/messages")
def messages(visit_id: UUID, door: Both, after: Number = 0) -> list[MessageOut]:
    """Messages numbered above `after`, at most 200."""
    with door.read() as work:
        return [MessageOut.model_validate(m) for m in consult.messages(work, visit_of(work, door, visit_id), after)]


@router.post("/visits/{visit_id}/messages", status_code=201)
def send(visit_id: UUID, body: MessageIn, door: Both) -> MessageOut:
    """Send a message; the answer comes when it is stored."""
    with door.write() as work:
        return MessageOut.model_validate(consult.send_message(
            work, visit_id, body.client_id, body.kind, body.text, body.document_id))


class MarksIn(BaseModel):
    """Up to which number this side has got and read."""

    delivered: Number = 0
    read: Number = 0


@router.put("/visits/{visit_id}/marks")
def marks(visit_id: UUID, body: MarksIn, door: Both) -> dict[str, int]:
    """Say what was delivered and read."""
    with door.write() as work:
        visit = consult.mark(work, visit_id, body.delivered, body.read)
    return {"last_seq": visit.last_seq}


class EvidenceDecisionIn(BaseModel):
    """What the doctor read on the document."""

    institution: str = Field(max_length=200)
    diagnosis_code: str = Field(max_length=10)
    diagnosed_on: date


@router.post("/visits/{visit_id}/evidence/{evidence_id}/accept")
def accept_evidence(visit_id: UUID, evidence_id: UUID, body: EvidenceDecisionIn, door: Doctor) -> dict[str, Any]:
    """Accept a document as proof of the earlier diagnosis and keep it with the visit."""
    with door.write() as work:
        row = consult.accept_visit_evidence(work, visit_id, evidence_id, body.institution, body.diagnosis_code,
                                            body.diagnosed_on)
    return {"id": row.id, "state": row.state}


class JudgementIn(BaseModel):
    """Only what is judged now."""

    is_follow_up: bool | None = None
    same_condition: bool | None = None
    condition_changed: bool | None = None
    guardian_present: bool | None = None
    is_emergency: bool | None = None
    covid_symptoms: bool | None = None
    covid_home_care_eligible: bool | None = None
    evidence_id: UUID | None = None


@router.put("/visits/{visit_id}/judgement")
def judge(visit_id: UUID, body: JudgementIn, door: Doctor) -> dict[str, Any]:
    """Judge whether this is a follow-up of the same condition, and what else only the doctor can know."""
    with door.write() as work:
        row = consult.judge_follow_up(work, visit_id, **body.model_dump(exclude_unset=True))
    return {"id": row.id, "is_follow_up": row.is_follow_up, "same_condition": row.same_condition}


class NoteIn(BaseModel):
    """The note of the visit."""

    history: str = Field("", max_length=4000)
    assessment: str = Field("", max_length=4000)
    advice: str = Field("", max_length=4000)
    red_flags: str = Field("", max_length=2000)
    next_step: str = Field("", max_length=2000)
    next_visit_on: date | None = None


@router.put("/visits/{visit_id}/note")
def note(visit_id: UUID, body: NoteIn, door: Doctor) -> dict[str, int]:
    """Save the note as a new version."""
    with door.write() as work:
        return {"version": consult.write_note(work, visit_id, **body.model_dump()).version}


class DiagnosisIn(BaseModel):
    """An ICD-10 code of our list."""

    code: str = Field(max_length=10)


@router.post("/visits/{visit_id}/diagnoses", status_code=201)
def diagnose(visit_id: UUID, body: DiagnosisIn, door: Doctor) -> dict[str, Any]:
    """Record a diagnosis if the rules allow it; 409 with the decision if not."""
    known = prescribing.conditions.condition(prescribing.load(), body.code)
    label = Text(zh=known.zh, en=known.en) if known else None
    with door.write() as work:
        row = consult.diagnose(work, visit_id, known.code if known else body.code, label)
    return {"id": row.id, "code": row.code, "decision_id": row.decision_id,
            "label": {"zh": row.label_zh, "en": row.label_en}}


@router.post("/visits/{visit_id}/finish")
def finish(visit_id: UUID, door: Doctor) -> VisitOut:
    """Finish the visit; a note must stand."""
    with door.write() as work:
        return VisitOut.model_validate(consult.finish_visit(work, visit_id))


class ReferralIn(ReasonIn):
    """Where the patient should be seen in person."""

    reason: str = Field(min_length=1, max_length=4000)
    to_place: str = Field(min_length=1, max_length=200)
    urgency: str = Field("soon", pattern="^(urgent|soon|routine)$")
    condition_changed: bool = False


@router.post("/visits/{visit_id}/refer", status_code=201)
def refer(visit_id: UUID, body: ReferralIn, door: Doctor) -> dict[str, Any]:
    """Stop the visit online and write the referral letter; everything goes back."""
    with door.write() as work:
        letter = consult.refer_visit(work, visit_id, body.reason, body.to_place, body.urgency,
                                     body.condition_changed)
    return {"id": letter.id, "visit_id": letter.visit_id}


@router.post("/visits/{visit_id}/abandon")
def abandon(visit_id: UUID, door: Doctor) -> VisitOut:
    """End a visit whose patient left: only when the doctor wrote last and half an hour has passed since."""
    with door.write() as work:
        return VisitOut.model_validate(consult.abandon_visit(work, visit_id))


@router.get("/visits/{visit_id}/summary")
def summary(visit_id: UUID, door: Both) -> dict[str, Any]:
    """The visit in plain words, for patient and doctor; what the doctor still writes is nobody else's."""
    with door.read() as work:
        found = visit_of(work, door, visit_id)
        records.require_readable(work, found.patient_id, "visit", found.id)
        noted = consult.summary_of(work, found.id).note
        return {"visit": VisitOut.model_validate(found),
                "diagnoses": [{"code": d.code, "zh": d.label_zh, "en": d.label_en}
                              for d in consult.diagnoses_of(work, found.id)],
                "advice": noted.advice if noted else "", "red_flags": noted.red_flags if noted else "",
                "next_step": noted.next_step if noted else "",
                "next_visit_on": noted.next_visit_on if noted else None}


REFUND_RULE = Bilingual.of(consult.REFUND_RULE)


@router.get("/refund-rule")
def refund_rule(door: Both) -> Bilingual | None:
    """The rule that is shown before paying."""
    with door.read():
        return REFUND_RULE
