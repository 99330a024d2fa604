"""Notices come twice, late, out of order, too early and at the same moment: each has one effect or none."""
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.audit import AuditEntry
from app.kit.ids import uuid7
from app.payments import api as payments
from app.payments.providers.port import ProviderEvent
from app.payments.providers.sandbox import Choice
from app.work import all_of


def inbox(desk):
    with desk.work() as work:
        rows = all_of(work, payments.WebhookEvent)
        work.session.expunge_all()
        return rows


def stranger(ref="pi_nobody", payment_id=None, event_id="evt_x"):
    return ProviderEvent("stripe", event_id, "payment_intent.succeeded", b"{}", ref, payment_id)


@pytest.mark.invariant(7)
def test_ten_identical_notices_have_one_effect(desk):
    payment_id = desk.open()
    event = desk.notice(payment_id)
    answers = [desk.hear(event) for _ in range(10)]
    desk.run()
    assert answers == ["stored"] + ["repeated"] * 9
    assert desk.hear(event) == "repeated"
    assert desk.state(payment_id) == "authorised"
    assert desk.events("PaymentAuthorised") == ["PaymentAuthorised"]
    assert [row.applied_at for row in inbox(desk)] == [desk.clock.now()]


@pytest.mark.invariant(7)
def test_ten_identical_notices_at_the_same_moment_have_one_effect(desk):
    payment_id = desk.open("sandbox_wallet")
    event = desk.notice(payment_id)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: desk.hear(event), range(10)))
    desk.run()
    assert sorted(answers) == ["repeated"] * 9 + ["stored"]
    assert desk.events("PaymentCaptured") == ["PaymentCaptured"]
    assert desk.balance("Assets:SandboxWallet:Balance") == 5000


def test_what_came_is_kept_byte_for_byte(desk):
    payment_id = desk.open()
    event = desk.notice(payment_id)
    desk.hear(event)
    [row] = inbox(desk)
    assert bytes(row.raw) == event.raw and json.loads(row.raw)["payment_id"] == str(payment_id)


