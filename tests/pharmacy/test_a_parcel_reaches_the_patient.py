"""Every pack is scanned, the policy is asked at the closing, the patient's code ends it, and the record keeps it."""
import pytest

from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.states import WrongState
from app.policy import api as policy
from app.work import all_of
from pharmacy import api as pharmacy
from pharmacy.orders.problems import (
    CodeBlocked,
    CodeWrong,
    NotLateYet,
    OrderOver,
    PackSeenBefore,
    PacksMissing,
    PackTooMany,
    PackUnknown,
)
from prescribing import api as prescribing
from prescribing.rx.problems import NotUsable
from records import api as records
from tests.cast import line
from tests.pharmacy.counter import (
    accepted,
    code_of,
    delivered,
    earned,
    offered,
    pack_codes,
    packed,
    payment,
    scan_all,
    shipped,
    stands,
    told,
)
from tests.prescription.test_what_was_changed_is_refused import edit


def close(scene, order):
    return scene.does("kang", pharmacy.close_parcel, order.id)


def scan(scene, order, code, who="kang"):
    return scene.does(who, pharmacy.scan_pack, order.id, code)


def test_the_whole_way_stands_in_the_record_and_on_the_medicine_list(scene):
    order = delivered(scene)
    assert stands(scene, order).state == "delivered" and earned(scene, "kang") == 2600
    with scene.sees("wang") as work:
        kinds = [entry.kind for entry in records.timeline(work, order.patient_id)]
        medicines = records.history_of(work, order.patient_id).medicines
        steps = [event.step for event in pharmacy.custody_of(work, order.id)]
    assert {"prescription", "dispense"} <= set(kinds)
    assert "amlodipine" in {m.drug_id for m in medicines}
    assert steps == ["offered", "accepted", "packed", "shipped", "delivered"]


@pytest.mark.parametrize("code", ["", "12", "9" * 20, "8" * 19, "8" * 21, "٨" * 20, "8132184abcdefghijklm"])
def test_a_code_that_is_none_of_the_order_is_refused(scene, code):
    with pytest.raises(PackUnknown):
        scan(scene, accepted(scene), code)


def test_one_pack_too_many_is_refused_and_the_same_one_again_is_the_same(scene):
    order = accepted(scene)
    code, = pack_codes(scene, order)
    assert scan(scene, order, code).id == scan(scene, order, f" {code} ").id
    with pytest.raises(PackTooMany):
        scan(scene, order, code[:-1] + "9")


def test_a_code_is_sold_once_in_its_life(scene):
    first = delivered(scene)
    with scene.sees("house") as work:
        sold = all_of(work, pharmacy.Pack)[0].code
    from consult import api as consult
    from tests.cast import approved_prescription
    visit = scene.row(consult.Visit, first.visit_id)
    second = accepted(scene, rx=approved_prescription(scene, line(days=5), visit=visit))
    with pytest.raises(PackSeenBefore):
        scan(scene, second, sold)


def test_a_pack_taken_out_of_an_open_box_is_free_again(scene):
    order = accepted(scene)
    code, = scan_all(scene, order)
    scene.does("kang", pharmacy.unscan_pack, order.id, code)
    with pytest.raises(PacksMissing) as missing:
        close(scene, order)
    assert missing.value.facts["missing"] == 1
    scan(scene, order, code)
    assert close(scene, order).state == "packed"
    with pytest.raises(WrongState):
        scene.does("kang", pharmacy.unscan_pack, order.id, code)


def test_another_pharmacy_touches_nothing(scene):
    order = accepted(scene)
    code, = pack_codes(scene, order)
    for act, more in ((pharmacy.scan_pack, [code]), (pharmacy.close_parcel, []), (pharmacy.hand_over, ["骑手"]),
                      (pharmacy.deliver, ["000000"]), (pharmacy.give_order_back, ["停电"]), (pharmacy.give_up, [])):
        with pytest.raises(NotFound):
            scene.does("an", act, order.id, *more)


@pytest.mark.invariant(2)
@pytest.mark.invariant(4)
def test_closing_the_box_asks_the_policy_and_keeps_a_refusal(scene):
    order = accepted(scene)
    scan_all(scene, order)
    with scene.by("house") as work:
        work.get(identity.Organization, scene.pharmacies["kang"]).licensed_online = False
    with pytest.raises(policy.StepRefused) as refused:
        close(scene, order)
    assert "CN-DISP-05" in refused.value.facts["rules"]
    with scene.sees("house") as work:
        kept = [d for d in all_of(work, policy.PolicyDecision) if d.stage == "dispense"]
    assert [str(d.id) for d in kept] == refused.value.facts["decision_ids"]
    assert stands(scene, order).state == "accepted"


@pytest.mark.invariant(4)
@pytest.mark.parametrize("change", ["wording_zh = '每天十片'", "quantity = 3", "product_code = 'x'"])
def test_a_prescription_changed_after_the_yes_is_not_dispensed(scene, change):
    order = accepted(scene)
    scan_all(scene, order)
    edit(scene, f"UPDATE prescription_item SET {change}")
    with pytest.raises(policy.StepRefused) as refused:
        close(scene, order)
    assert "CN-DISP-01" in refused.value.facts["rules"]


