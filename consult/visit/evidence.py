"""Which papers a visit rests on: those of its own patient that its doctor confirmed, disease by disease."""
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.kit.problems import NotFound
from app.policy.api import same_family
from app.work import Work
from consult.visit.access import require_attending
from consult.visit.models import Visit
from records import api as records


@dataclass(frozen=True)
class Grounds:
    """The paper whose diagnosis is the oldest of those needed, and the codes that no paper proves."""

    oldest: records.RetainedEvidence | None
    unproven: tuple[str, ...] = ()


def require_own_evidence(work: Work, visit: Visit, evidence_id: UUID) -> records.Evidence:
    """The piece, if it is of the visit's patient; a parent's paper proves nothing for the child."""
    piece = work.get(records.Evidence, evidence_id)
    if piece.patient_id != visit.patient_id:
        raise NotFound
    return piece


def accept_visit_evidence(work: Work, visit_id: UUID, evidence_id: UUID, institution: str, diagnosis_code: str,
                          diagnosed_on: date) -> records.Evidence:
    """The attending doctor accepts a paper of this patient with what is read on it. Raises NotFound, Invalid."""
    visit = require_attending(work, visit_id)
    require_own_evidence(work, visit, evidence_id)
    return records.accept_evidence(work, evidence_id, visit.id, institution, diagnosis_code, diagnosed_on)


def confirmed_papers(work: Work, visit: Visit) -> list[records.RetainedEvidence]:
    """What the doctor confirmed for this visit, newest diagnosis first."""
    own = {piece.id for piece in records.presented_evidence(work, visit.id) if piece.patient_id == visit.patient_id}
    return [paper for paper in records.retained_evidence(work, visit.id) if paper.id in own]


def grounds_of(work: Work, visit: Visit, codes: list[str]) -> Grounds:
    """What proves these ICD-10 codes; without codes yet, the newest paper."""
    papers = confirmed_papers(work, visit)
    if not papers or not codes:
        return Grounds(papers[0] if papers else None)
    proofs = {code: next((p for p in papers if same_family(p.diagnosis_code, code)), None) for code in codes}
    found = [paper for paper in proofs.values() if paper is not None]
    oldest = min(found, key=lambda paper: paper.diagnosed_on) if found else papers[0]
    return Grounds(oldest, tuple(code for code, paper in proofs.items() if paper is None))
