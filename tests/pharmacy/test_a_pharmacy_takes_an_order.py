"""From the patient's choice to the pharmacy's yes: prescription, stock and money are claimed in one step."""
import pytest

from app.kit.problems import NotFound
from app.payments import api as payments
from app.policy import api as policy
from app.work import all_of
from pharmacy import api as pharmacy
from pharmacy.orders.problems import (
    AddressMissing,
    ChannelNotOffered,
    OfferGone,
    OrderOpenAlready,
    PharmacyCannotFill,
)
from prescribing import api as prescribing
from prescribing.rx.problems import NotUsable, SignatureBroken
from tests.cast import approved_prescription, drafted_prescription, pay, signed_prescription
from tests.hospital import Scene
from tests.pharmacy.counter import (
    HOME,
    accept,
    accepted,
    earned,
    offer_of,
    offered,
    offers,
    on_shelf,
    payment,
    placed,
    stands,
)
from tests.prescription.test_what_was_changed_is_refused import edit
from tests.records.cast import Statements


def place(scene: Scene, rx, who="wang", at="kang", channel="hospital_delivery", to=HOME):
    return scene.does(who, pharmacy.place_order, rx.id, scene.pharmacies[at], channel, to)


def test_options_name_price_and_arrival_in_few_statements(scene):
    rx = approved_prescription(scene)
    with scene.sees("wang") as work, Statements(work.session) as sql:
        options = pharmacy.options_for(work, rx)
    assert sql.count <= 6
    assert sorted(o.drugs_fen for o in options) == [2000, 2200]
    assert all(o.possible and o.open_now and o.ready <= o.arrives_from < o.arrives_to for o in options)


def test_paying_asks_the_chosen_pharmacy_and_it_alone(scene):
    order = placed(scene)
    assert offers(scene, order) == []
    pay(scene, order.id, "order")
    assert [o.pharmacy_id for o in offers(scene, order)] == [scene.pharmacies["kang"]]
    assert stands(scene, order).state == "offered" and payment(scene, order).state == "authorised"


def test_a_yes_claims_prescription_stock_and_money(scene):
    order = offered(scene)
    with scene.sees("house") as work:
        product = pharmacy.lines_of(work, order.id)[0].product_code
    before = on_shelf(scene, "kang", product)
    accept(scene, order)
    assert stands(scene, order).state == "accepted"
    assert on_shelf(scene, "kang", product) == before - 1
    assert scene.row(prescribing.Prescription, order.prescription_id).state == "redeemed"
    assert payment(scene, order).state == "captured" and earned(scene, "kang") == 2600


@pytest.mark.invariant(3)
@pytest.mark.invariant(4)
def test_a_draft_cannot_be_ordered_and_does_not_show_itself(scene):
    rx = drafted_prescription(scene)
    for who in ("wang", "zhao"):
        with pytest.raises(NotFound):
            place(scene, rx, who)


@pytest.mark.invariant(4)
def test_what_is_not_approved_is_not_charged(scene):
    rx = signed_prescription(scene)
    with pytest.raises(NotUsable):
        place(scene, rx)
    with scene.sees("house") as work:
        assert all_of(work, payments.Payment, payments.Payment.payable_kind == "order") == []


def settled(scene: Scene, prescription_id) -> list[policy.PolicyDecision]:
    with scene.sees("house") as work:
        return policy.decisions_of_prescription(work, prescription_id, "settle")


@pytest.mark.invariant(2)
def test_the_rules_of_settling_are_asked_before_the_cashier_opens(scene):
    order = placed(scene)
    row, = settled(scene, order.prescription_id)
    assert (row.verdict, row.subject_kind, row.subject_id) == ("allow", "order", order.id)
    assert policy.read_record(row).values()["insurance.requested"] is False


