"""Fifty claims, twenty pharmacies, two doctors, ten notices: one wins, the others are told so, and the sums hold."""
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from app.kit.clock import local_date
from app.kit.ids import uuid7
from app.payments import api as payments
from app.policy.api import desk
from app.work import NOBODY, all_of
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from tests.cast import approved_prescription, pay, requested_visit, waiting_visit
from tests.hospital import _pharmacy
from tests.pharmacy.counter import code_of, earned, offer_of, offered, on_shelf, packed, payment, shipped, stands
from tests.policy import officers
from tests.races.racer import Try, race

pytestmark = pytest.mark.postgres


@pytest.fixture
def run(scene, settings):
    """Run tries against the scene's database; how often each answer came."""
    return lambda tries: Counter(race(settings, scene.clock.now(), tries))


def ledger(scene):
    with scene.sees("house") as work:
        return sum(row.fen for row in all_of(work, payments.LedgerEntry))


@pytest.mark.invariant(5)
def test_fifty_claims_of_one_prescription(scene, run):
    rx = approved_prescription(scene)
    desks = ("kang", "an")
    answers = run([Try(scene.people[desks[n % 2]], "prescribing.api:redeem",
                       (rx.id, uuid7(), scene.pharmacies[desks[n % 2]])) for n in range(50)])
    assert answers == {"won": 1, "already-redeemed 409": 49}
    with scene.sees("house") as work:
        assert [i.left_quantity for i in prescribing.items_of(work, rx.id)] == [0]
        assert len(prescribing.redemptions_of(work, rx.id)) == 1
    assert scene.row(prescribing.Prescription, rx.id).state == "redeemed"


@pytest.mark.invariant(5)
@pytest.mark.invariant(7)
def test_twenty_pharmacies_with_one_paper_and_one_of_ours_with_the_order(scene, run):
    order = offered(scene)
    rx = scene.row(prescribing.Prescription, order.prescription_id)
    paper = (rx.number, rx.digest[:16])
    tries = [Try(NOBODY, "prescribing.api:fill_from_paper", (*paper, f"药房 甲{n}", f"{n:032d}")) for n in range(20)]
    tries.insert(10, Try(scene.kang, "pharmacy.api:accept_offer", (offer_of(scene, order).id,)))
    assert run(tries) == {"won": 1, "already-redeemed 409": 20}
    scene.run()
    with scene.sees("house") as work:
        claims = prescribing.redemptions_of(work, rx.id)
        assert [i.left_quantity for i in prescribing.items_of(work, rx.id)] == [0]
    ours = claims[0].pharmacy_id is not None
    assert len(claims) == 1 and stands(scene, order).state == ("accepted" if ours else "cancelled")
    assert payment(scene, order).captured_fen == (2600 if ours else 0) and ledger(scene) == 0


def product_of(scene, order):
    with scene.sees("house") as work:
        return pharmacy.lines_of(work, order.id)[0].product_code


@pytest.mark.invariant(5)
@pytest.mark.invariant(7)
def test_twenty_clicks_of_one_pharmacy_on_one_offer(scene, run):
    order = offered(scene)
    shelf = on_shelf(scene, "kang", product_of(scene, order))
    answers = run([Try(scene.kang, "pharmacy.api:accept_offer", (offer_of(scene, order).id,))] * 20)
    assert answers == {"won": 1, "offer-gone 409": 19}
    scene.run()
    assert on_shelf(scene, "kang", product_of(scene, order)) == shelf - 1
    assert (payment(scene, order).captured_fen, earned(scene, "kang"), ledger(scene)) == (2600, 2600, 0)


@pytest.mark.invariant(5)
@pytest.mark.invariant(7)
def test_twenty_pharmacies_that_were_all_asked_for_one_order(scene, run):
    order = offered(scene)
    first = offer_of(scene, order)
    offers = {"kang": first.id}
    with scene.by("house") as work:
        for n in range(19):
            _pharmacy(work, scene, f"ph{n}", f"第 {n} 药房", f"Pharmacy {n}", False, 1.0)
            offers[f"ph{n}"] = work.add(pharmacy.Offer(
                order_id=order.id, pharmacy_id=scene.pharmacies[f"ph{n}"], rank=n + 2, fen=first.fen,
                made_at=work.now, deadline=work.now + timedelta(minutes=5))).id
    product = product_of(scene, order)
    shelves = {name: on_shelf(scene, name, product) for name in offers}
    answers = run([Try(scene.people[name], "pharmacy.api:accept_offer", (id,)) for name, id in offers.items()])
    assert answers == {"won": 1, "offer-gone 409": 19}
    scene.run()
    winner = next(name for name, id in scene.pharmacies.items() if id == stands(scene, order).pharmacy_id)
    taken = {name: shelf - on_shelf(scene, name, product) for name, shelf in shelves.items()}
    assert {name: n for name, n in taken.items() if n} == {winner: 1}
    assert {name: fen for name in offers if (fen := earned(scene, name))} == {winner: 2600} and ledger(scene) == 0
    with scene.sees("house") as work:
        assert len(prescribing.redemptions_of(work, order.prescription_id)) == 1


