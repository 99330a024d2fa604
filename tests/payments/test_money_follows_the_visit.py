"""Held when asked for, taken when the doctor accepts, given back when nobody does: with every provider."""
import pytest

from app.kit.ids import uuid7
from app.payments import api as payments
from tests.payments.cashiers import ALL, ASKING, HOLDING
from tests.payments.desk import ORDER, VISIT


def kind_for(name):
    return "order" if name == "on_delivery" else "visit"


@pytest.mark.parametrize("name", ASKING)
def test_a_request_opens_the_cashier_and_holds_nothing_yet(desk, name):
    row = desk.row(desk.open(name))
    assert (row.state, row.wanted, row.captured_fen) == ("created", "held", 0)
    assert row.provider_ref and row.next_step
    assert row.fen == sum(line.fen for line in VISIT) == 5000


@pytest.mark.parametrize("name", HOLDING)
def test_the_amount_is_held_and_not_taken_while_the_patient_waits(desk, name):
    row = desk.row(desk.held(name, kind_for(name)))
    assert (row.state, row.captured_fen, row.next_step) == ("authorised", 0, None)
    assert row.authorised_at == desk.clock.now()
    assert desk.events("PaymentAuthorised", "PaymentCaptured") == ["PaymentAuthorised"]


@pytest.mark.parametrize("name", HOLDING)
def test_settling_takes_it_once_however_often_it_is_asked(desk, name):
    payment_id = desk.held(name, kind_for(name))
    for _ in range(3):
        desk.do(payments.settle, payment_id)
        desk.run()
    row = desk.row(payment_id)
    assert (row.state, row.captured_fen) == ("captured", 5000)
    assert desk.outside(payment_id).captured_fen == 5000
    assert desk.events("PaymentCaptured") == ["PaymentCaptured"]


def test_a_wallet_is_taken_at_once_and_settling_changes_nothing(desk):
    payment_id = desk.taken("sandbox_wallet")
    assert desk.state(payment_id) == "captured"
    assert desk.events("PaymentAuthorised", "PaymentCaptured") == ["PaymentCaptured"]


@pytest.mark.invariant(7)
@pytest.mark.parametrize("name", HOLDING)
def test_a_hold_is_cancelled_when_nobody_answered(desk, name):
    payment_id = desk.held(name, kind_for(name))
    for _ in range(3):
        desk.do(payments.release, payment_id)
        desk.run()
    assert desk.state(payment_id) == "cancelled"
    assert (desk.outside(payment_id).status, desk.outside(payment_id).captured_fen) == ("cancelled", 0)
    assert desk.events("PaymentReleased", "PaymentRefunded") == ["PaymentReleased"]
    assert desk.accounts() == {}


@pytest.mark.invariant(7)
def test_a_wallet_gets_everything_back_when_nobody_answered(desk):
    payment_id = desk.held("sandbox_wallet")
    for _ in range(3):
        desk.do(payments.release, payment_id)
        desk.run()
    row = desk.row(payment_id)
    assert (row.state, row.refunded_fen, row.captured_fen) == ("refunded", 5000, 5000)
    assert desk.outside(payment_id).refunded_fen == 5000
    assert desk.events("PaymentRefunded") == ["PaymentRefunded"]


@pytest.mark.parametrize("name", ALL)
def test_a_visit_that_was_stopped_after_the_money_was_taken_gives_all_of_it_back(desk, name):
    payment_id = desk.taken(name, kind_for(name))
    desk.do(payments.release, payment_id)
    desk.run()
    assert desk.state(payment_id) == "refunded"
    assert desk.outside(payment_id).refunded_fen == 5000
    assert set(desk.accounts().values()) == {0}


@pytest.mark.parametrize("name", ASKING)
def test_a_request_that_is_withdrawn_before_paying_closes_the_cashier(desk, name):
    payment_id = desk.open(name)
    desk.do(payments.release, payment_id)
    desk.run()
    assert desk.state(payment_id) == "cancelled"
    assert desk.outside(payment_id).status == "cancelled"


def test_a_request_that_is_withdrawn_before_the_provider_was_asked_leaves_nothing_open(desk):
    payment_id = desk.do(payments.open_payment, "visit", uuid7(), desk.wang, VISIT, "sandbox").id
    desk.do(payments.release, payment_id)
    desk.run()
    assert desk.state(payment_id) == "cancelled"
    assert desk.outside(payment_id).status == "cancelled"


