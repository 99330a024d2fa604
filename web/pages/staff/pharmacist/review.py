"""One review: everything on one screen, then the decision."""
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import Problem
from app.kit.text import Text, counted
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.fit import Number
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_review as r
from web.pages.staff import views_rx as x
from web.pages.staff.checking import key_of, kinds_by_line, line_state, over_week, report_views
from web.pages.staff.desk import Pharmacist, attempt, show, stopped
from web.pages.staff.pharmacist.queue import diagnoses_of, pharmacist_frame, signed_words
from web.pages.staff.verdicts import prescribing_verdict

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
CORRECTION = timedelta(hours=24)
PAST = timedelta(days=90)
REVIEW = "staff/pharmacist/review.html"
CHOOSE = Text(zh="先选通过或退回。", en="Choose approve or return first.")
WHY = Text(zh="退回要选至少一个理由。", en="Returning needs at least one reason.")
SAY = Text(zh="选了“其他”，请写明原因。", en="You chose “other”; please say what it is.")


def review_view(work: Work, rx_id: UUID, hold: prescribing.ReviewHold | None, told: r.Typed | None = None,
                errors: tuple[v.FieldError, ...] = ()) -> r.ReviewView:
    """The whole review; `hold` is a colleague's or the reader's own."""
    rx = prescribing.prescription_for(work, rx_id)
    history = records.history_of(work, rx.patient_id)
    patient, doctor = identity.patient(work, rx.patient_id), identity.practitioner(work, rx.practitioner_id)
    visit = work.get(consult.Visit, rx.visit_id)
    told = told or r.Typed()
    return r.ReviewView(
        pharmacist_frame(work, topics=("review", f"rx:{rx.id}")), str(rx.id),
        x.RxHead(str(rx.id), rx.number, rx.version, rx.state, rx.drafted_at),  # type: ignore[arg-type]
        people.person(patient, history), people.allergies(history, f"/pharmacist/reviews/{rx.id}/allergies"),
        prescribing_verdict(work, rx.id, "/pharmacist"),
        diagnoses_of(work, rx), people.taken(work, history), people.medicines_source(history), _note(work, rx),
        _lines(work, rx), report_views(work, rx), signed_words(work, rx, doctor), prescribing.is_unchanged(work, rx),
        doctor.name.get(work.actor.language), rx.signed_at or rx.drafted_at,
        tuple(v.Choice(code, words, code in told.reasons) for code, words in prescribing.RETURN_REASONS.items()),
        (visit.ended_at or work.now) + CORRECTION, hold.until if hold else None, _held_by(work, hold), "",
        _past(work, rx), _differences(work, rx), told.decision, told.words, errors, told.confirmed,
        over_week(rx.extension_reason) if rx.extension_reason else "")


def _held_by(work: Work, hold: prescribing.ReviewHold | None) -> str:
    if hold is None or hold.pharmacist_id == work.actor.practitioner_id:
        return ""
    return identity.practitioner(work, hold.pharmacist_id).name.get(work.actor.language)


def _note(work: Work, rx: prescribing.Prescription) -> v.Words:
    """What the doctor wrote, as far as it helps to judge the lines."""
    records.require_readable(work, rx.patient_id, "note", rx.visit_id)
    note = consult.note_of(work, rx.visit_id)
    return "\n".join(part for part in (note.history, note.assessment, note.advice) if part) if note else ""


def _lines(work: Work, rx: prescribing.Prescription) -> tuple[r.ReviewLine, ...]:
    report = prescribing.check_report(work, rx)
    kinds, before = kinds_by_line(report), _before(work, rx)
    rows = []
    for at, item in enumerate(prescribing.items_of(work, rx.id), 1):
        state, n = line_state(kinds.get(at, []))
        old = before.get(item.drug_id)
        was = old if old is not None and old != item.wording_zh else ""
        rows.append(r.ReviewLine(
            item.line, Text(zh=f"{item.name_zh} {item.strength}", en=f"{item.name_en} {item.strength}"),
            Text(zh=f"{item.quantity} 盒", en=counted(item.quantity, "pack")),
            Text(zh=item.wording_zh, en=item.wording_en), state, n, was))  # type: ignore[arg-type]
    return tuple(rows)


def _before(work: Work, rx: prescribing.Prescription) -> dict[str, str]:
    """The directions of the version before, by medicine."""
    if rx.supersedes_id is None:
        return {}
    return {item.drug_id: item.wording_zh for item in prescribing.items_of(work, rx.supersedes_id)}


def _differences(work: Work, rx: prescribing.Prescription) -> tuple[Text, ...]:
    """What changed since the version that was returned, in words."""
    if rx.supersedes_id is None:
        return ()
    old = {item.drug_id: item for item in prescribing.items_of(work, rx.supersedes_id)}
    new = {item.drug_id: item for item in prescribing.items_of(work, rx.id)}
    told = [Text(zh=f"加了 {new[d].name_zh}", en=f"added {new[d].name_en}") for d in new if d not in old]
    told += [Text(zh=f"去掉了 {old[d].name_zh}", en=f"removed {old[d].name_en}") for d in old if d not in new]
    told += [Text(zh=f"{new[d].name_zh}：由“{old[d].wording_zh}”改为“{new[d].wording_zh}”",
                  en=f"{new[d].name_en}: “{old[d].wording_en}” to “{new[d].wording_en}”")
             for d in new if d in old and old[d].ordered != new[d].ordered]
    return tuple(told)


