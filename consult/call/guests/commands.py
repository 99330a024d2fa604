"""Ask somebody into the calls of a visit; knock with link and code; let in, refuse, send away, leave."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, or_

from app.events.consult import (
    GuestAdmitted,
    GuestCodeMissed,
    GuestEvent,
    GuestInvited,
    GuestKnocked,
    GuestLeft,
    GuestRefused,
    GuestSentAway,
    GuestTimedOut,
    GuestWithdrawn,
)
from app.identity import api as identity
from app.kit.problems import NotFound
from app.work import Work, all_of, one_or_none
from consult.call.guests.models import CallGuest
from consult.call.guests.problems import DoorShut, NoCallToJoin, OwnCall, TooManyGuests, WrongGuestCode
from consult.call.guests.queries import live_guests, offered_by, own_place, session_holds
from consult.call.guests.rules import MOST_GUESTS, MOST_MISSES, OFFER_HOLDS, SESSION_HOLDS, clean_name, known_role
from consult.call.guests.secrets import code_hash, hash_of, is_code, new_code, new_link
from consult.call.guests.states import GUEST, INSIDE
from consult.call.guests.words import CAME, WENT
from consult.call.models import Call, CallMember, CallSignal
from consult.call.problems import CallNotPossible
from consult.call.states import MEMBER
from consult.chat import api as chat
from consult.chat.commands import side_of
from consult.visit.models import Visit


@dataclass(frozen=True)
class Offered:
    """A new invitation: link and code are shown this once and kept nowhere."""

    guest: CallGuest
    link: str
    code: str


def invite_guest(work: Work, visit_id: UUID, role: str) -> Offered:
    """Make a link and a code for one third person; both sides may, and nobody comes in by it unless the doctor says so.

    Raises NotFound, CallNotPossible, Invalid, TooManyGuests.
    """
    visit = work.get(Visit, visit_id, lock=True)
    side = side_of(work, visit)
    if visit.state != "in_progress":
        raise CallNotPossible(state=visit.state)
    role = known_role(side, role)
    if len(live_guests(work, visit.id)) >= MOST_GUESTS:
        raise TooManyGuests(most=MOST_GUESTS)
    account = work.actor.account_id
    assert account is not None
    link, code = new_link(), new_code()
    kept = hash_of(link)
    guest = work.add(CallGuest(visit_id=visit.id, role=role, invited_by=account, invited_side=side, link_hash=kept,
                               code_hash=code_hash(work, kept, code), offered_at=work.now,
                               expires_at=work.now + OFFER_HOLDS))
    _look_again(work, guest, guest.expires_at)
    _told(work, GuestInvited, guest, visit)
    return Offered(guest, link, code)


def withdraw_guest(work: Work, guest_id: UUID) -> CallGuest:
    """Take an invitation back before anybody came in by it: the doctor any, the patient's side its own.

    Raises NotFound, WrongState.
    """
    guest, visit, side = _of_mine(work, guest_id)
    if side == "patient" and guest.invited_side != "patient":
        raise NotFound
    GUEST.move(guest, "withdraw", side)
    return _over(work, GuestWithdrawn, guest, visit)


# --- at the door ------------------------------------------------------------------------------------------------


def knock(work: Work, link: str, code: str, name: str, address: str | None = None) -> str:
    """Come to the door by link and code, and wait there; the link is used up. Returns the session.

    A second doctor is known by their staff account, anybody else by what they call themselves.
    Raises DoorShut, WrongGuestCode, Invalid, SlowDown, OwnCall, LicenceNotInForce.
    """
    identity.count_scan(work, address)
    try:
        found = offered_by(work, link)
    except DoorShut as problem:
        raise identity.missed_scan(work, problem, address) from None
    visit = work.get(Visit, found.visit_id, lock=True)
    guest = work.get(CallGuest, found.id, lock=True)
    offered_by(work, link)  # somebody else may have used it until we held it
    _who(work, guest, visit, name)
    _require_code(work, guest, code)
    session = new_link()
    GUEST.move(guest, "knock", "guest")
    guest.token_hash, guest.token_until = hash_of(session), work.now + SESSION_HOLDS
    guest.knocked_at = work.now
    work.add(guest)
    _look_again(work, guest, guest.token_until)
    _told(work, GuestKnocked, guest, visit)
    return session


def _who(work: Work, guest: CallGuest, visit: Visit, name: str) -> None:
    """A second doctor is a doctor of the staff and never the attending one; for others there is a name to give."""
    if guest.role != "doctor":
        guest.name = clean_name(name)
        return
    doctor = work.actor.practitioner_id if work.actor.role == "doctor" else None
    if doctor is None:
        raise NotFound
    if doctor == visit.practitioner_id:
        raise OwnCall
    identity.require_licence(work, doctor)
    guest.practitioner_id, guest.staff_session = doctor, work.actor.session_id
    guest.name = identity.practitioner(work, doctor).name.get(work.actor.language)


def _require_code(work: Work, guest: CallGuest, code: str) -> None:
    """Compare the code; a wrong one is counted although its transaction is rolled back. Raises WrongGuestCode."""
    if is_code(work, guest.link_hash, code, guest.code_hash):
        return
    problem = WrongGuestCode(field="code", left=max(0, MOST_MISSES - guest.misses - 1))
    guest_id = guest.id
    problem.aftermath = lambda after: count_miss(after, guest_id)
    raise problem


def count_miss(work: Work, guest_id: UUID) -> None:
    """Somebody had the link and not its code; the fifth wrong code shuts the link for good."""
    guest = work.find(CallGuest, guest_id, lock=True)
    if guest is None or guest.state != "offered":
        return
    visit = work.get(Visit, guest.visit_id)
    guest.misses += 1
    work.add(guest)
    _told(work, GuestCodeMissed, guest, visit)
    if guest.misses >= MOST_MISSES:
        _shut(work, guest)


def leave_as_guest(work: Work) -> CallGuest:
    """A third person goes by themselves; the call of the others goes on. Raises NotFound, DoorShut."""
    found = own_place(work)
    visit, guest = _locked(work, found.id)
    was_inside = guest.state == "admitted"
    GUEST.move(guest, "leave", "guest")
    return _gone(work, GuestLeft, guest, visit, was_inside)


# --- the doctor at the door -------------------------------------------------------------------------------------


def admit_guest(work: Work, guest_id: UUID) -> CallGuest:
    """The doctor lets somebody who knocks into the call that goes on.

    Raises NotFound, NoCallToJoin, WrongState, DoorShut, LicenceNotInForce.
    """
    guest, visit = _of_my_visit(work, guest_id)
    if guest.token_until is not None and guest.token_until <= work.now:
        raise DoorShut
    if guest.practitioner_id is not None:
        identity.require_licence(work, guest.practitioner_id)
    call = one_or_none(work, Call, Call.visit_id == visit.id, Call.state == "talking")
    if call is None:
        raise NoCallToJoin
    GUEST.move(guest, "admit", "doctor")
    guest.admitted_at = work.now
    work.add(guest)
    work.add(CallMember(call_id=call.id, account_id=guest.id, side="guest"))
    chat.post_system(work, visit.id, CAME[guest.role])
    _told(work, GuestAdmitted, guest, visit)
    return guest


def refuse_guest(work: Work, guest_id: UUID) -> CallGuest:
    """The doctor does not let somebody in; their link is used up. Raises NotFound, WrongState."""
    guest, visit = _of_my_visit(work, guest_id)
    GUEST.move(guest, "refuse", "doctor")
    return _over(work, GuestRefused, guest, visit)


def send_guest_away(work: Work, guest_id: UUID) -> CallGuest:
    """The doctor ends somebody's part in the call; the call goes on. Raises NotFound, WrongState."""
    guest, visit = _of_my_visit(work, guest_id)
    GUEST.move(guest, "send_away", "doctor")
    return _gone(work, GuestSentAway, guest, visit, True)


