"""Evidence as doctors, visits and rules see it."""
from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True)
class RetainedEvidence:
    """What a visit rests on: evidence as its doctor confirmed it; the facts `prior.*` are read from it."""

    id: UUID
    document_id: UUID
    sha256: str
    origin: str
    institution: str
    diagnosis_code: str
    family: str
    diagnosed_on: date
    decided_at: datetime
    practitioner_id: UUID


def _retained(row: VisitEvidence) -> RetainedEvidence | None:
    """The confirmed part of a row; None while no doctor has confirmed it."""
    told = (row.institution, row.diagnosis_code, row.family, row.diagnosed_on, row.confirmed_at, row.practitioner_id)
    if None in told:
        return None
    return RetainedEvidence(row.evidence_id, row.document_id, row.sha256, row.origin, *told)  # type: ignore[arg-type]


def retained_evidence(work: Work, visit_id: UUID) -> list[RetainedEvidence]:
    """What doctors confirmed for a visit, the newest diagnosis first. For judging: no gate."""
    rows = all_of(work, VisitEvidence, VisitEvidence.visit_id == visit_id)
    kept = [piece for piece in map(_retained, rows) if piece is not None]
    return sorted(kept, key=lambda piece: piece.diagnosed_on, reverse=True)


def evidence_for_visit(work: Work, visit_id: UUID) -> RetainedEvidence | None:
    """The confirmed evidence with the newest diagnosis, or None. For judging: no gate."""
    return next(iter(retained_evidence(work, visit_id)), None)


def presented_evidence(work: Work, visit_id: UUID) -> list[Evidence]:
    """All evidence presented with a visit, decided or not. For judging: no gate."""
    statement = (select(Evidence).join(VisitEvidence, col(VisitEvidence.evidence_id) == Evidence.id)
                 .where(VisitEvidence.visit_id == visit_id).order_by(col(VisitEvidence.id)))
    return list(work.session.exec(statement).all())


def evidence_attached(work: Work, visit_id: UUID) -> bool:
    """True when a piece that was not refused is presented with the visit. For judging: no gate."""
    return any(piece.state != "refused" for piece in presented_evidence(work, visit_id))


def last_decision(work: Work, evidence_id: UUID) -> EvidenceDecision | None:
    """The newest row of a piece's judgements."""
    statement = (select(EvidenceDecision).where(EvidenceDecision.evidence_id == evidence_id)
                 .order_by(col(EvidenceDecision.id).desc()).limit(1))
    return work.session.exec(statement).first()


def presented(work: Work, visit_id: UUID, evidence_id: UUID) -> VisitEvidence | None:
    """One piece as it stands with one visit."""
    return one_or_none(work, VisitEvidence, VisitEvidence.visit_id == visit_id,
                       VisitEvidence.evidence_id == evidence_id)
