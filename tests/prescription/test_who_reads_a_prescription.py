"""Every read of a prescription has a ground and leaves a trace; on paper its code says nothing about a person."""
import re
from types import SimpleNamespace

import pytest

from app.identity.problems import SlowDown
from app.kit.problems import NotFound
from app.work import NOBODY
from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx.problems import NotUsable
from tests.cast import PIN, approved_prescription, signed_prescription
from tests.prescription.test_what_was_changed_is_refused import edit
from tests.records.cast import Statements
from web.api import prescriptions as api

GROUNDS = {"wang": "own", "lin": "treats", "ren": "task"}


def reads(scene, who):
    return [e.ground for e in scene.trail("read:prescription") if e.actor_id == scene.people[who].account_id]


@pytest.mark.invariant(9)
@pytest.mark.parametrize("who", GROUNDS)
def test_a_read_is_traced_with_its_ground(scene, who):
    rx = signed_prescription(scene)
    with scene.sees(who) as work, Statements(work.session) as sql:
        prescribing.prescription_for(work, rx.id)
    assert sql.count <= 6
    traced = scene.trail("read:prescription")[-1]
    assert (traced.ground, traced.patient_id, traced.subject_id) == (GROUNDS[who], rx.patient_id, rx.id)
    assert reads(scene, who) == [GROUNDS[who]]


@pytest.mark.invariant(9)
@pytest.mark.parametrize("who", ["zhao", "gao", "he", "kang", "an", "bai", "qin"])
def test_nobody_else_reads_it(scene, who):
    rx = approved_prescription(scene)
    with pytest.raises(NotFound), scene.sees(who) as work:
        prescribing.prescription_for(work, rx.id)
    with pytest.raises(NotFound), scene.sees(who) as work:
        prescribing.prescriptions_of(work, rx.patient_id)


@pytest.mark.invariant(9)
def test_its_doctor_can_answer_for_it_long_after_the_treatment(scene):
    rx = approved_prescription(scene)
    with scene.by("lin") as work:
        from tests.cast import NOTE
        consult.write_note(work, rx.visit_id, **NOTE)
        consult.finish_visit(work, rx.visit_id)
    scene.clock.forward(days=60)
    with scene.sees("lin") as work:
        prescribing.prescription_for(work, rx.id)
    assert reads(scene, "lin")[-1] == "task"


@pytest.mark.invariant(9)
def test_the_list_of_a_patient_is_a_read_too(scene):
    rx = approved_prescription(scene)
    with scene.sees("wang") as work:
        prescribing.prescriptions_of(work, rx.patient_id)
    assert scene.trail("read:prescriptions")[-1].ground == "own"


# --- the code on paper ---------------------------------------------------------------------------------------


def code_of(scene, rx):
    with scene.sees("wang") as work:
        return prescribing.prescription_qr(work, rx.id)


@pytest.mark.invariant(15)
def test_the_code_names_the_prescription_and_nobody(scene):
    rx = approved_prescription(scene)
    code = code_of(scene, rx)
    assert re.fullmatch(r"/verify/RX-\d{4}-\d{8}/[0-9a-f]{16}", code)
    assert "王" not in code and str(rx.patient_id) not in code


def test_a_pharmacy_that_scans_it_learns_what_it_must(scene):
    rx = approved_prescription(scene)
    _, _, number, prefix = code_of(scene, rx).split("/")
    with scene.sees("an") as work:
        seen = prescribing.verify_by_code(work, number, prefix)
    assert (seen.state, seen.genuine, seen.usable, seen.masked_name) == ("approved", True, True, "王**")
    assert [(one.packs, one.left) for one in seen.lines] == [(1, 1)]
    assert reads(scene, "an") == ["task"]


def test_the_next_pharmacy_is_told_that_it_was_shown_before_and_when(scene):
    rx = approved_prescription(scene)
    first = scene.clock.now()
    told = []
    for _ in range(3):
        with scene.house.write(NOBODY) as work:
            seen = prescribing.verify_by_code(work, rx.number, rx.digest[:16])
        told.append((seen.usable, seen.shown_before, seen.first_shown))
        scene.clock.forward(hours=2)
    assert told == [(True, 0, None), (True, 1, first), (True, 2, first)]


