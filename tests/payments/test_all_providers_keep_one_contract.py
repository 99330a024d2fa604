"""Sandbox, wallet, cash at the door and Stripe answer the same questions in the same words."""
from datetime import timedelta

import pytest

from app.payments.providers.port import ProviderRefused, RefundStatus, Status
from tests.payments.cashiers import ALL, ASKING, HOLDING, open_counter


@pytest.fixture
def counter(request, database, clock):
    return open_counter(request.param, database, clock)


def each(*names):
    return pytest.mark.parametrize("counter", names, indirect=True)


@each(*ASKING)
def test_an_opened_payment_waits_for_the_patient_and_says_where_to_go(counter):
    attempt = counter.attempt()
    state = counter.provider.authorize(attempt)
    assert (state.status, state.fen, state.currency) == (Status.PENDING, 5000, "CNY")
    assert state.payment_id == attempt.payment_id
    assert state.next_step and state.captured_fen == 0


@each(*ALL)
def test_opening_the_same_attempt_again_gives_the_same_payment(counter):
    attempt = counter.attempt()
    assert counter.provider.authorize(attempt).ref == counter.provider.authorize(attempt).ref


@each(*ALL)
def test_the_same_attempt_with_another_amount_is_refused(counter):
    attempt = counter.attempt()
    counter.provider.authorize(attempt)
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.authorize(counter.attempt(fen=9999, payment_id=attempt.payment_id))
    assert refused.value.code == "key_reused"


@each(*ALL)
def test_two_attempts_are_two_payments(counter):
    first, second = (counter.provider.authorize(counter.attempt()) for _ in range(2))
    assert first.ref != second.ref


@each(*HOLDING)
def test_after_paying_the_amount_is_held_and_not_taken(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    state = counter.provider.fetch(ref)
    assert (state.status, state.captured_fen, state.next_step) == (Status.AUTHORISED, 0, None)


@each("sandbox_wallet")
def test_a_wallet_takes_the_money_at_once(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    state = counter.provider.fetch(ref)
    assert (state.status, state.captured_fen) == (Status.CAPTURED, 5000)
    assert "manual_capture" not in counter.provider.capabilities


@each("sandbox", "stripe")
def test_a_hold_says_when_it_ends(counter, clock):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    assert counter.provider.fetch(ref).expires_at == clock.now() + timedelta(days=7)


@each(*ASKING)
def test_a_declined_card_is_a_state_and_not_an_exception(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.decline(ref)
    state = counter.provider.fetch(ref)
    assert (state.status, state.reason) == (Status.FAILED, "card_declined")


@each(*HOLDING)
def test_a_capture_takes_the_money_once_however_often_it_is_asked(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    for _ in range(3):
        state = counter.provider.capture(ref, 5000, f"capture:{ref}")
    assert (state.status, state.captured_fen) == (Status.CAPTURED, 5000)


@each(*HOLDING)
def test_a_second_capture_under_another_key_is_refused(counter):
    ref = counter.paid()
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.capture(ref, 5000, "capture:another")
    assert refused.value.code == "unexpected_state"


@each(*HOLDING)
def test_more_than_was_held_cannot_be_captured(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.capture(ref, 5001, "capture:greedy")
    assert refused.value.code == "amount_too_large"


@each(*ASKING)
def test_an_unpaid_attempt_cannot_be_captured_or_refunded(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    for ask in (counter.provider.capture, counter.provider.refund):
        with pytest.raises(ProviderRefused) as refused:
            ask(ref, 5000, f"{ask.__name__}:{ref}")
        assert refused.value.code == "unexpected_state"


@each(*HOLDING)
def test_a_cancelled_hold_cannot_be_captured_any_more(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    for _ in range(2):
        assert counter.provider.cancel(ref, f"cancel:{ref}").status is Status.CANCELLED
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.capture(ref, 5000, f"capture:{ref}")
    assert refused.value.code == "unexpected_state"


@each(*ALL)
def test_captured_money_is_refunded_and_never_cancelled(counter):
    ref = counter.paid()
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.cancel(ref, f"cancel:{ref}")
    assert refused.value.code == "unexpected_state"


@each(*ALL)
def test_a_refund_repeated_under_its_key_pays_once(counter):
    ref = counter.paid()
    for _ in range(3):
        state = counter.provider.refund(ref, 2000, "refund:one")
    assert state.refunded_fen == 2000
    assert [(r.key, r.fen, r.status) for r in state.refunds] == [("refund:one", 2000, RefundStatus.SUCCEEDED)]


@each(*ALL)
def test_two_refunds_of_the_same_amount_are_both_paid(counter):
    ref = counter.paid()
    counter.provider.refund(ref, 2000, "refund:one")
    state = counter.provider.refund(ref, 2000, "refund:two")
    assert (state.refunded_fen, len(state.refunds)) == (4000, 2)


@each(*ALL)
def test_refunds_never_exceed_what_was_captured(counter):
    ref = counter.paid()
    counter.provider.refund(ref, 3000, "refund:one")
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.refund(ref, 2001, "refund:two")
    assert refused.value.code == "amount_too_large"
    assert counter.provider.fetch(ref).refunded_fen == 3000


@each(*ALL)
def test_one_key_on_two_endpoints_is_refused(counter):
    ref = counter.paid()
    counter.provider.refund(ref, 1000, "one-key")
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.cancel(ref, "one-key")
    assert refused.value.code in {"key_reused", "unexpected_state"}


@each(*ALL)
def test_an_unknown_reference_is_refused(counter):
    with pytest.raises(ProviderRefused) as refused:
        counter.provider.fetch("nothing_of_ours")
    assert refused.value.code == "not_found"


@each(*ALL)
def test_what_it_can_do_is_said_in_known_words(counter):
    known = {"manual_capture", "partial_capture", "partial_refund", "redirect", "qr", "webhooks"}
    assert counter.provider.capabilities <= known
    assert counter.provider.payables <= {"visit", "order"}
    assert counter.provider.refund_days > 0
