"""A cold medicine needs its log; what got warm is set aside, replaced under the same claim, or given up."""
import pytest

from app.kit.problems import Invalid
from app.kit.states import WrongState
from pharmacy import api as pharmacy
from pharmacy.orders.problems import PackSeenBefore, TemperatureMissing
from pharmacy.partners.commands import OutOfStock
from prescribing import api as prescribing
from tests.cast import diagnosed, line, signed_prescription
from tests.pharmacy.counter import (
    GOOD_LOG,
    code_of,
    on_shelf,
    packed,
    payment,
    scan_all,
    shipped,
    stands,
    told,
)

PEN = "insulin_glargine_pen"


@pytest.fixture
def rx(scene):
    """Insulin for Wang, approved; both pharmacies have it, only An keeps it cold."""
    product = prescribing.load().drugs[PEN].products[0]
    with scene.by("house") as work:
        for place in scene.pharmacies.values():
            pharmacy.set_stock(work, place, product.code, 5, 9000)
    pen = line(PEN, None, "10", product.components[0].unit, frequency="qn")
    signed = signed_prescription(scene, pen, visit=diagnosed(scene))
    with scene.sees("ren") as work:
        ids = [f.id for f in prescribing.check_report(work, prescribing.prescription_for(work, signed.id)).findings]
    scene.does("ren", prescribing.approve, signed.id, confirmed=ids)
    scene.run()
    return scene.row(prescribing.Prescription, signed.id)


def log(scene, order, low=3.0, high=7.5, gap=2.0):
    dispense = scene.does("an", pharmacy.record_temperature, order.id, low, high, gap)
    scene.run()
    return dispense


def product_of(scene, order):
    with scene.sees("house") as work:
        return pharmacy.lines_of(work, order.id)[0].product_code


def test_a_pharmacy_that_cannot_keep_it_cold_is_no_choice(scene, rx):
    with scene.sees("wang") as work:
        found = {o.pharmacy.id: o.possible for o in pharmacy.options_for(work, rx)}
    assert found == {scene.pharmacies["kang"]: False, scene.pharmacies["an"]: True}


@pytest.mark.invariant(6)
def test_without_a_log_nobody_gets_it_and_with_a_good_one_the_patient_does(scene, rx):
    order = shipped(scene, rx=rx, at="an")
    with pytest.raises(TemperatureMissing):
        scene.does("an", pharmacy.deliver, order.id, code_of(scene, order))
    log(scene, order, *GOOD_LOG)
    assert scene.does("an", pharmacy.deliver, order.id, code_of(scene, order)).state == "delivered"


@pytest.mark.invariant(6)
@pytest.mark.parametrize("bad", [(1.9, 7, 2), (3, 8.1, 2), (3, 7, 5.1)])
def test_an_excursion_sets_the_parcel_aside_and_tells_the_patient(scene, rx, bad):
    order = shipped(scene, rx=rx, at="an")
    log(scene, order, *bad)
    assert stands(scene, order).state == "quarantined"
    assert any("too warm or too cold" in text for text in told(scene))
    with pytest.raises(WrongState):
        scene.does("an", pharmacy.deliver, order.id, code_of(scene, order))


def test_two_eight_and_five_minutes_are_still_good(scene, rx):
    order = shipped(scene, rx=rx, at="an")
    log(scene, order, 2.0, 8.0, 5.0)
    assert stands(scene, order).state == "shipped"


@pytest.mark.invariant(6)
def test_a_better_log_does_not_paint_over_a_worse_one(scene, rx):
    order = shipped(scene, rx=rx, at="an")
    log(scene, order, 4, 6, 4)
    worst = log(scene, order, 5, 5.5, 1)
    assert (worst.cold_min_c, worst.cold_max_c, worst.cold_gap_minutes) == (4, 6, 4)


@pytest.mark.parametrize("wrong", [(5, 4, 1), (float("nan"), 5, 1), (3, float("inf"), 1), (3, 5, -1),
                                   (3, 5, float("nan")), (-80, 5, 1), (3, 5, 1e9)])
def test_a_log_that_cannot_be_is_refused(scene, rx, wrong):
    order = packed(scene, rx=rx, at="an")
    with pytest.raises(Invalid):
        log(scene, order, *wrong)


def test_the_replacement_uses_the_same_claim_and_fresh_packs(scene, rx):
    order = shipped(scene, rx=rx, at="an")
    shelf = on_shelf(scene, "an", product_of(scene, order))
    with scene.sees("an") as work:
        old = pharmacy.pick_list(work, order)[0].codes[0]
    log(scene, order, 3, 12, 2)
    with pytest.raises(PackSeenBefore):
        scene.does("an", pharmacy.scan_pack, order.id, old)
    scan_all(scene, order, first=1)
    scene.does("an", pharmacy.close_parcel, order.id)
    assert on_shelf(scene, "an", product_of(scene, order)) == shelf - 1
    scene.does("an", pharmacy.hand_over, order.id, "骑手 7")
    with pytest.raises(TemperatureMissing):
        scene.does("an", pharmacy.deliver, order.id, code_of(scene, order))
    log(scene, order)
    assert scene.does("an", pharmacy.deliver, order.id, code_of(scene, order)).state == "delivered"
    with scene.sees("house") as work:
        assert len(prescribing.redemptions_of(work, rx.id)) == 1


def test_an_empty_shelf_has_no_replacement(scene, rx):
    order = shipped(scene, rx=rx, at="an")
    log(scene, order, 3, 12, 2)
    scan_all(scene, order, first=1)
    with scene.by("house") as work:
        for row in pharmacy.stock_of(work, scene.pharmacies["an"]):
            row.on_hand = 0
    with pytest.raises(OutOfStock):
        scene.does("an", pharmacy.close_parcel, order.id)


@pytest.mark.invariant(7)
@pytest.mark.parametrize(("who", "end"), [("an", pharmacy.give_up), ("wang", pharmacy.cancel_order)])
def test_given_up_the_money_goes_back_and_spoilt_medicine_does_not_go_back_on_the_shelf(scene, rx, who, end):
    order = shipped(scene, rx=rx, at="an")
    shelf = on_shelf(scene, "an", product_of(scene, order))
    scene.does("an", pharmacy.quarantine_order, order.id)
    scene.does(who, end, order.id)
    scene.run()
    assert (stands(scene, order).state, payment(scene, order).state) == ("cancelled", "refunded")
    assert on_shelf(scene, "an", product_of(scene, order)) == shelf
    assert scene.row(prescribing.Prescription, rx.id).state == "approved"


def test_a_parcel_that_comes_back_is_set_aside_and_ends_in_money_back(scene, rx):
    order = shipped(scene, rx=rx, at="an")
    scene.does("an", pharmacy.return_parcel, order.id)
    scene.does("an", pharmacy.give_order_back, order.id, "没有人在家")
    scene.run()
    assert (stands(scene, order).state, payment(scene, order).state) == ("unfilled", "refunded")


def test_an_open_box_has_no_log(scene, rx):
    from tests.pharmacy.counter import accepted
    order = accepted(scene, rx=rx, at="an")
    with pytest.raises(WrongState):
        log(scene, order)
