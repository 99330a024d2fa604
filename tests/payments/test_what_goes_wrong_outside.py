"""Lost replies, errors, refusals, expired holds and money that comes too late: nothing is kept, nothing lost."""
from datetime import timedelta

import pytest

from app.jobs import MOST_ATTEMPTS, dead_letters
from app.kit.ids import uuid7
from app.payments import api as payments
from app.payments.applying import apply_state
from app.payments.providers.port import ProviderState, Status
from tests.payments.cashiers import ALL, HOLDING
from tests.payments.desk import VISIT


def kind_for(name):
    return "order" if name == "on_delivery" else "visit"


@pytest.mark.invariant(8)
@pytest.mark.parametrize("name", ALL)
def test_a_lost_reply_when_opening_gives_one_payment(desk, name):
    desk.lose_replies(name)
    payment_id = desk.open(name, kind_for(name))
    assert desk.row(payment_id).provider_ref is None
    desk.later(seconds=3)
    assert desk.row(payment_id).provider_ref
    if name == "stripe":
        assert len(desk.stripe.intents) == 1


@pytest.mark.invariant(7)
@pytest.mark.parametrize("name", HOLDING)
def test_a_lost_reply_when_taking_takes_once(desk, name):
    payment_id = desk.held(name, kind_for(name))
    desk.lose_replies(name, losses=3)
    desk.do(payments.settle, payment_id)
    for _ in range(4):
        desk.later(seconds=20)
    assert desk.state(payment_id) == "captured"
    assert desk.events("PaymentCaptured") == ["PaymentCaptured"]


@pytest.mark.invariant(7)
@pytest.mark.parametrize("name", HOLDING)
def test_a_lost_reply_when_letting_go_lets_go(desk, name):
    payment_id = desk.held(name, kind_for(name))
    desk.lose_replies(name)
    desk.do(payments.release, payment_id)
    desk.run()
    desk.later(seconds=3)
    assert (desk.state(payment_id), desk.outside(payment_id).status) == ("cancelled", "cancelled")


@pytest.mark.invariant(7)
def test_a_hold_whose_reference_was_lost_is_found_and_let_go_of(desk):
    desk.lose_replies("on_delivery", losses=1)
    payment_id = desk.open("on_delivery", "order")
    desk.do(payments.release, payment_id)
    desk.run()
    desk.later(seconds=3)
    assert (desk.state(payment_id), desk.outside(payment_id).status) == ("cancelled", "cancelled")


@pytest.mark.parametrize("what", ["open", "settle", "release"])
def test_after_a_500_another_key_is_taken_and_it_goes_on(desk, what):
    if what == "open":
        desk.stripe.mishaps.append("500")
    payment_id = desk.open("stripe") if what == "open" else desk.held("stripe")
    if what != "open":
        desk.stripe.mishaps.append("500")
        desk.do(getattr(payments, what), payment_id)
    desk.run()
    desk.later(seconds=3)
    row = desk.row(payment_id)
    assert (row.state, row.round) == ({"open": "created", "settle": "captured", "release": "cancelled"}[what], 1)
    assert row.provider_ref and len(desk.stripe.intents) == 1


def test_a_provider_that_is_away_for_hours_does_not_wear_the_job_out(desk):
    payment_id = desk.held("stripe")
    desk.stripe.mishaps.extend(["429"] * 40)
    desk.do(payments.settle, payment_id)
    for _ in range(45):
        desk.later(minutes=16)
    assert desk.state(payment_id) == "captured"


def test_an_attempt_that_the_provider_will_not_open_fails_and_says_why(desk):
    lines = [payments.Line("consult_fee", 100, "hospital", uuid7())]
    desk.stripe.create_intent = lambda form: desk.stripe.intent("refuse")
    visit = uuid7()
    payment_id = desk.open("stripe", lines=lines, payable=visit)
    row = desk.row(payment_id)
    assert (row.state, row.reason) == ("failed", "not_found")
    assert desk.events("PaymentFailed") == ["PaymentFailed"]
    assert desk.row(desk.open("sandbox", payable=visit)).attempt == 2


