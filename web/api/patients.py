"""People under an account: identity, consents, history, documents, evidence, the record file."""
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel, Field

from app.identity import api as identity
from app.storage import ObjectStore
from app.work import Work
from records import api as records
from web.api.schemas import Bilingual, ConsentFormOut, EntryOut, PatientOut
from web.door import ApiGate, Door, GuardedRoute
from web.fit import Number
from web.taking import Said, require_answered, require_known, running_of, save_answers

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["patients"])
Patient = Annotated[Door, ApiGate("patient")]
Reader = Annotated[Door, ApiGate("patient", "doctor", "pharmacist")]
UPLOAD_LIMIT = 24 << 20


class PatientIn(BaseModel):
    """A person whom the account acts for."""

    name: str = Field(max_length=60)
    id_number: str = Field(max_length=30)
    relation: str = Field(max_length=10)


def patient_out(work: Work, person: identity.Patient, relation: str) -> PatientOut:
    """A person as their own account sees them."""
    return PatientOut(id=person.id, name=person.name, sex=person.sex, birth_date=person.birth_date,
                      relation=relation, id_number=identity.masked_id_number(work, person),
                      realname_verified=bool(identity.realname_in_force(work, person)))


@router.get("/patients")
def patients(door: Patient) -> list[PatientOut]:
    """Everybody whom this account acts for."""
    with door.read() as work:
        return [patient_out(work, p, relation) for p, relation in identity.patients_of(work, door.actor.account_id)]


@router.post("/patients", status_code=201)
def add_patient(body: PatientIn, door: Patient) -> PatientOut:
    """Add oneself, a child or a parent by the identity number."""
    with door.write() as work:
        person = identity.add_patient(work, body.name, body.id_number, body.relation)
        return patient_out(work, person, body.relation)


@router.post("/patients/{patient_id}/identity-check", status_code=202)
def check_identity(patient_id: UUID, door: Patient) -> dict[str, str]:
    """Ask the register; `GET /patients` shows the answer when it is there."""
    with door.write() as work:
        identity.verify_identity(work, patient_id)
    return {"status": "asked"}


@router.get("/patients/{patient_id}/consents")
def consents(patient_id: UUID, door: Patient) -> list[ConsentFormOut]:
    """Every form with its version, and whether it stands agreed to."""
    with door.read() as work:
        identity.require_acting_for(work, patient_id)
        standing = records.consents_of(work, patient_id)
        return [ConsentFormOut(form=name, version=form.version, sha256=form.sha256, title=Bilingual.of(form.title),
                               agreed=name in standing) for name, form in records.forms().items()]


class ConsentIn(BaseModel):
    """Agreement to the text with this hash."""

    form: str = Field(max_length=40)
    sha256: str | None = Field(None, max_length=64)


@router.post("/patients/{patient_id}/consents", status_code=201)
def give_consent(patient_id: UUID, body: ConsentIn, door: Patient) -> dict[str, Any]:
    """Agree to a form, for oneself or as guardian."""
    with door.write() as work:
        row = records.give_consent(work, patient_id, body.form, sha256=body.sha256)
    return {"id": row.id, "form": row.form, "version": row.version}


class HistoryIn(BaseModel):
    """Only what is asked now; "none" and "unknown" are answers, leaving a field out is not.

    `stopped` names those of our medicines that are not taken any more; the others are then taken, by the same word,
    but for those of which the patient said not to know: they are asked when the history is confirmed.
    """

    allergies: list[records.AllergyIn] | str | None = None
    medicines: list[records.MedicineIn] | str | None = None
    pregnancy: str | None = Field(None, max_length=20)
    weight_g: Number | None = None
    stopped: list[UUID] | None = None