@pytest.mark.invariant(1)
def test_what_is_not_known_to_be_paid_by_the_patient_is_not_sold(scene, monkeypatch):
    rx = approved_prescription(scene)
    shop = scene.house.tools.get(payments.Cashiers).get("sandbox")
    monkeypatch.setattr(shop, "capabilities", shop.capabilities | {"insurance"})
    with pytest.raises(policy.StepRefused) as refused:
        place(scene, rx)
    assert refused.value.facts["rules"] == ["CN-PAY-01"] and "医保发" in refused.value.facts["citations"][0]
    row, = settled(scene, rx.id)
    assert (row.verdict, row.subject_kind, row.subject_id) == ("block", "prescription", rx.id)
    with scene.sees("house") as work:
        assert all_of(work, pharmacy.Order) == []
        assert all_of(work, payments.Payment, payments.Payment.payable_kind == "order") == []


@pytest.mark.invariant(9)
def test_nobody_orders_for_a_stranger(scene):
    rx = approved_prescription(scene)
    with pytest.raises(NotFound):
        place(scene, rx, "zhao")


def test_one_prescription_has_one_open_order(scene):
    order = placed(scene)
    with pytest.raises(OrderOpenAlready):
        place(scene, scene.row(prescribing.Prescription, order.prescription_id), at="an")


@pytest.mark.parametrize(("channel", "to", "problem"), [
    ("hospital_delivery", pharmacy.Destination("", "13900000001"), AddressMissing),
    ("hospital_delivery", pharmacy.Destination("友谊路", " "), AddressMissing),
    ("hospital_delivery", pharmacy.Destination("路" * 400, "1"), AddressMissing),
    ("hospital_delivery", pharmacy.Destination("上海", "1", place=pharmacy.Point(31.2, 121.5)), ChannelNotOffered),
    ("online_retail", HOME, ChannelNotOffered), ("pickup", pharmacy.Destination(), AddressMissing)])
def test_an_address_that_cannot_be_served_is_refused_before_any_money(scene, channel, to, problem):
    rx = approved_prescription(scene)
    with pytest.raises(problem):
        place(scene, rx, channel=channel, to=to)


def test_a_pharmacy_without_the_medicine_cannot_be_chosen(scene):
    rx = approved_prescription(scene)
    with scene.by("house") as work:
        for row in pharmacy.stock_of(work, scene.pharmacies["kang"]):
            row.on_hand = 0
    with pytest.raises(PharmacyCannotFill):
        place(scene, rx)


@pytest.mark.invariant(15)
def test_address_contact_and_code_stand_sealed(scene):
    order = placed(scene)
    with scene.sees("house") as work:
        code = pharmacy.delivery_code(work, order)
        assert pharmacy.destination(work, order) == (HOME.address, HOME.contact)
    row = str(stands(scene, order).model_dump())
    assert "友谊路" not in row and HOME.contact not in row and code not in str(row.split("code_sealed")[1][:80])


@pytest.mark.invariant(9)
def test_an_offer_shows_a_masked_name_and_nothing_of_where_it_goes(scene):
    order = offered(scene)
    with scene.sees("kang") as work, Statements(work.session) as sql:
        row = pharmacy.board(work).offers[0]
    assert (row.patient_name, row.order.id) == ("王**", order.id) and sql.count <= 6
    with pytest.raises(NotFound), scene.sees("kang") as work:
        pharmacy.order_for_pharmacy(work, order.id)
    with scene.sees("an") as work:
        assert pharmacy.board(work).offers == []


@pytest.mark.invariant(9)
def test_looks_at_an_order_are_traced(scene):
    order = accepted(scene)
    with scene.sees("wang") as work:
        pharmacy.order_for_patient(work, order.id)
        pharmacy.order_for_patient(work, order.id)
        pharmacy.orders_of(work, order.patient_id)
    with scene.sees("kang") as work:
        pharmacy.order_for_pharmacy(work, order.id)
    assert [e.ground for e in scene.trail("read:order")] == ["own", "task"]
    assert [e.ground for e in scene.trail("read:orders")] == ["own"]
    for who in ("zhao", "an"):
        with pytest.raises(NotFound), scene.sees(who) as work:
            (pharmacy.order_for_pharmacy if who == "an" else pharmacy.order_for_patient)(work, order.id)


