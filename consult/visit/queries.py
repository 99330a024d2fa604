"""Reading visits: who may see one, the doctor's queue, and a patient's place in it."""
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, func, select

from app.identity import api as identity
from app.kit.clock import completed_years, local_date
from app.kit.problems import NotFound
from app.work import Work, all_of, one_or_none
from consult.visit.models import Referral, Visit, VisitDiagnosis, VisitJudgement, VisitNote
from consult.visit.problems import NotRunning
from consult.visit.rules import CORRECTION_WINDOW, Place, in_order, wait_range


@dataclass(frozen=True)
class QueueRow:
    """One line of the doctor's queue."""

    visit: Visit
    patient_name: str
    sex: str
    age: int
    unread: int
    mine: bool


@dataclass(frozen=True)
class QueueView:
    """The doctor's queue: visits in hand, and who waits, the most urgent first."""

    in_progress: list[QueueRow] = field(default_factory=list)
    waiting: list[QueueRow] = field(default_factory=list)
    finished: list[QueueRow] = field(default_factory=list)


def visit_for_patient(work: Work, visit_id: UUID, lock: bool = False) -> Visit:
    """The visit of somebody whom the signed-in account acts for; anything else is NotFound."""
    visit = work.get(Visit, visit_id, lock)
    identity.require_acting_for(work, visit.patient_id)
    return visit


def visit_for_doctor(work: Work, visit_id: UUID, lock: bool = False) -> Visit:
    """A visit that this doctor attends or may take from the queue; anything else is NotFound."""
    visit = work.get(Visit, visit_id, lock)
    taken_by_me = visit.practitioner_id == work.actor.practitioner_id
    if work.actor.practitioner_id is None or not (taken_by_me or _in_my_queue(work, visit)):
        raise NotFound
    return visit


def _in_my_queue(work: Work, visit: Visit) -> bool:
    me = identity.practitioner(work, work.actor.practitioner_id)
    return visit.state == "waiting" and visit.wanted_practitioner_id in (None, me.id) and may_take(me, visit)


def may_take(practitioner: identity.Practitioner, visit: Visit) -> bool:
    """A doctor takes visits of their own department and of those that their registered scope fits."""
    fits = identity.fit_table().fits.get(visit.department, frozenset())
    return visit.department == practitioner.department or not fits.isdisjoint(practitioner.specialties)


def free_doctors(work: Work, visit: Visit) -> int:
    """Doctors on duty who may take this visit: the wanted one, or all whose scope fits."""
    on_duty = [doctor for doctor in identity.doctors_on_duty(work) if may_take(doctor, visit)]
    return sum(visit.wanted_practitioner_id in (None, doctor.id) for doctor in on_duty)


def require_attending(work: Work, visit_id: UUID, correcting: bool = False) -> Visit:
    """Lock and return the doctor's own running visit; `correcting` also allows the time after its end."""
    visit = work.get(Visit, visit_id, lock=True)
    if visit.practitioner_id is None or visit.practitioner_id != work.actor.practitioner_id:
        raise NotFound
    running = visit.state == "in_progress"
    ended = visit.ended_at
    corrected = (correcting and visit.state == "completed" and ended is not None
                 and work.now - ended <= CORRECTION_WINDOW)
    if not (running or corrected):
        raise NotRunning(state=visit.state)
    return visit


def queue(work: Work) -> QueueView:
    """The queue of the signed-in doctor. Cost: 3 SQL statements."""
    me = identity.practitioner(work, work.actor.practitioner_id)
    mine = (col(Visit.practitioner_id) == me.id) & (
        (col(Visit.state) == "in_progress")
        | ((col(Visit.state) == "completed") & (col(Visit.ended_at) > work.now - CORRECTION_WINDOW)))
    free = (col(Visit.state) == "waiting") & or_(
        col(Visit.wanted_practitioner_id) == me.id, col(Visit.wanted_practitioner_id).is_(None))
    rows = work.session.exec(select(Visit, identity.Patient)
                             .join(identity.Patient, col(identity.Patient.id) == col(Visit.patient_id))
                             .where(or_(mine, free)).order_by(col(Visit.requested_at)).limit(200)).all()
    lines = [_row(visit, patient, me.id, local_date(work.now)) for visit, patient in rows]
    waiting = [r for r in lines if r.visit.state == "waiting" and may_take(me, r.visit)]
    order = in_order([(r.visit.level, r.visit.waiting_since or r.visit.requested_at) for r in waiting], work.now)
    return QueueView([r for r in lines if r.visit.state == "in_progress"], [waiting[i] for i in order],
                     [r for r in lines if r.visit.state == "completed"])


def _row(visit: Visit, patient: identity.Patient, me: UUID, today: date) -> QueueRow:
    return QueueRow(visit, patient.name, patient.sex, completed_years(patient.birth_date, today),
                    max(0, visit.last_seq - visit.doctor_read), visit.wanted_practitioner_id == me)


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


def judgement_of(work: Work, visit_id: UUID) -> VisitJudgement | None:
    """The newest judgement of the attending doctor."""
    statement = (select(VisitJudgement).where(VisitJudgement.visit_id == visit_id)
                 .order_by(col(VisitJudgement.id).desc()).limit(1))
    return work.session.exec(statement).first()


def note_of(work: Work, visit_id: UUID) -> VisitNote | None:
    """The newest version of the note."""
    statement = (select(VisitNote).where(VisitNote.visit_id == visit_id)
                 .order_by(col(VisitNote.version).desc()).limit(1))
    return work.session.exec(statement).first()


def diagnoses_of(work: Work, visit_id: UUID) -> list[VisitDiagnosis]:
    """The diagnoses of a visit, in the order in which they were made."""
    return all_of(work, VisitDiagnosis, VisitDiagnosis.visit_id == visit_id)


def referral_of(work: Work, visit_id: UUID) -> Referral | None:
    """The referral letter of a visit that was stopped online."""
    return one_or_none(work, Referral, Referral.visit_id == visit_id)


def open_visits_of(work: Work, patient_ids: Iterable[UUID]) -> list[Visit]:
    """Visits that are not over, newest first; the caller has checked who asks."""
    states = ("requested", "needs_evidence", "waiting", "in_progress")
    return all_of(work, Visit, col(Visit.patient_id).in_(list(patient_ids)), col(Visit.state).in_(states),
                  order=col(Visit.requested_at).desc())


def visits_of(work: Work, patient_id: UUID, limit: int = 50) -> list[Visit]:
    """A patient's visits, newest first; the caller has checked who asks."""
    statement = (select(Visit).where(Visit.patient_id == patient_id)
                 .order_by(col(Visit.requested_at).desc()).limit(limit))
    return list(work.session.exec(statement).all())


def waiting_count(work: Work, department: str) -> int:
    """How many wait in a department now."""
    statement = select(func.count()).select_from(Visit).where(
        Visit.state == "waiting", Visit.department == department)
    return work.session.exec(statement).one()


def remaining_minutes(visit: Visit, now: datetime, planned: int = 30) -> int:
    """Minutes left of the planned time of a running visit; 0 when it is over."""
    if visit.accepted_at is None:
        return planned
    return max(0, planned - int((now - visit.accepted_at).total_seconds() // 60))
