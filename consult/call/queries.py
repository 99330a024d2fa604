"""Reading calls: what stands open, what a page still has to hear, how long people talked, and when they last did."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import col, select

from app.identity import api as identity
from app.settings import Settings
from app.work import Work, all_of, one_or_none
from consult.call.appointments.queries import appointments_of, patient_moments
from consult.call.appointments.rules import may_start
from consult.call.guests.models import CallGuest
from consult.call.guests.queries import GuestLine, guardian_shown, guest_lines, guests_by_id, own_place, without_session
from consult.call.models import Call, CallMember, CallSignal
from consult.call.protocol import SIDES, Room, is_polite, party_of, seconds_of
from consult.call.recording.queries import RecordingView, recording_seen
from consult.call.rules import CHECK, patient_showed_up, status_of, was_left_ringing
from consult.call.states import OPEN
from consult.call.turn import IceServer, relay_servers
from consult.chat import api as chat
from consult.visit.models import Visit

MOST = 100


@dataclass(frozen=True)
class Seen:
    """Somebody of another party, as a page shows them; `page` is where to send signals, None while nowhere.

    `side` is patient, doctor or guest; `role` says which guest, else the same.
    """

    id: UUID
    side: str
    role: str
    name: str
    status: str
    page: UUID | None
    polite: bool
    sound: bool
    picture: bool


@dataclass(frozen=True)
class CallView:
    """A call for one reader: `page` is the page of their own that has the call, if any has.

    `guests` is everybody who is asked, knocks or was let in, for the two sides; a guest sees only who is in the call.
    `guardian` is for the doctor of a minor: whether a guardian takes part; None in every other case.
    """

    id: UUID
    kind: str
    state: str
    asked_by: str
    ring_until: datetime
    seconds: int
    running: bool
    ended_by: str
    page: UUID | None
    others: tuple[Seen, ...]
    recording: RecordingView
    guests: tuple[GuestLine, ...] = ()
    guardian: bool | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def open_call_of(work: Work, visit_id: UUID) -> Call | None:
    """The call that rings or goes on."""
    return one_or_none(work, Call, Call.visit_id == visit_id, col(Call.state).in_(OPEN))


def latest_call_of(work: Work, visit_id: UUID) -> Call | None:
    """The newest call of a visit, open or over."""
    newest = select(Call).where(Call.visit_id == visit_id).order_by(col(Call.asked_at).desc()).limit(1)
    return work.session.exec(newest).first()


def calls_of(work: Work, visit_id: UUID) -> list[Call]:
    """All calls of a visit, oldest first; the caller has checked who asks."""
    return all_of(work, Call, Call.visit_id == visit_id, order=col(Call.asked_at))


def room_of(work: Work, call: Call) -> Room:
    """The call with everybody in it."""
    members = all_of(work, CallMember, CallMember.call_id == call.id)
    return Room(call, members, work.now, signed_out=without_session(work, members))


def call_view(work: Work, call: Call, side: str) -> CallView:
    """The call as somebody on `side` sees it."""
    room = room_of(work, call)
    me = next((m for m in room.members if m.account_id == work.actor.account_id), None)
    guests = guest_lines(work, call.visit_id) if side in SIDES else ()
    return CallView(call.id, call.kind, call.state, call.asked_by, call.ring_until, seconds_of(call, work.now),
                    call.running_since is not None, call.ended_by, me.page if me else None,
                    _others(work, room, me, side), recording_seen(work, call), guests,
                    guardian_shown(work, call) if side == "doctor" else None)


def _others(work: Work, room: Room, me: CallMember | None, side: str) -> tuple[Seen, ...]:
    """Everybody of other parties: nobody who is there stays unseen, and who went is no longer shown.

    Of somebody who is signed out no page is told, so that the others' browsers end their connection to it.
    """
    mine = side if side in SIDES else str(work.actor.account_id)
    found = [m for m in room.members if party_of(m) != mine and _shows(m)]
    guests = guests_by_id(work, {m.account_id for m in found if m.side not in SIDES})
    return tuple(Seen(m.id, m.side, guests[m.account_id].role if m.account_id in guests else m.side,
                      _name(work, room.call, m, guests), status_of(m, work.now, out), None if out else m.page,
                      me is not None and is_polite(me, m), m.sound, m.picture)
                 for m in found for out in [m.id in room.signed_out])


def _shows(member: CallMember) -> bool:
    if member.side not in SIDES and member.state == "gone":
        return False
    return member.page is not None or member.state == "invited"


def _name(work: Work, call: Call, member: CallMember, guests: dict[UUID, CallGuest]) -> str:
    """What somebody is called, as everybody in the call reads it."""
    if member.account_id in guests:
        return guests[member.account_id].name
    if member.side == "patient":
        return identity.patient(work, call.patient_id).name
    doctor = work.get(Visit, call.visit_id).practitioner_id
    return identity.practitioner(work, doctor).name.get(work.actor.language) if doctor else ""


def call_seen(work: Work, visit: Visit) -> CallView | None:
    """The newest call of a visit for its patient's side or its own doctor; the caller has checked who reads it."""
    me = work.actor
    if me.role == "doctor" and visit.practitioner_id != me.practitioner_id:
        return None
    call = latest_call_of(work, visit.id)
    return call_view(work, call, me.role) if call else None