@pytest.mark.invariant(7)
def test_two_doctors_take_one_visit(scene, run):
    visit = waiting_visit(scene)
    answers = run([Try(scene.people[name], "consult.api:accept_visit", (visit.id,)) for name in ("lin", "gao")])
    assert answers["won"] == 1 and sum(answers.values()) == 2
    assert all(answer == "won" or answer.endswith((" 409", " 404")) for answer in answers)
    scene.run()
    assert scene.row(consult.Visit, visit.id).state == "in_progress" and ledger(scene) == 0


@pytest.mark.invariant(7)
def test_ten_copies_of_one_notice(scene, run):
    visit = requested_visit(scene)
    with scene.sees("house") as work:
        held = payments.payment_of(work, "visit", visit.id)
    provider = scene.house.tools.get(payments.Cashiers).get(held.provider)
    notice = provider.press(held.provider_ref, payments.Choice.PAY)
    event = provider.parse_webhook(notice.raw, notice.headers)
    answers = run([Try(scene.wang, "app.payments.api:receive_webhook", (event,))] * 10)
    assert answers == {"won": 10}
    scene.run()
    with scene.sees("house") as work:
        assert len(all_of(work, payments.WebhookEvent)) == 1
    assert [e.action for e in scene.trail("PaymentAuthorised")] == ["PaymentAuthorised"]


@pytest.mark.invariant(5)
@pytest.mark.invariant(7)
def test_a_yes_and_a_cancellation_at_the_same_moment_end_in_one_of_the_two(scene, run):
    order = offered(scene)
    answers = run([Try(scene.kang, "pharmacy.api:accept_offer", (offer_of(scene, order).id,)),
                   Try(scene.wang, "pharmacy.api:cancel_order", (order.id,))] * 3)
    assert answers["won"] >= 1
    scene.run()
    scene.later(minutes=10)
    paid, state = payment(scene, order), stands(scene, order).state
    kept = paid.captured_fen - paid.refunded_fen
    assert (state, kept) in {("accepted", 2600), ("cancelled", 0)} and ledger(scene) == 0
    assert pay is not None and earned(scene, "kang") == kept


@pytest.mark.invariant(4)
def test_a_prescription_is_handed_out_or_revoked_and_never_both(scene, run):
    order = shipped(scene)
    answers = run([Try(scene.kang, "pharmacy.api:deliver", (order.id, code_of(scene, order))),
                   Try(scene.lin, "prescribing.api:revoke", (order.prescription_id, "剂量写错了"))] * 3)
    assert answers["won"] == 1, answers
    scene.run()
    ends = stands(scene, order).state, scene.row(prescribing.Prescription, order.prescription_id).state
    assert ends in {("delivered", "redeemed"), ("quarantined", "revoked")}


@pytest.mark.invariant(4)
@pytest.mark.parametrize("step", ["hand_over", "deliver"])
def test_nobody_revokes_between_the_question_and_the_handing_out(scene, step):
    order = packed(scene) if step == "hand_over" else shipped(scene)
    last = "骑手 12" if step == "hand_over" else code_of(scene, order)
    row = select(col(prescribing.Prescription.id)).where(col(prescribing.Prescription.id) == order.prescription_id)
    with scene.by("kang") as work, scene.house.database.writer.connect() as doctor:
        assert doctor.execute(row.with_for_update(nowait=True)).scalar() == order.prescription_id
        doctor.rollback()
        getattr(pharmacy, step)(work, order.id, last)
        with pytest.raises(OperationalError, match="could not obtain lock"):
            doctor.execute(row.with_for_update(nowait=True))


@pytest.mark.invariant(2)
def test_two_officers_publish_two_versions_at_once_and_neither_replaces_rules_unseen(house, settings):
    ninety, sixty = officers.approved(house), officers.approved(house, officers.SIXTY)
    day = local_date(house.clock.now())
    tries = [Try(who, "app.policy.versions.desk:publish", (id, day))
             for who, id in ((officers.QIN, ninety), (officers.TANG, sixty)) for _ in range(4)]
    answers = Counter(race(settings, house.clock.now(), tries))
    assert answers == {"won": 1, "wrong-state 409": 3, "policy-approval-outdated 409": 4}
    states = sorted(officers.row(house, id).state for id in (ninety, sixty))
    assert states == ["approved", "published"]


@pytest.mark.invariant(2)
def test_a_draft_is_saved_or_replayed_and_a_replay_never_proves_what_was_saved_meanwhile(house, settings):
    id = officers.drafted(house)
    officers.does(house, officers.QIN, desk.check_version, id)
    tries = [Try(officers.QIN, "app.policy.versions.desk:begin_replay", (id, 10)),
             Try(officers.TANG, "app.policy.versions.desk:save_draft", (id, 1, officers.SIXTY))] * 3
    answers = race(settings, house.clock.now(), tries)
    assert answers.count("won") == 1, answers
    officers.run(house)
    kept = officers.row(house, id)
    assert (kept.state, kept.revision) in {("replayed", 1), ("draft", 2)}
    with house.read(officers.QIN) as work:
        proof = desk.current_replay(work, kept)
        assert (proof is not None) == (kept.state == "replayed") and (proof is None or proof.sha256 == kept.sha256)