@pytest.mark.invariant(7)
def test_money_that_arrives_after_our_cancel_goes_back_once_and_is_shown(desk):
    payment_id = desk.held("stripe")
    desk.do(payments.release, payment_id)
    desk.run()
    ref = desk.row(payment_id).provider_ref
    desk.stripe.succeed_after_all(ref)
    for _ in range(3):
        desk.hear(desk.stripe_event(desk.stripe.events[-1]))
        desk.run()
    row = desk.row(payment_id)
    assert (row.state, row.captured_fen, row.refunded_fen) == ("cancelled", 5000, 5000)
    [refund] = desk.refunds(payment_id)
    assert (refund.fen, refund.state) == (5000, "succeeded")
    assert set(desk.accounts().values()) == {0}
    assert desk.events("PaymentCaptured", "PaymentRefunded") == ["PaymentRefunded"]


@pytest.mark.invariant(7)
def test_money_that_arrives_after_a_failure_goes_back_too(desk):
    payment_id = desk.open("stripe")
    desk.decline(payment_id)
    desk.look(payment_id)
    desk.stripe.succeed_after_all(desk.row(payment_id).provider_ref)
    desk.look(payment_id)
    row = desk.row(payment_id)
    assert (row.state, row.refunded_fen) == ("failed", 5000)
    assert desk.refunds(payment_id)[0].reason == "late_success"


@pytest.mark.invariant(7)
def test_a_release_while_the_capture_is_on_its_way_refunds(desk):
    payment_id = desk.held("sandbox")
    desk.lose_replies("sandbox")            # the capture happens, we do not hear of it
    desk.do(payments.settle, payment_id)
    desk.run()
    desk.do(payments.release, payment_id)   # the visit is stopped meanwhile
    desk.run()
    desk.later(seconds=5)
    row = desk.row(payment_id)
    assert (row.state, row.refunded_fen, desk.outside(payment_id).refunded_fen) == ("refunded", 5000, 5000)


def test_an_expiring_hold_is_let_go_of_before_it_runs_out(desk):
    payment_id = desk.held("stripe")
    assert desk.row(payment_id).expires_at == desk.clock.now() + timedelta(days=7)
    desk.later(days=6, hours=23)
    assert desk.state(payment_id) == "cancelled"
    assert desk.events("PaymentReleased") == ["PaymentReleased"]


def test_a_hold_that_the_card_network_ended_is_expired_and_counts_as_released(desk):
    payment_id = desk.held("stripe")
    desk.stripe.lapse(desk.row(payment_id).provider_ref)
    desk.later(minutes=6)
    assert (desk.state(payment_id), desk.row(payment_id).reason) == ("expired", "automatic")
    assert desk.events("PaymentReleased") == ["PaymentReleased"]


def test_a_capture_that_comes_too_late_flags_a_debt_and_stops_nothing(desk):
    payment_id = desk.held("stripe")
    desk.stripe.lapse(desk.row(payment_id).provider_ref)
    desk.do(payments.settle, payment_id)
    desk.run()
    row = desk.row(payment_id)
    assert (row.state, row.debt_since) == ("expired", desk.clock.now())
    assert desk.events("CaptureFailed") == ["CaptureFailed"]
    with desk.work() as work:
        assert [debt.id for debt in payments.debts(work)] == [payment_id]


def test_accepting_after_the_hold_is_known_to_be_gone_flags_the_debt_once(desk):
    payment_id = desk.held("stripe")
    desk.stripe.lapse(desk.row(payment_id).provider_ref)
    desk.look(payment_id)
    for _ in range(2):
        desk.do(payments.settle, payment_id)
    assert desk.events("CaptureFailed") == ["CaptureFailed"]


