"""A pharmacy that took the money and is not heard of again: all are told, nobody must wait, nothing is kept."""
from datetime import timedelta

import pytest

from app.kit.problems import NotFound
from app.kit.states import WrongState
from app.work import all_of
from pharmacy import api as pharmacy
from pharmacy.orders.problems import BoxTooOld, NotLateYet
from pharmacy.orders.rules import HANDED_OUT_WITHIN, MARGIN, PICKUP_MARGIN
from prescribing import api as prescribing
from prescribing.rx.problems import NotUsable
from tests.pharmacy.counter import (
    accepted,
    code_of,
    delivered,
    desk_of,
    earned,
    offered,
    on_shelf,
    packed,
    payment,
    placed,
    shipped,
    stands,
    told,
)

MOMENT = timedelta(seconds=1)


def until(scene, moment):
    """Let the time come, and the timers with it."""
    scene.clock.forward(seconds=(moment - scene.clock.now()).total_seconds())
    scene.run()


@pytest.mark.parametrize("ready", [accepted, packed, shipped])
def test_when_the_promised_time_is_over_patient_pharmacy_and_trail_hear_of_it(scene, ready):
    order = ready(scene)
    until(scene, order.arrives_to - MOMENT)
    assert scene.trail("OrderOverdue") == []
    until(scene, order.arrives_to)
    assert [entry.subject_id for entry in scene.trail("OrderOverdue")] == [order.id]
    assert "is late" in told(scene)[-1] and "is overdue" in told(scene, "kang")[-1]


@pytest.mark.invariant(7)
@pytest.mark.parametrize("ready", [packed, shipped])
def test_a_day_after_the_promise_the_patient_ends_what_never_came_and_gets_everything_back(scene, ready):
    order = ready(scene)
    until(scene, order.arrives_to + MARGIN - MOMENT)
    with pytest.raises(NotLateYet) as early:
        scene.does("wang", pharmacy.cancel_order, order.id)
    assert early.value.facts["possible_at"] == (order.arrives_to + MARGIN).isoformat()
    until(scene, order.arrives_to + MARGIN)
    assert "need not wait" in told(scene)[-1]
    with scene.sees("house") as work:
        product = pharmacy.lines_of(work, order.id)[0].product_code
    shelf, kang, code = on_shelf(scene, "kang", product), desk_of(scene, order), code_of(scene, order)
    scene.does("wang", pharmacy.cancel_order, order.id)
    scene.run()
    assert (stands(scene, order).state, payment(scene, order).state) == ("cancelled", "refunded")
    assert earned(scene, "kang") == 0 and on_shelf(scene, "kang", product) == shelf
    assert any("fetch its box back" in line for line in told(scene, "kang"))
    with pytest.raises(WrongState):
        scene.does(kang, pharmacy.deliver, order.id, code)
    with scene.sees("house") as work:
        assert all(pack.discarded_at for pack in all_of(work, pharmacy.Pack)), "nobody else gets what was in it"


@pytest.mark.invariant(7)
@pytest.mark.parametrize("ready", [accepted, packed, shipped])
def test_what_nobody_ended_the_house_ends_with_the_money_back(scene, ready):
    order = ready(scene)
    until(scene, order.arrives_to + HANDED_OUT_WITHIN)
    scene.clock.forward(hours=1)
    scene.run()
    assert (stands(scene, order).state, payment(scene, order).state) == ("cancelled", "refunded")
    assert any("never came" in line for line in told(scene))


def test_what_waits_at_the_counter_may_be_fetched_a_little_later(scene):
    order = packed(scene, channel="pickup")
    until(scene, order.arrives_to + MARGIN)
    with pytest.raises(NotLateYet):
        scene.does("wang", pharmacy.cancel_order, order.id)
    until(scene, order.arrives_to + PICKUP_MARGIN)
    assert scene.does("wang", pharmacy.cancel_order, order.id).state == "cancelled"


def test_what_came_in_time_is_asked_about_no_more(scene):
    order = delivered(scene)
    until(scene, order.arrives_to + HANDED_OUT_WITHIN + MARGIN)
    assert stands(scene, order).state == "delivered" and scene.trail("OrderOverdue") == []


