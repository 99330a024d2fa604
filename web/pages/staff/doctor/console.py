"""The doctor's console: queue, one visit with its talk and record, and the steps from accepting to judging."""
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Response, UploadFile

from app.identity import api as identity
from app.kit.problems import Problem
from app.kit.text import Text
from app.storage import ObjectStore
from app.work import Work
from consult import api as consult
from records import api as records
from web.api.patients import UPLOAD_LIMIT
from web.door import Door, GuardedRoute, see_other
from web.fit import Number
from web.pages.house import local_path
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import Doctor, attempt, render_for, show, stopped
from web.pages.staff.doctor.context import head, visit_context, waiting_context
from web.pages.staff.doctor.emergency import closed
from web.pages.staff.doctor.queueing import doctor_frame, queue_view
from web.pages.staff.doctor.talking import newer, talk

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Only = Annotated[str, Query(max_length=10)]
Word = Annotated[str, Form(max_length=500)]
DECLINES: dict[str, Text] = {
    "not_my_field": Text(zh="不是我的专业", en="Not my field"),
    "in_person": Text(zh="须当面看", en="Needs to be seen in person"),
    "no_time": Text(zh="现在接不了", en="I cannot take it now"),
    "other": Text(zh="其他", en="Another reason"),
}
CONSOLE = "staff/doctor/console.html"
KINDS = {"image": "image", "application/pdf": "pdf", "audio": "voice"}


def _console(work: Work, visit_id: UUID | None, only: str) -> d.ConsoleView:
    _me = identity.practitioner(work, work.actor.practitioner_id)  # held here, or every part would ask again
    queue = queue_view(work, only, visit_id)
    topics, shown = ("queue",), {}
    if visit_id is not None:
        visit = consult.visit_for_doctor(work, visit_id)
        patient = identity.patient(work, visit.patient_id)
        topics = ("queue", f"visit:{visit.id}")
        shown = _open(work, visit, patient)
    return d.ConsoleView(doctor_frame(work, "visits", topics), queue, **shown)


def _open(work: Work, visit: consult.Visit, patient: identity.Patient) -> dict[str, Any]:
    """What is shown of the chosen visit: a waiting one shows no record."""
    if visit.state == "waiting":
        reasons = tuple(v.Choice(code, words) for code, words in DECLINES.items())
        return {"visit": head(work, visit, patient), "context": waiting_context(work, visit, patient),
                "decline_reasons": reasons}
    context = visit_context(work, visit, patient)
    played = f"/doctor/visits/{visit.id}/recording" if consult.has_recordings(work, visit.id) else ""
    return {"visit": head(work, visit, patient), "talk": talk(work, visit), "context": context,
            "recording_form": consult.recording_form(work), "recording_href": played,
            "call_time": consult.appointment_seen(work, visit, "doctor") if _is_mine(work, visit) else None}


def _is_mine(work: Work, visit: consult.Visit) -> bool:
    return visit.practitioner_id == work.actor.practitioner_id


@router.get("/doctor")
def console(door: Doctor, only: Only = "all") -> Response:
    """The queue; nothing is open."""
    with door.read() as work:
        view = _console(work, None, only)
    return show(door, CONSOLE, view)


@router.get("/doctor/visits/{visit_id}")
def visit(visit_id: UUID, door: Doctor, only: Only = "all") -> Response:
    """The queue and one visit of the doctor's own, or one that waits."""
    try:
        with door.read() as work:
            view = _console(work, visit_id, only)
    except records.RecordClosed:
        with door.read() as work:
            found = work.get(consult.Visit, visit_id)
            mine = _is_mine(work, found)
        if not mine:
            raise       # of somebody else's visit not even the patient's id is told
        return closed(door, found.patient_id, "/doctor")
    return show(door, CONSOLE, view)


