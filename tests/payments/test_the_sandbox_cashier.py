"""The cashier that a newcomer meets: four buttons, a memory, and no way into production."""
from dataclasses import replace
from datetime import timedelta

import pytest

from app.payments.providers.port import ProviderRefused, Status, WebhookRejected
from app.payments.providers.sandbox import Choice, SandboxInProduction, SandboxProvider
from tests.payments.cashiers import SANDBOX_SECRET, open_counter


@pytest.fixture
def counter(database, clock):
    return open_counter("sandbox", database, clock)


@pytest.fixture
def ref(counter):
    return counter.provider.authorize(counter.attempt()).ref


@pytest.mark.parametrize("wallet", [False, True])
def test_it_refuses_to_start_in_production(database, clock, wallet):
    with pytest.raises(SandboxInProduction):
        SandboxProvider(database, clock, SANDBOX_SECRET, production=True, wallet=wallet)


def test_it_refuses_a_secret_that_can_be_guessed(database, clock):
    with pytest.raises(ValueError):
        SandboxProvider(database, clock, b"short", production=False)


def test_pay_holds_the_amount_and_sends_a_notice_that_it_can_verify(counter, ref):
    notice = counter.provider.press(ref, Choice.PAY)
    event = counter.provider.parse_webhook(notice.raw, notice.headers)
    assert (event.ref, event.kind) == (ref, "payment.authorised")
    assert counter.provider.fetch(ref).status is Status.AUTHORISED


def test_decline_is_told_in_the_notice(counter, ref):
    notice = counter.provider.press(ref, Choice.DECLINE)
    assert counter.provider.parse_webhook(notice.raw, notice.headers).kind == "payment.failed"


def test_do_nothing_leaves_the_page_open(counter, ref):
    assert counter.provider.press(ref, Choice.NOTHING) is None
    assert counter.provider.fetch(ref).status is Status.PENDING


def test_pay_and_lose_the_reply_has_the_effect_but_no_notice(counter, ref):
    assert counter.provider.press(ref, Choice.PAY_AND_LOSE_THE_REPLY) is None
    assert counter.provider.fetch(ref).status is Status.AUTHORISED


@pytest.mark.parametrize("second", [Choice.PAY, Choice.DECLINE, Choice.PAY_AND_LOSE_THE_REPLY])
def test_a_button_pressed_twice_counts_once(counter, ref, second):
    counter.provider.press(ref, Choice.PAY)
    with pytest.raises(ProviderRefused):
        counter.provider.press(ref, second)
    assert counter.provider.fetch(ref).status is Status.AUTHORISED


def test_a_duplicate_has_the_same_event_id_and_another_serial_another(counter, ref):
    state = counter.provider.fetch(ref)
    ids = [counter.provider.parse_webhook(n.raw, n.headers).id
           for n in (counter.provider.notice(state), counter.provider.notice(state),
                     counter.provider.notice(state, serial=2))]
    assert ids[0] == ids[1] != ids[2]


def test_a_late_notice_is_refused_by_its_time(counter, ref, clock):
    notice = counter.provider.press(ref, Choice.PAY)
    clock.forward(hours=1)
    with pytest.raises(WebhookRejected):
        counter.provider.parse_webhook(notice.raw, notice.headers)


def test_it_remembers_over_a_restart(counter, ref, database, clock):
    counter.provider.press(ref, Choice.PAY)
    counter.provider.capture(ref, 5000, "capture:x")
    again = open_counter("sandbox", database, clock).provider
    assert again.capture(ref, 5000, "capture:x").captured_fen == 5000
    assert again.fetch(ref).status is Status.CAPTURED


def test_a_hold_runs_out_after_seven_days(counter, ref, clock):
    counter.provider.press(ref, Choice.PAY)
    clock.forward(days=7)
    assert counter.provider.fetch(ref).status is Status.EXPIRED
    with pytest.raises(ProviderRefused):
        counter.provider.capture(ref, 5000, "capture:late")


def test_taken_money_does_not_run_out(counter, clock):
    ref = counter.paid()
    clock.forward(days=30)
    assert counter.provider.fetch(ref).status is Status.CAPTURED


def test_the_two_sandboxes_do_not_see_each_other(counter, ref, database, clock):
    wallet = open_counter("sandbox_wallet", database, clock).provider
    with pytest.raises(ProviderRefused):
        wallet.fetch(ref)


def test_cash_at_the_door_is_not_for_visits(database, clock):
    counter = open_counter("on_delivery", database, clock)
    with pytest.raises(ProviderRefused):
        counter.provider.authorize(replace(counter.attempt(), payable_kind="visit"))


def test_the_end_of_a_hold_is_a_moment_with_a_zone(counter, ref, clock):
    ends = counter.provider.fetch(ref).expires_at
    assert ends.utcoffset() == timedelta(0)
    assert ends - clock.now() == timedelta(days=7)