@router.get("/patients/{patient_id}/history")
def history(patient_id: UUID, door: Reader) -> dict[str, Any]:
    """Allergies, medicines, pregnancy, weight; `missing` names what was never asked.

    `taken_back`: allergies that the patient's side struck and no clinician has confirmed: the checks still ask.
    `asked`: what we prescribed and did not bring, or of which the patient does not know; the confirmation answers each.
    """
    with door.read() as work:
        records.require_readable(work, patient_id, "history")
        found = records.history_of(work, patient_id)
        asked = running_of(work, patient_id, found).names if door.actor.role == "patient" else {}
    return {"allergies": [{"text": a.text, "reaction": a.reaction} for a in found.allergies],
            "taken_back": [{"text": a.text, "reaction": a.reaction, "recorded_at": a.recorded_at, "at": a.struck_at}
                           for a in found.taken_back],
            "allergies_asked": found.allergies_asked, "none_known": found.none_known,
            "medicines": [{"id": m.id, "text": m.text, "self_reported": m.self_reported, "said": m.said}
                          for m in found.medicines],
            "medicines_asked": found.medicines_asked, "pregnancy": found.pregnancy,
            "weight_kg": str(found.weight_kg) if found.weight_kg is not None else None,
            "egfr": found.egfr, "egfr_on": found.egfr_on, "egfr_source": found.egfr_source,
            "confirmed_at": found.confirmed_at, "missing": found.missing,
            "asked": [{"key": key, "name": Bilingual.of(name)} for key, name in asked.items()]}


@router.put("/patients/{patient_id}/history")
def save_history(patient_id: UUID, body: HistoryIn, door: Patient) -> dict[str, list[str]]:
    """Save the answers that are given; returns what is still missing."""
    with door.write() as work:
        if body.allergies is not None:
            records.save_allergies(work, patient_id, body.allergies)  # type: ignore[arg-type]
        if body.medicines is not None:
            records.save_medicines(work, patient_id, body.medicines)  # type: ignore[arg-type]
        if body.pregnancy is not None:
            records.save_pregnancy(work, patient_id, body.pregnancy)
        if body.weight_g is not None:
            records.save_weight(work, patient_id, body.weight_g)
        if body.stopped is not None:
            unknown = [line.id for line in records.history_of(work, patient_id).medicines if line.said == "unknown"]
            records.save_taking(work, patient_id, body.stopped, unknown)
        return {"missing": records.history_of(work, patient_id).missing}


class ConfirmIn(BaseModel):
    """What the patient says of each medicine that is `asked` about, by its key; unknown counts as taken."""

    medicines: dict[str, Said] = Field({}, max_length=50)


@router.post("/patients/{patient_id}/history/confirm", status_code=201)
def confirm_history(patient_id: UUID, door: Patient, body: ConfirmIn | None = None) -> dict[str, Any]:
    """Say that the history is still right, and of each medicine that we did not bring whether it is taken."""
    said = body.medicines if body else {}
    with door.write() as work:
        identity.require_acting_for(work, patient_id)
        found = records.history_of(work, patient_id)
        running = running_of(work, patient_id, found)
        require_known(running, said)
        require_answered(running, said)
        stopped = {line.id for line in found.medicines if line.said == "stopped"}
        save_answers(work, patient_id, running, said, stopped)
        return {"confirmed_at": records.confirm_history(work, patient_id).confirmed_at}


class KidneyIn(BaseModel):
    """eGFR in ml/min/1.73 m² as it stands on a report, the day of the test and which report it is."""

    egfr: float = Field(allow_inf_nan=False)
    on: date
    source: str = Field(max_length=100)


@router.put("/patients/{patient_id}/egfr")
def save_egfr(patient_id: UUID, body: KidneyIn, door: Annotated[Door, ApiGate("doctor")]) -> dict[str, Any]:
    """Keep the kidney function that the treating doctor read from a report; prescriptions are checked with it.

    Answers with the report that counts: an older one is kept and does not replace a newer one.
    """
    with door.write() as work:
        kept = records.save_egfr(work, patient_id, body.egfr, body.on, body.source)
        return {"egfr": kept.egfr, "egfr_on": kept.egfr_on, "egfr_source": kept.egfr_source}


@router.delete("/patients/{patient_id}/egfr", status_code=204)
def strike_egfr(patient_id: UUID, door: Annotated[Door, ApiGate("doctor")]) -> Response:
    """Take a wrong entry back: the kidney function is not known again."""
    with door.write() as work:
        records.strike_egfr(work, patient_id)
    return Response(status_code=204)


@router.post("/patients/{patient_id}/documents", status_code=201, max_body_size=UPLOAD_LIMIT)
def upload(patient_id: UUID, files: list[UploadFile], door: Patient, kind: str = "medical_record",
           title: str = "") -> dict[str, Any]:
    """Keep a document of one or several pages: photos or a PDF, byte for byte."""
    with door.read() as work:
        identity.require_acting_for(work, patient_id)
    records.require_pages(len(files))
    objects = door.house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    uploads = ((file.file.read(), file.filename or "") for file in files)
    with records.stored_pages(objects, patient_id, uploads) as pages, door.write() as work:
        document = records.keep_document(work, patient_id, pages, kind, title)
    return {"id": document.id, "pages": len(pages), "sha256": [page.original.sha256 for page in pages]}


