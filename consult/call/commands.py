"""Ask to talk, answer, hang up; enter and leave by a page, and pass on what two browsers tell each other."""
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, or_

from app.events.consult import CallAnswered, CallAsked, CallEnded
from app.kit.problems import NotFound, invalid
from app.work import Work, all_of
from consult.call import protocol
from consult.call.appointments.commands import drop_appointment, keep_appointment
from consult.call.engines.carrier import Seat
from consult.call.guests.commands import end_sessions, shut_doors, step_back
from consult.call.guests.queries import side_in_call
from consult.call.models import Call, CallMember, CallPage, CallSignal
from consult.call.problems import CallElsewhere, CallNotAnswered, CallNotPossible, CallOver
from consult.call.protocol import Beat, Room
from consult.call.queries import open_call_of, room_of
from consult.call.recording.judging import judge_recording
from consult.call.rules import DESERTED, KINDS, RING, Candidate, Description
from consult.call.states import OPEN
from consult.call.words import asked_words, ended_words
from consult.chat import api as chat
from consult.chat.commands import side_of
from consult.visit.models import Visit


def ask_to_talk(work: Work, visit_id: UUID, kind: str = "video") -> Call:
    """Ring the other side of a running visit; asking while they ring is answering, asking twice is asking once.

    Asking for video in a voice call makes it a video call. Raises NotFound, CallNotPossible, Invalid.
    """
    visit = work.get(Visit, visit_id, lock=True)
    side = side_of(work, visit)
    if visit.state != "in_progress":
        raise CallNotPossible(state=visit.state)
    if kind not in KINDS:
        raise invalid("kind", "请选择语音或视频。", "Please choose voice or video.")
    found = open_call_of(work, visit.id)
    if found is None:
        return _ring(work, visit, side, kind)
    room = _locked(work, found.id)
    if kind == "video" and room.call.kind != "video" and room.call.state in OPEN:
        room.call.kind = "video"
        if room.call.may_record:    # what the rules allowed was a call by voice
            room.call.may_record = judge_recording(work, room.call, visit)
    if room.call.state == "ringing" and room.call.asked_by != side:
        _answered(work, room, visit, side)
    _tell(work, room.call)
    return room.call


def _ring(work: Work, visit: Visit, side: str, kind: str) -> Call:
    call = work.add(Call(visit_id=visit.id, organization_id=visit.organization_id, patient_id=visit.patient_id,
                         kind=kind, asked_by=side, asked_at=work.now, ring_until=work.now + RING))
    _member(work, call, side)
    chat.post_system(work, visit.id, asked_words(side, kind))
    _look_again(work, call, call.ring_until)
    work.announce(CallAsked(visit.id, visit.patient_id, call.id, kind, side))
    _tell(work, call)
    return call


def answer_call(work: Work, call_id: UUID) -> Call:
    """The other side takes the call. Raises NotFound, CallOver, CallNotAnswered, CallNotPossible."""
    room, visit, side = _mine(work, call_id)
    if visit.state != "in_progress":
        raise CallNotPossible(state=visit.state)
    _answered(work, room, visit, side)
    _tell(work, room.call)
    return room.call


def _answered(work: Work, room: Room, visit: Visit, side: str) -> None:
    protocol.answer(room, side)
    room.call.may_record = judge_recording(work, room.call, visit)
    _member(work, room.call, side)
    keep_appointment(work, room.call)
    _look_again(work, room.call, work.now + DESERTED)
    work.announce(CallAnswered(room.call.visit_id, room.call.patient_id, room.call.id))


def decline_call(work: Work, call_id: UUID) -> Call:
    """Not now: said by the other side, or taken back by whoever asked. Raises NotFound, CallOver."""
    room, visit, side = _mine(work, call_id)
    protocol.decline(room, side)
    return _ended(work, room, visit)


def hang_up(work: Work, call_id: UUID) -> Call:
    """End the call and never the visit. Raises NotFound, CallOver."""
    room, visit, side = _mine(work, call_id)
    protocol.hang_up(room, side)
    return _ended(work, room, visit)


def end_call_of(work: Work, visit: Visit) -> None:
    """The visit is over, with its open call, its agreed time and every invitation; the caller locked the visit."""
    found = open_call_of(work, visit.id)
    if found is not None:
        room = _locked(work, found.id)
        protocol.end(room)
        _ended(work, room, visit)
    drop_appointment(work, visit)
    shut_doors(work, visit)


def watch_call(work: Work, call_id: UUID) -> Call | None:
    """What time does to a call: missed, or deserted by everybody; else look again later."""
    found = work.find(Call, call_id)
    if found is None or found.state not in OPEN:
        return found
    visit = work.get(Visit, found.visit_id, lock=True)
    end_sessions(work, visit)
    room = _locked(work, call_id)
    if room.call.state not in OPEN:
        return room.call
    if protocol.look_after(room):
        return _ended(work, room, visit)
    _look_again(work, room.call, max(room.call.ring_until, work.now + DESERTED))
    _tell(work, room.call)
    return room.call


def _ended(work: Work, room: Room, visit: Visit) -> Call:
    call = room.call
    for kind in (CallSignal, CallPage):     # nobody tells or enters anything any more
        work.session.exec(delete(kind).where(col(kind.call_id) == call.id))  # type: ignore[call-overload]
    step_back(work, call)
    chat.post_system(work, visit.id, ended_words(call))
    work.announce(CallEnded(visit.id, call.patient_id, call.id, call.state, call.connected_seconds))
    _tell(work, call)
    return call