def test_a_doctor_who_accepts_before_the_hold_is_known_is_paid_when_it_is(desk):
    payment_id = desk.open()
    desk.do(payments.settle, payment_id)
    desk.run()
    assert desk.state(payment_id) == "created"
    desk.pay(payment_id)
    desk.look(payment_id)
    assert desk.state(payment_id) == "captured"


def test_what_was_let_go_of_cannot_be_settled_any_more(desk):
    payment_id = desk.held()
    desk.do(payments.release, payment_id)
    with pytest.raises(payments.PaymentGivenBack):
        desk.do(payments.settle, payment_id)
    desk.run()
    assert desk.outside(payment_id).captured_fen == 0


@pytest.mark.parametrize("name", ASKING)
def test_a_declined_card_ends_the_attempt_and_the_next_one_is_a_new_attempt(desk, name):
    visit = uuid7()
    first = desk.open(name, payable=visit)
    desk.decline(first)
    desk.look(first)
    assert (desk.state(first), desk.row(first).reason) == ("failed", "card_declined")
    second = desk.held(name, payable=visit)
    assert desk.row(second).attempt == 2
    assert desk.state(second) in ("authorised", "captured")
    assert desk.events("PaymentFailed") == ["PaymentFailed"]


def test_after_a_decline_the_same_page_at_stripe_cannot_succeed_any_more(desk):
    payment_id = desk.open("stripe")
    desk.decline(payment_id)
    desk.look(payment_id)
    ref = desk.row(payment_id).provider_ref
    assert desk.stripe.intents[ref]["status"] == "canceled"
    assert desk.stripe.pay(ref)[0] == 400


@pytest.mark.invariant(7)
def test_asking_again_for_the_same_visit_gives_the_same_payment(desk):
    visit = uuid7()
    assert desk.open(payable=visit) == desk.open(payable=visit)


@pytest.mark.invariant(7)
@pytest.mark.parametrize("again", [("stripe", VISIT), ("sandbox", VISIT[:1])])
def test_a_second_payment_beside_an_open_one_is_refused(desk, again):
    visit = uuid7()
    desk.held(payable=visit)
    provider, lines = again
    with pytest.raises(payments.PaymentUnderWay):
        desk.do(payments.open_payment, "visit", visit, desk.wang, lines, provider)


def test_after_everything_went_back_the_same_visit_may_be_paid_again(desk):
    visit = uuid7()
    first = desk.taken(payable=visit)
    desk.do(payments.release, first)
    desk.run()
    second = desk.held(payable=visit)
    assert first != second and desk.state(second) == "authorised"


def test_cash_at_the_door_is_promised_by_the_order_and_taken_at_hand_over(desk):
    payment_id = desk.open("on_delivery", "order")
    assert desk.state(payment_id) == "authorised"
    desk.do(payments.settle, payment_id)
    desk.run()
    assert desk.state(payment_id) == "captured"


def test_cash_at_the_door_is_not_offered_for_a_visit(desk):
    with pytest.raises(payments.UnknownProvider):
        desk.do(payments.open_payment, "visit", uuid7(), desk.wang, VISIT, "on_delivery")


def test_a_provider_that_is_not_installed_is_refused(desk):
    with pytest.raises(payments.UnknownProvider) as problem:
        desk.do(payments.open_payment, "visit", uuid7(), desk.wang, VISIT, "cowrie_shells")
    assert problem.value.status == 422


def test_the_pages_can_ask_how_it_stands(desk):
    visit = uuid7()
    payment_id = desk.open(payable=visit)
    row = desk.row(payment_id)
    assert payments.is_waiting_for_patient(row) and not payments.is_secured(row)
    desk.pay(payment_id)
    desk.look(payment_id)
    row = desk.row(payment_id)
    assert payments.is_secured(row) and not payments.is_waiting_for_patient(row)
    with desk.work() as work:
        assert payments.payment_of(work, "visit", visit).id == payment_id
        assert payments.payment_by_ref(work, "sandbox", row.provider_ref).id == payment_id
        assert payments.payments_of(work, "visit", [visit, uuid7()]).keys() == {visit}
        assert [line.fen for line in payments.charge_lines(work, payment_id)] == [3500, 1500]
    desk.do(payments.release, payment_id)
    assert not payments.is_secured(desk.row(payment_id))


def test_an_order_is_paid_by_its_own_lines(desk):
    payment_id = desk.taken("stripe", "order")
    assert desk.row(payment_id).captured_fen == sum(line.fen for line in ORDER)
