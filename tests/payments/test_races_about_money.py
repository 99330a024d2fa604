"""Many at the same moment, in real threads: one winner, one movement of money."""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.kit.ids import uuid7
from app.kit.problems import Problem
from app.payments import api as payments
from app.payments.providers.port import ProviderRefused
from app.work import all_of
from tests.payments.cashiers import Flaky
from tests.payments.desk import VISIT


def together(*acts):
    """Start all acts at the same moment; returns each result, a Problem as its slug."""
    gate = Barrier(len(acts))

    def one(act):
        gate.wait()
        try:
            return act()
        except Problem as problem:
            return problem.slug
        except ProviderRefused as refused:
            return refused.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(one, act) for act in acts]]


@pytest.mark.invariant(7)
def test_eight_requests_for_one_visit_open_one_payment(desk):
    visit = uuid7()
    rows = together(*[lambda: desk.do(payments.open_payment, "visit", visit, desk.wang, VISIT, "sandbox")] * 8)
    assert len({row.id for row in rows}) == 1
    with desk.work() as work:
        assert len(all_of(work, payments.Payment)) == 1
        assert len(all_of(work, payments.ChargeLine)) == len(VISIT)


@pytest.mark.invariant(7)
def test_two_ways_of_paying_at_once_open_one_payment(desk):
    visit = uuid7()
    answers = together(*[
        lambda name=name: desk.do(payments.open_payment, "visit", visit, desk.wang, VISIT, name).provider
        for name in ("sandbox", "stripe")])
    assert sorted(answers)[0] == "payment-under-way"
    with desk.work() as work:
        assert len(all_of(work, payments.Payment)) == 1


@pytest.mark.invariant(7)
def test_the_acceptance_and_the_time_out_at_the_same_moment_end_in_one_of_the_two(desk):
    for _ in range(3):
        payment_id = desk.held()
        together(lambda payment_id=payment_id: desk.do(payments.settle, payment_id).wanted,
                 lambda payment_id=payment_id: desk.do(payments.release, payment_id).wanted)
        desk.run()
        row, outside = desk.row(payment_id), desk.outside(payment_id)
        assert row.wanted == "released"
        assert outside.captured_fen == outside.refunded_fen
        assert row.captured_fen == row.refunded_fen


@pytest.mark.invariant(7)
def test_fifty_settlements_are_one_capture_that_counts(desk):
    payment_id = desk.held()
    flaky = desk.lose_replies("sandbox", losses=0)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: desk.do(payments.settle, payment_id), range(50)))
    desk.run()
    assert flaky.calls.count("capture") == 1
    assert desk.events("PaymentCaptured") == ["PaymentCaptured"]


@pytest.mark.invariant(7)
def test_ten_refunds_of_a_third_promise_no_more_than_the_whole(desk):
    payment_id = desk.taken()
    answers = together(*[lambda: desk.do(payments.refund, payment_id, 1700, "goodwill").fen] * 10)
    desk.run()
    assert sorted(map(str, answers)) == ["1700"] * 2 + ["refund-too-large"] * 8
    assert desk.outside(payment_id).refunded_fen == 3400


@pytest.mark.invariant(7)
def test_ten_clicks_on_one_refund_form_are_one_refund(desk):
    payment_id = desk.taken()
    rows = together(*[lambda: desk.do(payments.refund, payment_id, 100, "goodwill", once="form-1")] * 10)
    desk.run()
    assert len({row.id for row in rows}) == 1
    assert desk.outside(payment_id).refunded_fen == 100


@pytest.mark.invariant(7)
@pytest.mark.parametrize("act", ["capture", "refund"])
def test_the_till_gives_one_effect_for_one_key_under_pressure(desk, act):
    payment_id = desk.held() if act == "capture" else desk.taken()
    ref, provider = desk.row(payment_id).provider_ref, desk.counters["sandbox"].provider
    states = together(*[lambda: getattr(provider, act)(ref, 5000, f"{act}:one-key")] * 8)
    assert {state.captured_fen for state in states} == {5000}
    assert {state.refunded_fen for state in states} == {5000 if act == "refund" else 0}


def test_two_buttons_pressed_at_once_are_one(desk):
    payment_id = desk.open()
    ref, counter = desk.row(payment_id).provider_ref, desk.counters["sandbox"]
    answers = together(lambda: counter.pay(ref), lambda: counter.decline(ref))
    assert sorted(answers, key=str) == [None, "unexpected_state"]


@pytest.mark.invariant(7)
def test_notice_page_and_watch_arriving_together_take_the_money_once(desk):
    payment_id = desk.open("sandbox_wallet")
    event = desk.notice(payment_id)
    state = desk.outside(payment_id)
    together(lambda: desk.hear(event), *[lambda: desk.do(payments.apply_state, payment_id, state).state] * 7)
    desk.run()
    assert desk.events("PaymentCaptured") == ["PaymentCaptured"]
    assert desk.balance("Assets:SandboxWallet:Balance") == 5000


def test_a_flaky_provider_is_still_asked_the_same_questions():
    class Mute:
        name = "mute"

    assert Flaky(Mute()).name == "mute"
