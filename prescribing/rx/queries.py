"""Reading prescriptions: a draft exists for its author alone, and every read leaves a trace with its ground."""
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work, all_of, one_or_none
from prescribing.checks.findings import Finding
from prescribing.rx.models import FindingAnswer, Prescription, PrescriptionItem, Redemption
from prescribing.rx.rules import MOST_FILLINGS
from prescribing.rx.states import HIDDEN, READABLE, USABLE
from records import api as records


def last_minute(rx: Prescription) -> datetime | None:
    """The last minute in which it can be filled, as people are told; `expires_at` is the first when it cannot."""
    return rx.expires_at - timedelta(minutes=1) if rx.expires_at else None


def is_told(rx: Prescription) -> bool:
    """Whether its content is told to the patient and on paper: a pharmacist has approved it, and it did not come back.

    What was only signed, or returned as wrong, names no medicine to anybody but staff.
    """
    return rx.state in READABLE and rx.reviewed_at is not None


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


def claimed_by(work: Work, claim: Redemption) -> Text:
    """The pharmacy of a claim; one that is none of ours by the name that it gave itself."""
    if claim.pharmacy_id is None:
        return Text(zh=claim.outside_name, en=claim.outside_name)
    return identity.organization(work, claim.pharmacy_id).name


def filling_of(work: Work, prescription_id: UUID) -> Redemption | None:
    """The claim that a pharmacy outside our house made from the paper, while it is in force."""
    return one_or_none(work, Redemption, Redemption.prescription_id == prescription_id,
                       col(Redemption.pharmacy_id).is_(None), col(Redemption.reversed_at).is_(None))


def is_in_question(claim: Redemption) -> bool:
    """Whether a pharmacist of the hospital may give it back: a mark on the paper, or a box of ours that never came."""
    return claim.pharmacy_id is None or claim.denied_at is not None


def fillings_taken_off(work: Work, prescription_id: UUID) -> list[Redemption]:
    """The marks on the paper that were undone or given back, in order."""
    return [one for one in redemptions_of(work, prescription_id) if one.pharmacy_id is None and one.reversed_at]


def is_paper_closed(work: Work, prescription_id: UUID) -> bool:
    """Whether the paper was marked and unmarked so often that it is believed no more: no pharmacy can fill it."""
    return len(fillings_taken_off(work, prescription_id)) >= MOST_FILLINGS


def marked_filling(work: Work, prescription_id: UUID) -> tuple[Prescription, list[Redemption]]:
    """For a pharmacist of the hospital: a prescription whose paper was marked as filled, or whose box never came,
    with every such claim; traced."""
    rx = work.get(Prescription, prescription_id)
    marks = [one for one in redemptions_of(work, rx.id) if is_in_question(one)]
    if work.actor.role != "pharmacist" or rx.organization_id != work.actor.organization_id or not marks:
        raise NotFound
    work.trace(Trace("read:prescription", ground="task", patient_id=rx.patient_id, subject_kind="prescription",
                     subject_id=rx.id))
    return rx, marks


def papers_in_question(work: Work) -> list[tuple[Prescription, Redemption | None]]:
    """Papers of the signed-in pharmacist's hospital that somebody must ask about, in one statement; names nobody.

    With the mark that the patient denies, or the claim of a box that never came, oldest first; without one, papers
    that stand but take no more marks.
    """
    mark = aliased(Redemption)
    taken_off = select(Redemption.prescription_id).where(
        col(Redemption.prescription_id) == col(Prescription.id), col(Redemption.pharmacy_id).is_(None),
        col(Redemption.reversed_at).is_not(None)).correlate(Prescription).group_by(
        col(Redemption.prescription_id)).having(func.count() >= MOST_FILLINGS)
    # each half by an index of its own: joined by OR they would read every prescription of the house
    denied = select(Redemption.prescription_id).where(col(Redemption.denied_at).is_not(None),
                                                      col(Redemption.reversed_at).is_(None))
    closed = select(Prescription.id).where(
        Prescription.organization_id == work.actor.organization_id, col(Prescription.state).in_(USABLE),
        col(Prescription.expires_at) > work.now, taken_off.exists())
    statement = (select(Prescription, mark)
                 .join(mark, and_(col(mark.prescription_id) == col(Prescription.id),
                                  col(mark.denied_at).is_not(None), col(mark.reversed_at).is_(None)), isouter=True)
                 .where(Prescription.organization_id == work.actor.organization_id,
                        col(Prescription.id).in_(union_all(denied, closed)))
                 .order_by(col(mark.denied_at).nulls_last(), col(Prescription.id)).limit(40))
    return [(rx, made) for rx, made in work.session.exec(statement).all()]


def claims_of_many(work: Work, prescription_ids: Iterable[UUID]) -> dict[UUID, list[Redemption]]:
    """The claims in force of several prescriptions in one statement."""
    ids = list(prescription_ids)
    found: dict[UUID, list[Redemption]] = {key: [] for key in ids}
    for claim in all_of(work, Redemption, col(Redemption.prescription_id).in_(ids),
                        col(Redemption.reversed_at).is_(None)) if ids else []:
        found[claim.prescription_id].append(claim)
    return found


def claims_in_force(work: Work, prescription_id: UUID) -> list[Redemption]:
    """The claims that were not given back."""
    return all_of(work, Redemption, Redemption.prescription_id == prescription_id,
                  col(Redemption.reversed_at).is_(None), order=col(Redemption.fill_no))