# --- pages ------------------------------------------------------------------------------------------------------


def enter_call(work: Work, call_id: UUID, page: UUID, instead: UUID | None = None) -> CallMember:
    """A page takes part, or comes back; a second device of the same side takes over.

    With `instead` only when that page has the call; never by the name of somebody else's page. Raises NotFound,
    CallOver, CallElsewhere.
    """
    room, _, side = _mine(work, call_id, line=True)
    me = _member(work, room.call, side)
    room = replace(room_of(work, room.call), owners=_owners(work, call_id, page))
    before = {one.page for one in room.members}
    protocol.enter(room, me, page, instead)
    me.session_id = work.actor.session_id
    if page not in room.owners:
        work.add(CallPage(call_id=call_id, page=page, account_id=me.account_id))
    for gone in before - {one.page for one in room.members}:    # of this side, on another device or of another guardian
        if gone is not None:
            _forget(work, room.call, gone)
    _tell(work, room.call)
    return me


def _owners(work: Work, call_id: UUID, page: UUID) -> dict[UUID, UUID]:
    """Who came by this page before, if anybody did."""
    return {one.page: one.account_id for one in all_of(work, CallPage, CallPage.call_id == call_id,
                                                       CallPage.page == page)}


def leave_call(work: Work, call_id: UUID, page: UUID) -> None:
    """The line of a page closed: away, not hung up. Raises NotFound."""
    room, _, _ = _mine(work, call_id, line=True)
    if protocol.leave(room, _known(work, room), page):
        _tell(work, room.call)


def beat_call(work: Work, call_id: UUID, page: UUID, said: Beat, heard: int = 0) -> None:
    """The page is there and has heard everything up to `heard`. Raises NotFound, CallOver, CallElsewhere."""
    room, _, _ = _mine(work, call_id, line=True)
    me = _known(work, room)
    if protocol.beat(room, me, page, said):
        _tell(work, room.call)
    me.session_id = work.actor.session_id
    if heard:
        work.session.exec(delete(CallSignal).where(  # type: ignore[call-overload]
            col(CallSignal.call_id) == call_id, col(CallSignal.page) == page, col(CallSignal.seq) <= heard))


def pass_signal(work: Work, call_id: UUID, page: UUID, to: UUID, signal: Description | Candidate) -> None:
    """Keep a signal for a page of the other side; one for a page that is gone is void.

    Raises NotFound, CallOver, CallNotAnswered, CallElsewhere, TooManySignals.
    """
    room, _, _ = _mine(work, call_id, line=True)
    told = protocol.tell(room, _known(work, room), page, to, signal)
    if told is not None:
        work.add(told)
        _tell(work, room.call)


def seat_in_call(work: Work, call_id: UUID, page: UUID, whom: UUID | None = None) -> Seat:
    """Where a page stands whose call is carried by us; with `whom`, the page of another party that it wants to see.

    Raises NotFound, CallOver, CallNotAnswered, CallElsewhere.
    """
    room, _, _ = _mine(work, call_id, line=True)
    me = _known(work, room)
    if room.call.state not in OPEN:
        raise CallOver(state=room.call.state)
    if room.call.state != "talking":
        raise CallNotAnswered
    if me.page != page:
        raise CallElsewhere
    others = {one.page for one in room.members if one is not me and one.state != "gone"}
    if whom is not None and whom not in others:
        raise NotFound
    return Seat(call_id, page, whom)


def _forget(work: Work, call: Call, page: UUID) -> None:
    """What a page that is gone said or should have heard means nothing any more."""
    work.session.exec(delete(CallSignal).where(  # type: ignore[call-overload]
        col(CallSignal.call_id) == call.id,
        or_(col(CallSignal.page) == page, col(CallSignal.sender_page) == page)))


# --- common -----------------------------------------------------------------------------------------------------


def _mine(work: Work, call_id: UUID, line: bool = False) -> tuple[Room, Visit, str]:
    """The call, its visit and the side of whoever acts; anybody else gets NotFound.

    `line`: what pages do in the call, third people's too; only the call is locked, because nothing is said in the talk.
    """
    found = work.get(Call, call_id)
    visit = work.get(Visit, found.visit_id, lock=not line)
    side = side_in_call(work, visit) if line else side_of(work, visit)
    return _locked(work, call_id), visit, side


def _locked(work: Work, call_id: UUID) -> Room:
    return room_of(work, work.get(Call, call_id, lock=True))


def _member(work: Work, call: Call, side: str) -> CallMember:
    """The row of whoever acts, made at their first step in the call."""
    account = work.actor.account_id
    found = next((m for m in room_of(work, call).members if m.account_id == account), None)
    return found or work.add(CallMember(call_id=call.id, account_id=account, side=side))


def _known(work: Work, room: Room) -> CallMember:
    """The row of somebody who entered before. Raises CallElsewhere."""
    for member in room.members:
        if member.account_id == work.actor.account_id:
            return member
    raise CallElsewhere


def _look_again(work: Work, call: Call, due: datetime) -> None:
    work.later("consult.watch_call", {"call_id": str(call.id)}, f"call:{call.id}:{due:%Y%m%d%H%M%S}", due)


def _tell(work: Work, call: Call) -> None:
    """Pages in the visit look at its call again; what the talk says of it is hinted with its line."""
    work.hint(f"call:{call.visit_id}")

