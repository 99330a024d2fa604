"""The protocol of a call without any I/O: rows of one call and the time go in, changed rows and a signal come out.

A page enters a call with an id that it drew at its load. The same id again is the same page on a new line: nothing is
torn down. Another id is a new page: the old one is out, what it still had to hear is void, and the other side builds
its connection anew; the old id stays its owner's. Exactly one of two pages is polite (W3C WebRTC 1.0, section 10.7,
perfect negotiation), fixed by their rows and never by who came first. Whoever fell silent counts as gone since the
moment they were last seen.
Between any two parties there is one connection. A third party is a party of its own; it keeps no call alive, and the
time of the call is that of patient and doctor alone.
"""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.kit.problems import NotFound
from consult.call.models import Call, CallMember, CallSignal
from consult.call.problems import CallElsewhere, CallNotAnswered, CallOver, TooManySignals
from consult.call.rules import (
    ABSENT,
    DESERTED,
    MINUTE,
    MOST_SIGNALS,
    NO_WAY,
    QUIET,
    Candidate,
    Description,
    body_of,
)
from consult.call.states import CALL, MEMBER, OPEN

SIDES = ("patient", "doctor")


def party_of(member: CallMember) -> str:
    """What counts as one in a call: the patient's side, the doctor, and each third person for themselves."""
    return member.side if member.side in SIDES else str(member.account_id)


@dataclass
class Room:
    """A call with everybody in it, at one moment; `owners` says of pages that were used before whose they are.

    `signed_out`: rows of members whose page came by a session that is over, or who act for the patient no more.
    """

    call: Call
    members: Sequence[CallMember]
    now: datetime
    owners: Mapping[UUID, UUID] = field(default_factory=dict)
    signed_out: Collection[UUID] = ()

    def others(self, me: CallMember) -> list[CallMember]:
        """Members of the other parties."""
        return [one for one in self.members if party_of(one) != party_of(me)]

    @property
    def sides(self) -> list[CallMember]:
        """Members of the two sides of the visit, without third people."""
        return [one for one in self.members if one.side in SIDES]


@dataclass(frozen=True)
class Beat:
    """What a page says of itself: does media arrive, is the microphone on, is the camera on."""

    flows: bool = False
    sound: bool = True
    picture: bool = False


# --- the call -------------------------------------------------------------------------------------------------


def answer(room: Room, by: str) -> None:
    """The other side answers; whoever asked cannot."""
    _require_open(room)
    if by == room.call.asked_by:
        raise CallNotAnswered
    CALL.move(room.call, "answer", by)
    room.call.answered_at = room.now


def decline(room: Room, by: str) -> None:
    """The other side says no; whoever asked takes the wish back instead."""
    _require_open(room)
    _over(room, "withdraw" if by == room.call.asked_by else "decline", by)


def withdraw(room: Room, by: str) -> None:
    """Whoever asked does not want to wait; from the other side it is a no."""
    decline(room, by)


def hang_up(room: Room, by: str) -> None:
    """Anybody ends the call, whatever stage it is in."""
    _require_open(room)
    if room.call.state == "ringing":
        decline(room, by)
    else:
        settle(room)
        _over(room, "hang_up", by)


def end(room: Room) -> None:
    """The visit is over, or nobody came back."""
    if room.call.state == "ringing":
        _over(room, "withdraw", "house")
    elif room.call.state == "talking":
        settle(room)
        _over(room, "end", "house")


def look_after(room: Room) -> bool:
    """What time does by itself: a ring that nobody heard, a call that nobody came back to. True when it ended."""
    if room.call.state == "ringing" and room.now >= room.call.ring_until:
        _over(room, "miss", "house")
    elif room.call.state == "talking":
        settle(room)
        if _is_deserted(room) or _never_connected(room):
            _over(room, "end", "house")
    return room.call.state not in OPEN


def _is_deserted(room: Room) -> bool:
    """Nobody there for DESERTED, or one side not for ABSENT; counted from the answer for who never came."""
    since = {side: max(_last_seen(room, m) for m in room.sides if m.side == side)
             for side in {m.side for m in room.sides}}
    here = {m.side for m in room.sides if m.state == "here"}
    gone = [moment for side, moment in since.items() if side not in here]
    if not gone:
        return False
    return room.now - min(gone) >= ABSENT or (not here and room.now - max(gone) >= DESERTED)


def _never_connected(room: Room) -> bool:
    """Both are there, NO_WAY after the answer, and in all that time they never heard each other."""
    call, here = room.call, {member.side for member in room.sides if member.state == "here"}
    if here != {"patient", "doctor"} or call.answered_at is None or call.connected_seconds or call.running_since:
        return False
    return room.now - call.answered_at >= NO_WAY


def _last_seen(room: Room, member: CallMember) -> datetime:
    return max(moment for moment in (member.seen_at, room.call.answered_at, room.call.asked_at) if moment is not None)


def _over(room: Room, move: str, by: str) -> None:
    _stop_counting(room, room.now)
    CALL.move(room.call, move, by)
    room.call.ended_at, room.call.ended_by = room.now, by
    for member in room.members:
        if member.state != "gone":
            MEMBER.move(member, "leave", "house")
        member.flows = False


def _require_open(room: Room) -> None:
    if room.call.state not in OPEN:
        raise CallOver(state=room.call.state)


# --- the people in it -----------------------------------------------------------------------------------------


