"""The formulary, drafting and signing, and the pharmacist's review."""
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from app.work import Work
from prescribing import api as prescribing
from web.api.schemas import ItemOut, PrescriptionOut
from web.door import ApiGate, Door, GuardedRoute
from web.fit import Number

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["prescriptions"])
Doctor = Annotated[Door, ApiGate("doctor")]
Pharmacist = Annotated[Door, ApiGate("pharmacist")]
Readers = Annotated[Door, ApiGate("patient", "doctor", "pharmacist")]
Search = Annotated[str, Query(min_length=1, max_length=60)]


@router.get("/formulary")
def formulary(q: Search, door: Doctor) -> list[dict[str, Any]]:
    """Medicines by Chinese name, pinyin, initials, English or brand."""
    data = prescribing.load()
    with door.read() as work:
        return [{**hit.model_dump(mode="json"),
                 "classes": sorted(prescribing.online_classes(work, hit.drug_id) or []),
                 "products": [p.model_dump(mode="json") for p in data.drug(hit.drug_id).products]}
                for hit in prescribing.search(data, q)]


@router.get("/conditions")
def conditions(q: Search, door: Doctor) -> list[dict[str, Any]]:
    """Diagnoses by ICD-10 code, Chinese, English or pinyin."""
    with door.read():
        return [hit.model_dump(mode="json") for hit in prescribing.conditions.search(prescribing.load(), q)]


def prescription_out(work: Work, rx: prescribing.Prescription) -> PrescriptionOut:
    """A prescription with its lines; a patient reads lines and digest once a pharmacist has approved it."""
    told = rx.model_dump(include=set(PrescriptionOut.model_fields) - {"items"})
    if work.actor.role == "patient" and not prescribing.is_told(rx):
        return PrescriptionOut(**told | {"digest": ""}, items=[])
    return PrescriptionOut(**told, items=[ItemOut.model_validate(item) for item in prescribing.items_of(work, rx.id)])


@router.post("/visits/{visit_id}/prescriptions", status_code=201)
def start_draft(visit_id: UUID, door: Doctor) -> PrescriptionOut:
    """Begin a draft, or go on with the one that stands; nobody else sees it."""
    with door.write() as work:
        return prescription_out(work, prescribing.start_draft(work, visit_id))


@router.get("/visits/{visit_id}/prescriptions")
def of_visit(visit_id: UUID, door: Readers) -> list[PrescriptionOut]:
    """The prescriptions of a visit that the asker may see."""
    with door.read() as work:
        me = work.actor.practitioner_id
        found = prescribing.prescriptions_of_visit(work, visit_id, door.actor.role == "doctor")
        seen = [rx for rx in found if rx.state not in prescribing.HIDDEN or (me and rx.practitioner_id == me)]
        return [prescription_out(work, prescribing.prescription_for(work, rx.id)) for rx in seen]


@router.get("/prescriptions/{prescription_id}")
def prescription(prescription_id: UUID, door: Readers) -> PrescriptionOut:
    """One prescription; a draft exists for its author alone."""
    with door.read() as work:
        return prescription_out(work, prescribing.prescription_for(work, prescription_id))


@router.post("/prescriptions/{prescription_id}/items", status_code=201)
def add_item(prescription_id: UUID, body: dict[str, Any], door: Doctor) -> ItemOut:
    """Add a line: drug_id, product_code, dose {value, unit}, route, frequency, days, timing, quantity."""
    with door.write() as work:
        return ItemOut.model_validate(prescribing.set_item(work, prescription_id, body))


@router.put("/prescriptions/{prescription_id}/items/{line}")
def change_item(prescription_id: UUID, line: Number, body: dict[str, Any], door: Doctor) -> ItemOut:
    """Replace a line."""
    with door.write() as work:
        return ItemOut.model_validate(prescribing.set_item(work, prescription_id, body, line))


@router.delete("/prescriptions/{prescription_id}/items/{line}", status_code=204)
def remove_item(prescription_id: UUID, line: Number, door: Doctor) -> Response:
    """Take a line out."""
    with door.write() as work:
        prescribing.remove_item(work, prescription_id, line)
    return Response(status_code=204)


class TermsIn(BaseModel):
    """Terms of the prescription; only what is given is changed."""

    validity_days: Number | None = None
    is_long_term: bool | None = None
    stable_chronic: bool | None = None
    strict_assessment: bool | None = None
    extension_reason: str | None = Field(None, max_length=500)
    off_label: bool | None = None
    off_label_consent: bool | None = None
    note: str | None = Field(None, max_length=1000)


@router.put("/prescriptions/{prescription_id}/terms")
def set_terms(prescription_id: UUID, body: TermsIn, door: Doctor) -> PrescriptionOut:
    """Set validity, reasons and whether the use is within the label."""
    with door.write() as work:
        return prescription_out(work, prescribing.set_terms(
            work, prescription_id, **body.model_dump(exclude_none=True)))