class EvidenceIn(BaseModel):
    """A kept document as proof of an earlier diagnosis; what the patient reads on it is a hint."""

    document_id: UUID
    institution: str | None = Field(None, max_length=120)
    diagnosis_code: str | None = Field(None, max_length=10)
    diagnosed_on: date | None = None


@router.post("/patients/{patient_id}/evidence", status_code=201)
def offer_evidence(patient_id: UUID, body: EvidenceIn, door: Patient) -> dict[str, Any]:
    """Offer a document as evidence; a doctor decides about it in the visit."""
    with door.write() as work:
        row = records.offer_evidence(work, patient_id, body.document_id, None, body.institution,
                                     body.diagnosis_code, body.diagnosed_on)
    return {"id": row.id, "state": row.state}


@router.get("/patients/{patient_id}/evidence")
def evidence(patient_id: UUID, door: Reader) -> list[dict[str, Any]]:
    """All evidence of a patient."""
    with door.read() as work:
        return [{"id": e.id, "state": e.state, "origin": e.origin, "institution": e.institution,
                 "diagnosis_code": e.diagnosis_code, "diagnosed_on": e.diagnosed_on, "document_id": e.document_id}
                for e in records.evidence_list(work, patient_id)]


@router.get("/documents/{document_id}/pages/{page}")
def document_page(document_id: UUID, page: Number, door: Reader) -> Response:
    """One page of a document, through the gate and into the trail."""
    with door.read() as work:
        found = records.document_file(work, document_id, page)
    return Response(found.data, media_type=found.media_type, headers=found.headers())


@router.get("/patients/{patient_id}/record")
def record(patient_id: UUID, door: Reader, before: UUID | None = None, kind: str | None = None,
           limit: Number = 50) -> list[EntryOut]:
    """The record file, newest first."""
    with door.read() as work:
        lines = records.timeline(work, patient_id, before, min(max(limit, 1), 200), kind)
    return [EntryOut(id=e.id, kind=e.kind, at=e.at, title=Bilingual.of(e.title), summary=Bilingual.of(e.summary),
                     source_kind=e.source_kind, source_id=e.source_id, visit_id=e.visit_id) for e in lines]


class EmergencyIn(BaseModel):
    """Why the record must be read now; the patient reads these words."""

    reason: str = Field(max_length=500)


@router.post("/patients/{patient_id}/emergency-access", status_code=201)
def emergency_access(patient_id: UUID, body: EmergencyIn, door: Annotated[Door, ApiGate("doctor")]) -> dict[str, Any]:
    """Open a record for an hour without a treatment relation; patient and guardians are told who and why at once."""
    with door.write() as work:
        return {"until": records.break_glass(work, patient_id, body.reason).until}


@router.get("/patients/{patient_id}/looks")
def who_looked(patient_id: UUID, door: Patient) -> list[dict[str, Any]]:
    """Who looked at the record, when, at what and on which ground."""
    with door.read() as work:
        found = records.looks(work, patient_id)
    return [{"first_at": e.first_at, "last_at": e.last_at, "views": e.views, "ground": e.ground,
             "parts": list(e.parts), "who": vars(e.who) if hasattr(e.who, "__dict__") else str(e.who)}
            for e in found]


def _given(one: records.HandOverLine) -> dict[str, Any]:
    return {"at": one.at, "recipient": Bilingual.of(one.recipient), "fields": [Bilingual.of(f) for f in one.fields],
            "purpose": Bilingual.of(one.purpose), "basis": Bilingual.of(one.basis)}


@router.get("/patients/{patient_id}/hand-overs")
def hand_overs(patient_id: UUID, door: Patient) -> list[dict[str, Any]]:
    """Which kinds of data went to whom outside the house, when, what for and on which ground of law."""
    with door.read() as work:
        return [_given(one) for one in records.hand_overs(work, patient_id)]


@router.get("/hand-overs")
def hand_over_register(door: Annotated[Door, ApiGate("compliance", "admin")]) -> list[dict[str, Any]]:
    """The register of data that was given away, newest first, for an inspector; it names no patient."""
    with door.read() as work:
        return [{**_given(one), "patient_id": one.patient_id} for one in records.hand_over_register(work)]
