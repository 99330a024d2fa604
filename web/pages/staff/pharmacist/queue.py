"""The pharmacist's queue with its preview, and what was decided."""
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.clock import completed_years, local_date
from app.kit.ids import parse_uuid
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import GuardedRoute
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_review as r
from web.pages.staff import views_rx as x
from web.pages.staff.checking import reasons_given, report_views
from web.pages.staff.counting import midnight
from web.pages.staff.desk import Pharmacist, frame, show

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
CHILD = 14
Chosen = Annotated[str, Query(max_length=40)]
FILTERS: dict[str, tuple[Text, Callable[[prescribing.ReviewRow, datetime], bool]]] = {
    "": (Text(zh="全部", en="All"), lambda row, now: True),
    "children": (Text(zh="儿童", en="Children"),
                 lambda row, now: completed_years(row.birth_date, local_date(now)) < CHILD),
    "corrected": (Text(zh="医生已更正", en="Corrected"), lambda row, now: row.prescription.version > 1),
    "free": (Text(zh="没人在审", en="Free"), lambda row, now: row.hold is None or row.hold.until <= now),
}


def pharmacist_frame(work: Work, current: str = "review", topics: tuple[str, ...] = ("review",)) -> v.StaffFrame:
    """Top bar of the pharmacist's pages, which follow what waits for a review."""
    return frame(work, current, topics)


def names(work: Work, ids: Iterable[UUID | None]) -> dict[UUID, identity.Practitioner]:
    """Doctors and pharmacists of a list by id; one statement."""
    return identity.practitioners_by_id(work, {one for one in ids if one is not None})


def undo_of(work: Work, rx: prescribing.Prescription | None) -> r.Undo | None:
    """How an own approval is taken back, while it can be."""
    until = prescribing.take_back_until(rx, work.actor.practitioner_id) if rx is not None else None
    if rx is None or until is None or work.now >= until:
        return None
    return r.Undo(f"/pharmacist/reviews/{rx.id}/take-back", rx.number, until)


Papers = list[tuple[prescribing.Prescription, prescribing.Redemption | None]]


def denied_of(work: Work, papers: Papers) -> tuple[r.Denied, ...]:
    """What patients say they did not get although a pharmacy marked it as dispensed, or sent it; names no patient."""
    return tuple(r.Denied(f"/pharmacist/filled/{rx.id}", rx.number, prescribing.claimed_by(work, made),
                          made.denied_at or made.at, box=made.pharmacy_id is not None)
                 for rx, made in papers if made is not None)


def closed_of(papers: Papers) -> tuple[r.ClosedPaper, ...]:
    """Papers that were marked and unmarked so often that no pharmacy fills them; no names."""
    return tuple(r.ClosedPaper(f"/pharmacist/filled/{rx.id}", rx.number) for rx, made in papers if made is None)


def queue_view(work: Work, preview: str, only: str, approved: str = "") -> r.ReviewQueueView:
    """What waits, the longest first. Cost: 5 statements besides frame and preview, 1 more right after an approval."""
    me, papers = work.actor.practitioner_id, prescribing.papers_in_question(work)
    found = [row for row in prescribing.review_queue(work) if row.prescription.practitioner_id != me]
    known = names(work, [row.prescription.practitioner_id for row in found] + [_holder(row, work) for row in found])
    only = only if only in FILTERS else ""
    kept = [row for row in found if FILTERS[only][1](row, work.now)]
    shown = next((row for row in kept if str(row.prescription.id) == preview), None)
    rows = tuple(_row(work, row, known, row is shown, only) for row in kept)
    return r.ReviewQueueView(
        pharmacist_frame(work), rows, tuple(_filters(found, only, work.now)),
        _preview(work, shown, known) if shown else None,
        min((row.prescription.signed_at for row in found if row.prescription.signed_at), default=None),
        undo=undo_of(work, work.find(prescribing.Prescription, parse_uuid(approved)) if parse_uuid(approved) else None),
        denied=denied_of(work, papers), closed=closed_of(papers))


def _holder(row: prescribing.ReviewRow, work: Work) -> UUID | None:
    """A colleague who has it in hand now."""
    held = row.hold is not None and row.hold.until > work.now and row.hold.pharmacist_id != work.actor.practitioner_id
    return row.hold.pharmacist_id if held and row.hold else None


def _filters(found: list[prescribing.ReviewRow], only: str, now: datetime) -> Iterable[r.ReviewFilter]:
    for key, (words, holds) in FILTERS.items():
        href = f"/pharmacist?only={key}" if key else "/pharmacist"
        yield r.ReviewFilter(href, words, sum(holds(row, now) for row in found), key == only)


def _row(work: Work, row: prescribing.ReviewRow, known: dict[UUID, identity.Practitioner], chosen: bool,
         only: str) -> r.ReviewRow:
    rx, doctor = row.prescription, known[row.prescription.practitioner_id]
    holder = _holder(row, work)
    field = identity.DEPARTMENTS.get(doctor.department or "")
    here = f"/pharmacist?preview={rx.id}" + (f"&only={only}" if only else "")
    return r.ReviewRow(
        f"/pharmacist/reviews/{rx.id}", here, rx.signed_at or rx.drafted_at, rx.number,
        v.Person(row.patient_name, row.birth_date, people.sex_of(row.sex)), doctor.name.get(work.actor.language),
        field or "", row.lines, None, known[holder].name.get(work.actor.language) if holder else "",
        rx.version > 1, chosen, reasons_given(rx))