@router.get("/prescriptions/{prescription_id}/checks")
def checks(prescription_id: UUID, door: Annotated[Door, ApiGate("doctor", "pharmacist")]) -> dict[str, Any]:
    """What the checks say now, what they covered, and what the policy would say; an answer names a finding's digest."""
    with door.read() as work:
        rx = prescribing.prescription_for(work, prescription_id)
        report = prescribing.check_report(work, rx)
        stops = [f.id for f in prescribing.unanswered(work, rx, report)]
        policy = [{"line": n, "verdict": d.verdict, "summary": d.summary, "rules": list(d.rule_ids)}
                  for n, d in prescribing.preview(work, rx)] if rx.state == "draft" else []
    findings = [{**finding.model_dump(mode="json"), "digest": finding.digest} for finding in report.findings]
    return {**report.model_dump(mode="json"), "findings": findings, "stops": stops, "policy": policy}


class AnswerIn(BaseModel):
    """A coded reason and words for one finding; `finding_digest` is the digest of what was read of it."""

    finding_id: str = Field(max_length=200)
    finding_digest: str = Field(pattern="^[0-9a-f]{64}$")
    reason_code: str = Field(max_length=40)
    text: str = Field("", max_length=500)


@router.post("/prescriptions/{prescription_id}/answers", status_code=201)
def acknowledge(prescription_id: UUID, body: AnswerIn, door: Doctor) -> dict[str, UUID]:
    """Record why to go on despite a finding; 409 when it says something else than what was read."""
    with door.write() as work:
        return {"id": prescribing.acknowledge(work, prescription_id, body.finding_id, body.finding_digest,
                                              body.reason_code, body.text).id}


class PinIn(BaseModel):
    """The doctor's own signing PIN."""

    pin: str = Field(max_length=20)


@router.post("/prescriptions/{prescription_id}/sign")
def sign(prescription_id: UUID, body: PinIn, door: Doctor) -> PrescriptionOut:
    """Sign with the doctor's own key; checks and policy must agree."""
    with door.write() as work:
        return prescription_out(work, prescribing.sign_prescription(work, prescription_id, body.pin))


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


@router.post("/prescriptions/{prescription_id}/revoke")
def revoke(prescription_id: UUID, body: ReasonIn, door: Doctor) -> PrescriptionOut:
    """Take a prescription back."""
    with door.write() as work:
        return prescription_out(work, prescribing.revoke(work, prescription_id, body.reason))


@router.post("/prescriptions/{prescription_id}/next-version", status_code=201)
def answer_return(prescription_id: UUID, door: Doctor) -> PrescriptionOut:
    """Answer a returned prescription with a new draft."""
    with door.write() as work:
        return prescription_out(work, prescribing.answer_return(work, prescription_id))


@router.get("/reviews")
def reviews(door: Pharmacist) -> list[dict[str, Any]]:
    """Signed prescriptions that wait for a pharmacist, the oldest first."""
    with door.read() as work:
        return [{"prescription_id": r.prescription.id, "number": r.prescription.number, "patient_name": r.patient_name,
                 "signed_at": r.prescription.signed_at, "doctor_zh": r.doctor_zh, "doctor_en": r.doctor_en,
                 "lines": r.lines, "held_until": r.hold.until if r.hold else None}
                for r in prescribing.review_queue(work)]


@router.post("/prescriptions/{prescription_id}/hold")
def hold(prescription_id: UUID, door: Pharmacist) -> dict[str, Any]:
    """Take a review in hand for some minutes."""
    with door.write() as work:
        return {"until": prescribing.take_review(work, prescription_id).until}


@router.delete("/prescriptions/{prescription_id}/hold", status_code=204)
def let_go(prescription_id: UUID, door: Pharmacist) -> None:
    """Put a review back without a decision; a colleague's hold stays."""
    with door.write() as work:
        prescribing.release_review(work, prescription_id)


class RemarkIn(BaseModel):
    """An optional remark, and the ids of findings that the pharmacist confirms."""

    remark: str = Field("", max_length=1000)
    confirmed: list[str] = Field([], max_length=50)


@router.post("/prescriptions/{prescription_id}/approve")
def approve(prescription_id: UUID, body: RemarkIn, door: Pharmacist) -> dict[str, Any]:
    """Approve; only now it can be charged and dispensed."""
    with door.write() as work:
        review = prescribing.approve(work, prescription_id, body.remark, body.confirmed)
    return {"id": review.id, "decision": review.decision, "decision_id": review.decision_id}


@router.post("/prescriptions/{prescription_id}/take-back")
def take_back(prescription_id: UUID, door: Pharmacist) -> dict[str, Any]:
    """Undo an own approval within ten minutes, while nobody has ordered it or scanned its paper."""
    with door.write() as work:
        review = prescribing.take_back_approval(work, prescription_id)
    return {"id": review.id, "decision": review.decision}


class ReturnIn(BaseModel):
    """A coded reason, a sentence, and the lines it is about."""

    reason_code: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=1000)
    lines: list[Number] = []


@router.post("/prescriptions/{prescription_id}/return")
def return_(prescription_id: UUID, body: ReturnIn, door: Pharmacist) -> dict[str, Any]:
    """Return it to the doctor with a reason."""
    with door.write() as work:
        review = prescribing.return_prescription(work, prescription_id, body.reason_code, body.text, body.lines)
    return {"id": review.id, "decision": review.decision}
