"""Silence, a no, or an order given back: the next best is asked at no higher price, and money is never taken twice."""
from datetime import UTC, datetime, timedelta

import pytest

from app.payments import api as payments
from app.settings import Settings
from app.work import all_of
from pharmacy import api as pharmacy
from pharmacy.orders.problems import OfferGone
from prescribing import api as prescribing
from tests.cast import approved_prescription
from tests.pharmacy.counter import (
    accept,
    accepted,
    earned,
    name_of,
    offer_of,
    offered,
    offers,
    on_shelf,
    pack_codes,
    payment,
    scan_all,
    stands,
    told,
)


def asked(scene, order):
    return [(name_of(scene, o.pharmacy_id), o.state) for o in offers(scene, order)]


def decline(scene, order):
    offer = offer_of(scene, order)
    scene.does(name_of(scene, offer.pharmacy_id), pharmacy.decline_offer, offer.id, "没有货")
    scene.run()


def ledger(scene):
    with scene.sees("house") as work:
        return sum(row.fen for row in all_of(work, payments.LedgerEntry))


def test_silence_asks_the_next_at_the_deadline_and_not_before(scene):
    order = offered(scene, at="an")
    scene.later(seconds=(offer_of(scene, order).deadline - scene.clock.now()).total_seconds() - 1)
    assert asked(scene, order) == [("an", "offered")]
    scene.later(seconds=1)
    assert asked(scene, order) == [("an", "lapsed"), ("kang", "offered")]
    assert any("did not answer" in text for text in told(scene))


def test_at_the_deadline_itself_it_is_too_late(scene):
    order = offered(scene)
    scene.clock.forward(seconds=(offer_of(scene, order).deadline - scene.clock.now()).total_seconds())
    with pytest.raises(OfferGone) as gone:
        scene.does("kang", pharmacy.accept_offer, offer_of(scene, order).id)
    assert gone.value.facts["state"] == "lapsed"


def test_a_no_asks_the_next_at_once_and_the_patient_is_told(scene):
    order = offered(scene, at="an")
    decline(scene, order)
    assert asked(scene, order) == [("an", "declined"), ("kang", "offered")]
    assert any("cannot take it" in text for text in told(scene))


@pytest.mark.invariant(7)
def test_a_dearer_pharmacy_is_never_asked_and_everything_goes_back(scene):
    order = offered(scene, at="kang")
    decline(scene, order)
    assert asked(scene, order) == [("kang", "declined")]
    assert stands(scene, order).state == "unfilled"
    assert payment(scene, order).state == "cancelled" and payment(scene, order).captured_fen == 0
    assert scene.row(prescribing.Prescription, order.prescription_id).state == "approved"
    assert any("No pharmacy" in text for text in told(scene))


@pytest.mark.invariant(7)
@pytest.mark.parametrize("provider", ["sandbox", "sandbox_wallet"])
def test_the_money_goes_to_the_pharmacy_that_took_it_and_the_saving_back_once(scene, provider):
    scene.house.tools.put(Settings, scene.house.tools.get(Settings).model_copy(update={"payment_provider": provider}))
    order = offered(scene, at="an")
    decline(scene, order)
    accept(scene, order)
    scene.later(minutes=30)
    paid = payment(scene, order)
    assert (paid.captured_fen, paid.refunded_fen) == (2800, 200)
    assert (earned(scene, "kang"), earned(scene, "an"), ledger(scene)) == (2600, 0, 0)
    with scene.sees("house") as work:
        assert {line.beneficiary_id for line in payments.charge_lines(work, paid.id)} == {str(scene.pharmacies["kang"])}
        assert len(payments.refunds_of(work, paid.id)) == 1


@pytest.mark.invariant(7)
def test_an_order_given_back_after_the_capture_moves_the_money_along(scene):
    order = accepted(scene, at="an")
    assert earned(scene, "an") == 2800
    scene.does("an", pharmacy.give_order_back, order.id, "冷柜坏了")
    scene.run()
    assert asked(scene, order) == [("an", "given_back"), ("kang", "offered")]
    accept(scene, order)
    paid = payment(scene, order)
    assert (paid.captured_fen, paid.refunded_fen) == (2800, 200)
    assert (earned(scene, "kang"), earned(scene, "an"), ledger(scene)) == (2600, 0, 0)


@pytest.mark.invariant(5)
@pytest.mark.invariant(7)
def test_given_back_with_nobody_left_ends_in_money_back_and_a_free_prescription(scene):
    order = accepted(scene)
    with scene.sees("house") as work:
        product = pharmacy.lines_of(work, order.id)[0].product_code
    shelf = on_shelf(scene, "kang", product)
    codes = scan_all(scene, order)
    scene.does("kang", pharmacy.give_order_back, order.id, "停电")
    scene.run()
    assert stands(scene, order).state == "unfilled" and payment(scene, order).state == "refunded"
    assert on_shelf(scene, "kang", product) == shelf + 1 and earned(scene, "kang") == 0
    again = accepted(scene, rx=scene.row(prescribing.Prescription, order.prescription_id))
    scene.does("kang", pharmacy.scan_pack, again.id, codes[0])
    assert pack_codes(scene, again) != codes


def test_an_order_at_night_counts_its_minutes_from_the_opening(scene):
    set_hours(scene, "kang", "08:00", "22:00")
    rx = approved_prescription(scene)
    to_hour(scene, 23)
    order = offered(scene, rx=rx)
    opening = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    minutes = scene.house.tools.get(Settings).offer_minutes
    assert offer_of(scene, order).deadline == opening + timedelta(minutes=minutes)


def test_who_sleeps_is_not_asked_next_while_another_is_open(scene):
    rx = approved_prescription(scene)
    scene.pharmacies["yi"] = third_pharmacy(scene)
    set_hours(scene, "kang", "08:00", "22:00")
    to_hour(scene, 23)
    order = offered(scene, rx=rx, at="an")
    decline(scene, order)
    assert asked(scene, order) == [("an", "declined"), ("yi", "offered")]


def test_a_pharmacy_that_opens_too_late_for_the_prescription_cannot_fill_it(scene):
    set_hours(scene, "kang", "08:00", "09:00")
    rx = approved_prescription(scene)
    scene.clock.forward(seconds=(rx.expires_at - scene.clock.now()).total_seconds() - 3600)
    with scene.sees("wang") as work:
        found = {o.pharmacy.id: o for o in pharmacy.options_for(work, rx)}
    assert not found[scene.pharmacies["kang"]].possible and found[scene.pharmacies["an"]].possible


def set_hours(scene, name, opens, closes):
    with scene.by("house") as work:
        profile = pharmacy.profile_of(work, scene.pharmacies[name])
        profile.opens, profile.closes = opens, closes


def to_hour(scene, hour):
    """Move the clock to that hour in the hospital, later today; no job is run on the way."""
    scene.clock.forward(hours=hour - 10)


def third_pharmacy(scene):
    """Yi works through the night, a little dearer than Kang, cheaper than An."""
    from tests.hospital import _pharmacy
    with scene.by("house") as work:
        _pharmacy(work, scene, "yi", "益民药房", "Yi Pharmacy", False, 1.05)
    return scene.pharmacies["yi"]
