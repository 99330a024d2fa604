"""Third people in a call: asked in by both sides, let in by the doctor; and what they do by a session of their own."""
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.work import Work
from consult import api as consult
from web.api.calls import RecordIn, RecordingOut
from web.api.schemas import Bilingual, Out, SessionOut
from web.door import ANYONE, GUEST, ApiGate, Door, GuardedRoute
from web.inviting import address_of, decided

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["guests"])
Both = Annotated[Door, ApiGate("patient", "doctor")]
Doctor = Annotated[Door, ApiGate("doctor")]
Anyone = Annotated[Door, ApiGate(ANYONE)]
Guest = Annotated[Door, ApiGate(GUEST)]


class InvitationIn(BaseModel):
    """Whom to ask in: relative, guardian, interpreter; the doctor also a second doctor."""

    role: str = Field(max_length=20)


class GuestOut(Out):
    """Somebody who is asked, knocks, is inside or is out again."""

    id: UUID
    role: str
    name: str
    state: str
    invited_side: str


class InvitationOut(GuestOut):
    """A new invitation. Link and code are told this one time: the link goes to the person, the code by another way."""

    address: str
    link: str
    code: str
    expires_at: datetime


@router.post("/visits/{visit_id}/guests", status_code=201)
def invite(visit_id: UUID, body: InvitationIn, door: Both) -> InvitationOut:
    """Ask a third person into the calls of a visit; nobody comes in by it unless the doctor says so."""
    with door.write() as work:
        made = consult.invite_guest(work, visit_id, body.role)
        told = GuestOut.model_validate(made.guest).model_dump()
        return InvitationOut(**told, address=address_of(door, made), link=made.link, code=made.code,
                             expires_at=made.guest.expires_at)


@router.get("/visits/{visit_id}/guests")
def guests(visit_id: UUID, door: Both) -> list[GuestOut]:
    """Everybody who is asked, knocks or is inside, in the order of asking."""
    with door.read() as work:
        return [GuestOut.model_validate(one) for one in consult.guests_of(work, visit_id)]


@router.post("/visits/{visit_id}/guests/{guest_id}/withdraw")
def withdraw(visit_id: UUID, guest_id: UUID, door: Both) -> GuestOut:
    """Take an invitation back: the doctor any, the patient's side its own."""
    with door.write() as work:
        return GuestOut.model_validate(decided(work, visit_id, guest_id, consult.withdraw_guest))


@router.post("/visits/{visit_id}/guests/{guest_id}/admit")
def admit(visit_id: UUID, guest_id: UUID, door: Doctor) -> GuestOut:
    """Let somebody who knocks into the call that goes on."""
    with door.write() as work:
        return GuestOut.model_validate(decided(work, visit_id, guest_id, consult.admit_guest))


@router.post("/visits/{visit_id}/guests/{guest_id}/refuse")
def refuse(visit_id: UUID, guest_id: UUID, door: Doctor) -> GuestOut:
    """Do not let somebody in who knocks; their link is used up."""
    with door.write() as work:
        return GuestOut.model_validate(decided(work, visit_id, guest_id, consult.refuse_guest))


@router.post("/visits/{visit_id}/guests/{guest_id}/send-away")
def send_away(visit_id: UUID, guest_id: UUID, door: Doctor) -> GuestOut:
    """End somebody's part in the call; the call of the others goes on."""
    with door.write() as work:
        return GuestOut.model_validate(decided(work, visit_id, guest_id, consult.send_guest_away))


# --- the third person -----------------------------------------------------------------------------------------------


class ArrivalIn(BaseModel):
    """Link and code of an invitation; a second doctor is signed in and known by that, everybody else gives a name."""

    link: str = Field(max_length=100)
    code: str = Field(max_length=100)
    name: str = Field("", max_length=100)


class PartyOut(Out):
    """Somebody else in the call."""

    side: str
    role: str
    name: str
    status: str


class GuestCallOut(Out):
    """The call that a guest was let into; `text_sha256` is the hash of the text that one agrees to for a recording."""

    id: UUID
    kind: str
    state: str
    seconds: int
    others: list[PartyOut]
    recording: RecordingOut
    text_sha256: str | None = None


class GuestPlaceOut(Out):
    """Where a guest stands: before the door, or in a call. Of the visit they see nothing but its doctor."""

    id: UUID
    role: str
    name: str
    state: str
    doctor: Bilingual
    call: GuestCallOut | None = None


def _place(work: Work) -> GuestPlaceOut:
    me, seen, form = consult.own_place(work), consult.call_for_guest(work), consult.recording_form(work)
    call = GuestCallOut.model_validate(seen) if seen else None
    if call and form:
        call.text_sha256 = form.sha256
    return GuestPlaceOut(id=me.id, role=me.role, name=me.name, state=me.state, call=call,
                         doctor=Bilingual.model_validate(consult.doctor_met(work).name))


@router.post("/guest/arrivals", status_code=201)
def arrive(body: ArrivalIn, door: Anyone) -> SessionOut:
    """Come to the door by link and code, and wait there; the link is used up."""
    with door.write() as work:
        session = consult.knock(work, body.link, body.code, body.name, door.address)
        return SessionOut(token=session, role=GUEST, expires_at=work.now + consult.GUEST_STAYS)


@router.get("/guest")
def place(door: Guest) -> GuestPlaceOut:
    """Before the door or in the call; refused once either is over."""
    with door.read() as work:
        return _place(work)


class GuestRecordIn(RecordIn):
    """The answer to the recording of the call that one is in."""

    call_id: UUID


@router.post("/guest/recording")
def answer_recording(body: GuestRecordIn, door: Guest) -> GuestPlaceOut:
    """Agree to the recording of this call, or not, or not any more."""
    with door.write() as work:
        consult.answer_recording(work, body.call_id, body.agree, body.text_sha256)
        return _place(work)


@router.post("/guest/leave")
def leave(door: Guest) -> GuestOut:
    """Go; the others talk on, and this session is over."""
    with door.write() as work:
        return GuestOut.model_validate(consult.leave_as_guest(work))
