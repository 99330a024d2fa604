"""The claim of a prescription: all or a part, once, given back visibly, and ended by time or by its doctor."""
import pytest
from sqlalchemy import text

from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.kit.states import WrongState
from app.notify import api as notify
from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx.problems import AlreadyRedeemed, HandedOut, NotUsable, ReasonMissing
from tests.cast import approved_prescription, drafted_prescription, line, signed_prescription


def claim(scene, rx, who="kang", quantities=None):
    return scene.does(who, prescribing.redeem, rx.id, uuid7(), scene.pharmacies.get(who), quantities)


def in_the_same_visit(scene, rx):
    return approved_prescription(scene, line(days=3), visit=scene.row(consult.Visit, rx.visit_id))


def state(scene, rx):
    return scene.row(prescribing.Prescription, rx.id).state


def left(scene, rx):
    with scene.sees("house") as work:
        return {i.id: i.left_quantity for i in prescribing.items_of(work, rx.id)}


@pytest.mark.invariant(5)
def test_a_second_claim_is_refused_and_changes_nothing(scene):
    rx = approved_prescription(scene)
    claim(scene, rx)
    assert state(scene, rx) == "redeemed" and set(left(scene, rx).values()) == {0}
    with pytest.raises(AlreadyRedeemed):
        claim(scene, rx, "an")
    with scene.sees("house") as work:
        assert len(prescribing.redemptions_of(work, rx.id)) == 1


@pytest.mark.invariant(5)
def test_parts_add_up_to_the_whole_and_no_further(scene):
    rx = approved_prescription(scene, line(), line("paracetamol", None, "500", frequency="tid", days=3))
    one, other = left(scene, rx)
    claim(scene, rx, quantities={one: 1})
    assert state(scene, rx) == "partly_redeemed"
    with pytest.raises(AlreadyRedeemed):
        claim(scene, rx, "an", {one: 1})
    claim(scene, rx, "an", {other: left(scene, rx)[other]})
    assert state(scene, rx) == "redeemed"
    with scene.sees("house") as work:
        assert [r.fill_no for r in prescribing.redemptions_of(work, rx.id)] == [1, 2]


@pytest.mark.invariant(5)
@pytest.mark.parametrize("packs", [0, -1, 99])
def test_a_claim_of_nothing_or_too_much_is_refused(scene, packs):
    rx = approved_prescription(scene)
    with pytest.raises(AlreadyRedeemed):
        claim(scene, rx, quantities={next(iter(left(scene, rx))): packs})
    assert set(left(scene, rx).values()) == {1}


@pytest.mark.invariant(5)
def test_a_claim_never_takes_the_lines_of_another_prescription(scene):
    rx = approved_prescription(scene)
    other = in_the_same_visit(scene, rx)
    with pytest.raises(AlreadyRedeemed):
        claim(scene, rx, quantities={next(iter(left(scene, other))): 1})
    assert set(left(scene, other).values()) == {1}


def test_a_claim_does_not_throw_away_what_the_same_work_has_not_written_yet(scene):
    rx = approved_prescription(scene)
    with scene.by("house") as work:
        row = work.get(prescribing.Prescription, rx.id)
        row.is_long_term, row.note = False, ""
        other = prescribing.redeem(work, rx.id, uuid7(), scene.pharmacies["kang"])
        row.reviewed_at = work.now
        assert other in work.session
    assert state(scene, rx) == "redeemed"


@pytest.mark.invariant(4)
@pytest.mark.parametrize("ready", [drafted_prescription, signed_prescription])
def test_what_no_pharmacist_approved_is_not_claimed(scene, ready):
    rx = ready(scene)
    with pytest.raises(NotUsable):
        claim(scene, rx)


@pytest.mark.invariant(4)
def test_the_last_moment_of_validity_is_the_last(scene):
    rx = approved_prescription(scene)
    scene.clock.forward(seconds=(rx.expires_at - scene.clock.now()).total_seconds())
    with pytest.raises(NotUsable) as refused:
        claim(scene, rx)
    assert refused.value.facts["state"] == "expired"
    scene.run()
    assert state(scene, rx) == "expired"


def test_the_patient_hears_that_it_has_expired(scene):
    rx = approved_prescription(scene)
    scene.later(days=4)
    with scene.sees("wang") as work:
        assert any("expired" in i.text.en for i in notify.inbox(work, scene.wang.account_id))
    assert state(scene, rx) == "expired"


def test_a_claim_given_back_stays_visible_and_opens_the_prescription_again(scene):
    rx = approved_prescription(scene)
    made = claim(scene, rx)
    for _ in range(2):
        scene.does("kang", prescribing.reverse_redemption, made.dispense_id, "given_back")
    assert state(scene, rx) == "approved" and set(left(scene, rx).values()) == {1}
    assert claim(scene, rx, "an").fill_no == 2
    with scene.sees("house") as work:
        assert [bool(r.reversed_at) for r in prescribing.redemptions_of(work, rx.id)] == [True, False]


@pytest.mark.invariant(4)
def test_a_claim_given_back_too_late_opens_nothing(scene):
    rx = approved_prescription(scene)
    made = claim(scene, rx)
    scene.later(days=4)
    scene.does("kang", prescribing.reverse_redemption, made.dispense_id, "given_back")
    assert state(scene, rx) == "expired"


def test_a_claim_of_nobody_cannot_be_given_back(scene):
    with pytest.raises(NotUsable):
        scene.does("kang", prescribing.reverse_redemption, uuid7(), "x")


@pytest.mark.invariant(4)
@pytest.mark.parametrize("ready", [signed_prescription, approved_prescription])
def test_a_revoked_prescription_is_neither_reviewed_nor_claimed(scene, ready):
    rx = ready(scene)
    scene.does("lin", prescribing.revoke, rx.id, "患者来电，已住院")
    with pytest.raises(NotUsable):
        claim(scene, rx)
    with pytest.raises(WrongState):
        scene.does("ren", prescribing.take_review, rx.id)
    scene.run()
    with scene.sees("wang") as work:
        assert any("took a prescription back" in i.text.en for i in notify.inbox(work, scene.wang.account_id))
        assert prescribing.prescription_for(work, rx.id).state == "revoked"


def test_a_claimed_one_is_revoked_until_the_patient_has_the_medicine(scene):
    rx = approved_prescription(scene)
    made = claim(scene, rx)
    other = in_the_same_visit(scene, rx)
    claim(scene, other)
    scene.does("lin", prescribing.revoke, other.id, "剂量有误")
    scene.does("kang", prescribing.mark_handed_out, made.dispense_id)
    with pytest.raises(HandedOut):
        scene.does("lin", prescribing.revoke, rx.id, "剂量有误")
    assert (state(scene, rx), state(scene, other)) == ("redeemed", "revoked")


def test_a_revocation_has_a_reason_and_is_its_doctors(scene):
    rx = approved_prescription(scene)
    with pytest.raises(ReasonMissing):
        scene.does("lin", prescribing.revoke, rx.id, "  ")
    for who in ("gao", "wang", "ren", "kang"):
        with pytest.raises(NotFound):
            scene.does(who, prescribing.revoke, rx.id, "x")


def test_the_database_holds_what_is_left_between_none_and_all(scene):
    from sqlalchemy.exc import IntegrityError
    approved_prescription(scene)
    for wrong in ("-1", "quantity + 1"):
        with pytest.raises(IntegrityError), scene.by("house") as work:
            work.session.execute(text(f"UPDATE prescription_item SET left_quantity = {wrong}"))
