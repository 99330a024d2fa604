"""Reading third people: who is asked, who knocks, who is inside, and whether a child's guardian took part."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.clock import completed_years, local_date
from app.kit.problems import NotFound
from app.work import Actor, Work, all_of, one_or_none
from consult.call.guests.models import CallGuest
from consult.call.guests.problems import DoorShut
from consult.call.guests.rules import MINOR, is_let_on, is_open, takes_part
from consult.call.guests.secrets import hash_of
from consult.call.guests.states import LIVE
from consult.call.models import Call, CallMember
from consult.call.rules import OFFLINE
from consult.chat.commands import side_of
from consult.visit.models import Visit


@dataclass(frozen=True)
class GuestLine:
    """A third person as both sides of a visit see them; `own` may be withdrawn by the reader's side."""

    id: UUID
    role: str
    name: str
    state: str
    invited_side: str


def guest_actor(work: Work, token: str) -> Actor | None:
    """Who holds this session of a guest, also when its door is shut by now; None for an unknown or old one.

    The session of a second doctor ends with the staff session that it began from.
    """
    found = one_or_none(work, CallGuest, CallGuest.token_hash == hash_of(token))
    return Actor("guest", found.id, session_id=found.id) if found and session_holds(work, found) else None


def session_holds(work: Work, guest: CallGuest) -> bool:
    """Whether the session of somebody who came by link and code has neither run out nor lost its staff session."""
    if guest.token_until is None or guest.token_until <= work.now:
        return False
    return guest.role != "doctor" or identity.session_stands(work, guest.staff_session)


def without_session(work: Work, members: Iterable[CallMember]) -> set[UUID]:
    """Members, by the ids of their rows, whose page came by a session that is over: nothing of theirs is carried.

    The same holds for who acts for the patient no more. Three statements at most, however many members and calls.
    """
    members = list(members)
    guests = guests_by_id(work, {one.account_id for one in members if one.side == "guest"})
    signed_in = {one.session_id for one in members} | {guest.staff_session for guest in guests.values()}
    standing = identity.standing_sessions(work, {id for id in signed_in if id is not None})
    left = {one.id for one in members if one.side == "patient" and one.page is not None} - _acting(work, members)
    return left | {one.id for one in members if not _holds(one, guests.get(one.account_id), standing, work.now)}


def _acting(work: Work, members: list[CallMember]) -> set[UUID]:
    """Rows of the patient's side whose account acts for the patient of the call now."""
    bond = identity.Guardianship
    calls = {one.call_id for one in members if one.side == "patient" and one.page is not None}
    if not calls:
        return set()
    return set(work.session.exec(
        select(col(CallMember.id)).join(Call, col(Call.id) == CallMember.call_id)
        .join(bond, and_(col(bond.account_id) == CallMember.account_id, col(bond.patient_id) == Call.patient_id))
        .where(col(CallMember.call_id).in_(calls), col(bond.ended_at).is_(None))).all())


def _holds(member: CallMember, guest: CallGuest | None, standing: set[UUID], now: datetime) -> bool:
    """Whether the session behind somebody's page stands; who has no page yet came by none."""
    if guest is None:
        return member.page is None or member.session_id in standing
    runs = guest.token_until is not None and guest.token_until > now
    return runs and (guest.role != "doctor" or guest.staff_session in standing)


def own_place(work: Work) -> CallGuest:
    """The row of the guest who acts, at the door or inside. Raises NotFound for others, DoorShut when it is over."""
    me = work.actor
    guest = work.find(CallGuest, me.account_id) if me.role == "guest" else None
    if guest is None:
        raise NotFound
    visit = work.get(Visit, guest.visit_id)
    if visit.state != "in_progress" or not is_let_on(guest, work.now):
        raise DoorShut(state=guest.state)
    return guest


def doctor_met(work: Work) -> identity.Practitioner:
    """The attending doctor of the visit that the acting guest was asked into. Raises NotFound, DoorShut."""
    doctor = work.get(Visit, own_place(work).visit_id).practitioner_id
    if doctor is None:
        raise NotFound
    return identity.practitioner(work, doctor)