def call_for_guest(work: Work) -> CallView | None:
    """The call that a guest was let into, as they see it; None while they wait. Raises NotFound, DoorShut."""
    guest = own_place(work)
    call = open_call_of(work, guest.visit_id) if guest.state == "admitted" else None
    return call_view(work, call, "guest") if call else None


def signals_for(work: Work, call_id: UUID, page: UUID, after: int) -> Sequence[CallSignal]:
    """What this page still has to hear, in order; the caller has checked that the page is the asker's own."""
    return work.session.exec(select(CallSignal).where(
        CallSignal.call_id == call_id, CallSignal.page == page, col(CallSignal.seq) > after)
        .order_by(col(CallSignal.seq)).limit(MOST)).all()


def relays_for(work: Work, member: CallMember) -> tuple[tuple[IceServer, ...], timedelta, bool]:
    """Relay servers with a password for this member alone, how long it holds, and whether only relays may be used."""
    settings = work.tool(Settings)
    holds = timedelta(minutes=settings.turn_minutes)
    secret = settings.turn_secret.get_secret_value()
    servers = relay_servers(settings.turn_urls, secret, str(member.relay_name), work.now + holds)
    return servers, holds, settings.turn_only


def engine_for(work: Work) -> str:
    """How sound and picture of calls travel here: p2p, relay or janus."""
    return work.tool(Settings).call_engine


def relays_to_check(work: Work) -> tuple[IceServer, ...]:
    """Relay servers for somebody who tries their line before a call: a random name, and CHECK long."""
    settings = work.tool(Settings)
    secret = settings.turn_secret.get_secret_value()
    return relay_servers(settings.turn_urls, secret, str(uuid4()), work.now + CHECK)


def last_together(work: Work, visit_id: UUID) -> datetime | None:
    """When the two last heard each other in a call; now while they do, None when they never did."""
    moments = [work.now if call.running_since else call.heard_until for call in calls_of(work, visit_id)]
    return max((moment for moment in moments if moment is not None), default=None)


def last_heard(work: Work, visit: Visit, side: str) -> datetime | None:
    """When a side last spoke: wrote a line, or talked in a call.

    A time for a call counts for the patient, who waits for it, and is no word of the doctor's; nor is ringing, except
    in vain at an agreed time. A patient who rings or picks up is there, whatever becomes of the call.
    """
    calls = calls_of(work, visit.id)
    shown = ([*patient_moments(work, visit.id), *patient_showed_up(calls)] if side == "patient"
             else _rang_in_vain(work, visit.id, calls))
    moments = [chat.last_written(work, visit.id, side), last_together(work, visit.id), *shown]
    return max((moment for moment in moments if moment is not None), default=None)


def _rang_in_vain(work: Work, visit_id: UUID, calls: list[Call]) -> list[datetime]:
    """When the doctor rang at a time that was missed and was refused or left to ring: then it was not the doctor who
    stayed away."""
    missed = [one for one in appointments_of(work, visit_id) if one.state in ("booked", "noshow")]
    return [call.asked_at for call in calls if call.asked_by == "doctor" and was_left_ringing(call) and any(
        may_start(one.starts_at, call.asked_at) and call.asked_at >= one.starts_at for one in missed)]
