"""Held while waiting, taken when a doctor takes the visit, and back whenever nobody helped."""
from datetime import timedelta

import pytest

from app.events.payments import CaptureFailed
from app.kit.states import WrongState
from app.payments import api as payments
from consult import api as consult
from consult.subscribers import on_capture_failed
from tests.cast import Scene, finished_visit, offered_evidence, pay, requested_visit, visit_in_progress, waiting_visit
from tests.visit.acts import money, says, state, told

pytestmark = pytest.mark.invariant(7)


def test_while_somebody_waits_the_fee_is_held_and_not_taken(scene: Scene) -> None:
    visit = waiting_visit(scene)
    assert (visit.state, money(scene, visit)) == ("waiting", "authorised")


def test_the_fee_is_taken_when_a_doctor_takes_the_visit(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    assert (visit.state, money(scene, visit)) == ("in_progress", "captured")


def test_the_fee_of_a_finished_visit_stays_taken_once(scene: Scene) -> None:
    visit = finished_visit(scene)
    assert money(scene, visit) == "captured"
    with scene.sees("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
        assert payment.captured_fen == visit.price_fen and payments.refunds_of(work, payment.id) == []


def test_nobody_answers_and_the_money_goes_back_by_itself(scene: Scene) -> None:
    visit = waiting_visit(scene)
    scene.later(minutes=29)
    assert state(scene, visit) == "waiting"
    scene.later(minutes=1)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "cancelled")
    assert "没有医生接诊" in told(scene, "wang")[0]


def test_paying_late_does_not_shorten_the_wait(scene: Scene) -> None:
    visit = requested_visit(scene)
    scene.later(minutes=29)
    pay(scene, visit.id)
    scene.later(minutes=29)
    assert state(scene, visit) == "waiting"
    scene.later(minutes=1)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "cancelled")


def test_who_never_pays_is_asked_for_nothing_in_the_end(scene: Scene) -> None:
    visit = requested_visit(scene)
    scene.later(minutes=30)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "cancelled")
    assert "就诊没有开始" in told(scene, "wang")[0]
    with pytest.raises(payments.ProviderRefused):
        pay(scene, visit.id)


def test_a_declined_card_ends_the_wish(scene: Scene) -> None:
    visit = requested_visit(scene)
    pay(scene, visit.id, choice="decline")
    assert (state(scene, visit), money(scene, visit)) == ("refused", "failed")
    assert "付款没有成功" in told(scene, "wang")[0]


@pytest.mark.parametrize("paid", [False, True])
def test_who_cancels_before_a_doctor_came_pays_nothing(scene: Scene, paid: bool) -> None:
    visit = waiting_visit(scene) if paid else requested_visit(scene)
    scene.does("wang", consult.cancel_visit, visit.id)
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("cancelled", "cancelled")


def test_who_cancels_while_paper_is_missing_pays_nothing(scene: Scene) -> None:
    visit = waiting_visit(scene, evidence=False)
    assert (visit.state, money(scene, visit)) == ("needs_evidence", "authorised")
    scene.does("wang", consult.cancel_visit, visit.id)
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("cancelled", "cancelled")


def test_paper_that_never_comes_ends_the_wish_after_two_hours(scene: Scene) -> None:
    visit = waiting_visit(scene, evidence=False)
    scene.later(minutes=119)
    assert state(scene, visit) == "needs_evidence"
    scene.later(minutes=1)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "cancelled")
    assert "全部退回" in told(scene, "wang")[0]


def test_paper_that_comes_opens_the_waiting_room_with_its_full_time(scene: Scene) -> None:
    visit = waiting_visit(scene, evidence=False)
    scene.clock.forward(minutes=90)
    paper = offered_evidence(scene)
    scene.does("wang", consult.add_evidence_to_visit, visit.id, paper.id)
    found = scene.row(consult.Visit, visit.id)
    assert (found.state, found.deadline - scene.clock.now()) == ("waiting", timedelta(minutes=30))
    scene.later(minutes=30)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "cancelled")


def test_a_doctor_who_declines_sends_the_money_back_and_says_why(scene: Scene) -> None:
    visit = waiting_visit(scene)
    scene.does("lin", consult.decline_visit, visit.id, "请当面检查")
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("declined", "cancelled")
    assert scene.row(consult.Visit, visit.id).end_reason == "请当面检查"
    assert "医生没有接" in told(scene, "wang")[0] and "检查" not in told(scene, "wang")[0]


def test_a_visit_that_is_stopped_online_is_refunded_in_full(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.refer_visit, visit.id, "需要当面听诊", "人民医院")
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("referred", "refunded")
    with scene.sees("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
        assert [r.fen for r in payments.refunds_of(work, payment.id)] == [visit.price_fen]


def test_a_visit_referred_before_its_fee_was_taken_takes_nothing(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with scene.by("lin") as work:
        consult.accept_visit(work, visit.id)
        consult.refer_visit(work, visit.id, "需要当面听诊", "人民医院")
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("referred", "cancelled")


def test_who_leaves_and_stays_away_pays_as_the_rule_said_before(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.clock.forward(minutes=30)
    scene.does("lin", consult.abandon_visit, visit.id)
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("abandoned", "captured")
    assert "30 分钟" in consult.REFUND_RULE.zh and "30 minutes" in consult.REFUND_RULE.en


def test_a_fee_that_cannot_be_taken_does_not_stop_the_visit(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with scene.by("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
        on_capture_failed(work, CaptureFailed(payment.id, "visit", visit.id, visit.patient_id, payment.fen))
    found = scene.row(consult.Visit, visit.id)
    assert (found.state, found.capture_failed) == ("in_progress", True)


def test_money_that_arrives_after_the_end_goes_back(scene: Scene) -> None:
    visit = requested_visit(scene)
    with scene.sees("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
    provider = scene.house.tools.get(payments.Cashiers).get(payment.provider)
    notice = provider.press(payment.provider_ref, payments.Choice.PAY)
    scene.does("wang", consult.cancel_visit, visit.id)
    scene.does("house", payments.receive_webhook, provider.parse_webhook(notice.raw, notice.headers))
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("cancelled", "cancelled")


def test_the_same_notice_twice_admits_once(scene: Scene) -> None:
    visit = waiting_visit(scene)
    since = visit.waiting_since
    scene.clock.forward(minutes=2)
    with scene.sees("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
    with scene.by("house") as work:
        payments.look_again(work, payment.id)
    scene.run()
    assert scene.row(consult.Visit, visit.id).waiting_since == since


def test_a_visit_in_hand_cannot_be_cancelled_for_the_money(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(WrongState):
        scene.does("wang", consult.cancel_visit, visit.id)
    says(scene, "lin", visit)
    scene.later(hours=3)
    assert (state(scene, visit), money(scene, visit)) == ("in_progress", "captured")