@pytest.mark.invariant(4)
def test_a_scan_tells_when_it_is_over_or_was_changed(scene):
    rx = approved_prescription(scene)
    _, _, number, prefix = code_of(scene, rx).split("/")
    edit(scene, "UPDATE prescription_item SET wording_zh = '每天十片'")
    with scene.sees("an") as work:
        seen = prescribing.verify_by_code(work, number, prefix)
    assert not seen.genuine and not seen.usable
    scene.clock.forward(days=4)
    with scene.sees("an") as work:
        assert prescribing.verify_by_code(work, number, prefix).state == "expired"


@pytest.mark.parametrize("guess", ["", "0" * 16, "é" * 16])
def test_a_guessed_code_finds_nothing(scene, guess):
    rx = approved_prescription(scene)
    with pytest.raises(NotFound), scene.sees("an") as work:
        prescribing.verify_by_code(work, rx.number, guess)
    with pytest.raises(NotFound), scene.sees("an") as work:
        prescribing.verify_by_code(work, rx.number, rx.digest[:8])


@pytest.mark.invariant(9)
def test_whoever_holds_the_paper_may_ask_and_the_patient_sees_it(scene):
    rx = approved_prescription(scene)
    with scene.house.write(NOBODY) as work:
        seen = prescribing.verify_by_code(work, rx.number, rx.digest[:16], "203.0.113.7")
    assert (seen.masked_name, seen.doctor.zh, seen.usable) == ("王**", "林静", True)
    assert "建国" not in repr(seen) and "1968" not in repr(seen)
    last = scene.trail("read:prescription")[-1]
    assert (last.actor_role, last.ground, last.patient_id) == ("nobody", "consent", rx.patient_id)


def test_a_guesser_is_slowed_down_and_others_are_not(scene):
    rx = approved_prescription(scene)
    for n in range(20):
        with pytest.raises(NotFound), scene.house.write(NOBODY) as work:
            prescribing.verify_by_code(work, rx.number, f"{n:016x}", "203.0.113.7")
    with pytest.raises(SlowDown), scene.house.write(NOBODY) as work:
        prescribing.verify_by_code(work, rx.number, rx.digest[:16], "203.0.113.7")
    with scene.house.write(NOBODY) as work:
        assert prescribing.verify_by_code(work, rx.number, rx.digest[:16], "203.0.113.8").genuine


@pytest.mark.invariant(4)
def test_what_is_not_approved_has_no_code(scene):
    rx = signed_prescription(scene)
    with pytest.raises(NotUsable):
        code_of(scene, rx)
    assert PIN not in rx.number


def api_tells(scene, who, rx):
    """What GET /prescriptions/{id} answers to somebody: state, digest, directions."""
    told = api.prescription(rx.id, SimpleNamespace(actor=scene.people[who], read=lambda: scene.sees(who)))
    return told.state, told.digest, [one.wording_zh for one in told.items]


@pytest.mark.invariant(9)
def test_the_patient_reads_no_medicine_that_no_pharmacist_has_approved(scene):
    rx = signed_prescription(scene)
    assert api_tells(scene, "wang", rx) == ("signed", "", [])
    assert api_tells(scene, "lin", rx)[2] and api_tells(scene, "ren", rx)[2]
    scene.does("ren", prescribing.return_prescription, rx.id, "dose", "剂量太大")
    assert api_tells(scene, "wang", rx) == ("returned", "", [])
    assert api_tells(scene, "lin", rx)[2]


@pytest.mark.invariant(9)
def test_the_patient_reads_what_was_approved_and_not_what_was_revoked_before(scene):
    approved = approved_prescription(scene)
    assert api_tells(scene, "wang", approved)[1:] != ("", [])
    scene.does("lin", prescribing.revoke, approved.id, "换药")
    assert api_tells(scene, "wang", approved)[2]
    never = signed_prescription(scene, visit=scene.row(consult.Visit, approved.visit_id))
    scene.does("lin", prescribing.revoke, never.id, "写错了")
    assert api_tells(scene, "wang", never) == ("revoked", "", [])


def test_the_paper_of_what_came_back_names_no_medicine(scene):
    rx = signed_prescription(scene)
    with scene.house.write(NOBODY) as work:
        told = prescribing.verify_by_code(work, rx.number, rx.digest[:16])
    assert not told.usable and told.lines == ()
