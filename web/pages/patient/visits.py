"""Visits of a person: the list, the waiting room, leaving it, and what stays of a visit."""
from collections.abc import Collection
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import JSONResponse

from app.kit.clock import local_date
from app.kit.ids import uuid7
from app.kit.text import Text, sentences
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from web.door import Door, GuardedRoute, see_other
from web.pages.dates import day_text
from web.pages.patient.acting import Acting, Patient, acting_for, chosen, framed, show
from web.pages.patient.deciding import decisions_about
from web.pages.patient.letters import URGENCY, letter_way
from web.pages.patient.people import ANY_DOCTOR, doctor_name, doctor_of, doctor_title
from web.pages.patient.views import ConfirmView, Fact, Tag, VisitRow, VisitsView, Way, Words
from web.pages.patient.views_visit import Shown, SummaryView, WaitingView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
OPEN = ("requested", "needs_evidence", "waiting", "in_progress")
TEXT = Text(zh="图文", en="by text")
STATUS = {
    "requested": Tag(Text(zh="等您付款", en="Waiting for payment"), "wait", "wallet"),
    "needs_evidence": Tag(Text(zh="等您补病历", en="Waiting for your record"), "wait", "file-text"),
    "waiting": Tag(Text(zh="候诊中", en="In the waiting room"), "info", "clock"),
    "in_progress": Tag(Text(zh="看诊中", en="Going on"), "ok", "message-circle"),
    "completed": Tag(Text(zh="已看完", en="Finished"), "ok", "check"),
    "referred": Tag(Text(zh="转去当面看", en="Referred"), "wait", "hospital"),
    "abandoned": Tag(Text(zh="已结束", en="Ended"), "", "circle-x"),
    "declined": Tag(Text(zh="医生没有接", en="Not taken"), "", "circle-x"),
    "expired": Tag(Text(zh="没有医生接诊", en="No doctor answered"), "", "clock"),
    "cancelled": Tag(Text(zh="您取消了", en="Cancelled by you"), "", "circle-x"),
    "refused": Tag(Text(zh="没有付成", en="Not paid"), "", "circle-x"),
}
STOPPED = Tag(Text(zh="不能在线看", en="Not online"), "urg", "triangle-alert")


def status_of(visit: consult.Visit) -> Tag:
    """Where a visit stands, in one or two words."""
    return STOPPED if consult.was_stopped(visit) else STATUS[visit.state]


def doctor_words(work: Work, visit: consult.Visit) -> Text:
    """Who sees the patient, or whom they wait for."""
    doctor = doctor_of(work, visit.practitioner_id, visit.wanted_practitioner_id)
    return doctor_name(doctor) if doctor else ANY_DOCTOR


def page_of(visit: consult.Visit) -> str:
    """The page that is due for a visit in this state."""
    here = f"/visits/{visit.id}"
    if consult.was_stopped(visit):
        return f"{here}/waiting"
    return {"requested": f"{here}/pay", "needs_evidence": f"{here}/evidence", "in_progress": f"{here}/chat",
            "completed": f"{here}/summary", "referred": f"{here}/summary", "abandoned": f"{here}/summary",
            "refused": f"{here}/pay"}.get(visit.state, f"{here}/waiting")


def ask_again(work: Work, visit: consult.Visit) -> str:
    """Where to ask once more: with the same answers while they hold, else from the beginning.

    After an emergency it is the newest triage: 120, and the way to correct what was ticked by mistake.
    """
    newest = consult.newest_triage(work, visit.patient_id) if consult.was_stopped(visit) else None
    if newest is not None:
        return f"/triage/{newest.id}"
    return f"/triage/{visit.triage_id}/doctor" if consult.may_ask_again(work, visit) else "/triage"


def _row(work: Work, visit: consult.Visit, unread: Collection[str]) -> VisitRow:
    doctor = doctor_words(work, visit)
    day = day_text(local_date(visit.requested_at), local_date(work.now))
    note = Text(zh=f"{doctor.zh} · {day.zh}", en=f"{doctor.en} · {day.en}")
    here = f"/visits/{visit.id}"
    return VisitRow(here, visit.complaint or doctor, note, status_of(visit), unread=here in unread)


