"""A refund's row comes first and stays; promises and refunds together never exceed what was captured."""
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import text

from app.jobs import claim
from app.payments import api as payments
from app.payments.jobs import refund_effect
from app.payments.models import Refund
from tests.payments.cashiers import ALL


def states(desk, payment_id):
    return [(refund.fen, refund.state) for refund in desk.refunds(payment_id)]


@pytest.mark.parametrize("name", ALL)
def test_a_part_and_then_the_rest(desk, name):
    payment_id = desk.taken(name, "order")
    desk.do(payments.refund, payment_id, 2000, "one_item_missing")
    desk.run()
    assert (desk.state(payment_id), desk.row(payment_id).refunded_fen) == ("partly_refunded", 2000)
    desk.do(payments.refund, payment_id, 3000, "the_rest")
    desk.run()
    assert (desk.state(payment_id), desk.row(payment_id).refunded_fen) == ("refunded", 5000)
    assert desk.outside(payment_id).refunded_fen == 5000
    assert desk.events("PaymentRefunded") == ["PaymentRefunded"] * 2


def test_the_row_stands_before_the_provider_is_asked(desk):
    payment_id = desk.taken()
    desk.do(payments.refund, payment_id, 2000, "goodwill")
    assert states(desk, payment_id) == [(2000, "pending")]
    assert desk.outside(payment_id).refunded_fen == 0


def test_two_legal_refunds_of_the_same_amount_are_both_paid(desk):
    payment_id = desk.taken("stripe")
    for _ in range(2):
        desk.do(payments.refund, payment_id, 1000, "goodwill")
    desk.run()
    assert desk.outside(payment_id).refunded_fen == 2000


@pytest.mark.invariant(7)
def test_the_same_wish_by_name_is_one_refund(desk):
    payment_id = desk.taken()
    ids = {desk.do(payments.refund, payment_id, 1000, "goodwill", once="form-7").id for _ in range(3)}
    desk.run()
    assert len(ids) == 1 and desk.outside(payment_id).refunded_fen == 1000


@pytest.mark.invariant(7)
@pytest.mark.parametrize("fen", [5001, 0, -1, 2.5, True])
def test_an_impossible_amount_is_refused_and_says_what_is_left(desk, fen):
    payment_id = desk.taken()
    with pytest.raises(payments.RefundTooLarge) as problem:
        desk.do(payments.refund, payment_id, fen, "too much")
    assert (problem.value.status, problem.value.facts["left_fen"]) == (409, 5000)
    assert desk.refunds(payment_id) == []


@pytest.mark.invariant(7)
def test_promises_that_are_still_on_their_way_count_as_given(desk):
    payment_id = desk.taken()
    desk.do(payments.refund, payment_id, 3000, "goodwill")
    with pytest.raises(payments.RefundTooLarge) as problem:
        desk.do(payments.refund, payment_id, 2001, "goodwill")
    assert problem.value.facts["left_fen"] == 2000


@pytest.mark.parametrize("name", ["sandbox", "stripe"])
def test_what_was_only_held_cannot_be_refunded(desk, name):
    payment_id = desk.held(name)
    with pytest.raises(payments.RefundTooLarge):
        desk.do(payments.refund, payment_id, 1, "goodwill")


@pytest.mark.invariant(7)
def test_releasing_after_a_part_refund_gives_back_only_the_rest(desk):
    payment_id = desk.taken()
    desk.do(payments.refund, payment_id, 2000, "goodwill")
    desk.do(payments.release, payment_id)
    desk.do(payments.release, payment_id)
    desk.run()
    assert states(desk, payment_id) == [(2000, "succeeded"), (3000, "succeeded")]
    assert desk.state(payment_id) == "refunded"


def test_the_providers_time_for_refunds_is_respected(desk):
    payment_id = desk.taken()
    desk.clock.at += timedelta(days=181)
    with pytest.raises(payments.RefundTooLate) as problem:
        desk.do(payments.refund, payment_id, 100, "late")
    assert problem.value.facts["refund_days"] == 180


