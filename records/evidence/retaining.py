"""Presenting evidence with a visit, and the doctor's confirmation that a visit rests on."""
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.kit.problems import Conflict
from app.work import Work, all_of, one_or_none
from records.documents.models import DocumentPage
from records.evidence.models import Evidence, VisitEvidence
from records.evidence.queries import presented
from records.file.gate import relations_in_force
from records.icd import family_of


@dataclass(frozen=True)
class Finding:
    """What a doctor read on the paper: where, which diagnosis (ICD-10), and on which day."""

    institution: str
    diagnosis_code: str
    diagnosed_on: date


def present(work: Work, row: Evidence, visit_id: UUID) -> VisitEvidence:
    """Lay a piece beside a visit; a second time changes nothing."""
    known = presented(work, visit_id, row.id)
    if known is not None:
        return known
    page = one_or_none(work, DocumentPage, DocumentPage.document_id == row.document_id, DocumentPage.number == 1)
    if page is None:
        raise Conflict(kind="document", id=str(row.document_id))
    return work.add(VisitEvidence(
        visit_id=visit_id, evidence_id=row.id, patient_id=row.patient_id, document_id=row.document_id,
        sha256=page.sha256, origin=row.origin, presented_at=work.now, presented_by=work.actor.account_id))


def confirm(work: Work, row: Evidence, visit_id: UUID, doctor: UUID, found: Finding) -> VisitEvidence:
    """Write into the visit what its doctor read now."""
    kept = present(work, row, visit_id)
    kept.confirmed_at, kept.practitioner_id = work.now, doctor
    kept.institution, kept.diagnosed_on = found.institution, found.diagnosed_on
    kept.diagnosis_code, kept.family = found.diagnosis_code, family_of(found.diagnosis_code)
    return work.add(kept)


def unconfirm(work: Work, kept: VisitEvidence) -> None:
    """Take the confirmation back; the piece stays presented."""
    kept.confirmed_at = kept.practitioner_id = kept.institution = None
    kept.diagnosis_code = kept.family = kept.diagnosed_on = None
    work.add(kept)


def unconfirm_open_visits(work: Work, row: Evidence, doctor: UUID) -> None:
    """A refused piece no longer carries this doctor's running visits; what ended rests on what it rested on."""
    running = {r.visit_id for r in relations_in_force(work, row.patient_id, doctor) if r.until is None}
    for kept in all_of(work, VisitEvidence, VisitEvidence.evidence_id == row.id):
        if kept.visit_id in running:
            unconfirm(work, kept)