# --- by time and with the visit ---------------------------------------------------------------------------------


def expire_guest(work: Work, guest_id: UUID) -> None:
    """An offer that nobody used is over; so is the part of somebody whose session has run out."""
    found = work.find(CallGuest, guest_id)
    if found is None:
        return
    visit, guest = _locked(work, guest_id)
    if guest.state == "offered" and work.now >= guest.expires_at:
        _shut(work, guest)
    elif guest.state in INSIDE and not session_holds(work, guest):
        _timed_out(work, guest, visit)


def end_sessions(work: Work, visit: Visit) -> None:
    """Nobody stays in a call whose session is over, as that of a second doctor who signed out; the visit is locked."""
    for found in live_guests(work, visit.id):
        if found.state in INSIDE and not session_holds(work, found):
            _timed_out(work, work.get(CallGuest, found.id, lock=True), visit)


def _timed_out(work: Work, guest: CallGuest, visit: Visit) -> None:
    was_inside = guest.state == "admitted"
    GUEST.move(guest, "expire", "house")
    _gone(work, GuestTimedOut, guest, visit, was_inside)


def _look_again(work: Work, guest: CallGuest, due: datetime) -> None:
    work.later("consult.expire_guest", {"guest_id": str(guest.id)}, f"call_guest:{guest.id}:{due:%Y%m%d%H%M%S}", due)