def _past(work: Work, rx: prescribing.Prescription) -> tuple[r.PastRx, ...]:
    """Other prescriptions of the last 90 days."""
    records.require_readable(work, rx.patient_id, "prescriptions")
    known = [one for one in prescribing.prescriptions_of(work, rx.patient_id)
             if one.id not in (rx.id, rx.supersedes_id) and one.signed_at and work.now - one.signed_at <= PAST][:5]
    items = prescribing.items_of_many(work, [one.id for one in known])
    doctors = identity.practitioners_by_id(work, {one.practitioner_id for one in known})
    return tuple(r.PastRx(
        local_date(one.signed_at or one.drafted_at),
        Text(zh="、".join(i.name_zh for i in items[one.id]) or "—",
             en=", ".join(i.name_en for i in items[one.id]) or "—"),
        doctors[one.practitioner_id].name) for one in known)


@router.get("/pharmacist/reviews/{rx_id}")
def review(rx_id: UUID, door: Pharmacist) -> Response:
    """Take the review in hand and show it; a colleague's hold leaves it to be read."""
    view, problem = attempt(door, lambda work: review_view(work, rx_id, prescribing.take_review(work, rx_id)))
    if problem is None:
        return show(door, REVIEW, view)
    if problem.slug != "held-by-colleague":
        return stopped(door, problem, "/pharmacist", "review")
    with door.read() as work:
        view = review_view(work, rx_id, prescribing.hold_of(work, rx_id))
    return show(door, REVIEW, view)


@router.post("/pharmacist/reviews/{rx_id}/decide")
def decide(rx_id: UUID, door: Pharmacist, version: Annotated[Number, Form()] = 0,
           decision: Annotated[str, Form(max_length=10)] = "",
           reasons: Annotated[list[str] | None, Form(max_length=20)] = None,
           lines: Annotated[list[Number] | None, Form(max_length=20)] = None,
           confirmed: Annotated[list[str] | None, Form(max_length=60)] = None,
           words: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Approve or return; a decision about another version than the one shown changes nothing."""
    told = r.Typed(decision if decision in ("approve", "return") else "",  # type: ignore[arg-type]
                   tuple(reasons or ()), words, tuple(confirmed or ()))
    errors = _wrong(told)
    if errors:
        return _again(door, rx_id, told, errors, 422)
    _, problem = attempt(door, lambda work: _decide(work, rx_id, version, told, lines or []))
    if problem is None:
        return see_other(f"/pharmacist?approved={rx_id}" if told.decision == "approve" else "/pharmacist")
    if problem.slug in ("confirmation-missing", "hard-stop", "reason-missing"):
        return _again(door, rx_id, told, (v.FieldError("", problem.detail),), problem.status)
    return stopped(door, problem, "/pharmacist", "review")


def _wrong(told: r.Typed) -> tuple[v.FieldError, ...]:
    if not told.decision:
        return (v.FieldError("decision", CHOOSE),)
    known = [code for code in told.reasons if code in prescribing.RETURN_REASONS]
    if told.decision == "return" and not known:
        return (v.FieldError("reasons", WHY),)
    if told.decision == "return" and "other" in known and not told.words.strip():
        return (v.FieldError("words", SAY),)
    return ()


class VersionChanged(Problem):
    """The prescription is not the version that was on the screen."""

    slug = "version-changed"
    status = 409
    title = Text(zh="这张处方已经有了新的版本", en="There is another version of this prescription now")


def _decide(work: Work, rx_id: UUID, version: int, told: r.Typed, lines: list[int]) -> None:
    rx = prescribing.prescription_for(work, rx_id)
    if rx.version != version:
        raise VersionChanged
    if told.decision == "approve":
        report = prescribing.check_report(work, rx)
        looked_at = [one.id for one in report.findings if key_of(one) in told.confirmed]
        prescribing.approve(work, rx_id, told.words.strip(), looked_at)
        return
    chosen = [code for code in told.reasons if code in prescribing.RETURN_REASONS]
    labels = "；".join(prescribing.RETURN_REASONS[code].zh for code in chosen)
    text = told.words.strip() or labels
    if len(chosen) > 1 and told.words.strip():
        text = f"{labels}。{text}"
    prescribing.return_prescription(work, rx_id, chosen[0], text[:1000], lines)


def _again(door: Door, rx_id: UUID, told: r.Typed, errors: tuple[v.FieldError, ...], status: int) -> Response:
    with door.read() as work:
        view = review_view(work, rx_id, prescribing.hold_of(work, rx_id), told, errors)
    return show(door, REVIEW, view, status, f"/pharmacist/reviews/{rx_id}")


@router.post("/pharmacist/reviews/{rx_id}/release")
def release(rx_id: UUID, door: Pharmacist) -> Response:
    """Back to the queue without a decision; a colleague can take it at once."""
    with door.write() as work:
        prescribing.release_review(work, rx_id)
    return see_other("/pharmacist")


@router.post("/pharmacist/reviews/{rx_id}/take-back")
def take_back(rx_id: UUID, door: Pharmacist) -> Response:
    """Undo an own approval that nobody has relied on; the review is open again."""
    _, problem = attempt(door, lambda work: prescribing.take_back_approval(work, rx_id))
    return stopped(door, problem, "/pharmacist", "review") if problem else see_other(f"/pharmacist/reviews/{rx_id}")