def test_a_refused_capture_is_tried_again_after_an_hour_and_the_debt_ends(desk):
    payment_id = desk.held("stripe")
    act, desk.stripe.capture_intent = desk.stripe.capture_intent, lambda intent, form: desk.stripe.intent("no")
    desk.do(payments.settle, payment_id)
    desk.run()
    assert (desk.state(payment_id), desk.row(payment_id).debt_since) == ("authorised", desk.clock.now())
    desk.stripe.capture_intent = act
    desk.later(hours=1)
    assert (desk.state(payment_id), desk.row(payment_id).debt_since) == ("captured", None)
    assert desk.events("CaptureFailed") == ["CaptureFailed"]


def test_a_cashier_that_is_left_open_for_a_day_is_closed(desk):
    payment_id = desk.open("stripe")
    for _ in range(6):
        desk.later(hours=7)
    assert (desk.state(payment_id), desk.outside(payment_id).status) == ("cancelled", "cancelled")


@pytest.mark.invariant(7)
def test_nobody_holds_what_nobody_wants(desk):
    kept, let_go = desk.held("stripe"), desk.held("sandbox")
    desk.do(payments.release, let_go)
    with desk.work() as work:
        assert [row.id for row in payments.holds_without_a_wish(work)] == [let_go]
        assert {row.id for row in payments.unfinished(work)} == {kept, let_go}
    desk.run()
    with desk.work() as work:
        assert payments.holds_without_a_wish(work) == []


class Broken:
    """A provider whose adapter has a fault: whatever it is asked ends in an exception that nobody expected."""

    def __init__(self, provider):
        self._provider = provider

    def __getattr__(self, name):
        if name in {"authorize", "capture", "cancel", "refund", "fetch"}:
            raise RuntimeError("a fault of the adapter")
        return getattr(self._provider, name)


def wear_out(desk):
    """Let every job about money fail until it is given up."""
    desk.install(sandbox=Broken(desk.counters["sandbox"].provider))
    for _ in range(MOST_ATTEMPTS + 1):
        desk.later(minutes=10)
    desk.install()
    with desk.work() as work:
        return {job.kind for job in dead_letters(work.session, work.now)}


def test_an_unfinished_payment_whose_jobs_died_is_taken_up_by_the_sweep(desk):
    payment_id = desk.open("sandbox")
    desk.pay(payment_id)
    assert wear_out(desk) == {"payments.watch"}
    desk.later(hours=7)
    assert desk.state(payment_id) == "created"
    assert desk.do(payments.sweep) == 1
    desk.run()
    assert desk.state(payment_id) == "authorised"
    with desk.work() as work:
        assert dead_letters(work.session, work.now) == []


def test_a_capture_that_died_is_asked_for_again_by_the_next_wish(desk):
    payment_id = desk.held("sandbox")
    desk.do(payments.settle, payment_id)
    assert "payments.capture" in wear_out(desk)
    desk.do(payments.settle, payment_id)
    desk.run()
    assert desk.state(payment_id) == "captured"


def news(row, **changed):
    known = {"ref": row.provider_ref, "payment_id": row.id, "status": Status.AUTHORISED, "fen": row.fen,
             "currency": row.currency} | changed
    return ProviderState(**known)


@pytest.mark.parametrize("changed", [{"fen": 4999}, {"currency": "USD"}, {"ref": "pi_other"},
                                     {"payment_id": uuid7()}, {"status": Status.CAPTURED},
                                     {"status": Status.CAPTURED, "captured_fen": 5001}, {"captured_fen": 1}])
def test_news_that_do_not_fit_the_row_change_nothing(desk, changed):
    payment_id = desk.open()
    row = desk.row(payment_id)
    with pytest.raises(payments.ProviderMismatch):
        desk.do(apply_state, payment_id, news(row, **changed))
    assert desk.state(payment_id) == "created"


@pytest.mark.parametrize("old", [Status.PENDING, Status.AUTHORISED, Status.CANCELLED, Status.FAILED, Status.EXPIRED])
def test_old_news_never_take_a_captured_payment_back(desk, old):
    payment_id = desk.taken()
    desk.do(apply_state, payment_id, news(desk.row(payment_id), status=old))
    assert desk.state(payment_id) == "captured"


def test_the_price_was_frozen_when_the_payment_was_opened(desk):
    assert sum(line.fen for line in VISIT) == desk.row(desk.open()).fen
