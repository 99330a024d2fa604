"""Take a review in hand, approve, or return with a reason; never one's own prescription."""
from uuid import UUID

from app.events.prescribing import PrescriptionApproved, PrescriptionReturned
from app.identity import api as identity
from app.kit.problems import NotFound
from app.policy import api as policy
from app.work import Work, one_or_none
from prescribing.review.models import Review, ReviewHold
from prescribing.review.queries import hold_of
from prescribing.review.rules import HOLD, REASONS
from prescribing.rx.checking import findings_now
from prescribing.rx.models import Prescription
from prescribing.rx.problems import ChecksUnanswered, HeldByColleague, OwnPrescription, ReasonMissing
from prescribing.rx.signatures import require_unchanged
from prescribing.rx.states import PRESCRIPTION
from records import api as records


def take_review(work: Work, prescription_id: UUID) -> ReviewHold:
    """Hold a review for some minutes, so that two colleagues do not do the same work."""
    rx = _reviewable(work, prescription_id)
    me = identity.practitioner(work, work.actor.practitioner_id)
    row = one_or_none(work, ReviewHold, ReviewHold.prescription_id == rx.id)
    if row is None:
        return work.add(ReviewHold(prescription_id=rx.id, pharmacist_id=me.id, until=work.now + HOLD))
    if row.pharmacist_id != me.id and row.until > work.now:
        raise HeldByColleague(until=row.until.isoformat())
    row.pharmacist_id, row.until = me.id, work.now + HOLD
    return row


def _reviewable(work: Work, prescription_id: UUID) -> Prescription:
    """Lock a prescription of this hospital for a pharmacist; the prescriber never reviews it."""
    rx = work.get(Prescription, prescription_id, lock=True)
    if work.actor.role != "pharmacist" or rx.organization_id != work.actor.organization_id or rx.state == "draft":
        raise NotFound
    prescriber = identity.practitioner(work, rx.practitioner_id)
    if rx.practitioner_id == work.actor.practitioner_id or prescriber.account_id == work.actor.account_id:
        raise OwnPrescription
    return rx


def _ready_to_decide(work: Work, prescription_id: UUID, move: str) -> tuple[Prescription, policy.Judgement]:
    """Right person, nobody else's hold, content as signed, and the rules of the review."""
    rx = _reviewable(work, prescription_id)
    hold = hold_of(work, rx.id)
    if hold and hold.pharmacist_id != work.actor.practitioner_id:
        raise HeldByColleague(until=hold.until.isoformat())
    if not PRESCRIPTION.can(rx, move):
        PRESCRIPTION.move(rx, move, work.actor.role)
    require_unchanged(work, rx)
    sheet = policy.fact_sheet(work)
    identity.put_all(sheet, identity.pharmacist_facts(work, work.actor.practitioner_id))
    subject = policy.Subject(kind="prescription", id=rx.id, patient_id=rx.patient_id, visit_id=rx.visit_id,
                             prescription_id=rx.id, organization_id=rx.organization_id)
    judged = policy.judge(work, "review", sheet, subject)
    policy.insist_allowed(judged)
    return rx, judged


def approve(work: Work, prescription_id: UUID, remark: str = "") -> Review:
    """Approve: from now on it can be charged and dispensed. Checks run again; a hard stop refuses."""
    rx, judged = _ready_to_decide(work, prescription_id, "approve")
    findings = findings_now(work, rx)
    stops = [f for f in findings if f.severity == "hard_stop"]
    if stops:
        raise ChecksUnanswered(findings=[f.model_dump(mode="json") for f in stops])
    PRESCRIPTION.move(rx, "approve", work.actor.role)
    review = _decide(work, rx, judged, "approved", remark=remark, findings=findings)
    work.later("prescribing.expire", {"prescription_id": str(rx.id)}, f"rx-expire:{rx.id}", rx.expires_at)
    work.announce(PrescriptionApproved(rx.id, rx.visit_id, rx.patient_id))
    return review


def return_prescription(work: Work, prescription_id: UUID, reason_code: str, text: str,
                        lines: list[int] | None = None) -> Review:
    """Return it with a coded reason and a sentence; the doctor answers with a new version."""
    if reason_code not in REASONS or not text.strip():
        raise ReasonMissing
    rx, judged = _ready_to_decide(work, prescription_id, "return")
    PRESCRIPTION.move(rx, "return", work.actor.role)
    review = _decide(work, rx, judged, "returned", reason_code, text.strip(), lines or [], findings_now(work, rx))
    work.announce(PrescriptionReturned(rx.id, rx.visit_id, rx.patient_id))
    return review


def _decide(work: Work, rx: Prescription, judged: policy.Judgement, decision: str, reason_code: str = "",
            remark: str = "", lines: list[int] | None = None, findings: list | None = None) -> Review:
    rx.reviewer_id, rx.reviewed_at = work.actor.practitioner_id, work.now
    records.close_task(work, "review", rx.id)
    for topic in (f"review:{rx.organization_id}", f"rx:{rx.id}", f"visit:{rx.visit_id}", f"patient:{rx.patient_id}"):
        work.hint(topic)
    return work.add(Review(
        prescription_id=rx.id, pharmacist_id=work.actor.practitioner_id, organization_id=rx.organization_id,
        decision=decision, reason_code=reason_code, text=remark, lines=lines or [],
        findings=[f.model_dump(mode="json") for f in findings or []], digest=rx.digest,
        decision_id=judged.row.id, at=work.now))
