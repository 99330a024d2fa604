"""In which departments a new version of the hospital's own rules would change what is decided."""
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select

from app.policy.api import PolicyDecision, desk
from app.work import Work
from consult.visit.models import Visit


@dataclass(frozen=True)
class DepartmentChanges:
    """Decisions that a replay would make otherwise, and how many patients they are about; nobody is named.

    `department` is empty for what belongs to no visit, or to one whose record is gone.
    """

    department: str
    changes: int
    patients: int


def changes_by_department(work: Work, replay_id: UUID) -> tuple[DepartmentChanges, ...]:
    """Count the changes of a replay by department, the most first; the caller has checked who asks. One statement."""
    people = func.count(func.distinct(PolicyDecision.patient_id))
    counted = (select(Visit.department, func.count(), people).select_from(desk.PolicyReplayChange)
               .join(PolicyDecision, col(PolicyDecision.id) == desk.PolicyReplayChange.decision_id, isouter=True)
               .join(Visit, col(Visit.id) == PolicyDecision.visit_id, isouter=True)
               .where(desk.PolicyReplayChange.replay_id == replay_id).group_by(Visit.department))
    told = [DepartmentChanges(name or "", changes, patients) for name, changes, patients in work.session.exec(counted)]
    return tuple(sorted(told, key=lambda one: (-one.changes, one.department)))
