"""Reading what belongs to a visit: judgement, note, diagnoses, letter, and lists for rooms that checked who asks."""
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, func, select

from app.kit.clock import local_date
from app.work import Work, all_of, one_or_none
from consult.triage.api import Triage
from consult.visit.models import Referral, Visit, VisitDiagnosis, VisitJudgement, VisitNote
from consult.visit.rules import EMERGENCY, TRIAGE_HOLDS
from consult.visit.states import OPEN, UNSEEN


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
    return all_of(work, Visit, col(Visit.patient_id).in_(list(patient_ids)), col(Visit.state).in_(OPEN),
                  order=col(Visit.requested_at).desc())


def booked_on(work: Work, patient_id: UUID, day: date, but: UUID | None = None) -> list[Visit]:
    """Open visits that a patient asked for on a day of the hospital's calendar; one that is over is no booking."""
    found = all_of(work, Visit, Visit.patient_id == patient_id, col(Visit.state).in_(OPEN))
    return [visit for visit in found if local_date(visit.requested_at) == day and visit.id != but]


def missed_since(work: Work, patient_id: UUID, since: datetime) -> int:
    """How many visits ended because the patient stayed silent, though a doctor was there; a late payment is none."""
    statement = select(func.count()).select_from(Visit).where(
        Visit.patient_id == patient_id, Visit.state == "abandoned", col(Visit.ended_at) >= since)
    return work.session.exec(statement).one()


def visits_of(work: Work, patient_id: UUID, limit: int = 50) -> list[Visit]:
    """A patient's visits, newest first; the caller has checked who asks."""
    statement = (select(Visit).where(Visit.patient_id == patient_id)
                 .order_by(col(Visit.requested_at).desc()).limit(limit))
    return list(work.session.exec(statement).all())


def triage_holder(work: Work, triage: Triage) -> Visit | None:
    """The visit that rests on a triage; one that ended before a doctor began with it holds nothing."""
    return one_or_none(work, Visit, Visit.triage_id == triage.id, col(Visit.state).not_in(UNSEEN))


def may_ask_again(work: Work, visit: Visit) -> bool:
    """Whether the triage of a visit that no doctor began with still carries another one."""
    triage = work.find(Triage, visit.triage_id)
    if visit.state not in UNSEEN or triage is None or triage.finished_at is None:
        return False
    return work.now - triage.finished_at <= TRIAGE_HOLDS and triage_holder(work, triage) is None


def was_stopped(visit: Visit) -> bool:
    """Whether it ended before it began because the patient told of an emergency meanwhile."""
    return visit.state == "refused" and visit.end_reason == EMERGENCY


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
