"""Agree on a time for a call: both sides' form, their answers, and the line that says what stands."""
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.clock import HOSPITAL_ZONE
from app.kit.ids import parse_uuid
from app.kit.problems import NotFound, Problem, invalid
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from web.door import GuardedRoute, see_other
from web.pages.patient import views
from web.pages.patient.acting import Patient, framed, mistakes
from web.pages.patient.acting import show as show_patient
from web.pages.staff import views as v
from web.pages.staff import views_calls as c
from web.pages.staff.desk import Doctor, stopped
from web.pages.staff.desk import show as show_staff
from web.pages.staff.doctor.context import head
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Word = Annotated[str, Form(max_length=40)]
DAYS, FIRST, LAST = 8, 6 * 4, 24 * 4  # today and a week; quarters of an hour from six in the morning to midnight
AHEAD = timedelta(minutes=45)  # what is offered at first lies about an hour ahead
KINDS = {"video": Text(zh="视频", en="Video"), "voice": Text(zh="语音", en="Voice")}
WEEKDAYS = tuple(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR = (Text(zh="今天 ", en="Today, "), Text(zh="明天 ", en="Tomorrow, "))
NO_TIME = Text(zh="请选日子和时间。", en="Please choose a day and a time.")


@dataclass(frozen=True)
class CallTimeView:
    """The patient's form: voice or video, day, time."""

    visit_id: str
    doctor: Text
    kinds: tuple[views.Option, ...]
    days: tuple[views.Option, ...]
    times: tuple[views.Option, ...]
    form: views.Form = field(default_factory=views.Form)


# --- what can be chosen ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """What the form says; empty words were not chosen."""

    kind: str = ""
    day: str = ""
    time: str = ""

    def moment(self) -> datetime | None:
        """The moment by the hospital's clock; None for anything else."""
        try:
            day, hour = datetime.strptime(self.day, "%Y-%m-%d"), time.fromisoformat(self.time)
            return datetime.combine(day, hour.replace(tzinfo=None), HOSPITAL_ZONE).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _first(now: datetime, stands: consult.AppointmentView | None) -> Chosen:
    """What is chosen at first: what stands, else about an hour from now."""
    there = stands.starts_at if stands else now + AHEAD
    here = there.astimezone(HOSPITAL_ZONE)
    here += timedelta(minutes=-here.minute % 15)
    if here.hour * 4 < FIRST:
        here = here.replace(hour=FIRST // 4, minute=0)
    return Chosen(stands.kind if stands else "video", f"{here:%Y-%m-%d}", f"{here:%H:%M}")


def _days(now: datetime) -> list[tuple[str, Text]]:
    today, found = now.astimezone(HOSPITAL_ZONE).date(), []
    for ahead in range(DAYS):
        day = today + timedelta(days=ahead)
        zh, en = WEEKDAYS[day.weekday()]
        near = NEAR[ahead] if ahead < len(NEAR) else None
        found.append((day.isoformat(), Text(zh=f"{near.zh if near else ''}{day.month}月{day.day}日 周{zh}",
                                            en=f"{near.en if near else ''}{en} {day.day} {MONTHS[day.month - 1]}")))
    return found


def _times() -> list[str]:
    return [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in range(FIRST, LAST)]


def _propose(work: Work, visit_id: UUID, chosen: Chosen) -> None:
    moment = chosen.moment()
    if moment is None:
        raise invalid("time", NO_TIME.zh, NO_TIME.en)
    consult.propose_call(work, visit_id, chosen.kind, moment)


def _act(work: Work, visit_id: UUID, appointment: str, do: str) -> None:
    """Agree, decline or call off what stands in this visit."""
    wanted = parse_uuid(appointment)
    if wanted is None or do not in ("agree", "decline", "cancel"):
        raise NotFound
    made = (consult.cancel_appointment(work, wanted) if do == "cancel"
            else consult.answer_proposal(work, wanted, do == "agree"))
    if made.visit_id != visit_id:
        raise NotFound


# --- the patient's side ---------------------------------------------------------------------------------------------


def _patient_view(work: Work, visit_id: UUID, chosen: Chosen | None, problem: Problem | None) -> CallTimeView:
    visit = consult.visit_for_patient(work, visit_id)
    if visit.state != "in_progress" or visit.practitioner_id is None:
        raise NotFound
    says = chosen or _first(work.now, consult.appointment_seen(work, visit, "patient"))
    errors = mistakes(problem, "time", {"starts_at": "time"}) if problem else {}
    return CallTimeView(
        str(visit.id), identity.practitioner(work, visit.practitioner_id).name,
        tuple(views.Option(kind, words, checked=kind == says.kind) for kind, words in KINDS.items()),
        tuple(views.Option(day, words) for day, words in _days(work.now)),
        tuple(views.Option(at, at) for at in _times()),
        views.Form({"day": says.day, "time": says.time}, errors))


@router.get("/visits/{visit_id}/call/time")
def patient_time(visit_id: UUID, door: Patient) -> Response:
    """The form in which the patient's side proposes a time."""
    with door.read() as work:
        frame, view = framed(work), _patient_view(work, visit_id, None, None)
    return show_patient(door, "call_time", frame, view)


@router.post("/visits/{visit_id}/call/time")
def patient_proposes(visit_id: UUID, door: Patient, kind: Word = "", day: Word = "", time: Word = "") -> Response:
    """The patient's side proposes a time."""
    chosen = Chosen(kind, day, time)
    try:
        with door.write() as work:
            _propose(work, visit_id, chosen)
    except Problem as problem:
        if problem.status != 422:
            raise
        with door.read() as work:
            frame, view = framed(work), _patient_view(work, visit_id, chosen, problem)
        return show_patient(door, "call_time", frame, view, 422)
    return see_other(f"/visits/{visit_id}/chat")


@router.post("/visits/{visit_id}/call/time/{appointment}")
def patient_answers(visit_id: UUID, appointment: UUID, door: Patient, do: Word = "") -> Response:
    """The patient's side agrees, declines, or calls it off."""
    with door.write() as work:
        _act(work, visit_id, str(appointment), do)
    return see_other(f"/visits/{visit_id}/chat")


# --- the doctor's side ----------------------------------------------------------------------------------------------


def _own(work: Work, visit_id: UUID) -> consult.Visit:
    """The doctor's own visit. Raises NotFound for any other, also one that may be read."""
    visit = consult.visit_for_doctor(work, visit_id)
    if visit.practitioner_id != work.actor.practitioner_id:
        raise NotFound
    return visit


def _doctor_view(work: Work, visit_id: UUID, chosen: Chosen | None, problem: Problem | None) -> c.CallTimeForm:
    visit = _own(work, visit_id)
    if visit.state != "in_progress":
        raise NotFound
    says = chosen or _first(work.now, consult.appointment_seen(work, visit, "doctor"))
    return c.CallTimeForm(
        doctor_frame(work), head(work, visit, identity.patient(work, visit.patient_id)),
        tuple(v.Choice(kind, words, kind == says.kind) for kind, words in KINDS.items()),
        tuple(v.Choice(day, words, day == says.day) for day, words in _days(work.now)),
        tuple(v.Choice(at, at, at == says.time) for at in _times()),
        field_errors(problem, {"starts_at": "time"}) if problem else ())


@router.get("/doctor/visits/{visit_id}/call/time")
def doctor_time(visit_id: UUID, door: Doctor) -> Response:
    """The form in which the doctor proposes a time."""
    with door.read() as work:
        view = _doctor_view(work, visit_id, None, None)
    return show_staff(door, "staff/doctor/call_time.html", view)


@router.post("/doctor/visits/{visit_id}/call/time")
def doctor_proposes(visit_id: UUID, door: Doctor, kind: Word = "", day: Word = "", time: Word = "") -> Response:
    """The doctor proposes a time."""
    chosen, here = Chosen(kind, day, time), f"/doctor/visits/{visit_id}"
    try:
        with door.write() as work:
            _propose(work, visit_id, chosen)
    except Problem as problem:
        if problem.status != 422:
            return stopped(door, problem, here, "visits")
        with door.read() as work:
            view = _doctor_view(work, visit_id, chosen, problem)
        return show_staff(door, "staff/doctor/call_time.html", view, 422, f"{here}/call/time")
    return see_other(here)


@router.post("/doctor/visits/{visit_id}/call/time/{appointment}")
def doctor_answers(visit_id: UUID, appointment: UUID, door: Doctor, do: Word = "") -> Response:
    """The doctor agrees, declines, or calls it off."""
    try:
        with door.write() as work:
            _act(work, visit_id, str(appointment), do)
    except Problem as problem:
        if problem.status == 404:
            raise
        return stopped(door, problem, f"/doctor/visits/{visit_id}", "visits")
    return see_other(f"/doctor/visits/{visit_id}")


@router.get("/doctor/visits/{visit_id}/parts/call-time")
def doctor_part(visit_id: UUID, door: Doctor) -> Response:
    """What stands, for a page whose line said that something changed."""
    with door.read() as work:
        visit = _own(work, visit_id)
        stands = consult.appointment_seen(work, visit, "doctor")
    return show_staff(door, "staff/parts/_call_time.html", c.CallTimePart(str(visit_id), stands))
