"""The conversation of a visit: read, write, send files; the same with and without scripts."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse

from app.kit.ids import parse_uuid, uuid7
from app.kit.text import Text
from app.storage import ObjectStore
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.fit import Number
from web.live.lines import patient_line
from web.pages.cleared import talk_cleared
from web.pages.patient.acting import Patient, acting_for, framed, show
from web.pages.patient.people import NOBODY_YET, doctor_of, doctor_title, initial_of
from web.pages.patient.uploads import UPLOAD_LIMIT, stored
from web.pages.patient.views_visit import ChatView
from web.pages.patient.visits import doctor_words, recording_of, status_of

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
MOST = 200
WRITABLE = ("needs_evidence", "waiting", "in_progress")
CLOSED = Text(zh="这次看诊已经结束，不能再写。有变化请重新看诊；情况紧急请打 120。",
              en="This visit is over. If something changes, please ask for a new visit; in an emergency call 120.")
UNPAID = Text(zh="付款以后才能写消息。", en="You can write once the visit is paid.")
NOBODY = Text(zh="医", en="D")


def _messages(work: Work, visit: consult.Visit, before: int) -> tuple[list[consult.Message], int]:
    """The newest messages, or those before a number; and the number before which there are more (0: none)."""
    last = min(before - 1, visit.last_seq) if before else visit.last_seq
    first = max(last - MOST, 0)
    return [m for m in consult.messages(work, visit, first, MOST) if m.seq <= last], first + 1 if first else 0


def chat_view(work: Work, visit: consult.Visit, before: int = 0) -> ChatView:
    """The conversation as it stands for this reader."""
    doctor = doctor_of(work, visit.practitioner_id, visit.wanted_practitioner_id)
    lines, more = _messages(work, visit, before)
    here, is_open = f"/visits/{visit.id}/chat", visit.state in WRITABLE
    cleared = "" if lines else talk_cleared(work, visit)
    return ChatView(
        str(visit.id), acting_for(work, visit.patient_id).person, doctor_words(work, visit),
        doctor_title(doctor) if doctor else NOBODY_YET,
        initial_of(doctor.name) if doctor else NOBODY, status_of(visit),
        tuple(patient_line(work, visit, m) for m in lines), here, f"{here}/file",
        back=f"/visits/{visit.id}/waiting" if visit.state == "waiting" else "/visits", open=is_open,
        closed_text="" if is_open else UNPAID if visit.state == "requested" else CLOSED,
        summary_href=f"/visits/{visit.id}/summary" if visit.accepted_at and not is_open else "",
        earlier_href=f"{here}?before={more}" if more and not cleared else "", cleared=cleared,
        call_href=f"/visits/{visit.id}/call", may_call=visit.state == "in_progress",
        recording_form=consult.recording_form(work), recording_href=recording_of(work, visit),
        call_time=consult.appointment_seen(work, visit, "patient"))


@router.get("/visits/{visit_id}/chat")
def chat(visit_id: UUID, door: Patient, before: Number = 0) -> Response:
    """The conversation."""
    with door.read() as work:
        visit = consult.visit_for_patient(work, visit_id)
        records.require_readable(work, visit.patient_id, "visit", visit.id)
        return show(door, "chat", framed(work), chat_view(work, visit, before))


@router.get("/visits/{visit_id}/chat/status")
def status(visit_id: UUID, door: Patient) -> Response:
    """State and end of the visit, under the doctor's name."""
    with door.read() as work:
        view = chat_view(work, consult.visit_for_patient(work, visit_id))
        return show(door, "parts/_chat_status", None, view)


def _wants_json(door: Door) -> bool:
    return "application/json" in door.request.headers.get("accept", "")


def _said(door: Door, visit_id: UUID, message: consult.Message | None) -> Response:
    """The number for a script; for a form, the page again."""
    if not _wants_json(door):
        return see_other(f"/visits/{visit_id}/chat")
    if message is None:
        return JSONResponse({}, 422)
    return JSONResponse({"seq": message.seq, "client_id": str(message.client_id)})


def _client_id(text: str) -> UUID:
    """The sender's id, so that a resend is the same message; a form without scripts sends none."""
    return parse_uuid(text) or uuid7()


def send_file(door: Door, visit_id: UUID, file: UploadFile, client_id: UUID, seconds: int = 0) -> consult.Message:
    """Keep the file in the record and send it; sent again under the same id it is the first one, and kept once.

    Raises what a file may be refused for; then nothing of it stays.
    """
    with door.read() as work:
        patient_id = consult.visit_for_patient(work, visit_id).patient_id
        if known := consult.ready_for_file(work, visit_id, client_id):
            return known
    with stored(door, patient_id, [file]) as pages:
        with door.write() as work:
            sent = consult.ready_for_file(work, visit_id, client_id)
            if sent is None:
                return _send_page(work, visit_id, client_id, patient_id, pages[0], seconds)
        records.discard_pages(door.house.tools.get(ObjectStore), pages)  # type: ignore[type-abstract]
        return sent


def _send_page(work: Work, visit_id: UUID, client_id: UUID, patient_id: UUID, page: records.StoredPage,
               seconds: int) -> consult.Message:
    kind = "pdf" if page.media_type == "application/pdf" else page.media_type.partition("/")[0]
    kind = "voice" if kind == "audio" else kind
    title = f"{seconds} s" if kind == "voice" and seconds else page.name
    document = records.keep_document(work, patient_id, [page], "message", title)
    return consult.send_message(work, visit_id, client_id, kind, "", document.id)


@router.post("/visits/{visit_id}/chat", max_body_size=UPLOAD_LIMIT)
def write(visit_id: UUID, door: Patient, text: Annotated[str, Form(max_length=10_000)] = "",
          client_id: Annotated[str, Form(max_length=40)] = "",
          file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Send words, and without scripts a file too."""
    sent = None
    if file is not None and file.filename:
        sent = send_file(door, visit_id, file, uuid7())
    if text.strip():
        with door.write() as work:
            sent = consult.send_message(work, visit_id, _client_id(client_id), text=text)
    if sent is None:
        with door.read() as work:
            consult.visit_for_patient(work, visit_id)
    return _said(door, visit_id, sent)


@router.post("/visits/{visit_id}/chat/file", max_body_size=UPLOAD_LIMIT)
def upload(visit_id: UUID, door: Patient, file: UploadFile, client_id: Annotated[str, Form(max_length=40)] = "",
           seconds: Annotated[int, Form(ge=0, le=600)] = 0) -> Response:
    """Send one photo, document or voice message."""
    return _said(door, visit_id, send_file(door, visit_id, file, _client_id(client_id), seconds))