@router.get("/visits")
def visits(door: Patient) -> Response:
    """All visits of the chosen person, open ones first."""
    with door.read() as work:
        acting = chosen(work, door)
        found = consult.visits_of(work, acting.id)
        frame = framed(work)
        view = VisitsView(tuple(_row(work, v, frame.unread) for v in found if v.state in OPEN),
                          tuple(_row(work, v, frame.unread) for v in found if v.state not in OPEN))
        return show(door, "visits", frame, view)


@router.get("/visits/{visit_id}")
def go_on(visit_id: UUID, door: Patient) -> Response:
    """Go to where the visit stands."""
    with door.read() as work:
        return see_other(page_of(consult.visit_for_patient(work, visit_id)))


# --- the waiting room ---------------------------------------------------------------------------------------

SHOWN_AS: dict[str, Shown] = {"waiting": "waiting", "in_progress": "called", "expired": "expired",
                              "declined": "declined"}


def shown_as(visit: consult.Visit) -> Shown:
    """What the waiting room shows of a visit in this state."""
    return "emergency" if consult.was_stopped(visit) else SHOWN_AS.get(visit.state, "cancelled")


def _sent_before(work: Work, visit: consult.Visit) -> bool:
    return any(m.sender == "patient" for m in consult.messages(work, visit, 0, 20))


def waiting_view(work: Work, visit: consult.Visit, acting: Acting) -> WaitingView:
    """Place and time, a range and never a promise."""
    place = consult.place_in_queue(work, visit) if visit.state == "waiting" else None
    known = place is not None and place.doctors > 0
    early = work.now + timedelta(minutes=place.low_minutes) if place and known else None
    late = work.now + timedelta(minutes=place.high_minutes) if place and known else None
    return WaitingView(
        str(visit.id), acting.person, doctor_words(work, visit), TEXT,
        shown_as(visit), work.now, visit.deadline, visit.price_fen,
        place.ahead if place else None, early, late, known, words=consult.draft_of(work, visit.id),
        sent=_sent_before(work, visit), chat_href=f"/visits/{visit.id}/chat", doctors_href=ask_again(work, visit),
        seq=visit.last_seq)


def _waiting(door: Door, work: Work, visit_id: UUID) -> WaitingView | str:
    visit = consult.visit_for_patient(work, visit_id)
    if page_of(visit) != f"/visits/{visit_id}/waiting" and visit.state != "in_progress":
        return page_of(visit)
    return waiting_view(work, visit, acting_for(work, visit.patient_id))


@router.get("/visits/{visit_id}/waiting")
def waiting(visit_id: UUID, door: Patient) -> Response:
    """The waiting room."""
    with door.read() as work:
        view = _waiting(door, work, visit_id)
        return see_other(view) if isinstance(view, str) else show(door, "waiting", framed(work), view)


@router.get("/visits/{visit_id}/waiting/part")
def waiting_part(visit_id: UUID, door: Patient) -> Response:
    """The part that changes while one waits."""
    with door.read() as work:
        visit = consult.visit_for_patient(work, visit_id)
        return show(door, "parts/_waiting", None, waiting_view(work, visit, acting_for(work, visit.patient_id)))


@router.post("/visits/{visit_id}/waiting")
def say_before(visit_id: UUID, door: Patient, words: Annotated[str, Form(max_length=4000)] = "") -> Response:
    """Send what one wants to ask; the doctor sees it at the start."""
    if words.strip():
        with door.write() as work:
            consult.send_message(work, visit_id, uuid7(), text=words)
    if "application/json" in door.request.headers.get("accept", ""):
        return JSONResponse({"status": "sent"})
    return see_other(f"/visits/{visit_id}/waiting")


# --- leaving ------------------------------------------------------------------------------------------------

PAID_BACK = Fact("yes", Text(zh="钱全部退回，原路返回", en="All your money goes back the way it came"))


@router.get("/visits/{visit_id}/cancel")
def cancel_form(visit_id: UUID, door: Patient) -> Response:
    """Ask before the place is given up."""
    with door.read() as work:
        visit = consult.visit_for_patient(work, visit_id)
        if not consult.VISIT.can(visit, "cancel", "patient"):
            return see_other(page_of(visit))
        view = ConfirmView(
            Text(zh="要取消这次看诊吗？", en="Cancel this visit?"),
            Text(zh="位置会让给后面的人。以后要看，需要重新回答问题。",
                 en="Your place goes to the next person. To be seen later you answer the questions again."),
            Text(zh="取消，全额退款", en="Cancel, all money back"), f"/visits/{visit_id}",
            Text(zh="不取消，返回", en="Keep it, go back"), "cancel", facts=(PAID_BACK,))
        return show(door, "confirm", framed(work), view)


