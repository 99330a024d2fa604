"""Reading agreed times: what stands, how a side sees it, and whose turn it leaves."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from app.work import Work, all_of, one_or_none
from consult.call.appointments.models import CallAppointment
from consult.call.appointments.rules import LATE, may_start
from consult.call.appointments.states import LIVE
from consult.visit.models import Visit


@dataclass(frozen=True)
class AppointmentView:
    """The time that stands, for one side: `own` was proposed by it; `is_now` says that a call now keeps it."""

    id: UUID
    kind: str
    state: str
    starts_at: datetime
    own: bool
    is_now: bool


def live_appointment(work: Work, visit_id: UUID) -> CallAppointment | None:
    """What is proposed or booked."""
    return one_or_none(work, CallAppointment, CallAppointment.visit_id == visit_id,
                       col(CallAppointment.state).in_(LIVE))


def appointments_of(work: Work, visit_id: UUID) -> list[CallAppointment]:
    """All times ever proposed in a visit, oldest first; the caller has checked who asks."""
    return all_of(work, CallAppointment, CallAppointment.visit_id == visit_id, order=col(CallAppointment.proposed_at))


def appointment_seen(work: Work, visit: Visit, side: str) -> AppointmentView | None:
    """What stands in a running visit, for one of its sides; the caller has checked who reads it."""
    found = live_appointment(work, visit.id) if visit.state == "in_progress" else None
    if found is None:
        return None
    return AppointmentView(found.id, found.kind, found.state, found.starts_at, found.proposed_by == side,
                           found.state == "booked" and may_start(found.starts_at, work.now))


def patient_moments(work: Work, visit_id: UUID) -> list[datetime]:
    """When the patient had spoken or waited as far as times for a call go; whoever owes the next word is the doctor.

    Until what stands has come nobody is silent; after one that was missed, that lapsed, or that was called off, by
    whomever, the patient may have waited in vain.
    """
    moments: list[datetime | None] = []
    for one in appointments_of(work, visit_id):
        moments.append(one.proposed_at if one.proposed_by == "patient" else one.answered_at)
        moments.append(one.over_at if one.state in ("declined", "cancelled") else
                       one.starts_at if one.state != "fulfilled" else None)
    return [moment for moment in moments if moment is not None]


def agreed_until(work: Work, visit_id: UUID) -> datetime | None:
    """Until when both wait for an agreed time; None when none is agreed."""
    found = live_appointment(work, visit_id)
    return found.starts_at + LATE if found is not None and found.state == "booked" else None


def doctor_arranges(work: Work, visit_id: UUID) -> bool:
    """Whether the doctor has proposed a time or answered one."""
    return any(one.proposed_by == "doctor" or one.answered_at is not None for one in appointments_of(work, visit_id))
