"""Propose a time for a call, agree or not, call it off; and what time itself does to it."""
from datetime import datetime
from uuid import UUID

from app.events.consult import CallTimeAgreed, CallTimeOver, CallTimeProposed, CallTimeReminded
from app.kit.problems import NotFound, invalid
from app.work import Work
from consult.call.appointments.models import CallAppointment
from consult.call.appointments.problems import AppointmentOver, OwnProposal, TooManyProposals
from consult.call.appointments.queries import appointments_of, live_appointment
from consult.call.appointments.rules import FARTHEST, LATE, MOST, SOONEST, may_start, next_look
from consult.call.appointments.states import APPOINTMENT, LIVE
from consult.call.appointments.words import SAYS, says
from consult.call.models import Call
from consult.call.problems import CallNotPossible
from consult.call.queries import open_call_of
from consult.call.rules import KINDS
from consult.chat import api as chat
from consult.chat.commands import side_of
from consult.visit.models import Visit


def propose_call(work: Work, visit_id: UUID, kind: str, starts_at: datetime) -> CallAppointment:
    """Propose a time to talk; it takes the place of whatever stood. The same proposal again changes nothing.

    `starts_at` is aware, in 5 minutes at the soonest and in 7 days at the latest. Raises NotFound, CallNotPossible,
    TooManyProposals, Invalid.
    """
    visit = work.get(Visit, visit_id, lock=True)
    side = side_of(work, visit)
    if visit.state != "in_progress":
        raise CallNotPossible(state=visit.state)
    if kind not in KINDS:
        raise invalid("kind", "请选择语音或视频。", "Please choose voice or video.")
    if not work.now + SOONEST <= starts_at <= work.now + FARTHEST:
        raise invalid("starts_at", "请选一个 5 分钟以后、7 天以内的时间。",
                      "Please choose a time between five minutes and seven days from now.")
    stands = live_appointment(work, visit.id)
    if stands is not None:
        if (stands.starts_at, stands.kind, stands.proposed_by, stands.state) == (starts_at, kind, side, "proposed"):
            return stands
        _require_room(work, visit)
        APPOINTMENT.move(stands, "cancel", side)    # the new one says it
        stands.over_at = work.now
        work.session.flush()
    else:
        _require_room(work, visit)
    made = work.add(CallAppointment(visit_id=visit.id, patient_id=visit.patient_id, kind=kind, proposed_by=side,
                                    proposed_at=work.now, starts_at=starts_at))
    _look_again(work, made)
    _told(work, made, "proposed", side)
    work.announce(CallTimeProposed(*_of(made, side)))
    return made


def _require_room(work: Work, visit: Visit) -> None:
    if len(appointments_of(work, visit.id)) >= MOST:
        raise TooManyProposals(most=MOST)


def answer_proposal(work: Work, appointment_id: UUID, agree: bool) -> CallAppointment:
    """The other side takes the proposed time, or does not. Raises NotFound, OwnProposal, AppointmentOver."""
    found, side = _mine(work, appointment_id)
    if found.proposed_by == side:
        raise OwnProposal
    if found.state == ("booked" if agree else "declined"):
        return found
    if found.state != "proposed" or found.starts_at <= work.now:
        raise AppointmentOver(state=found.state)
    if not agree:
        return _over(work, found, "decline", side)
    APPOINTMENT.move(found, "book", side)
    found.answered_at = work.now
    _told(work, found, "booked", side)
    work.announce(CallTimeAgreed(*_of(found, side)))
    return found


def cancel_appointment(work: Work, appointment_id: UUID) -> CallAppointment:
    """Either side calls off what stands; whoever proposed takes it back. Raises NotFound, AppointmentOver."""
    found, side = _mine(work, appointment_id)
    if found.state == "cancelled":
        return found
    if found.state not in LIVE:
        raise AppointmentOver(state=found.state)
    return _over(work, found, "cancel", side)


def keep_appointment(work: Work, call: Call) -> None:
    """A call was answered: it keeps the time that is agreed for about now; the caller locked the visit."""
    found = live_appointment(work, call.visit_id)
    if found is None or found.state != "booked" or not may_start(found.starts_at, work.now):
        return
    APPOINTMENT.move(found, "keep", "house")
    found.call_id, found.over_at = call.id, work.now


def drop_appointment(work: Work, visit: Visit) -> None:
    """The visit is over, and with it a time that stood; the caller locked the visit and says why it ended."""
    found = live_appointment(work, visit.id)
    if found is not None:
        APPOINTMENT.move(found, "cancel", "house")
        found.over_at = work.now


def watch_appointment(work: Work, appointment_id: UUID) -> CallAppointment | None:
    """What time does to it: both are reminded before and at the time; unanswered or missed it is over."""
    known = work.find(CallAppointment, appointment_id)
    if known is None or known.state not in LIVE:
        return known
    work.get(Visit, known.visit_id, lock=True)
    found = work.get(CallAppointment, known.id, lock=True)
    if found.state in LIVE:
        _pass(work, found)
    return found


def _pass(work: Work, found: CallAppointment) -> None:
    call = open_call_of(work, found.visit_id)
    if call is not None and call.state == "talking":    # since before it was near, and still
        keep_appointment(work, call)
    if found.state not in LIVE:
        return
    if found.state == "proposed" and found.starts_at <= work.now:
        _over(work, found, "lapse", "house")
        return
    if found.starts_at + LATE <= work.now:
        _over(work, found, "miss", "house")
        return
    if found.state == "booked" and may_start(found.starts_at, work.now):
        work.announce(CallTimeReminded(*_of(found, "house")))
        work.hint(f"visit:{found.visit_id}")
    _look_again(work, found)


def _mine(work: Work, appointment_id: UUID) -> tuple[CallAppointment, str]:
    """The row, its visit locked before it, and the side that acts. Raises NotFound, CallNotPossible."""
    known = work.find(CallAppointment, appointment_id)
    if known is None:
        raise NotFound
    visit = work.get(Visit, known.visit_id, lock=True)
    side = side_of(work, visit)
    if visit.state != "in_progress":
        raise CallNotPossible(state=visit.state)
    return work.get(CallAppointment, known.id, lock=True), side


def _over(work: Work, found: CallAppointment, move: str, side: str) -> CallAppointment:
    before = found.state
    APPOINTMENT.move(found, move, side)
    found.over_at = work.now
    if move == "decline":
        found.answered_at = work.now
    _told(work, found, found.state, side)
    work.announce(CallTimeOver(*_of(found, side), found.state, before))
    return found


def _of(found: CallAppointment, side: str) -> tuple[UUID, UUID, UUID, str, str, str]:
    return (found.visit_id, found.patient_id, found.id, side, found.kind, found.starts_at.isoformat())


def _told(work: Work, found: CallAppointment, what: str, side: str) -> None:
    who = side if side in ("patient", "doctor") else found.proposed_by
    chat.post_system(work, found.visit_id, says(SAYS[what], found.kind, found.starts_at, who))
    work.hint(f"visit:{found.visit_id}")


def _look_again(work: Work, found: CallAppointment) -> None:
    due = next_look(found.starts_at, work.now)
    work.later("consult.watch_appointment", {"appointment_id": str(found.id)},
               f"appointment:{found.id}:{due:%Y%m%d%H%M%S}", due)