def _preview(work: Work, row: prescribing.ReviewRow, known: dict[UUID, identity.Practitioner]) -> r.ReviewPreview:
    rx = prescribing.prescription_for(work, row.prescription.id)
    history = records.history_of(work, rx.patient_id)
    patient = identity.patient(work, rx.patient_id)
    holder = _holder(row, work)
    return r.ReviewPreview(
        f"/pharmacist/reviews/{rx.id}", rx.number, people.person(patient, history), people.allergies(history),
        diagnoses_of(work, rx), tuple(line_words(item) for item in prescribing.items_of(work, rx.id)),
        tuple((finding.kind, finding.title) for finding in report_views(work, rx).in_order),
        signed_words(work, rx, known[rx.practitioner_id]),
        known[holder].name.get(work.actor.language) if holder else "")


def diagnoses_of(work: Work, rx: prescribing.Prescription) -> tuple[v.Diagnosis, ...]:
    """What was coded in the visit of a prescription, through the gate."""
    records.require_readable(work, rx.patient_id, "conditions")
    return tuple(v.Diagnosis(row.code, row.code, Text(zh=row.label_zh, en=row.label_en), n == 0)
                 for n, row in enumerate(consult.diagnoses_of(work, rx.visit_id)))


def line_words(item: prescribing.PrescriptionItem) -> Text:
    """A line in one sentence."""
    return Text(zh=f"{item.name_zh}：{item.wording_zh}", en=f"{item.name_en}: {item.wording_en}")


def signed_words(work: Work, rx: prescribing.Prescription, doctor: identity.Practitioner) -> Text:
    """Who signed when, and whether the signature holds now."""
    at = people.moment(rx.signed_at) if rx.signed_at else "—"
    holds = prescribing.is_unchanged(work, rx)
    zh, en = ("签名有效", "signature valid") if holds else ("签名无效", "signature not valid")
    return Text(zh=f"{doctor.name_zh} {at} 签名，{zh}", en=f"signed by {doctor.name_en} {at}, {en}")


@router.get("/pharmacist")
def queue(door: Pharmacist, preview: Chosen = "", only: Chosen = "", approved: Chosen = "") -> Response:
    """What waits for a review, and what was approved just now."""
    with door.read() as work:
        view = queue_view(work, preview, only, approved)
    return show(door, "staff/pharmacist/queue.html", view)


@router.get("/pharmacist/parts/queue")
def queue_part(door: Pharmacist, preview: Chosen = "", only: Chosen = "") -> Response:
    """The rows alone."""
    with door.read() as work:
        view = queue_view(work, "", only)
    return show(door, "staff/parts/_review_live.html", view)


def _decided(work: Work, only_returned: bool) -> r.DecidedView:
    """What this pharmacist decided today. Cost: 1 statement besides the frame."""
    review, rx, patient, doctor = (prescribing.Review, prescribing.Prescription, identity.Patient,
                                   identity.Practitioner)
    statement = (select(review, rx, patient, doctor).join(rx, col(rx.id) == col(review.prescription_id))
                 .join(patient, col(patient.id) == col(rx.patient_id))
                 .join(doctor, col(doctor.id) == col(rx.practitioner_id))
                 .where(review.pharmacist_id == work.actor.practitioner_id,
                        review.at >= midnight(work.now) - (timedelta(days=7) if only_returned else timedelta()))
                 .order_by(col(review.at).desc()).limit(200))
    if only_returned:
        statement = statement.where(review.decision == "returned")
    found = work.session.exec(statement).all()
    records.note_seen(work, "read:decided", [
        records.Listed(rx.patient_id, "prescription", rx.id) for _, rx, *_ in found])
    rows = tuple(_decided_row(work, *row) for row in found)
    return r.DecidedView(pharmacist_frame(work, "returned" if only_returned else "decided"), only_returned, rows)


TAKEN_BACK = Text(zh="您收回了通过", en="You took the approval back")
STATES: dict[str, x.RxState] = {"approved": "approved", "returned": "returned", "taken_back": "signed"}


def _decided_row(work: Work, review: prescribing.Review, rx: prescribing.Prescription, patient: identity.Patient,
                 doctor: identity.Practitioner) -> r.DecidedRow:
    reason = prescribing.RETURN_REASONS.get(review.reason_code)
    words: v.Words = ""
    if reason:
        words = Text(zh=f"{reason.zh}：{review.text}", en=f"{reason.en}: {review.text}")
    if review.decision == "taken_back":
        words = TAKEN_BACK
    state = STATES[review.decision]
    mine = rx.reviewed_at == review.at
    return r.DecidedRow(rx.number, rx.version, people.person(patient), doctor.name.get(work.actor.language), review.at,
                        state, words, undo=undo_of(work, rx) if mine else None)


@router.get("/pharmacist/decided")
def decided(door: Pharmacist) -> Response:
    """Approved and returned today."""
    with door.read() as work:
        view = _decided(work, False)
    return show(door, "staff/pharmacist/decided.html", view)


@router.get("/pharmacist/returned")
def returned(door: Pharmacist) -> Response:
    """Returned within a week."""
    with door.read() as work:
        view = _decided(work, True)
    return show(door, "staff/pharmacist/decided.html", view)
