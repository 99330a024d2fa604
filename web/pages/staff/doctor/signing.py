"""Sign with the doctor's own key, and the prescription after it: read, correct when returned, revoke."""
import hashlib
from typing import Annotated
from uuid import UUID

import rfc8785
from fastapi import APIRouter, Form, Response
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import Conflict, Problem
from app.kit.text import Text
from app.policy import api as policy
from app.settings import Settings
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.demo.cast import SIGNING_PIN
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_rx as x
from web.pages.staff.checking import over_week
from web.pages.staff.desk import Doctor, attempt, show, stopped
from web.pages.staff.doctor.context import diagnoses
from web.pages.staff.doctor.lines import frozen
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.doctor.writing import certificate, head_of, returned_of, validity
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
SIGN, SIGNED, LIST = "staff/doctor/sign.html", "staff/doctor/prescription.html", "staff/doctor/prescriptions.html"
WAITS = Text(zh="药师还没有审", en="not reviewed yet")
NO_KEY = Text(zh="—", en="—")


class DraftChanged(Conflict):
    """What would be signed is not what was on the screen."""

    slug = "draft-changed"
    title = Text(zh="草稿在您看过之后改过了，请再看一遍再签",
                 en="The draft was changed after you looked at it; please look again before signing")


def draft_digest(work: Work, rx: prescribing.Prescription) -> str:
    """SHA-256 of everything on the sign page, so that nobody signs what they have not seen."""
    answers = _answers(work, rx)
    told = {"number": rx.number, "version": rx.version, "patient": str(rx.patient_id), "days": rx.validity_days,
            "note": rx.note, "reason": rx.extension_reason, "long": rx.is_long_term, "off_label": rx.off_label,
            "consent": rx.off_label_consent, "stable": rx.stable_chronic, "strict": rx.strict_assessment,
            "diagnoses": [row.code for row in consult.diagnoses_of(work, rx.visit_id)],
            "lines": [[item.line, item.ordered, item.quantity] for item in prescribing.items_of(work, rx.id)],
            "answers": sorted([key, one.reason_code, one.text] for key, one in answers.items())}
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def _answers(work: Work, rx: prescribing.Prescription) -> dict[str, prescribing.FindingAnswer]:
    """The reasons that hold for what the checks say now; they are signed along."""
    return prescribing.answers_of(work, rx.id, prescribing.check_report(work, rx).findings)


def _sign_view(work: Work, rx: prescribing.Prescription, errors: tuple[v.FieldError, ...] = ()) -> x.SignView:
    visit = work.get(consult.Visit, rx.visit_id)
    patient, history = identity.patient(work, rx.patient_id), records.history_of(work, rx.patient_id)
    until = validity(rx, work)
    reasons = tuple(_reason(one) for one in _answers(work, rx).values())
    if rx.extension_reason:
        reasons += (over_week(rx.extension_reason),)
    return x.SignView(
        doctor_frame(work, "rx", ("queue", f"rx:{rx.id}")), head_of(rx, work), people.person(patient, history),
        people.allergies(history), diagnoses(work, visit), frozen(work, prescribing.items_of(work, rx.id)),
        local_date(work.now), until.until, rx.note, reasons, draft_digest(work, rx), certificate(work, rx), work.now,
        errors, SIGNING_PIN if work.tool(Settings).mode == "demo" else "")


def _reason(answer: prescribing.FindingAnswer) -> Text:
    words = prescribing.OVERRIDE_REASONS[answer.reason_code]
    return Text(zh=f"{words.zh}：{answer.text}", en=f"{words.en}: {answer.text}") if answer.text else words


@router.get("/doctor/prescriptions/{rx_id}/sign")
def sign_page(rx_id: UUID, door: Doctor) -> Response:
    """What will be signed, line by line."""
    with door.read() as work:
        rx = prescribing.prescription_for(work, rx_id)
        if rx.state != "draft":
            return show(door, *prescription_page(work, rx))
        view = _sign_view(work, rx)
    return show(door, SIGN, view)


