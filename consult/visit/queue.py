"""The doctor's queue, and a patient's place in it."""
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import and_, col, func, or_, select

from app.identity import api as identity
from app.kit.clock import completed_years, local_date
from app.kit.problems import NotFound
from app.work import Work, all_of
from consult.visit.access import fits, may_take, note_seen_in_queue
from consult.visit.models import Visit
from consult.visit.rules import CORRECTION_WINDOW, Place, in_order, wait_range

LONGEST_QUEUE = 200


@dataclass(frozen=True)
class QueueRow:
    """One line of the doctor's queue; `mine` when the patient asked for this doctor."""

    visit: Visit
    patient_name: str
    sex: str
    age: int
    unread: int
    mine: bool


@dataclass(frozen=True)
class QueueView:
    """The doctor's queue: visits in hand, and who waits, the most urgent first.

    A doctor whose licence is not in force is shown nobody who waits.
    """

    in_progress: list[QueueRow] = field(default_factory=list)
    waiting: list[QueueRow] = field(default_factory=list)
    finished: list[QueueRow] = field(default_factory=list)
    licensed: bool = True


def queue(work: Work) -> QueueView:
    """The queue of the signed-in doctor. Cost: 4 SQL statements, 5 when nobody waits, however long it is."""
    if work.actor.role != "doctor" or work.actor.practitioner_id is None:
        raise NotFound
    me = identity.practitioner(work, work.actor.practitioner_id)
    in_hand, waiting = _lines(work, me, _in_hand(work, me)), _lines(work, me, _free(work, me))
    licensed = bool(waiting) or identity.licence_in_force(work, me.id)      # only an empty list has to be explained
    order = in_order([(r.visit.level, r.visit.waiting_since or r.visit.requested_at) for r in waiting], work.now)
    shown = [waiting[i] for i in order[:LONGEST_QUEUE]]
    note_seen_in_queue(work, [row.visit for row in shown])
    return QueueView([r for r in in_hand if r.visit.state == "in_progress"], shown,
                     [r for r in in_hand if r.visit.state == "completed"], licensed)


def visits_to_see(work: Work) -> Any:
    """How many lines the signed-in doctor's queue has, as a subquery for pages that count several things at once."""
    me = identity.practitioner(work, work.actor.practitioner_id)
    open_now = (col(Visit.practitioner_id) == me.id) & (col(Visit.state) == "in_progress")
    return select(func.count()).select_from(Visit).where(open_now | and_(*_free(work, me))).scalar_subquery()


def _in_hand(work: Work, me: identity.Practitioner) -> list:  # type: ignore[type-arg]
    recent = (col(Visit.state) == "completed") & (col(Visit.ended_at) > work.now - CORRECTION_WINDOW)
    return [col(Visit.practitioner_id) == me.id, (col(Visit.state) == "in_progress") | recent]


def _free(work: Work, me: identity.Practitioner) -> list:  # type: ignore[type-arg]
    """Who waits for this doctor: nobody unless the licence is in force."""
    departments, paper = [name for name in identity.DEPARTMENTS if fits(me, name)], identity.LicenceFile
    licensed = select(paper.id).where(paper.practitioner_id == me.id, paper.state == "verified",
                                      col(paper.expires) >= local_date(work.now)).exists()
    return [licensed, col(Visit.state) == "waiting", col(Visit.department).in_(departments),
            col(Visit.deadline) > work.now,
            col(Visit.organization_id) == me.organization_id,
            or_(col(Visit.wanted_practitioner_id) == me.id, col(Visit.wanted_practitioner_id).is_(None))]


def _lines(work: Work, me: identity.Practitioner, where: list) -> list[QueueRow]:  # type: ignore[type-arg]
    today, person = local_date(work.now), identity.Patient
    rows = work.session.exec(select(Visit, person).join(person, col(person.id) == col(Visit.patient_id))
                             .where(*where).order_by(col(Visit.requested_at))).all()
    return [_row(visit, patient, me.id, today) for visit, patient in rows]


def _row(visit: Visit, patient: identity.Patient, me: UUID, today: date) -> QueueRow:
    return QueueRow(visit, patient.name, patient.sex, completed_years(patient.birth_date, today),
                    max(0, visit.last_seq - visit.doctor_read), visit.wanted_practitioner_id == me)


def free_doctors(work: Work, visit: Visit) -> int:
    """Doctors on duty who may take this visit: the wanted one, or all whose scope fits."""
    return sum(may_take(doctor, visit) for doctor in identity.doctors_on_duty(work))


def place_in_queue(work: Work, visit: Visit) -> Place:
    """How many are before this visit, and an honest range of minutes. Cost: 2 SQL statements."""
    doctors = free_doctors(work, visit)
    others = all_of(work, Visit, col(Visit.state) == "waiting", col(Visit.department) == visit.department,
                    or_(col(Visit.wanted_practitioner_id).is_(None),
                        col(Visit.wanted_practitioner_id) == visit.wanted_practitioner_id))
    order = in_order([(v.level, v.waiting_since or v.requested_at) for v in others], work.now)
    ahead = next((place for place, i in enumerate(order) if others[i].id == visit.id), len(order))
    low, high = wait_range(ahead, doctors)
    return Place(ahead, low, high, doctors, visit.deadline)
