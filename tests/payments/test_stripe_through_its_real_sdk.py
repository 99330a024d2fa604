"""The SDK of Stripe against a strict stand-in: what is sent, what is refused, what goes wrong on the wire."""
import pytest
import stripe

from app.payments.providers.port import ProviderRefused, ProviderUnavailable, RefundStatus, Status
from app.payments.providers.stripe_provider import TIMEOUT_SECONDS, StripeProvider, open_client
from tests.payments.cashiers import open_counter
from tests.payments.fake_stripe import WEBHOOK_SECRET, FakeStripe


@pytest.fixture
def database():
    """Nothing here touches a database."""
    return None


@pytest.fixture
def counter(database, clock):
    return open_counter("stripe", database, clock)


@pytest.fixture
def fake(counter):
    return counter.fake


@pytest.fixture
def held(counter):
    ref = counter.provider.authorize(counter.attempt()).ref
    counter.pay(ref)
    return ref


def test_nothing_but_amounts_and_our_own_id_is_told_to_stripe(counter, fake):
    attempt = counter.attempt()
    intent = fake.intents[counter.provider.authorize(attempt).ref]
    assert intent["metadata"] == {"payment_id": str(attempt.payment_id)}
    assert "description" not in intent and "receipt_email" not in intent


def test_the_card_is_held_by_hand_and_the_currency_is_lower_case(counter, fake):
    intent = fake.intents[counter.provider.authorize(counter.attempt()).ref]
    assert (intent["capture_method"], intent["currency"], intent["amount"]) == ("manual", "cny", 5000)


def test_the_client_secret_is_handed_out_only_while_the_patient_must_act(counter, held):
    assert counter.provider.fetch(held).next_step is None
    assert counter.provider.authorize(counter.attempt()).next_step.endswith("_secret_x")


def test_a_card_that_wants_a_second_step_stays_open(counter, fake):
    ref = counter.provider.authorize(counter.attempt()).ref
    fake.pay(ref, "pm_card_3ds")
    assert counter.provider.fetch(ref).status is Status.PENDING
    fake.pay(ref)
    assert counter.provider.fetch(ref).status is Status.AUTHORISED


@pytest.mark.parametrize("mishap", ["lost", "429"])
def test_trouble_on_the_wire_means_ask_again_with_the_same_key(counter, fake, held, mishap):
    fake.mishaps.append(mishap)
    with pytest.raises(ProviderUnavailable) as trouble:
        counter.provider.capture(held, 5000, "capture:x")
    assert not trouble.value.key_spent
    assert counter.provider.capture(held, 5000, "capture:x").captured_fen == 5000


def test_a_500_is_repeated_for_its_key_so_another_key_is_needed(counter, fake, held):
    fake.mishaps.append("500")
    for _ in range(2):
        with pytest.raises(ProviderUnavailable) as trouble:
            counter.provider.capture(held, 5000, "capture:x")
        assert trouble.value.key_spent
    assert counter.provider.fetch(held).status is Status.AUTHORISED
    assert counter.provider.capture(held, 5000, "capture:x:1").captured_fen == 5000


def test_a_lost_reply_to_a_refund_is_found_again_by_its_key(counter, fake):
    ref = counter.paid()
    fake.mishaps.append("lost")
    with pytest.raises(ProviderUnavailable):
        counter.provider.refund(ref, 700, "refund:one")
    found = counter.provider.fetch(ref).refunds
    assert [(r.key, r.fen, r.status) for r in found] == [("refund:one", 700, RefundStatus.SUCCEEDED)]
    assert counter.provider.refund(ref, 700, "refund:one").refunded_fen == 700


@pytest.mark.parametrize("status,ours", [("pending", "pending"), ("requires_action", "pending"),
                                         ("failed", "failed"), ("canceled", "failed")])
def test_a_refund_that_has_not_arrived_is_not_counted(counter, fake, status, ours):
    ref = counter.paid()
    counter.provider.refund(ref, 700, "refund:one")
    next(iter(fake.refunds.values()))["status"] = status
    state = counter.provider.fetch(ref)
    assert (state.refunded_fen, state.refunds[0].status) == (0, ours)


def test_a_refund_made_by_hand_at_stripe_is_seen_without_a_key(counter, fake):
    ref = counter.paid()
    fake.create_refund({"payment_intent": ref, "amount": "100"})
    assert [(r.key, r.fen) for r in counter.provider.fetch(ref).refunds] == [(None, 100)]


def test_more_than_a_page_of_refunds_is_read_to_the_end(counter, fake):
    ref = counter.paid()
    for _ in range(120):
        fake.create_refund({"payment_intent": ref, "amount": "1"})
    assert counter.provider.fetch(ref).refunded_fen == 120


def test_a_hold_that_the_card_network_ended_is_expired_and_not_cancelled(counter, fake, held):
    fake.lapse(held)
    assert counter.provider.fetch(held).status is Status.EXPIRED


def test_a_cancellation_of_ours_is_cancelled(counter, held):
    assert counter.provider.cancel(held, "cancel:x").status is Status.CANCELLED


def test_a_late_success_after_our_cancel_is_told_as_captured(counter, fake, held):
    counter.provider.cancel(held, "cancel:x")
    fake.succeed_after_all(held)
    assert counter.provider.fetch(held).status is Status.CAPTURED


def test_a_wrong_key_of_the_operator_is_waited_out(clock):
    fake = FakeStripe(clock)
    provider = StripeProvider(fake.client(key="sk_test_wrong"), WEBHOOK_SECRET, clock)
    with pytest.raises(ProviderUnavailable):
        provider.fetch("pi_1")


def test_an_unknown_parameter_is_refused_by_the_stand_in(fake):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        fake.client().v1.payment_intents.create({"amount": 1, "currency": "cny", "colour": "red"})
    assert refused.value.code == "parameter_unknown"


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_that_is_not_positive_is_refused(counter, amount):
    with pytest.raises(ProviderRefused):
        counter.provider.authorize(counter.attempt(fen=amount))


def test_every_post_carries_a_key_of_ours(counter, fake):
    ref = counter.paid()
    counter.provider.refund(ref, 10, "refund:one")
    assert [key.partition(":")[0] for key in fake.replies] == ["authorize", "capture", "refund"]


def test_the_sdk_gets_our_time_out_and_no_retries_of_its_own():
    client = open_client("sk_test_x")
    options = client._requestor._options
    assert options.max_network_retries == 0
    assert client._requestor._client._timeout == TIMEOUT_SECONDS == 12


def test_without_a_webhook_secret_it_does_not_start(fake, clock):
    with pytest.raises(ValueError):
        StripeProvider(fake.client(), " ", clock)


def test_the_sdk_is_the_pinned_one():
    assert stripe.VERSION.startswith("16.")
