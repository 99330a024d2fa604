"""Calls of a visit: ask to talk, answer, say not now, hang up; agree to a recording, send a copy for it, play it."""
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from consult import api as consult
from web.api.schemas import Out
from web.api.visits import visit_of
from web.door import ApiGate, Door, GuardedRoute
from web.playing import played

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["calls"])
Both = Annotated[Door, ApiGate("patient", "doctor")]


class CallIn(BaseModel):
    """How to talk."""

    kind: str = Field("video", pattern="^(voice|video)$")


class CallOut(Out):
    """A call. `connected_seconds` counts only while both sides heard each other."""

    id: UUID
    visit_id: UUID
    kind: str
    state: str
    asked_by: str
    asked_at: datetime
    ring_until: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    connected_seconds: int


@router.post("/visits/{visit_id}/calls", status_code=201)
def ask_to_talk(visit_id: UUID, body: CallIn, door: Both) -> CallOut:
    """Ring the other side of a running visit; while they ring, this answers."""
    with door.write() as work:
        return CallOut.model_validate(consult.ask_to_talk(work, visit_id, body.kind))


@router.get("/visits/{visit_id}/calls")
def calls(visit_id: UUID, door: Both) -> list[CallOut]:
    """The calls of a visit, oldest first."""
    with door.read() as work:
        found = consult.calls_of(work, visit_of(work, door, visit_id).id)
        return [CallOut.model_validate(call) for call in found]


@router.post("/calls/{call_id}/answer")
def answer(call_id: UUID, door: Both) -> CallOut:
    """Take the call."""
    with door.write() as work:
        return CallOut.model_validate(consult.answer_call(work, call_id))


@router.post("/calls/{call_id}/decline")
def decline(call_id: UUID, door: Both) -> CallOut:
    """Not now; from the side that asked, the wish is taken back."""
    with door.write() as work:
        return CallOut.model_validate(consult.decline_call(work, call_id))


@router.post("/calls/{call_id}/hang-up")
def hang_up(call_id: UUID, door: Both) -> CallOut:
    """End the call; the visit goes on."""
    with door.write() as work:
        return CallOut.model_validate(consult.hang_up(work, call_id))


# --- recordings -----------------------------------------------------------------------------------------------------


class RecordIn(BaseModel):
    """Whether calls of this visit may be recorded; `text_sha256` is the hash of the consent that was shown."""

    agree: bool
    text_sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")


class RecordingOut(Out):
    """How the recording stands: off, asking, refused, agreed (nothing is kept now) or running."""

    state: str
    mine: bool | None
    leg: UUID | None


class CopyIn(BaseModel):
    """A WebRTC offer (RFC 8829) with every candidate in it: one sound and at most one VP8 picture, sendonly."""

    page: UUID
    sdp: str = Field("", max_length=65_536)


class CopyOut(Out):
    """The leg that receives the copy, and the answer to its offer."""

    leg: UUID
    sdp: str


class SegmentOut(Out):
    """A kept file of one side; times are the hospital's."""

    id: UUID
    seq: int
    side: str
    started_at: datetime
    ended_at: datetime
    has_picture: bool
    recovered: bool
    size: int


@router.post("/calls/{call_id}/recording")
def answer_recording(call_id: UUID, body: RecordIn, door: Both) -> RecordingOut:
    """Agree to the recording of calls in this visit, or not, or not any more; the call goes on."""
    with door.write() as work:
        call = consult.answer_recording(work, call_id, body.agree, body.text_sha256)
        seen = RecordingOut.model_validate(consult.call_view(work, call, work.actor.role).recording)
    if body.agree:
        door.house.tools.get(consult.RecordingDesk).expect()
    return seen


@router.post("/calls/{call_id}/copy", status_code=201)
def send_copy(call_id: UUID, body: CopyIn, door: Both) -> CopyOut:
    """Open the second connection of a page in the call, over which it sends what is kept."""
    begin = consult.opening(door.write, call_id, body.page)
    leg, answer = door.house.tools.get(consult.RecordingDesk).open(begin, body.sdp)
    return CopyOut(leg=leg, sdp=answer)


@router.get("/visits/{visit_id}/recordings")
def recordings(visit_id: UUID, door: Both) -> list[SegmentOut]:
    """What was kept of the calls of a visit, in the order of time; every look is written down."""
    with door.read() as work:
        return [SegmentOut.model_validate(one) for one in consult.recordings_of(work, visit_id)]


@router.get("/visits/{visit_id}/recordings/{segment_id}", response_class=Response)
def play(visit_id: UUID, segment_id: UUID, door: Both) -> Response:
    """One file as WebM, whole or the range of bytes that is asked for; every playback is written down."""
    return played(door, visit_id, segment_id)


# --- agreed times ---------------------------------------------------------------------------------------------------


class AppointmentIn(BaseModel):
    """A time for a call: 5 minutes to 7 days from now, with its offset from UTC."""

    kind: str = Field("video", pattern="^(voice|video)$")
    starts_at: AwareDatetime


class AnswerIn(BaseModel):
    """Yes or no to what the other side proposed."""

    agree: bool


class AppointmentOut(Out):
    """A time for a call: proposed, booked, declined, cancelled, lapsed, fulfilled (by `call_id`) or noshow."""

    id: UUID
    visit_id: UUID
    kind: str
    state: str
    proposed_by: str
    proposed_at: datetime
    starts_at: datetime
    answered_at: datetime | None
    over_at: datetime | None
    call_id: UUID | None


@router.post("/visits/{visit_id}/call-appointments", status_code=201)
def propose_call(visit_id: UUID, body: AppointmentIn, door: Both) -> AppointmentOut:
    """Propose a time to talk; it takes the place of what stood."""
    with door.write() as work:
        return AppointmentOut.model_validate(consult.propose_call(work, visit_id, body.kind, body.starts_at))


@router.get("/visits/{visit_id}/call-appointments")
def call_appointments(visit_id: UUID, door: Both) -> list[AppointmentOut]:
    """All times that were proposed in a visit, oldest first."""
    with door.read() as work:
        found = consult.appointments_of(work, visit_of(work, door, visit_id).id)
        return [AppointmentOut.model_validate(one) for one in found]


@router.post("/call-appointments/{appointment_id}/answer")
def answer_proposal(appointment_id: UUID, body: AnswerIn, door: Both) -> AppointmentOut:
    """Agree to what the other side proposed, or not."""
    with door.write() as work:
        return AppointmentOut.model_validate(consult.answer_proposal(work, appointment_id, body.agree))


@router.post("/call-appointments/{appointment_id}/cancel")
def cancel_appointment(appointment_id: UUID, door: Both) -> AppointmentOut:
    """Call off what stands; from the side that proposed, take it back."""
    with door.write() as work:
        return AppointmentOut.model_validate(consult.cancel_appointment(work, appointment_id))
