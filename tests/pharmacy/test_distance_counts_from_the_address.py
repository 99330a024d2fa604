"""Distance counts from the pharmacy to where the medicine is brought; from nowhere there is none, none is invented."""
from datetime import timedelta

import pytest

from app.identity import api as identity
from pharmacy import api as pharmacy
from pharmacy.orders.problems import ChannelNotOffered
from tests.cast import approved_prescription, pay
from tests.pharmacy.counter import HOME, offers, placed, stands

NORTH, SOUTH = pharmacy.Point(39.20, 117.20), pharmacy.Point(38.98, 117.20)


@pytest.fixture
def two_ends(scene):
    """Kang stands in the south, An in the north; the hospital lies beside Kang."""
    with scene.by("house") as work:
        for name, latitude in (("kang", 39.00), ("an", 39.18)):
            house = work.get(identity.Organization, scene.pharmacies[name], lock=True)
            house.latitude, house.longitude = latitude, 117.20
        home = work.get(identity.Organization, scene.hospital, lock=True)
        home.latitude, home.longitude = 39.00, 117.20
    return approved_prescription(scene)


def options(scene, rx, place=None):
    with scene.sees("wang") as work:
        return [(name_of(scene, o), o) for o in pharmacy.options_for(work, rx, place)]


def name_of(scene, option):
    return next(name for name, id in scene.pharmacies.items() if id == option.pharmacy.id)


def test_the_nearest_is_the_nearest_to_the_address_and_not_to_the_hospital(scene, two_ends):
    assert [name for name, _ in options(scene, two_ends, NORTH)] == ["an", "kang"]
    assert [name for name, _ in options(scene, two_ends, SOUTH)] == ["kang", "an"]
    near = dict(options(scene, two_ends, NORTH))["an"]
    assert near.km == pytest.approx(2.2, abs=0.1)


def test_without_an_address_there_is_no_distance_and_the_time_allows_for_the_longest_way(scene, two_ends):
    known, unknown = dict(options(scene, two_ends, NORTH)), dict(options(scene, two_ends))
    for name, option in unknown.items():
        assert option.km is None and option.in_reach
        assert option.arrives_from <= known[name].arrives_from
    reach = unknown["an"].profile.radius_km
    longest = timedelta(hours=reach * 1.3 / 15, minutes=30)
    assert unknown["an"].arrives_to - unknown["an"].ready == longest
    assert unknown["an"].arrives_to > known["an"].arrives_to


def test_a_pharmacy_whose_place_is_not_known_is_no_nearer_than_anywhere(scene, two_ends):
    with scene.by("house") as work:
        work.get(identity.Organization, scene.pharmacies["an"], lock=True).latitude = None
    assert dict(options(scene, two_ends, NORTH))["an"].km is None


def test_an_address_out_of_reach_is_refused_with_the_distance_and_one_that_is_unknown_is_not(scene, two_ends):
    far = pharmacy.Destination("上海", "13900000001", place=pharmacy.Point(31.2, 121.5))
    with pytest.raises(ChannelNotOffered) as refused:
        scene.does("wang", pharmacy.place_order, two_ends.id, scene.pharmacies["an"], "hospital_delivery", far)
    assert refused.value.facts["km"] > 800
    assert placed(scene, at="an", rx=two_ends).latitude is None


def test_one_that_cannot_reach_the_address_is_not_asked_next(scene, two_ends):
    to = pharmacy.Destination(HOME.address, HOME.contact, place=pharmacy.Point(38.93, 117.20))
    order = scene.does("wang", pharmacy.place_order, two_ends.id, scene.pharmacies["kang"], "hospital_delivery", to)
    scene.run()
    pay(scene, order.id, "order")
    scene.does("kang", pharmacy.decline_offer, offers(scene, order)[0].id, "out_of_stock")
    scene.run()
    assert len(offers(scene, order)) == 1 and stands(scene, order).state == "unfilled"
