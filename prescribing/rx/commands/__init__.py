"""Everything that a doctor or a pharmacy does with a prescription."""
from prescribing.rx.commands.drafting import (
    acknowledge,
    answer_return,
    discard_draft,
    remove_item,
    set_item,
    set_terms,
    start_draft,
)
from prescribing.rx.commands.paper import deny_filling, fill_from_paper, give_filling_back, undo_filling
from prescribing.rx.commands.redeeming import mark_handed_out, question_claim, redeem, reverse_redemption
from prescribing.rx.commands.signing import expire_prescription, revoke, revoke_of_visit, sign_prescription

__all__ = ["acknowledge", "answer_return", "deny_filling", "discard_draft", "expire_prescription", "fill_from_paper",
           "give_filling_back", "mark_handed_out", "question_claim", "redeem", "remove_item", "reverse_redemption",
           "revoke", "revoke_of_visit", "set_item", "set_terms", "sign_prescription", "start_draft", "undo_filling"]