@pytest.mark.invariant(4)
@pytest.mark.parametrize("ready", [packed, shipped])
def test_a_box_that_was_closed_long_ago_is_handed_to_nobody(scene, ready):
    order = ready(scene)
    scene.clock.forward(seconds=HANDED_OUT_WITHIN.total_seconds())
    kang, code = desk_of(scene, order), code_of(scene, order)
    with pytest.raises(BoxTooOld):
        scene.does(kang, pharmacy.deliver, order.id, code)
    if order.state == "packed":
        with pytest.raises(BoxTooOld):
            scene.does(kang, pharmacy.hand_over, order.id, "骑手 12")
    scene.does(kang, pharmacy.quarantine_order, order.id)
    scene.does(kang, pharmacy.give_up, order.id)
    scene.run()
    assert payment(scene, order).state == "refunded"


def stopped(scene, **wish):
    """Its box is on the way, the patient has waited long enough, and the prescription would still be valid."""
    order = shipped(scene, **wish)
    until(scene, order.arrives_to + MARGIN)
    scene.does("wang", pharmacy.cancel_order, order.id)
    scene.run()
    return stands(scene, order)


def prescribed(scene, order):
    return scene.row(prescribing.Prescription, order.prescription_id)


@pytest.mark.invariant(5)
def test_while_nobody_knows_where_the_box_is_nobody_fills_the_prescription_again(scene):
    order = stopped(scene)
    assert (order.state, payment(scene, order).state) == ("cancelled", "refunded")
    assert scene.clock.now() < prescribed(scene, order).expires_at
    with pytest.raises(NotUsable):
        placed(scene, rx=prescribed(scene, order))
    with scene.sees("ren") as work:
        assert [(rx.id, claim.outside_name) for rx, claim in prescribing.papers_in_question(work)] == [
            (order.prescription_id, "")]
    assert any("never came, and its order was refunded" in line for line in told(scene, "ren"))
    with scene.sees(desk_of(scene, order)) as work:
        assert [(row.order.id, row.order.state) for row in pharmacy.board(work).in_hand] == [(order.id, "cancelled")]


@pytest.mark.invariant(5)
def test_a_box_that_the_house_gave_up_keeps_its_claim_too(scene):
    order = shipped(scene)
    until(scene, order.arrives_to + HANDED_OUT_WITHIN + timedelta(hours=1))
    assert (stands(scene, order).state, prescribed(scene, order).state) == ("cancelled", "redeemed")


def test_when_the_pharmacy_has_the_box_back_it_can_be_ordered_again(scene):
    order = stopped(scene)
    kang = desk_of(scene, order)
    with pytest.raises(NotFound):
        scene.does("an" if kang == "kang" else "kang", pharmacy.return_parcel, order.id)
    scene.does(kang, pharmacy.return_parcel, order.id)
    scene.run()
    assert "your prescription is free again" in told(scene)[-1]
    with scene.sees("ren") as work:
        assert prescribing.papers_in_question(work) == []
    with scene.sees(kang) as work:
        assert pharmacy.board(work).in_hand == []
    with pytest.raises(WrongState):
        scene.does(kang, pharmacy.return_parcel, order.id)
    assert [one.step for one in custody(scene, order)][-2:] == ["cancelled", "returned"]
    assert offered(scene, rx=prescribed(scene, order)).state == "offered"


def test_the_hospital_gives_it_back_when_it_knows_that_the_patient_did_not_get_it(scene):
    order = stopped(scene)
    scene.does("su", prescribing.give_filling_back, order.prescription_id, "骑手丢了箱子，患者没有收到")
    scene.run()
    assert "your prescription is free again" in told(scene)[-1]
    assert [one.step for one in custody(scene, order)][-1] == "settled"
    with scene.sees(desk_of(scene, order)) as work:
        assert pharmacy.board(work).in_hand == []
    assert offered(scene, rx=prescribed(scene, order)).state == "offered"


def test_a_box_that_comes_back_after_the_last_day_opens_nothing_and_the_patient_hears_where_to_go(scene):
    order = stopped(scene)
    scene.later(days=4)
    scene.does(desk_of(scene, order), pharmacy.return_parcel, order.id)
    scene.run()
    assert prescribed(scene, order).state == "expired" and any("ask for a new visit" in line for line in told(scene))


def test_a_claim_of_ours_that_is_in_no_question_is_not_the_hospitals_to_give_back(scene):
    order = shipped(scene)
    with pytest.raises(NotUsable):
        scene.does("su", prescribing.give_filling_back, order.prescription_id, "x")


def test_a_box_that_never_left_the_pharmacy_frees_the_prescription_at_once(scene):
    order = packed(scene)
    until(scene, order.arrives_to + MARGIN)
    scene.does("wang", pharmacy.cancel_order, order.id)
    assert prescribed(scene, order).state == "approved"


def custody(scene, order):
    with scene.sees("house") as work:
        return pharmacy.custody_of(work, order.id)
