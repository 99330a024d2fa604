"""Sign, revoke and let expire: what turns a draft into a prescription, and what ends one."""
from uuid import UUID

from app.events.prescribing import PrescriptionRevoked, PrescriptionSigned
from app.identity import api as identity
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from prescribing.checks.findings import CheckReport
from prescribing.rx.checking import check_report, unanswered
from prescribing.rx.commands.drafting import editable
from prescribing.rx.commands.redeeming import end_if_over
from prescribing.rx.facts import prescribe_facts, subject_of
from prescribing.rx.models import Prescription
from prescribing.rx.problems import (
    ChecksUnanswered,
    EmptyPrescription,
    HandedOut,
    HardStop,
    NoDiagnosis,
    ReasonMissing,
)
from prescribing.rx.queries import claims_in_force, items_of, own_draft, prescriptions_of_visit
from prescribing.rx.rules import end_of_validity
from prescribing.rx.signatures import canonical_content, digest_of, is_unchanged
from prescribing.rx.states import PRESCRIPTION
from records import api as records

CHANGED = Text(zh="病情有变化，医生请您当面就诊，这张处方不再使用",
               en="Your condition has changed and the doctor asks you to be seen in person: "
                  "this prescription is not used any more")


def sign_prescription(work: Work, prescription_id: UUID, pin: str) -> Prescription:
    """Freeze the bytes, sign them with the doctor's own key, ask the policy, then move: one Work, all or nothing."""
    rx = editable(work, prescription_id)
    consult.require_attending(work, rx.visit_id, correcting=rx.supersedes_id is not None)
    _put_signature(work, rx, pin, _require_ready(work, rx))
    sheet, lines = prescribe_facts(work, rx, signed=is_unchanged(work, rx))
    policy.insist_allowed(*policy.judge_lines(work, "prescribe", sheet, lines, subject_of(rx)))
    PRESCRIPTION.move(rx, "sign", work.actor.role)
    _hand_on(work, rx)
    return rx


def _put_signature(work: Work, rx: Prescription, pin: str, report: CheckReport) -> None:
    """Keep the very bytes that were signed, when and with which key; the database never lets them change again."""
    content = canonical_content(work, rx, report)
    made = identity.sign_bytes(work, rx.practitioner_id, pin, content)
    rx.canonical, rx.digest, rx.data_version = content, digest_of(content), report.data_version
    rx.signed_at, rx.expires_at = work.now, end_of_validity(work.now, rx.validity_days)
    rx.signature, rx.signature_key, rx.public_key = made.signature, str(made.key_id), made.public_key


def _require_ready(work: Work, rx: Prescription) -> CheckReport:
    """Lines, a diagnosis, and every finding handled; returns what the checks said."""
    if not items_of(work, rx.id):
        raise EmptyPrescription
    if not consult.diagnoses_of(work, rx.visit_id):
        raise NoDiagnosis
    report = check_report(work, rx)
    open_findings = unanswered(work, rx, report)
    if open_findings:
        told = [finding.model_dump(mode="json") for finding in open_findings]
        stops = any(finding.severity == "hard_stop" for finding in open_findings)
        raise (HardStop if stops else ChecksUnanswered)(findings=told)
    return report


def _hand_on(work: Work, rx: Prescription) -> None:
    """The pharmacists of the hospital may read what they need; the talk and the record show it."""
    records.open_task(work, rx.patient_id, rx.organization_id, "review", rx.id)
    consult.post_card(work, rx.visit_id, "prescription", rx.id,
                      Text(zh="处方已签名，药师审核中", en="Prescription signed, a pharmacist is reviewing it"))
    work.announce(PrescriptionSigned(rx.id, rx.visit_id, rx.patient_id))
    for topic in (f"review:{rx.organization_id}", f"visit:{rx.visit_id}", f"patient:{rx.patient_id}"):
        work.hint(topic)


def revoke(work: Work, prescription_id: UUID, reason: str) -> Prescription:
    """The doctor takes a prescription back, also a claimed one, until the patient has the medicine.

    A mark on the paper stands for the medicine until the patient says that they did not get it.
    What is not packed is stopped by the pharmacy step; closing a box and handing it out are refused from now on.
    """
    rx = own_draft(work, prescription_id)
    if not reason.strip():
        raise ReasonMissing
    if _is_handed_out(work, rx):
        raise HandedOut
    return _take_back(work, rx, Text(zh=reason, en=reason), work.actor.role)


def revoke_of_visit(work: Work, visit_id: UUID) -> None:
    """The condition changed and the visit was stopped: the house takes back what the patient does not have yet."""
    for known in prescriptions_of_visit(work, visit_id, with_drafts=False):
        rx = work.get(Prescription, known.id, lock=True)
        if PRESCRIPTION.can(rx, "revoke", "house") and not _is_handed_out(work, rx):
            _take_back(work, rx, CHANGED, "house")


def revoke_if_stopped(work: Work, rx: Prescription) -> None:
    """Nothing of a locked prescription was handed out after all: what its visit's end would have taken back goes now.

    The house hears of that end once, and a mark on the paper may have kept the prescription then.
    """
    judged = consult.judgement_of(work, rx.visit_id)
    stopped = work.get(consult.Visit, rx.visit_id).state == "referred" and judged and judged.condition_changed
    if stopped and PRESCRIPTION.can(rx, "revoke", "house") and not _is_handed_out(work, rx):
        _take_back(work, rx, CHANGED, "house")


def _is_handed_out(work: Work, rx: Prescription) -> bool:
    """Everything is with the patient; a mark on the paper that they deny is no hand-over."""
    return rx.state == "redeemed" and all(claim.handed_out_at and claim.denied_at is None
                                          for claim in claims_in_force(work, rx.id))


def _take_back(work: Work, rx: Prescription, reason: Text, mover: str) -> Prescription:
    """End a locked prescription: its review is closed, the record says why, the pharmacy step stops its order."""
    PRESCRIPTION.move(rx, "revoke", mover)
    records.close_task(work, "review", rx.id)
    records.add_entry(work, rx.patient_id, "prescription", Text(zh="处方已撤回", en="Prescription revoked"),
                      reason, "prescription", rx.id, rx.visit_id)
    work.announce(PrescriptionRevoked(rx.id, rx.visit_id, rx.patient_id))
    for topic in (f"rx:{rx.id}", f"review:{rx.organization_id}", f"patient:{rx.patient_id}"):
        work.hint(topic)
    return rx


def expire_prescription(work: Work, prescription_id: UUID) -> None:
    """The validity is over: what was not redeemed cannot be any more."""
    end_if_over(work, work.get(Prescription, prescription_id, lock=True))