@pytest.mark.invariant(7)
def test_the_database_refuses_promises_above_the_captured_sum(desk):
    payment_id = desk.taken()
    desk.do(payments.refund, payment_id, 4000, "goodwill")
    with pytest.raises(DBAPIError), desk.work() as work:
        work.add(Refund(payment_id=payment_id, fen=1001, reason="around the code", created_at=work.now))
    with pytest.raises(DBAPIError), desk.work() as work:
        work.session.execute(text("UPDATE payment_refund SET fen = 5001"))


@pytest.mark.invariant(7)
def test_a_refund_row_is_never_deleted(desk):
    payment_id = desk.taken()
    desk.do(payments.refund, payment_id, 100, "goodwill")
    with pytest.raises(DBAPIError), desk.work() as work:
        work.session.execute(text("DELETE FROM payment_refund"))


@pytest.mark.invariant(7)
@pytest.mark.parametrize("name", ALL)
def test_a_lost_reply_pays_once(desk, name):
    payment_id = desk.taken(name, "order")
    desk.lose_replies(name)
    desk.do(payments.refund, payment_id, 2000, "goodwill")
    desk.run()
    assert states(desk, payment_id) == [(2000, "pending")]
    desk.later(seconds=5)
    assert states(desk, payment_id) == [(2000, "succeeded")]
    assert desk.outside(payment_id).refunded_fen == 2000


@pytest.mark.invariant(7)
def test_after_a_500_the_refund_never_takes_another_key(desk):
    payment_id = desk.taken("stripe")
    desk.stripe.mishaps.append("500")
    refund = desk.do(payments.refund, payment_id, 2000, "goodwill")
    desk.run()
    for _ in range(5):
        desk.later(minutes=20)
    assert [key for key in desk.stripe.replies if key.startswith("refund")] == [refund.key]
    assert (states(desk, payment_id), desk.stripe.refunds) == ([(2000, "pending")], {})
    desk.stripe.replies.clear()         # Stripe forgets keys after a day or more
    desk.later(minutes=20)
    assert states(desk, payment_id) == [(2000, "succeeded")]


def test_a_refund_that_the_provider_refuses_is_kept_and_shown_and_not_tried_for_ever(desk):
    payment_id = desk.taken("stripe")
    desk.stripe.refuses_refunds = True
    desk.do(payments.release, payment_id)
    desk.run()
    for _ in range(4):
        desk.later(hours=7)
    [refund] = desk.refunds(payment_id)
    assert (refund.state, refund.problem) == ("failed", "unexpected_state")
    with desk.work() as work:
        assert [row.id for row in payments.failed_refunds(work)] == [refund.id]


def test_a_person_may_try_again_after_a_failure(desk):
    payment_id = desk.taken("stripe")
    desk.stripe.refuses_refunds = True
    desk.do(payments.refund, payment_id, 5000, "goodwill")
    desk.run()
    desk.stripe.refuses_refunds = False
    desk.do(payments.refund, payment_id, 5000, "by a person")
    desk.run()
    assert states(desk, payment_id) == [(5000, "failed"), (5000, "succeeded")]
    assert desk.state(payment_id) == "refunded"


def stripe_refund(desk):
    [refund] = desk.stripe.refunds.values()
    return refund


def test_a_refund_that_takes_its_time_is_watched_until_it_arrives(desk):
    payment_id = desk.taken("stripe")
    act = desk.stripe.create_refund
    desk.stripe.create_refund = lambda form: act(form) | {"status": stripe_refund(desk).update(status="pending")}
    desk.do(payments.refund, payment_id, 5000, "goodwill")
    desk.run()
    assert states(desk, payment_id) == [(5000, "pending")]
    stripe_refund(desk)["status"] = "succeeded"
    desk.later(minutes=6)
    assert (states(desk, payment_id), desk.state(payment_id)) == ([(5000, "succeeded")], "refunded")


def test_a_refund_that_the_patients_bank_sends_back_is_shown_and_posted_back(desk):
    payment_id = desk.taken("stripe")
    desk.do(payments.release, payment_id)
    desk.run()
    stripe_refund(desk)["status"] = "failed"
    desk.look(payment_id)
    assert states(desk, payment_id) == [(5000, "bounced")]
    assert desk.balance("Assets:Stripe:Balance") == 5000
    assert desk.row(payment_id).refunded_fen == 0