@pytest.mark.invariant(4)
def test_a_claim_in_time_does_not_let_the_box_be_closed_days_later(scene):
    order = accepted(scene)
    scan_all(scene, order)
    scene.clock.forward(days=4)
    with pytest.raises(policy.StepRefused) as refused:
        close(scene, order)
    assert "CN-DISP-03" in refused.value.facts["rules"]
    scene.does("kang", pharmacy.give_order_back, order.id, "处方过期")
    scene.run()
    assert stands(scene, order).state == "unfilled" and payment(scene, order).state == "refunded"
    assert scene.row(prescribing.Prescription, order.prescription_id).state == "expired"


@pytest.mark.invariant(4)
def test_a_prescription_revoked_before_packing_stops_box_order_and_money(scene):
    order = accepted(scene)
    scan_all(scene, order)
    scene.does("lin", prescribing.revoke, order.prescription_id, "剂量有误，已电话告知")
    with pytest.raises(policy.StepRefused) as refused:
        close(scene, order)
    assert "CN-DISP-01" in refused.value.facts["rules"]
    scene.run()
    assert stands(scene, order).state == "cancelled" and payment(scene, order).state == "refunded"
    with scene.sees("house") as work:
        assert [r.reversed_at is not None for r in prescribing.redemptions_of(work, order.prescription_id)] == [True]


@pytest.mark.invariant(4)
@pytest.mark.parametrize(("ready", "end", "money"), [
    (offered, "cancelled", "cancelled"), (packed, "cancelled", "refunded"), (shipped, "quarantined", "captured")])
def test_a_revoked_one_is_stopped_wherever_it_stands(scene, ready, end, money):
    order = ready(scene)
    scene.does("lin", prescribing.revoke, order.prescription_id, "剂量有误")
    if ready is not offered:
        with pytest.raises(NotUsable):
            scene.does("kang", pharmacy.deliver, order.id, code_of(scene, order))
    scene.run()
    assert (stands(scene, order).state, payment(scene, order).state) == (end, money)
    if end == "quarantined":
        scene.does("kang", pharmacy.give_up, order.id)
        scene.run()
        assert payment(scene, order).state == "refunded"


def test_a_wrong_code_is_counted_and_the_sixth_is_blocked(scene):
    order = shipped(scene)
    right = code_of(scene, order)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeWrong) as refused:
            scene.does("kang", pharmacy.deliver, order.id, wrong)
        assert refused.value.facts["tries_left"] == left
    with pytest.raises(CodeBlocked):
        scene.does("kang", pharmacy.deliver, order.id, right)
    scene.does("wang", pharmacy.renew_code, order.id)
    assert scene.does("kang", pharmacy.deliver, order.id, code_of(scene, order)).state == "delivered"


def test_a_blocked_code_is_told_to_the_patient_and_a_new_one_to_the_pharmacy(scene):
    order = shipped(scene)
    for _ in range(5):
        with pytest.raises(CodeWrong):
            scene.does("kang", pharmacy.deliver, order.id, "000000x")
    assert sum("no longer works" in text for text in told(scene)) == 1
    scene.does("wang", pharmacy.renew_code, order.id)
    assert any("new delivery code" in text for text in told(scene, "kang"))


def test_only_the_patient_renews_a_code_and_only_while_it_matters(scene):
    order = shipped(scene)
    for who in ("zhao", "kang"):
        with pytest.raises(NotFound):
            scene.does(who, pharmacy.renew_code, order.id)
    scene.does("kang", pharmacy.deliver, order.id, code_of(scene, order))
    with pytest.raises(OrderOver):
        scene.does("wang", pharmacy.renew_code, order.id)


def test_picked_up_at_the_counter_it_needs_no_courier(scene):
    order = packed(scene, channel="pickup")
    assert order.delivery_fen == 0
    assert scene.does("kang", pharmacy.deliver, order.id, code_of(scene, order)).state == "delivered"


@pytest.mark.parametrize("ready", [offered, accepted])
def test_the_patient_cancels_before_packing_and_gets_everything_back(scene, ready):
    order = ready(scene)
    scene.does("wang", pharmacy.cancel_order, order.id)
    scene.run()
    assert stands(scene, order).state == "cancelled"
    assert payment(scene, order).state in ("cancelled", "refunded") and earned(scene, "kang") == 0
    assert scene.row(prescribing.Prescription, order.prescription_id).state == "approved"


@pytest.mark.parametrize(("ready", "problem"), [(packed, NotLateYet), (shipped, NotLateYet), (delivered, WrongState)])
def test_after_packing_it_is_not_cancelled(scene, ready, problem):
    order = ready(scene)
    with pytest.raises(problem):
        scene.does("wang", pharmacy.cancel_order, order.id)
