"""Take a review in hand, approve, return with a reason, undo an approval; never one's own prescription."""
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from app.events.prescribing import ApprovalTakenBack, PrescriptionApproved, PrescriptionReturned
from app.identity import api as identity
from app.kit.problems import NotFound
from app.policy import api as policy
from app.work import Work, one_or_none
from prescribing.checks.findings import Finding
from prescribing.review.models import Review, ReviewHold
from prescribing.review.queries import hold_of
from prescribing.review.rules import HOLD, REASONS, TAKE_BACK
from prescribing.rx.checking import findings_now
from prescribing.rx.facts import standing_facts, subject_of
from prescribing.rx.models import Prescription
from prescribing.rx.problems import (
    ConfirmationMissing,
    HardStop,
    HeldByColleague,
    NotUsable,
    OwnPrescription,
    ReasonMissing,
    ReliedOn,
    TakeBackOver,
)
from prescribing.rx.signatures import require_unchanged
from prescribing.rx.states import HIDDEN, PRESCRIPTION
from records import api as records


def take_review(work: Work, prescription_id: UUID) -> ReviewHold:
    """Hold a review for some minutes, so that two colleagues do not do the same work."""
    rx = _reviewable(work, prescription_id)
    if not PRESCRIPTION.can(rx, "approve"):
        PRESCRIPTION.move(rx, "approve", work.actor.role)
    me = identity.practitioner(work, work.actor.practitioner_id)
    row = one_or_none(work, ReviewHold, ReviewHold.prescription_id == rx.id)
    if row is None:
        return work.add(ReviewHold(prescription_id=rx.id, pharmacist_id=me.id, until=work.now + HOLD))
    if row.pharmacist_id != me.id and row.until > work.now:
        raise HeldByColleague(until=row.until.isoformat())
    row.pharmacist_id, row.until = me.id, work.now + HOLD
    return row


def release_review(work: Work, prescription_id: UUID) -> None:
    """Put a review back, so that a colleague can take it at once; a colleague's own hold stays as it is."""
    rx = _reviewable(work, prescription_id)
    row = one_or_none(work, ReviewHold, ReviewHold.prescription_id == rx.id)
    if row is not None and row.pharmacist_id == work.actor.practitioner_id and row.until > work.now:
        row.until = work.now


def _reviewable(work: Work, prescription_id: UUID) -> Prescription:
    """Lock a prescription of this hospital for a pharmacist; the prescriber never reviews it."""
    rx = work.get(Prescription, prescription_id, lock=True)
    if work.actor.role != "pharmacist" or rx.organization_id != work.actor.organization_id or rx.state in HIDDEN:
        raise NotFound
    prescriber = identity.practitioner(work, rx.practitioner_id)
    if rx.practitioner_id == work.actor.practitioner_id or prescriber.account_id == work.actor.account_id:
        raise OwnPrescription
    return rx


def _in_hand(work: Work, prescription_id: UUID, move: str) -> Prescription:
    """A prescription on which this pharmacist may decide now: it waits, and no colleague holds it."""
    rx = _reviewable(work, prescription_id)
    if not PRESCRIPTION.can(rx, move):
        PRESCRIPTION.move(rx, move, work.actor.role)
    hold = hold_of(work, rx.id)
    if hold and hold.pharmacist_id != work.actor.practitioner_id:
        raise HeldByColleague(until=hold.until.isoformat())
    return rx


def _ask_policy(work: Work, rx: Prescription) -> policy.Judgement:
    """Title and experience of the reviewer, as the policy wants them."""
    sheet = policy.fact_sheet(work)
    identity.put_all(sheet, identity.pharmacist_facts(work, work.actor.practitioner_id))
    judged = policy.judge(work, "review", sheet, subject_of(rx))
    policy.insist_allowed(judged)
    return judged


def _require_ground(work: Work, rx: Prescription) -> None:
    """The rules of prescribing once more, with the facts as they are now.

    A doctor who judged anew after signing, or gave up the evidence, has taken the ground away. Raises StepRefused.
    """
    policy.insist_allowed(*policy.judge_lines(work, "prescribe", *standing_facts(work, rx), subject_of(rx)))