def crash_after(desk):
    """The provider gives the money back; our process dies before it writes that down, and is away for two days."""
    [row] = [row for row in claim(desk.house.database, desk.clock.now()) if row.kind == "payments.refund"]
    refund_effect(desk.house, row.args, row.key)
    desk.stripe.replies.clear()         # Stripe forgets keys after a day or more
    desk.clock.forward(days=2)


@pytest.mark.invariant(7)
def test_a_crash_after_the_refund_and_two_days_of_absence_pay_it_once(desk):
    payment_id = desk.taken("stripe")
    desk.do(payments.refund, payment_id, 2000, "goodwill")
    crash_after(desk)
    desk.run()
    desk.later(minutes=6)
    assert [told["amount"] for told in desk.stripe.refunds.values()] == [2000]
    assert states(desk, payment_id) == [(2000, "succeeded")]
    assert (desk.row(payment_id).refunded_fen, desk.balance("Assets:Stripe:Balance")) == (2000, 3000)


@pytest.mark.invariant(7)
def test_a_refund_that_failed_at_the_provider_while_we_were_away_is_not_asked_for_anew(desk):
    payment_id = desk.taken("stripe")
    desk.do(payments.refund, payment_id, 2000, "goodwill")
    crash_after(desk)
    stripe_refund(desk)["status"] = "failed"
    desk.run()
    assert len(desk.stripe.refunds) == 1 and states(desk, payment_id) == [(2000, "failed")]


def double(desk, payment_id, refund):
    """The provider pays again under a key of ours that it has forgotten."""
    ref = desk.row(payment_id).provider_ref
    desk.stripe.create_refund({"payment_intent": ref, "amount": "2000", "metadata": {"key": refund.key}})


@pytest.mark.parametrize("known_before", [True, False])
def test_a_second_refund_under_one_key_is_booked_and_reported(desk, caplog, known_before):
    payment_id = desk.taken("stripe")
    refund = desk.do(payments.refund, payment_id, 2000, "goodwill")
    if known_before:
        desk.run()
    else:
        double(desk, payment_id, refund)
    double(desk, payment_id, refund)
    for _ in range(3):
        desk.look(payment_id)
    assert [(row.fen, row.state, row.reason) for row in desk.refunds(payment_id)] == [
        (2000, "succeeded", "goodwill"), (2000, "succeeded", "made_twice")]
    assert (desk.row(payment_id).refunded_fen, desk.balance("Assets:Stripe:Balance")) == (4000, 1000)
    told = [record.getMessage() for record in caplog.records if record.name == "fuzhen.payments"]
    assert len(told) == 1 and str(refund.id) in told[0] and str(payment_id) in told[0]


def test_a_second_refund_under_one_key_that_failed_leaves_the_first_as_it_was(desk):
    payment_id = desk.taken("stripe")
    refund = desk.do(payments.refund, payment_id, 2000, "goodwill")
    desk.run()
    double(desk, payment_id, refund)
    desk.stripe.refunds[max(desk.stripe.refunds)]["status"] = "failed"
    desk.look(payment_id)
    assert states(desk, payment_id) == [(2000, "succeeded"), (2000, "failed")]
    assert desk.balance("Assets:Stripe:Balance") == 3000


def test_a_refund_made_by_hand_at_the_provider_is_adopted_once(desk):
    payment_id = desk.taken("stripe")
    desk.stripe.create_refund({"payment_intent": desk.row(payment_id).provider_ref, "amount": "1200"})
    for _ in range(2):
        desk.look(payment_id)
    assert states(desk, payment_id) == [(1200, "succeeded")]
    assert (desk.state(payment_id), desk.refunds(payment_id)[0].reason) == ("partly_refunded", "made_at_provider")


@pytest.mark.invariant(7)
def test_a_refund_by_hand_makes_room_among_our_promises(desk):
    payment_id = desk.taken("stripe")
    desk.stripe.create_refund({"payment_intent": desk.row(payment_id).provider_ref, "amount": "2000"})
    desk.do(payments.release, payment_id)
    desk.run()
    assert desk.outside(payment_id).refunded_fen == 5000
    assert (desk.state(payment_id), desk.row(payment_id).refunded_fen) == ("refunded", 5000)
    assert states(desk, payment_id) == [(5000, "failed"), (2000, "succeeded"), (3000, "succeeded")]