def enter(room: Room, me: CallMember, page: UUID, instead: UUID | None = None) -> bool:
    """A page takes part: the same one comes back, a new one takes over from every other of its side.

    True when it is a new page. Raises CallOver; CallElsewhere when it comes `instead` of a page that lost the call, or
    by the name of a page that is or was somebody else's: everybody in the call is told those names, and only one may
    speak by each.
    """
    _require_open(room)
    if (instead is not None and me.page != instead) or _is_of_another(room, me, page):
        raise CallElsewhere
    settle(room)
    for other in room.members:
        if party_of(other) == party_of(me) and other is not me and other.state == "here":
            drop(room, other)
            other.page = None
    fresh = me.page != page
    if fresh:
        me.flows = False
        _count(room)
    if me.state != "here":
        MEMBER.move(me, "enter", "house")
    me.page, me.seen_at, me.entered_at = page, room.now, me.entered_at or room.now
    return fresh


def _is_of_another(room: Room, me: CallMember, page: UUID) -> bool:
    """Whether somebody else, also somebody who went, has this page or had it before."""
    return room.owners.get(page, me.account_id) != me.account_id or any(
        other.page == page for other in room.members if other is not me)


def leave(room: Room, me: CallMember, page: UUID) -> bool:
    """A line closed. Only the page that has the call can leave it; True when it did."""
    if room.call.state not in OPEN or me.page != page or me.state != "here":
        return False
    me.seen_at = room.now
    drop(room, me)
    return True


def beat(room: Room, me: CallMember, page: UUID, said: Beat) -> bool:
    """The page is there. True when something changed that others should know. Raises CallOver, CallElsewhere."""
    _require_page(room, me, page)
    before = _face(room)
    settle(room, spare=me)
    if me.state != "here":
        MEMBER.move(me, "enter", "house")
    me.seen_at, me.flows, me.sound, me.picture = room.now, said.flows, said.sound, said.picture
    if said.flows:
        me.heard_at = room.now
    _count(room)
    return _face(room) != before


def drop(room: Room, member: CallMember) -> None:
    """Somebody is away since they were last seen; from then on nothing is counted."""
    MEMBER.move(member, "drop", "house")
    member.flows = False
    if member.side in SIDES:
        _stop_counting(room, member.seen_at or room.now)


def settle(room: Room, spare: CallMember | None = None) -> None:
    """Whoever has said nothing for QUIET is away, and at once whoever is signed out.

    `spare` is speaking right now, but was silent all the same.
    """
    away = [m for m in room.members if m.state == "here" and (
        m.id in room.signed_out or (m.seen_at and room.now - m.seen_at > QUIET))]
    for member in sorted(away, key=lambda m: m.seen_at or room.now):
        drop(room, member)
        if member is spare:
            MEMBER.move(member, "enter", "house")


def _require_page(room: Room, me: CallMember, page: UUID) -> None:
    _require_open(room)
    if me.page != page:
        raise CallElsewhere


def _face(room: Room) -> list[tuple[object, ...]]:
    return [(m.state, m.page, m.flows, m.sound, m.picture, room.call.running_since) for m in room.members]


# --- the time that counts -------------------------------------------------------------------------------------


def is_together(room: Room) -> bool:
    """Both sides are there and each hears the other."""
    return {m.side for m in room.members if m.state == "here" and m.flows} >= {"patient", "doctor"}


def _count(room: Room) -> None:
    """Begin or stop counting as it stands now."""
    if room.call.state != "talking" or not is_together(room):
        _stop_counting(room, room.now)
    elif room.call.running_since is None:
        room.call.running_since = room.now


def _stop_counting(room: Room, at: datetime) -> None:
    since = room.call.running_since
    if since is not None:
        room.call.connected_seconds += max(0, int((at - since).total_seconds()))
        room.call.running_since, room.call.heard_until = None, max(at, since)


def seconds_of(call: Call, now: datetime) -> int:
    """How long the two have been connected, dropped time left out."""
    running = int((now - call.running_since).total_seconds()) if call.running_since else 0
    return call.connected_seconds + max(0, running)


# --- what they tell each other --------------------------------------------------------------------------------


def is_polite(me: CallMember, other: CallMember) -> bool:
    """True for exactly one of two: the one who gives way when both speak at once."""
    return me.id < other.id


def tell(room: Room, me: CallMember, page: UUID, to: UUID, signal: Description | Candidate) -> CallSignal | None:
    """Number a signal for the page `to` of another side; None when that page is gone, and so is its meaning.

    Raises CallOver, CallNotAnswered, CallElsewhere, TooManySignals; NotFound when `to` was never a page of the call.
    """
    _require_page(room, me, page)
    if room.call.state == "ringing":
        raise CallNotAnswered
    _require_slowly(room, me)
    if not any(other.page == to for other in room.others(me)):
        if to == page:
            raise NotFound
        return None
    if me.state != "here":  # whoever speaks is there, even after a silence
        MEMBER.move(me, "enter", "house")
    me.seen_at = room.now
    room.call.last_seq += 1
    return CallSignal(call_id=room.call.id, seq=room.call.last_seq, sender_page=page, page=to, body=body_of(signal))


def _require_slowly(room: Room, me: CallMember) -> None:
    if me.said_since is None or room.now - me.said_since >= MINUTE:
        me.said, me.said_since = 0, room.now
    if me.said >= MOST_SIGNALS:
        raise TooManySignals(retry_after=60)
    me.said += 1