@pytest.mark.invariant(8)
def test_the_effect_and_the_mark_stand_or_fall_together(desk, monkeypatch):
    payment_id = desk.open()
    desk.hear(desk.notice(payment_id))
    with monkeypatch.context() as crash:
        crash.setattr("app.payments.jobs.apply_state", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        desk.run()
    assert (desk.state(payment_id), inbox(desk)[0].applied_at) == ("created", None)
    desk.later(seconds=5)
    assert desk.state(payment_id) == "authorised"
    assert inbox(desk)[0].applied_at == desk.clock.now()


@pytest.mark.invariant(8)
def test_a_crash_while_storing_leaves_no_id_that_would_look_like_a_duplicate(desk):
    payment_id = desk.open()
    event = desk.notice(payment_id)
    with pytest.raises(OSError), desk.work() as work:
        payments.receive_webhook(work, event)
        raise OSError("killed before the commit")
    assert inbox(desk) == []
    assert desk.hear(event) == "stored"
    desk.run()
    assert desk.state(payment_id) == "authorised"


@pytest.mark.invariant(8)
def test_a_notice_about_an_unknown_payment_is_kept_and_the_sender_asked_to_come_again(desk):
    with desk.work() as work:
        receipt = payments.receive_webhook(work, stranger())
    with pytest.raises(payments.UnknownPayment) as problem:
        receipt.check()
    assert problem.value.status == 503
    desk.run()
    assert desk.hear(stranger()) == "unknown"
    assert [row.applied_at for row in inbox(desk)] == [None]
    with desk.work() as work:
        assert len(payments.pending_notices(work)) == 1


@pytest.mark.invariant(8)
def test_a_notice_that_came_before_our_row_is_applied_when_the_row_is_there(desk):
    flaky = desk.lose_replies("stripe")         # Stripe made the intent, we never learned of it
    payment_id = desk.open("stripe")
    assert desk.row(payment_id).provider_ref is None and flaky.calls == ["authorize"]
    ref = next(iter(desk.stripe.intents))
    desk.stripe.intents[ref]["metadata"] = {}   # and the notice names its own reference only
    desk.stripe.pay(ref)
    assert desk.hear(desk.stripe_event(desk.stripe.events[-1])) == "unknown"
    desk.run()
    desk.later(seconds=4)                       # the lost reply is asked for again under its key
    desk.later(minutes=2)
    assert desk.state(payment_id) == "authorised"
    assert inbox(desk)[0].applied_at is not None


def test_our_own_id_in_the_metadata_finds_the_row_before_the_reference_is_known(desk):
    desk.lose_replies("stripe")
    payment_id = desk.open("stripe")
    desk.stripe.pay(next(iter(desk.stripe.intents)))
    assert desk.hear(desk.stripe_event(desk.stripe.events[-1])) == "stored"
    desk.run()
    assert desk.state(payment_id) == "authorised"


def test_notices_out_of_order_end_in_the_newest_state(desk):
    payment_id = desk.taken("stripe")
    created, held, taken = desk.stripe.events
    assert [event["type"].partition(".")[2] for event in (created, held, taken)] == [
        "created", "amount_capturable_updated", "succeeded"]
    for event in (taken, created, held, taken):
        desk.hear(desk.stripe_event(event))
        desk.run()
    assert desk.state(payment_id) == "captured"
    assert desk.events("PaymentAuthorised", "PaymentCaptured") == ["PaymentAuthorised", "PaymentCaptured"]


def test_the_notice_itself_is_not_believed_only_what_the_provider_says_when_asked(desk):
    payment_id = desk.open("stripe")
    row = desk.row(payment_id)
    desk.hear(ProviderEvent("stripe", "evt_lie", "payment_intent.succeeded", b"{}", row.provider_ref, payment_id))
    desk.run()
    assert desk.state(payment_id) == "created"


def test_a_notice_of_one_provider_cannot_touch_the_payment_of_another(desk):
    payment_id = desk.open("sandbox")
    assert desk.hear(stranger(payment_id=payment_id)) == "unknown"
    desk.run()
    assert desk.state(payment_id) == "created"


def test_a_notice_without_any_payment_is_kept_and_done(desk):
    assert desk.hear(stranger(ref=None)) == "not_ours"
    [row] = inbox(desk)
    assert row.applied_at is not None


def test_a_late_notice_after_the_end_changes_nothing(desk):
    payment_id = desk.open()
    event = desk.notice(payment_id)
    desk.do(payments.release, payment_id)
    desk.run()
    assert desk.state(payment_id) == "cancelled"
    desk.hear(event)
    desk.run()
    assert desk.state(payment_id) == "cancelled"
    assert desk.outside(payment_id).captured_fen == 0


def test_the_page_after_the_cashier_and_the_notice_finish_the_payment_once(desk):
    payment_id = desk.open("sandbox_wallet")
    desk.hear(desk.notice(payment_id))
    desk.do(payments.look_again, payment_id)
    desk.do(payments.look_again, payment_id)
    desk.run()
    assert desk.events("PaymentCaptured") == ["PaymentCaptured"]


@pytest.mark.parametrize("choice,state", [(Choice.PAY_AND_LOSE_THE_REPLY, "authorised"), (Choice.NOTHING, "created")])
def test_without_any_notice_the_payment_is_looked_at_after_minutes(desk, choice, state):
    payment_id = desk.open()
    desk.counters["sandbox"].provider.press(desk.row(payment_id).provider_ref, choice)
    desk.run()
    assert desk.state(payment_id) == "created"
    desk.later(minutes=6)
    assert desk.state(payment_id) == state


def test_an_inbox_that_waits_for_ever_stops_asking_after_days_and_stays_visible(desk):
    desk.hear(stranger(payment_id=uuid7()))
    desk.run()
    for _ in range(310):
        desk.later(minutes=16)
    with desk.work() as work:
        assert len(payments.pending_notices(work)) == 1
        assert payments.sweep(work) == 1


def test_no_notice_leaves_its_content_in_the_audit_trail(desk):
    payment_id = desk.open()
    desk.hear(desk.notice(payment_id))
    desk.run()
    with desk.work() as work:
        facts = [entry.facts for entry in all_of(work, AuditEntry)]
    assert all(set(fact) <= {"payment_id", "payable_kind", "payable_id", "patient_id", "fen"} for fact in facts)


def test_the_skew_of_clocks_does_not_matter_once_stored(desk):
    payment_id = desk.open()
    desk.hear(desk.notice(payment_id))
    desk.clock.at += timedelta(hours=5)
    desk.run()
    assert desk.state(payment_id) == "authorised"
