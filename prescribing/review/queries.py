"""The pharmacist's queue and what stands about a prescription."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from app.identity import api as identity
from app.work import Work, all_of, one_or_none
from prescribing.checks.findings import SAID, Finding
from prescribing.review.models import Review, ReviewHold
from prescribing.rx.models import Prescription, PrescriptionItem
from records import api as records


@dataclass(frozen=True)
class ReviewRow:
    """One line of the queue: the prescription, whose it is, who wrote it, and who has it in hand."""

    prescription: Prescription
    patient_name: str
    sex: str
    birth_date: date
    doctor_zh: str
    doctor_en: str
    lines: int
    hold: ReviewHold | None


def review_queue(work: Work, limit: int = 100) -> list[ReviewRow]:
    """Signed prescriptions of the pharmacist's hospital, the oldest first. Cost: 1 SQL statement, 1 for the trail."""
    count = (select(PrescriptionItem.prescription_id, func.count().label("lines"))
             .group_by(col(PrescriptionItem.prescription_id)).subquery())
    patient, doctor = identity.Patient, identity.Practitioner
    statement = (
        select(Prescription, patient.name, patient.sex, patient.birth_date, doctor.name_zh, doctor.name_en,
               count.c.lines, ReviewHold)
        .join(patient, col(patient.id) == col(Prescription.patient_id))
        .join(doctor, col(doctor.id) == col(Prescription.practitioner_id))
        .join(count, count.c.prescription_id == col(Prescription.id))
        .join(ReviewHold, col(ReviewHold.prescription_id) == col(Prescription.id), isouter=True)
        .where(Prescription.state == "signed", Prescription.organization_id == work.actor.organization_id)
        .order_by(col(Prescription.signed_at)).limit(limit))
    rows = [ReviewRow(*row) for row in work.session.exec(statement).all()]
    records.note_seen(work, "read:reviews", [
        records.Listed(row.prescription.patient_id, "prescription", row.prescription.id) for row in rows])
    return rows


def reviews_waiting(work: Work) -> Any:
    """How many prescriptions the signed-in pharmacist may review, as a subquery for pages that count; names nobody."""
    return select(func.count()).select_from(Prescription).where(
        Prescription.state == "signed", Prescription.organization_id == work.actor.organization_id,
        Prescription.practitioner_id != work.actor.practitioner_id).scalar_subquery()


def known_at_approval(work: Work, prescription_id: UUID, findings: Iterable[Finding]) -> set[str]:
    """The ids of those findings that the pharmacist had before them at the newest approval.

    What must be confirmed counts only in the very words that were read; information may count its days on.
    """
    approvals = [one for one in reviews_of(work, prescription_id) if one.decision == "approved"]
    had = {told["id"]: told for told in approvals[-1].findings} if approvals else {}
    return {one.id for one in findings if one.id in had and _says_the_same(one, had[one.id])}


def _says_the_same(finding: Finding, told: dict[str, Any]) -> bool:
    parts = ("severity",) if finding.severity in ("precaution", "note") else SAID
    now = finding.model_dump(mode="json")
    return all(now[part] == told.get(part) for part in parts)


def reviews_of(work: Work, prescription_id: UUID) -> list[Review]:
    """All decisions on a prescription, in order."""
    return all_of(work, Review, Review.prescription_id == prescription_id)


def last_return(work: Work, prescription_id: UUID) -> Review | None:
    """The reason with which a prescription came back."""
    return one_or_none(work, Review, Review.prescription_id == prescription_id, Review.decision == "returned")


def hold_of(work: Work, prescription_id: UUID) -> ReviewHold | None:
    """Who has the review in hand now; None when nobody or the hold ran out."""
    row = one_or_none(work, ReviewHold, ReviewHold.prescription_id == prescription_id)
    return row if row and row.until > work.now else None