def step_back(work: Work, call: Call) -> None:
    """The call is over: whoever was let into it stands before the door again, for the next one."""
    for guest in live_guests(work, call.visit_id):
        if guest.state == "admitted":
            GUEST.move(guest, "step_back", "house")
            work.add(guest)


def shut_doors(work: Work, visit: Visit) -> None:
    """The visit is over, and with it every invitation into its calls."""
    for guest in live_guests(work, visit.id):
        _shut(work, guest)


# --- common -----------------------------------------------------------------------------------------------------


def _locked(work: Work, guest_id: UUID) -> tuple[Visit, CallGuest]:
    """Visit first, then the guest, as everywhere."""
    found = work.get(CallGuest, guest_id)
    visit = work.get(Visit, found.visit_id, lock=True)
    return visit, work.get(CallGuest, guest_id, lock=True)


def _of_mine(work: Work, guest_id: UUID) -> tuple[CallGuest, Visit, str]:
    visit, guest = _locked(work, guest_id)
    return guest, visit, side_of(work, visit)


def _of_my_visit(work: Work, guest_id: UUID) -> tuple[CallGuest, Visit]:
    """For the attending doctor alone. Raises NotFound."""
    guest, visit, side = _of_mine(work, guest_id)
    if side != "doctor":
        raise NotFound
    return guest, visit


def _gone(work: Work, event: type[GuestEvent], guest: CallGuest, visit: Visit, was_inside: bool) -> CallGuest:
    """Nothing that this guest said or should have heard means anything any more."""
    for member in all_of(work, CallMember, CallMember.account_id == guest.id, col(CallMember.state) != "gone"):
        work.get(Call, member.call_id, lock=True)
        MEMBER.move(member, "leave", "house")
        member.flows = False
        if member.page is not None:
            work.session.exec(delete(CallSignal).where(  # type: ignore[call-overload]
                col(CallSignal.call_id) == member.call_id,
                or_(col(CallSignal.page) == member.page, col(CallSignal.sender_page) == member.page)))
        work.add(member)
    if was_inside:
        chat.post_system(work, visit.id, WENT[guest.role])
    return _over(work, event, guest, visit)


def _over(work: Work, event: type[GuestEvent], guest: CallGuest, visit: Visit) -> CallGuest:
    guest.over_at = work.now
    work.add(guest)
    _told(work, event, guest, visit)
    return guest


def _shut(work: Work, guest: CallGuest) -> None:
    GUEST.move(guest, "expire", "house")
    guest.over_at = work.now
    work.add(guest)
    work.hint(f"call:{guest.visit_id}")


def _told(work: Work, event: type[GuestEvent], guest: CallGuest, visit: Visit) -> None:
    work.announce(event(visit.id, visit.patient_id, guest.id, guest.role))
    work.hint(f"call:{visit.id}")