def approve(work: Work, prescription_id: UUID, remark: str = "", confirmed: Collection[str] = ()) -> Review:
    """Approve: from now on it can be charged and dispensed. Checks run again with the record as it is now.

    A hard stop refuses (HardStop), a finding to be confirmed needs its id in `confirmed` (ConfirmationMissing),
    bytes or rows that changed refuse (SignatureBroken), and so does the end of the validity (NotUsable). The rules of
    prescribing are asked again too (StepRefused): what they no longer allow is returned.
    """
    rx = _in_hand(work, prescription_id, "approve")
    require_unchanged(work, rx)
    if rx.expires_at is None or work.now >= rx.expires_at:
        raise NotUsable(state="expired")
    judged = _ask_policy(work, rx)
    _require_ground(work, rx)
    findings = findings_now(work, rx)
    _require_confirmed(findings, confirmed)
    PRESCRIPTION.move(rx, "approve", work.actor.role)
    told = {f.id for f in findings}
    review = _decide(work, rx, judged, "approved", text=remark.strip(), findings=findings,
                     confirmed=sorted(told & set(confirmed)))
    work.later("prescribing.expire", {"prescription_id": str(rx.id)}, f"rx-expire:{rx.id}", rx.expires_at)
    work.announce(PrescriptionApproved(rx.id, rx.visit_id, rx.patient_id, review.id))
    return review


def take_back_until(rx: Prescription, me: UUID | None) -> datetime | None:
    """Until when this pharmacist can take an own approval back; None when not (any more)."""
    if rx.state != "approved" or rx.reviewed_at is None or rx.reviewer_id != me or rx.relied_on_at is not None:
        return None
    return rx.reviewed_at + TAKE_BACK


def take_back_approval(work: Work, prescription_id: UUID) -> Review:
    """Undo an own approval within some minutes: it waits for review again, in the same hands, and the patient is told.

    Raises ReliedOn once it was ordered or scanned, TakeBackOver after the minutes, NotFound for a colleague's.
    """
    rx = _reviewable(work, prescription_id)
    if rx.reviewer_id != work.actor.practitioner_id or rx.reviewed_at is None:
        raise NotFound
    until = rx.reviewed_at + TAKE_BACK
    if rx.relied_on_at is not None and PRESCRIPTION.can(rx, "take_back"):
        raise ReliedOn
    if PRESCRIPTION.can(rx, "take_back") and work.now >= until:
        raise TakeBackOver(until=until.isoformat())
    PRESCRIPTION.move(rx, "take_back", work.actor.role)
    _tell_screens(work, rx)
    rx.reviewer_id = rx.reviewed_at = None
    records.open_task(work, rx.patient_id, rx.organization_id, "review", rx.id)
    review = work.add(Review(
        prescription_id=rx.id, pharmacist_id=work.actor.practitioner_id, organization_id=rx.organization_id,
        decision="taken_back", digest=rx.digest, at=work.now))
    work.announce(ApprovalTakenBack(rx.id, rx.visit_id, rx.patient_id, review.id))
    return review


def _require_confirmed(findings: list[Finding], confirmed: Collection[str]) -> None:
    """No approval over a hard stop, and none over a finding that was not confirmed."""
    stops = [f for f in findings if f.severity == "hard_stop"]
    if stops:
        raise HardStop(findings=_told(stops))
    missing = [f for f in findings if f.severity == "must_confirm" and f.id not in confirmed]
    if missing:
        raise ConfirmationMissing(findings=_told(missing))


def _told(findings: list[Finding]) -> list[dict[str, Any]]:
    return [finding.model_dump(mode="json") for finding in findings]


def return_prescription(work: Work, prescription_id: UUID, reason_code: str, text: str,
                        lines: list[int] | None = None) -> Review:
    """Return it with a coded reason and a sentence; the doctor answers with a new version.

    Also the way out for a prescription whose signature does not hold or whose time is over.
    """
    if reason_code not in REASONS or not text.strip():
        raise ReasonMissing
    rx = _in_hand(work, prescription_id, "return")
    judged = _ask_policy(work, rx)
    PRESCRIPTION.move(rx, "return", work.actor.role)
    review = _decide(work, rx, judged, "returned", reason_code=reason_code, text=text.strip(), lines=lines or [],
                     findings=findings_now(work, rx))
    work.announce(PrescriptionReturned(rx.id, rx.visit_id, rx.patient_id))
    return review


def _decide(work: Work, rx: Prescription, judged: policy.Judgement, decision: str, findings: list[Finding],
            **told: Any) -> Review:
    """Keep the decision with what the checks said at this moment; the task that opened the record is done."""
    rx.reviewer_id, rx.reviewed_at = work.actor.practitioner_id, work.now
    records.close_task(work, "review", rx.id)
    _tell_screens(work, rx)
    return work.add(Review(
        prescription_id=rx.id, pharmacist_id=work.actor.practitioner_id, organization_id=rx.organization_id,
        decision=decision, findings=_told(findings), digest=rx.digest, decision_id=judged.row.id, at=work.now, **told))


def _tell_screens(work: Work, rx: Prescription) -> None:
    for topic in (f"review:{rx.organization_id}", f"rx:{rx.id}", f"visit:{rx.visit_id}", f"patient:{rx.patient_id}"):
        work.hint(topic)
