"""Reading prescriptions: a draft exists for its author alone."""
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from app.identity import api as identity
from app.kit.problems import NotFound
from app.work import Work, all_of
from prescribing.rx.models import FindingAnswer, Prescription, PrescriptionItem, Redemption
from prescribing.rx.states import HIDDEN


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
    """A prescription for the signed-in person; what is not theirs, and every foreign draft, is NotFound."""
    rx = work.get(Prescription, prescription_id)
    if not _may_see(work, rx):
        raise NotFound
    return rx


def _may_see(work: Work, rx: Prescription) -> bool:
    role, actor = work.actor.role, work.actor
    if role == "doctor":
        return rx.practitioner_id == actor.practitioner_id
    if rx.state in HIDDEN:
        return False
    if role == "patient":
        identity.require_acting_for(work, rx.patient_id)
        return True
    return role in ("pharmacist", "house") and rx.organization_id == (actor.organization_id or rx.organization_id)


def own_draft(work: Work, prescription_id: UUID) -> Prescription:
    """Lock and return the signed-in doctor's own prescription."""
    rx = work.get(Prescription, prescription_id, lock=True)
    if rx.practitioner_id != work.actor.practitioner_id or work.actor.role != "doctor":
        raise NotFound
    return rx


def answers_of(work: Work, prescription_id: UUID) -> dict[str, FindingAnswer]:
    """The newest recorded reason for each finding."""
    rows = all_of(work, FindingAnswer, FindingAnswer.prescription_id == prescription_id)
    return {row.finding_id: row for row in rows}


def prescriptions_of(work: Work, patient_id: UUID) -> list[Prescription]:
    """What a patient may see, newest first; the caller has checked who asks."""
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
