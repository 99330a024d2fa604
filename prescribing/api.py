"""The only door of the prescription step for the pharmacy and the web."""
from prescribing.checks.findings import GRAVE, CheckReport, Coverage, Finding
from prescribing.checks.findings import REASONS as OVERRIDE_REASONS
from prescribing.formulary import conditions
from prescribing.formulary.dosing import dose_hint
from prescribing.formulary.load import load
from prescribing.formulary.patient import egfr_too_old
from prescribing.formulary.search import Hit, search
from prescribing.review.commands import (
    approve,
    release_review,
    return_prescription,
    take_back_approval,
    take_back_until,
    take_review,
)
from prescribing.review.models import Review, ReviewHold
from prescribing.review.queries import (
    ReviewRow,
    hold_of,
    known_at_approval,
    last_return,
    review_queue,
    reviews_of,
    reviews_waiting,
)
from prescribing.review.rules import REASONS as RETURN_REASONS
from prescribing.rx.checking import check_report, may_still_be_used, patient_facts, unanswered
from prescribing.rx.commands import (
    acknowledge,
    answer_return,
    deny_filling,
    discard_draft,
    fill_from_paper,
    give_filling_back,
    mark_handed_out,
    question_claim,
    redeem,
    remove_item,
    reverse_redemption,
    revoke,
    set_item,
    set_terms,
    sign_prescription,
    start_draft,
    undo_filling,
)
from prescribing.rx.facts import preview, put_dispense_facts
from prescribing.rx.handing import (
    Elsewhere,
    add_to_medicines,
    is_cold_chain,
    medicine_name,
    names_of,
    note_taken,
    online_classes,
    pack_prefix,
    perhaps_taken,
    rely_on,
    require_not_revoked,
    usable_or_none,
    usable_prescription,
    written_by,
)
from prescribing.rx.models import FindingAnswer, Prescription, PrescriptionItem, Redemption
from prescribing.rx.problems import AlreadyRedeemed, ListChanged
from prescribing.rx.queries import (
    answers_of,
    claimed_by,
    filling_of,
    fillings_taken_off,
    is_paper_closed,
    is_told,
    items_of,
    items_of_many,
    last_minute,
    marked_filling,
    papers_in_question,
    prescription_for,
    prescriptions_of,
    prescriptions_of_visit,
    redemptions_of,
)
from prescribing.rx.rules import LONGEST_NAME, mask_name
from prescribing.rx.signatures import is_unchanged
from prescribing.rx.states import HIDDEN, PRESCRIPTION
from prescribing.rx.takeaway import Filled, Verification, VerifiedLine, prescription_qr, verify_again, verify_by_code

__all__ = [
    "AlreadyRedeemed", "CheckReport", "Coverage", "Elsewhere", "Filled", "Finding", "FindingAnswer", "GRAVE", "HIDDEN",
    "Hit", "LONGEST_NAME", "ListChanged",
    "OVERRIDE_REASONS", "PRESCRIPTION",
    "Prescription", "PrescriptionItem", "RETURN_REASONS", "Redemption", "Review", "ReviewHold", "ReviewRow",
    "Verification", "VerifiedLine", "acknowledge", "add_to_medicines", "answer_return", "answers_of", "approve",
    "check_report", "conditions", "discard_draft", "dose_hint",
    "egfr_too_old", "hold_of", "is_cold_chain", "is_told", "is_unchanged",
    "items_of", "items_of_many", "known_at_approval", "last_minute", "last_return", "load",
    "mark_handed_out", "mask_name", "may_still_be_used",
    "medicine_name", "names_of",
    "online_classes", "pack_prefix", "patient_facts", "prescription_for", "prescription_qr", "prescriptions_of",
    "prescriptions_of_visit", "preview", "put_dispense_facts", "redeem", "redemptions_of", "release_review",
    "rely_on", "remove_item", "require_not_revoked", "return_prescription", "reverse_redemption", "review_queue",
    "reviews_of", "reviews_waiting", "revoke", "search", "set_item", "set_terms", "sign_prescription",
    "start_draft", "take_back_approval", "take_back_until", "take_review",
    "unanswered", "usable_or_none", "usable_prescription", "verify_by_code",
    "claimed_by", "deny_filling", "fill_from_paper", "filling_of", "papers_in_question",
    "fillings_taken_off", "give_filling_back", "is_paper_closed", "marked_filling", "note_taken", "perhaps_taken",
    "question_claim",
    "undo_filling", "verify_again", "written_by",
]
