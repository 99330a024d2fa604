"""Evidence as doctors, visits and rules see it."""
from uuid import UUID

from sqlmodel import col, select

from app.work import Work, all_of, one_or_none
from records.evidence.models import Evidence, EvidenceDecision, VisitEvidence
from records.file.gate import require_readable


def evidence_of(work: Work, patient_id: UUID, family: str | None = None) -> list[Evidence]:
    """All evidence of a patient, newest first; with `family` only that of one ICD-10 category.

    For judging inside a use case, before a treatment relation exists; a page asks `evidence_list`.
    """
    where = [Evidence.family == family[:3].upper()] if family else []
    return all_of(work, Evidence, Evidence.patient_id == patient_id, *where, order=col(Evidence.id).desc())


def evidence_list(work: Work, patient_id: UUID, family: str | None = None) -> list[Evidence]:
    """What `evidence_of` finds, for people to look at: through the gate, with a trace."""
    require_readable(work, patient_id, "evidence")
    return evidence_of(work, patient_id, family)


def evidence(work: Work, evidence_id: UUID) -> Evidence:
    """One piece, through the gate. Raises NotFound."""
    row = work.get(Evidence, evidence_id)
    require_readable(work, row.patient_id, "evidence", evidence_id)
    return row


def decisions_on(work: Work, evidence_id: UUID) -> list[EvidenceDecision]:
    """Every judgement of one piece, oldest first, through the gate."""
    evidence(work, evidence_id)
    return all_of(work, EvidenceDecision, EvidenceDecision.evidence_id == evidence_id)


def retained_evidence(work: Work, visit_id: UUID) -> list[VisitEvidence]:
    """What doctors retained with a visit: the facts `prior.*` are read from it. For judging, no gate."""
    return all_of(work, VisitEvidence, VisitEvidence.visit_id == visit_id)


def last_decision(work: Work, evidence_id: UUID) -> EvidenceDecision | None:
    """The newest row of a piece's judgements."""
    statement = (select(EvidenceDecision).where(EvidenceDecision.evidence_id == evidence_id)
                 .order_by(col(EvidenceDecision.id).desc()).limit(1))
    return work.session.exec(statement).first()


def retained(work: Work, visit_id: UUID, evidence_id: UUID) -> VisitEvidence | None:
    """One piece as retained with one visit."""
    return one_or_none(work, VisitEvidence, VisitEvidence.visit_id == visit_id,
                       VisitEvidence.evidence_id == evidence_id)