@pytest.mark.parametrize("who", ["an", "wang", "ren", "lin"])
def test_an_offer_is_answered_by_the_one_that_is_asked(scene, who):
    asked = offer_of(scene, offered(scene))
    for act in (lambda work: pharmacy.accept_offer(work, asked.id),
                lambda work: pharmacy.decline_offer(work, asked.id, "没货")):
        with pytest.raises(NotFound), scene.by(who) as work:
            act(work)


@pytest.mark.invariant(5)
def test_a_second_yes_is_told_that_it_is_taken(scene):
    order = accepted(scene)
    with pytest.raises(OfferGone) as gone:
        scene.does("kang", pharmacy.accept_offer, offer_of(scene, order).id)
    assert gone.value.facts["state"] == "accepted"
    assert payment(scene, order).captured_fen == 2600


@pytest.mark.invariant(4)
@pytest.mark.invariant(7)
def test_a_prescription_that_was_changed_is_not_charged(scene):
    order = offered(scene)
    edit(scene, "UPDATE prescription_item SET wording_zh = '每天十片'")
    with pytest.raises(SignatureBroken):
        scene.does("kang", pharmacy.accept_offer, offer_of(scene, order).id)
    scene.later(minutes=20)
    assert stands(scene, order).state == "unfilled" and payment(scene, order).state == "cancelled"


@pytest.mark.invariant(4)
@pytest.mark.invariant(7)
def test_a_prescription_that_expires_while_offered_is_not_taken_and_the_money_goes_back(scene):
    rx = approved_prescription(scene)
    with scene.by("house") as work:
        pharmacy.profile_of(work, scene.pharmacies["kang"]).prep_minutes = 1
    scene.clock.forward(seconds=(rx.expires_at - scene.clock.now()).total_seconds() - 180)
    order = offered(scene, rx=rx)
    assert offer_of(scene, order).deadline == rx.expires_at
    scene.clock.forward(seconds=180)
    with pytest.raises(OfferGone):
        scene.does("kang", pharmacy.accept_offer, offer_of(scene, order).id)
    scene.run()
    assert stands(scene, order).state == "unfilled" and payment(scene, order).state == "cancelled"


@pytest.mark.invariant(7)
def test_without_money_nobody_takes_the_order(scene):
    order = offered(scene)
    with scene.by("house") as work:
        payments.release(work, payment(scene, order).id)
    with pytest.raises(OfferGone) as gone:
        scene.does("kang", pharmacy.accept_offer, offer_of(scene, order).id)
    assert gone.value.facts["state"] == "unpaid"
    scene.run()
    assert stands(scene, order).state == "cancelled"
    assert scene.row(prescribing.Prescription, order.prescription_id).state == "approved"


def test_a_declined_card_ends_the_order_before_anybody_is_asked(scene):
    order = placed(scene)
    pay(scene, order.id, "order", "decline")
    assert stands(scene, order).state == "cancelled" and offers(scene, order) == []
    assert place(scene, scene.row(prescribing.Prescription, order.prescription_id)).state == "placed"


def test_an_order_that_is_never_paid_does_not_block_the_prescription(scene):
    order = placed(scene)
    for _ in range(6):
        scene.later(hours=6)
    assert stands(scene, order).state == "cancelled"


def test_dispensing_knows_what_the_policy_asks(scene):
    order = accepted(scene)
    with scene.sees("kang") as work:
        sheet = policy.fact_sheet(work)
        dispense = pharmacy.dispense_of(work, order.id)
        prescribing.put_dispense_facts(work, sheet, order.prescription_id, dispense.id)
    told = sheet.values()
    assert told["rx.pharmacist_approved"] is True and told["rx.already_used"] is False