def side_in_call(work: Work, visit: Visit) -> str:
    """patient, doctor, or guest for somebody who was let in; anybody else gets NotFound."""
    if work.actor.role != "guest":
        return side_of(work, visit)
    guest = own_place(work)
    if guest.visit_id != visit.id or guest.state != "admitted":
        raise NotFound
    return "guest"


def offered_by(work: Work, link: str) -> CallGuest:
    """The invitation behind a link. Raises DoorShut for one that is unknown, used, over, or of a visit that ended."""
    found = one_or_none(work, CallGuest, CallGuest.link_hash == hash_of(link))
    if found is None or not is_open(found, work.now) or work.get(Visit, found.visit_id).state != "in_progress":
        raise DoorShut
    return found


def came_by(work: Work, link: str, session: str) -> bool:
    """Whether whoever holds this session came by this link and is still at the door or inside."""
    found = one_or_none(work, CallGuest, CallGuest.link_hash == hash_of(link), CallGuest.token_hash == hash_of(session))
    return found is not None and is_let_on(found, work.now)


def live_guests(work: Work, visit_id: UUID) -> list[CallGuest]:
    """Everybody of a visit who is asked, knocks or is inside, in the order of asking."""
    return all_of(work, CallGuest, CallGuest.visit_id == visit_id, col(CallGuest.state).in_(LIVE),
                  order=col(CallGuest.offered_at))


def guest_lines(work: Work, visit_id: UUID) -> tuple[GuestLine, ...]:
    """The same, as pages of the two sides show them; an offer that is over by the clock is not shown."""
    return tuple(GuestLine(g.id, g.role, g.name, g.state, g.invited_side) for g in live_guests(work, visit_id)
                 if g.state != "offered" or is_open(g, work.now))


def guests_of(work: Work, visit_id: UUID) -> tuple[GuestLine, ...]:
    """The same for a program of either side. Raises NotFound for anybody else."""
    side_of(work, work.get(Visit, visit_id))
    return guest_lines(work, visit_id)


def guests_by_id(work: Work, ids: set[UUID]) -> dict[UUID, CallGuest]:
    """Several at once."""
    return {one.id: one for one in all_of(work, CallGuest, col(CallGuest.id).in_(ids))} if ids else {}


# --- a child's call ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GuardianSeen:
    """What the latest call of a visit says of a guardian, and when: now while it goes on, else at its end."""

    present: bool
    over: bool
    at: datetime
    call_id: UUID


def guardian_in_call(work: Work, visit: Visit) -> GuardianSeen | None:
    """Whether a guardian takes part in the call that goes on, or heard the last one to its end.

    None where nobody talked.
    """
    newest = select(Call).where(Call.visit_id == visit.id, or_(
        col(Call.state) == "talking", and_(col(Call.state) == "ended", col(Call.connected_seconds) > 0))).order_by(
        col(Call.asked_at).desc()).limit(1)     # a later call that never connected says nothing about the one before
    call = work.session.exec(newest).first()
    if call is None:
        return None
    members = all_of(work, CallMember, CallMember.call_id == call.id)
    guardians = [one for one in members if _is_guardian(work, visit, one)]
    if call.state == "talking":
        return GuardianSeen(any(takes_part(one, work.now) for one in guardians), False, work.now, call.id)
    ended = call.ended_at or work.now
    last = (call.heard_until or ended) - OFFLINE
    stayed = any(one.heard_at is not None and one.heard_at >= last for one in guardians)
    return GuardianSeen(stayed, True, ended, call.id)


def guardian_shown(work: Work, call: Call) -> bool | None:
    """Whether the guardian of a minor takes part in the call that goes on; None where nobody has to ask."""
    if call.state != "talking":
        return None
    born = identity.patient(work, call.patient_id).birth_date
    if completed_years(born, local_date(work.now)) >= MINOR:
        return None
    seen = guardian_in_call(work, work.get(Visit, call.visit_id))
    return seen is not None and seen.present


def _is_guardian(work: Work, visit: Visit, member: CallMember) -> bool:
    """An account that acts for somebody else than its owner, or whom the doctor let in as the guardian and kept in."""
    if member.side == "patient":
        return identity.is_guardian(work, member.account_id, visit.patient_id)
    guest = work.find(CallGuest, member.account_id) if member.side == "guest" else None
    return (guest is not None and guest.role == "guardian" and guest.admitted_at is not None
            and guest.state != "sent_away")
