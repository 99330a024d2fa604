"""Whatever changes the next step on the patient's first page hints it, so that the page reads itself again."""
import pytest

from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from tests.cast import approved_prescription, requested_visit, signed_prescription, visit_in_progress, waiting_visit
from tests.pharmacy.counter import accepted, offer_of, offered, packed, placed, shipped


def signs(scene):
    signed_prescription(scene)


def approves(scene):
    approved_prescription(scene)


def takes_back(scene):
    rx = approved_prescription(scene)
    listen(scene)
    scene.does("ren", prescribing.take_back_approval, rx.id)


def expires(scene):
    rx = approved_prescription(scene)
    listen(scene)
    scene.clock.forward(days=9)
    scene.does("house", prescribing.usable_or_none, rx.id)
    scene.run()


def revokes(scene):
    rx = approved_prescription(scene)
    listen(scene)
    scene.does("lin", prescribing.revoke, rx.id, "写错了")


def declines(scene):
    order = offered(scene)
    listen(scene)
    scene.does("kang", pharmacy.decline_offer, offer_of(scene, order).id, "缺货")


def withdraws(scene):
    scene.does("wang", records.withdraw_consent, scene.patients["wang"], "privacy")


HEARD = []
STEPS = [requested_visit, waiting_visit, visit_in_progress, signs, approves, takes_back, expires, revokes, placed,
         offered, accepted, packed, shipped, declines, withdraws]


def listen(scene):
    """From here on, what screens are told."""
    HEARD.clear()
    scene.house.publish = HEARD.extend


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_the_patients_page_is_told(scene, step):
    scene.page = None    # every step is really walked: a photograph tells no screen
    listen(scene)
    step(scene)
    assert f"patient:{scene.patients['wang']}" in HEARD
