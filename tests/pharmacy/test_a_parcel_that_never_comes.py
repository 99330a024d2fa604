"""A pharmacy that took the money and is not heard of again: all are told, nobody must wait, nothing is kept."""
from datetime import timedelta

import pytest

from app.kit.states import WrongState
from app.work import all_of
from pharmacy import api as pharmacy
from pharmacy.orders.problems import BoxTooOld, NotLateYet
from pharmacy.orders.rules import HANDED_OUT_WITHIN, MARGIN, PICKUP_MARGIN
from tests.pharmacy.counter import (
    accepted,
    code_of,
    delivered,
    desk_of,
    earned,
    on_shelf,
    packed,
    payment,
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