@router.get("/doctor/parts/queue")
def queue_part(door: Doctor, only: Only = "all", open: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The queue alone, for a page whose line said that it changed."""
    current = None
    with suppress(ValueError):
        current = UUID(open)
    with door.read() as work:
        queue = queue_view(work, only, current)
    return render_for(door, "staff/parts/_queue_live.html", queue=queue)


@router.get("/doctor/visits/{visit_id}/parts/talk")
def talk_part(visit_id: UUID, door: Doctor, after: Number = 0) -> Response:
    """Lines above `after`."""
    with door.read() as work:
        visit = consult.visit_for_doctor(work, visit_id)
        records.require_readable(work, visit.patient_id, "visit", visit.id)
        view = newer(work, visit, after)
    return render_for(door, "staff/parts/_talk_lines.html", talk=view)


@router.get("/doctor/visits/{visit_id}/parts/context")
def context_part(visit_id: UUID, door: Doctor) -> Response:
    """The right pane alone."""
    with door.read() as work:
        visit = consult.visit_for_doctor(work, visit_id)
        patient = identity.patient(work, visit.patient_id)
        view = (waiting_context if visit.state == "waiting" else visit_context)(work, visit, patient)
    return render_for(door, "staff/parts/_context.html", more={"path": f"/doctor/visits/{visit_id}"}, context=view)


# --- steps -------------------------------------------------------------------------------------------------


def _back(door: Door, visit_id: UUID, problem: Problem | None, to: str = "") -> Response:
    """After a step: the visit again, or the page that says why not."""
    here = f"/doctor/visits/{visit_id}"
    return stopped(door, problem, here, "visits") if problem else see_other(to or here)


@router.post("/doctor/visits/{visit_id}/accept")
def accept(visit_id: UUID, door: Doctor) -> Response:
    """Take the patient; exactly one doctor can."""
    _, problem = attempt(door, lambda work: consult.accept_visit(work, visit_id))
    return _back(door, visit_id, problem)


@router.post("/doctor/visits/{visit_id}/decline")
def decline(visit_id: UUID, door: Doctor, reason: Word = "", words: Word = "") -> Response:
    """Decline with a reason that the patient reads; everything goes back."""
    told = DECLINES.get(reason)
    said = "：".join(part for part in (told.zh if told else "", words.strip()) if part)
    if not said:
        return see_other(f"/doctor/visits/{visit_id}")
    _, problem = attempt(door, lambda work: consult.decline_visit(work, visit_id, said))
    return stopped(door, problem, "/doctor", "visits") if problem else see_other("/doctor")


@router.post("/doctor/visits/{visit_id}/messages", max_body_size=UPLOAD_LIMIT)
def send(visit_id: UUID, door: Doctor, body: Annotated[str, Form(max_length=10_000)] = "",
         client_id: Annotated[str, Form(max_length=40)] = "", attachment: UploadFile | None = None) -> Response:
    """Store a message, with a file or without; the same client id is the same message."""
    try:
        mine = UUID(client_id)
    except ValueError:
        mine = uuid4()
    if attachment is not None and attachment.filename:
        problem = _send_file(door, visit_id, mine, attachment)
        if problem or not body.strip():
            return _back(door, visit_id, problem)
        mine = uuid4()
    _, problem = attempt(door, lambda work: consult.send_message(work, visit_id, mine, "text", body))
    return _back(door, visit_id, problem)


def _send_file(door: Door, visit_id: UUID, client_id: UUID, file: UploadFile) -> Problem | None:
    """Check and store the file first, because drawing its clean copy takes time; then one step for the message."""
    with door.read() as work:
        patient_id = consult.visit_for_doctor(work, visit_id).patient_id
        records.require_readable(work, patient_id, "document")
    objects: ObjectStore = door.house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    try:
        with door.read() as work:
            if consult.ready_for_file(work, visit_id, client_id):
                return None     # sent before; the answer was lost on its way
        page = records.store_page(objects, patient_id, file.file.read(UPLOAD_LIMIT), file.filename or "file")
    except Problem as problem:
        return problem
    kind = KINDS.get(page.media_type) or KINDS.get(page.media_type.split("/")[0], "pdf")

    def act(work: Work) -> bool:
        if consult.ready_for_file(work, visit_id, client_id):
            return False
        document = records.keep_document(work, patient_id, [page], "talk", page.name)
        consult.send_message(work, visit_id, client_id, kind, "", document.id)
        return True

    kept, problem = attempt(door, act)
    if not kept:
        records.discard_pages(objects, [page])
    return problem


@router.post("/doctor/visits/{visit_id}/read")
def read(visit_id: UUID, door: Doctor, seq: Annotated[Number, Form()] = 0) -> Response:
    """The doctor has seen the talk up to this number."""
    with door.write() as work:
        consult.mark(work, visit_id, seq, seq)
    return Response(status_code=204)


ANSWERS: dict[str, dict[str, bool | None]] = {
    "same": {"is_follow_up": True, "same_condition": True, "condition_changed": False},
    "changed": {"is_follow_up": False, "same_condition": False, "condition_changed": True},
    "first": {"is_follow_up": False, "same_condition": False, "condition_changed": False},
    "unknown": {"is_follow_up": None, "same_condition": None, "condition_changed": None},
}


@router.post("/doctor/visits/{visit_id}/judge")
def judge(visit_id: UUID, door: Doctor, answer: Annotated[str, Form(max_length=10)] = "",
          guardian: Annotated[str, Form(max_length=3)] = "",
          exceptional: Annotated[list[str] | None, Form(max_length=12)] = None,
          next: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Record whether it is a follow-up of the same condition, and for a minor whether a guardian is there."""
    here = f"/doctor/visits/{visit_id}"
    if answer not in ANSWERS:
        return see_other(here)
    told = {**ANSWERS[answer], "guardian_present": True if guardian == "yes" else None,
            **{name: True if name in (exceptional or []) else None for name in consult.EXCEPTIONAL}}
    _, problem = attempt(door, lambda work: consult.judge_follow_up(work, visit_id, **told))
    goal = local_path(next)
    return _back(door, visit_id, problem, goal if goal.startswith("/doctor/") else here)
