"""The visit is stopped online because the condition changed: what it prescribed goes no further, wherever it stands."""
import pytest

from app.payments import api as payments
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from prescribing.rx.problems import NotUsable
from records import api as records
from tests.cast import approved_prescription, signed_prescription
from tests.pharmacy import counter


def refer(scene, rx, changed=True):
    scene.does("lin", consult.refer_visit, rx.visit_id, "新出现胸闷", "人民医院心内科", "urgent",
               condition_changed=changed)
    scene.run()


def state(scene, id):
    return scene.row(prescribing.Prescription, id).state


@pytest.mark.invariant(1)
def test_a_signed_one_leaves_the_queue_and_is_approved_no_more(scene):
    rx = signed_prescription(scene)
    refer(scene, rx)
    assert state(scene, rx.id) == "revoked"
    with scene.sees("ren") as work:
        assert prescribing.review_queue(work) == []
    with pytest.raises(Exception) as refused:
        scene.does("ren", prescribing.approve, rx.id)
    assert 400 <= refused.value.status < 500 and state(scene, rx.id) == "revoked"


@pytest.mark.invariant(4)
def test_an_approved_one_is_ordered_no_more_and_the_patient_reads_why(scene):
    rx = approved_prescription(scene)
    refer(scene, rx)
    with pytest.raises(NotUsable):
        scene.does("wang", pharmacy.place_order, rx.id, scene.pharmacies["kang"], "hospital_delivery", counter.HOME)
    with scene.sees("wang") as work:
        told = [entry.summary.en for entry in records.timeline(work, rx.patient_id) if entry.kind == "prescription"]
    assert any("condition has changed" in words for words in told), told
    assert any("took a prescription back" in words for words in counter.told(scene))


@pytest.mark.invariant(4)
@pytest.mark.invariant(7)
@pytest.mark.parametrize(("ready", "end", "money"), [
    (counter.placed, "cancelled", "cancelled"), (counter.accepted, "cancelled", "refunded"),
    (counter.packed, "cancelled", "refunded"), (counter.shipped, "quarantined", "captured")])
def test_its_order_stops_wherever_it_stands(scene, ready, end, money):
    order = ready(scene)
    refer(scene, order)
    assert state(scene, order.prescription_id) == "revoked"
    with scene.sees("house") as work:
        paid = payments.payment_of(work, "order", order.id)
    assert (counter.stands(scene, order).state, paid.state) == (end, money)


def test_what_the_patient_has_stays_as_it_was(scene):
    order = counter.delivered(scene)
    refer(scene, order)
    assert (counter.stands(scene, order).state, state(scene, order.prescription_id)) == ("delivered", "redeemed")


def test_a_referral_for_another_reason_leaves_the_prescription(scene):
    rx = approved_prescription(scene)
    refer(scene, rx, changed=False)
    assert state(scene, rx.id) == "approved"


def test_a_change_that_was_judged_before_the_referral_counts(scene):
    rx = approved_prescription(scene)
    scene.does("lin", consult.judge_follow_up, rx.visit_id, condition_changed=True)
    refer(scene, rx, changed=False)
    assert state(scene, rx.id) == "revoked"
