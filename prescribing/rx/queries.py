"""Reading prescriptions: a draft exists for its author alone, and every read leaves a trace with its ground."""
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from app.audit import Trace
from app.kit.problems import NotFound
from app.work import Work, all_of
from prescribing.checks.findings import Finding
from prescribing.rx.models import FindingAnswer, Prescription, PrescriptionItem, Redemption
from prescribing.rx.states import HIDDEN
from records import api as records


def last_minute(rx: Prescription) -> datetime | None:
    """The last minute in which it can be filled, as people are told; `expires_at` is the first when it cannot."""
    return rx.expires_at - timedelta(minutes=1) if rx.expires_at else None


def items_of(work: Work, prescription_id: UUID) -> list[PrescriptionItem]:
    """The lines in their order."""
    return all_of(work, PrescriptionItem, PrescriptionItem.prescription_id == prescription_id,
                  order=col(PrescriptionItem.line))


def items_of_many(work: Work, prescription_ids: Iterable[UUID]) -> dict[UUID, list[PrescriptionItem]]:
    """Lines of several prescriptions in one statement."""
    ids = list(prescription_ids)
    found: dict[UUID, list[PrescriptionItem]] = {key: [] for key in ids}
    for item in all_of(work, PrescriptionItem, col(PrescriptionItem.prescription_id).in_(ids),
                       order=col(PrescriptionItem.line)):
        found[item.prescription_id].append(item)
    return found


def prescription_for(work: Work, prescription_id: UUID) -> Prescription:
    """A prescription for the signed-in person, traced; what is not theirs, and every foreign draft, is NotFound."""
    rx = work.get(Prescription, prescription_id)
    if _is_mine(work, rx):
        work.trace(Trace("read:prescription", ground=_my_ground(work, rx), patient_id=rx.patient_id,
                         subject_kind="prescription", subject_id=rx.id))
        return rx
    if rx.state in HIDDEN or work.actor.role == "pharmacist" and rx.organization_id != work.actor.organization_id:
        raise NotFound
    records.require_readable(work, rx.patient_id, "prescription", rx.id)
    return rx


def _is_mine(work: Work, rx: Prescription) -> bool:
    """True for its author, and for the pharmacist who decided on it."""
    wrote = work.actor.role == "doctor" and rx.practitioner_id == work.actor.practitioner_id
    decided = work.actor.role == "pharmacist" and rx.reviewer_id == work.actor.practitioner_id
    return wrote or (decided and rx.reviewer_id is not None and rx.state not in HIDDEN)


def _my_ground(work: Work, rx: Prescription) -> str:
    """While the doctor treats the patient that is the ground; afterwards it is one's own answerable work."""
    treats = work.actor.role == "doctor" and records.treats(work, rx.patient_id, rx.practitioner_id)
    return "treats" if treats else "task"


def own_draft(work: Work, prescription_id: UUID) -> Prescription:
    """Lock and return the signed-in doctor's own prescription."""
    rx = work.get(Prescription, prescription_id, lock=True)
    if rx.practitioner_id != work.actor.practitioner_id or work.actor.role != "doctor":
        raise NotFound
    return rx


def answers_of(work: Work, prescription_id: UUID, findings: Iterable[Finding]) -> dict[str, FindingAnswer]:
    """The newest recorded reason for each of some findings, given for the very words that it says now."""
    rows = all_of(work, FindingAnswer, FindingAnswer.prescription_id == prescription_id)
    said = {finding.id: finding.digest for finding in findings}
    return {row.finding_id: row for row in rows if said.get(row.finding_id) == row.finding_digest}


def prescriptions_of(work: Work, patient_id: UUID) -> list[Prescription]:
    """What may be seen of a patient's prescriptions, newest first, for whoever the record is open to; traced."""
    records.require_readable(work, patient_id, "prescriptions")
    statement = (select(Prescription)
                 .where(Prescription.patient_id == patient_id, col(Prescription.state).not_in(HIDDEN))
                 .order_by(col(Prescription.id).desc()).limit(100))
    return list(work.session.exec(statement).all())


def prescriptions_of_visit(work: Work, visit_id: UUID, with_drafts: bool) -> list[Prescription]:
    """Prescriptions of a visit, oldest first; drafts only for their doctor."""
    where = [Prescription.visit_id == visit_id]
    if not with_drafts:
        where.append(col(Prescription.state).not_in(HIDDEN))
    return all_of(work, Prescription, *where)


def redemptions_of(work: Work, prescription_id: UUID) -> list[Redemption]:
    """All claims, reversed ones included, in order."""
    return all_of(work, Redemption, Redemption.prescription_id == prescription_id, order=col(Redemption.fill_no))


def claims_in_force(work: Work, prescription_id: UUID) -> list[Redemption]:
    """The claims that were not given back."""
    return all_of(work, Redemption, Redemption.prescription_id == prescription_id,
                  col(Redemption.reversed_at).is_(None), order=col(Redemption.fill_no))