@router.post("/doctor/prescriptions/{rx_id}/sign")
def sign(rx_id: UUID, door: Doctor, digest: Annotated[str, Form(max_length=64)] = "",
         pin: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Sign; checks and rules must agree, and the content must be what was on the screen."""
    def act(work: Work) -> None:
        rx = prescribing.prescription_for(work, rx_id)
        if rx.state == "draft" and draft_digest(work, rx) != digest:
            raise DraftChanged
        prescribing.sign_prescription(work, rx_id, pin)

    _, problem = attempt(door, act)
    here = f"/doctor/prescriptions/{rx_id}"
    if problem is None:
        return see_other(here)
    if problem.slug not in ("wrong-pin", "no-signing-key", "invalid"):
        return stopped(door, problem, here, "rx")
    return _sign_again(door, rx_id, problem)


def _sign_again(door: Door, rx_id: UUID, problem: Problem) -> Response:
    errors = (v.FieldError("pin", problem.detail),) if problem.slug != "invalid" else field_errors(problem)
    with door.read() as work:
        view = _sign_view(work, prescribing.prescription_for(work, rx_id), errors)
    return show(door, SIGN, view, problem.status, f"/doctor/prescriptions/{rx_id}/sign")


# --- after the signature -----------------------------------------------------------------------------------


def prescription_page(work: Work, rx: prescribing.Prescription,
                      errors: tuple[v.FieldError, ...] = ()) -> tuple[str, x.PrescriptionView]:
    """Template and view of a prescription that is no draft any more."""
    visit = work.get(consult.Visit, rx.visit_id)
    patient, history = identity.patient(work, rx.patient_id), records.history_of(work, rx.patient_id)
    decided = policy.decisions_of_prescription(work, rx.id, "prescribe")
    valid = prescribing.last_minute(rx) or rx.signed_at or work.now
    return SIGNED, x.PrescriptionView(
        doctor_frame(work, "rx", ("queue", f"rx:{rx.id}")), head_of(rx, work), people.person(patient, history),
        people.allergies(history), diagnoses(work, visit), frozen(work, prescribing.items_of(work, rx.id)),
        local_date(valid), rx.digest, _signed(work, rx), _reviewed(work, rx),
        f"/doctor/decisions/{decided[-1].id}" if decided else "", f"/doctor/visits/{rx.visit_id}",
        returned_of(work, rx) if rx.state == "returned" else None,
        prescribing.PRESCRIPTION.can(rx, "supersede", "doctor"),
        prescribing.PRESCRIPTION.can(rx, "revoke", "doctor"), errors)


def _signed(work: Work, rx: prescribing.Prescription) -> Text:
    if rx.signed_at is None:
        return NO_KEY
    own, at = identity.practitioner(work, rx.practitioner_id), people.moment(rx.signed_at)
    holds = prescribing.is_unchanged(work, rx)
    zh, en = ("签名有效", "signature valid") if holds else ("签名无效", "signature not valid")
    return Text(zh=f"{own.name_zh} {at}，{zh}", en=f"{own.name_en} {at}, {en}")


REVIEWED = {"approved": ("通过", "approved"), "returned": ("退回", "returned"),
            "taken_back": ("收回了通过，再看一遍", "approval taken back, looked at again")}


def _reviewed(work: Work, rx: prescribing.Prescription) -> Text:
    reviews = prescribing.reviews_of(work, rx.id)
    if not reviews:
        return WAITS
    last = reviews[-1]
    by, at = identity.practitioner(work, last.pharmacist_id), people.moment(last.at)
    zh, en = REVIEWED[last.decision]
    return Text(zh=f"{by.name_zh} {at} {zh}", en=f"{en} by {by.name_en} {at}")


@router.post("/doctor/prescriptions/{rx_id}/revise")
def revise(rx_id: UUID, door: Doctor) -> Response:
    """Answer a returned prescription with the draft of the next version."""
    made, problem = attempt(door, lambda work: prescribing.answer_return(work, rx_id).id)
    if problem:
        return stopped(door, problem, f"/doctor/prescriptions/{rx_id}", "rx")
    return see_other(f"/doctor/prescriptions/{made}")


@router.post("/doctor/prescriptions/{rx_id}/revoke")
def revoke(rx_id: UUID, door: Doctor, reason: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Take a prescription back; what is not handed out is stopped."""
    _, problem = attempt(door, lambda work: prescribing.revoke(work, rx_id, reason))
    if problem is None:
        return see_other(f"/doctor/prescriptions/{rx_id}")
    if problem.status != 422:
        return stopped(door, problem, f"/doctor/prescriptions/{rx_id}", "rx")
    with door.read() as work:
        page = prescription_page(work, prescribing.prescription_for(work, rx_id), field_errors(problem))
    return show(door, *page, problem.status, f"/doctor/prescriptions/{rx_id}")


@router.get("/doctor/prescriptions")
def prescriptions(door: Doctor) -> Response:
    """The doctor's own prescriptions, returned ones first. Cost: 3 statements besides the frame."""
    rx, patient = prescribing.Prescription, identity.Patient
    with door.read() as work:
        found = work.session.exec(
            select(rx, patient).join(patient, col(patient.id) == col(rx.patient_id))
            .where(rx.practitioner_id == work.actor.practitioner_id, col(rx.state).not_in(("discarded", "superseded")))
            .order_by(col(rx.state) != "returned", col(rx.id).desc()).limit(100)).all()
        records.note_seen(work, "read:prescriptions", [
            records.Listed(row.patient_id, "prescription", row.id) for row, _ in found])
        items = prescribing.items_of_many(work, [row.id for row, _ in found])
        view = x.PrescriptionsView(doctor_frame(work, "rx"),
                                   tuple(_row(row, person, items[row.id]) for row, person in found))
    return show(door, LIST, view)


def _row(rx: prescribing.Prescription, patient: identity.Patient,
         items: list[prescribing.PrescriptionItem]) -> x.PrescriptionRow:
    words = Text(zh="、".join(i.name_zh for i in items) or "还没有药",
                 en=", ".join(i.name_en for i in items) or "no medicine yet")
    return x.PrescriptionRow(f"/doctor/prescriptions/{rx.id}", rx.number, rx.version, people.person(patient),
                             rx.state, rx.signed_at or rx.drafted_at, words)  # type: ignore[arg-type]