@router.post("/visits/{visit_id}/cancel")
def cancel(visit_id: UUID, door: Patient) -> Response:
    """Leave the waiting room; everything goes back."""
    with door.write() as work:
        visit = consult.visit_for_patient(work, visit_id)
        if consult.VISIT.can(visit, "cancel", "patient"):
            visit = consult.cancel_visit(work, visit_id)
    return see_other(f"/visits/{visit_id}")


# --- what stays ---------------------------------------------------------------------------------------------


def _lines(summary: consult.VisitSummary, *kinds: str) -> tuple[Words, ...]:
    return tuple(line for part in summary.parts if part.kind in kinds for line in part.lines)


def _join(lines: tuple[Words, ...]) -> Words:
    return Text(zh="；".join(t.zh for t in lines if isinstance(t, Text)) or "—",
                en="; ".join(t.en for t in lines if isinstance(t, Text)) or "—")


DANGER = Text(zh="胸痛、喘不上气、说话不清", en="Chest pain, shortness of breath, slurred speech")
STOPPED = ("referred", "abandoned")
CLINIC = Way(Text(zh="去哪里当面看", en="Where to be seen in person"),
             Text(zh="合作的医院和诊所", en="Partner hospitals and clinics"), "/places", "hospital", "wait")


def recording_of(work: Work, visit: consult.Visit) -> str:
    """Where the calls of a visit can be played; empty when nothing was kept of them."""
    return f"/visits/{visit.id}/recording" if consult.has_recordings(work, visit.id) else ""


def _stopped(work: Work, told: consult.VisitSummary) -> tuple[Words, ...]:
    """Why it did not go on online, and where to go by when."""
    written = consult.referral_of(work, told.visit.id)
    if written is None:
        return (told.outcome,)
    soon = URGENCY[written.urgency]
    return (sentences(told.outcome), Text(zh=f"{written.to_place}：{soon.zh}。", en=f"{written.to_place}: {soon.en}."),
            written.reason)


def _advice(told: consult.VisitSummary) -> tuple[Words, ...]:
    """What the doctor asks for, without the day of the next visit, which has a card of its own."""
    lines = _lines(told, "advice", "next")
    return lines[:-1] if told.next_visit_on else lines


def summary_view(work: Work, visit_id: UUID) -> SummaryView:
    """The visit in plain words, from what the doctor finished."""
    told = consult.summary_of(work, visit_id)
    visit = told.visit
    acting, doctor = acting_for(work, visit.patient_id), doctor_of(work, visit.practitioner_id)
    found, rx = _lines(told, "found"), prescribing.prescriptions_of_visit(work, visit.id, with_drafts=False)
    return SummaryView(
        acting.person, doctor_words(work, visit), doctor_title(doctor) if doctor else "",
        visit.ended_at or visit.requested_at, found[0] if found else told.outcome,
        _join(found[1:]) if found[1:] else told.outcome, _advice(told),
        _lines(told, "danger") or (DANGER,),
        follow_up=told.next_visit_on, follow_up_text=Text(zh="下次复诊", en="Next visit"),
        prescription_href=f"/prescriptions/{rx[-1].id}" if rx else "", chat_href=f"/visits/{visit.id}/chat",
        stopped=_stopped(work, told) if visit.state in STOPPED else (),
        next=(letter_way(visit.id), CLINIC) if visit.state == "referred" else (),
        decided=decisions_about(work, visit.id), recording_href=recording_of(work, visit))


@router.get("/visits/{visit_id}/summary")
def summary(visit_id: UUID, door: Patient) -> Response:
    """The summary; a visit that is not over leads to where it stands."""
    with door.read() as work:
        visit = consult.visit_for_patient(work, visit_id)
        if visit.state in OPEN or visit.accepted_at is None:
            return see_other(page_of(visit))
        return show(door, "visit_summary", framed(work), summary_view(work, visit_id))


