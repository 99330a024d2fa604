"""What was prescribed and is not delivered yet meets the next prescription as if both stood on one paper."""
import pytest

from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx import checking
from prescribing.rx.problems import HardStop
from tests.cast import (
    PIN,
    answer_findings,
    approved_prescription,
    diagnosed,
    drafted_prescription,
    line,
    signed_prescription,
    signing_pin,
)
from tests.pharmacy.counter import delivered
from tests.prescription.test_a_paper_is_filled_once import fill
from web.pages.patient.prescriptions import prescription_view

CLARITHROMYCIN = line("clarithromycin", None, "1", "tablet", frequency="bid")
SIMVASTATIN = line("simvastatin", None, "1", "tablet", frequency="qn")
PARACETAMOL = line("paracetamol", None, "500", frequency="qid")


def findings(scene, rx, kind=None):
    with scene.by("lin") as work:
        report = prescribing.check_report(work, work.get(prescribing.Prescription, rx.id))
    return [f for f in report.findings if kind in (None, f.kind)]


def told(scene, rx, who="wang"):
    """Everything that the patient's page says of what was checked."""
    with scene.sees(who) as work:
        shown = prescription_view(work, prescribing.prescription_for(work, rx.id)).checks
    return " ".join(f"{fact.note.zh} {fact.note.en}" for fact in shown if fact.note)


def approve(scene, rx):
    ids = [f.id for f in findings(scene, rx)]
    return scene.does("ren", prescribing.approve, rx.id, "", ids)


def sign(scene, rx):
    answer_findings(scene, rx)
    return scene.does("lin", prescribing.sign_prescription, rx.id, PIN)


@pytest.fixture
def visit(scene):
    signing_pin(scene)
    return diagnosed(scene)


@pytest.mark.invariant(6)
@pytest.mark.parametrize("first", [signed_prescription, approved_prescription])
def test_the_same_medicine_split_over_two_is_noticed_and_added_up(scene, visit, first):
    first(scene, PARACETAMOL, visit=visit)
    second = drafted_prescription(scene, PARACETAMOL, visit=visit)
    [twice] = findings(scene, second, "duplicate")
    assert twice.severity == "must_confirm"
    day = scene.clock.now()
    assert f"{day.month} 月 {day.day} 日开的，还没交到患者手上" in twice.title.zh
    assert f"prescribed on {day.day} {day:%b}, not delivered yet" in twice.title.en
    third = line("paracetamol", None, "1000", frequency="qid")
    with scene.by("lin") as work:
        prescribing.set_item(work, second.id, third, 1)
    stops = {f.id: f for f in findings(scene, second, "dose") if f.severity == "hard_stop"}
    assert "还没交到患者手上" in stops["dose:together:paracetamol"].detail.zh
    assert "not delivered yet" in stops["dose:together:paracetamol"].detail.en


@pytest.mark.invariant(3)
def test_the_patient_reads_nothing_of_what_was_only_signed(scene, visit):
    first = approved_prescription(scene, line("paracetamol", None, "500", frequency="qd"), visit=visit)
    second = drafted_prescription(scene, line("paracetamol", None, "500", frequency="qd"), visit=visit)
    before = told(scene, first)
    sign(scene, second)
    assert findings(scene, first, "duplicate"), "its doctor is told"
    assert told(scene, first) == before and "日开的" not in before
    approve(scene, second)
    assert "日开的，还没交到患者手上" in told(scene, first).replace("您", "患者")


@pytest.mark.invariant(6)
def test_a_contraindicated_partner_is_stopped_until_the_first_one_is_revoked(scene, visit):
    first = signed_prescription(scene, CLARITHROMYCIN, visit=visit)
    approve(scene, first)
    second = drafted_prescription(scene, SIMVASTATIN, visit=visit)
    with pytest.raises(HardStop) as stopped:
        sign(scene, second)
    assert any("clarithromycin" in f["id"] for f in stopped.value.facts["findings"])
    scene.does("lin", prescribing.revoke, first.id, "换药")
    assert sign(scene, second).state == "signed"


@pytest.mark.invariant(6)
def test_of_two_signed_in_the_same_moment_the_pharmacist_stops_one_and_the_other_goes_on(scene, visit, monkeypatch):
    first = signed_prescription(scene, CLARITHROMYCIN, visit=visit)
    second = drafted_prescription(scene, SIMVASTATIN, visit=visit)
    with monkeypatch.context() as blind:
        blind.setattr(checking, "_due", lambda *_: [])
        sign(scene, second)
    for rx in (first, second):
        with pytest.raises(HardStop):
            approve(scene, rx)
    scene.does("ren", prescribing.return_prescription, second.id, "interaction", "与克拉霉素禁忌合用")
    assert approve(scene, first).decision == "approved"


def test_the_next_version_is_not_counted_against_the_one_that_came_back(scene, visit):
    first = signed_prescription(scene, PARACETAMOL, visit=visit)
    scene.does("ren", prescribing.return_prescription, first.id, "dose", "请减量")
    second = scene.does("lin", prescribing.answer_return, first.id)
    assert not [f for f in findings(scene, second) if "due-" in f.id or f.id.startswith("dose:together")]


def test_what_was_delivered_stands_on_the_list_and_is_not_counted_twice(scene):
    order = delivered(scene)
    rx = scene.row(prescribing.Prescription, order.prescription_id)
    again = drafted_prescription(scene, line(days=3), visit=scene.row(consult.Visit, rx.visit_id))
    assert {f.severity for f in findings(scene, again, "duplicate")} == {"note"}


def test_what_nobody_can_fill_any_more_is_not_counted(scene, visit):
    approved_prescription(scene, PARACETAMOL, visit=visit)
    second = drafted_prescription(scene, PARACETAMOL, visit=visit)
    assert findings(scene, second, "duplicate")
    scene.clock.forward(days=4)
    assert not findings(scene, second, "duplicate")


@pytest.mark.invariant(6)
def test_revoking_a_filled_paper_does_not_take_the_medicine_from_the_patient(scene, visit):
    rx = approved_prescription(scene, PARACETAMOL, visit=visit)
    fill(scene, rx)
    scene.does("wang", prescribing.deny_filling, rx.id)
    scene.does("lin", prescribing.revoke, rx.id, "患者说没有拿到")
    second = drafted_prescription(scene, PARACETAMOL, visit=visit)
    [twice] = findings(scene, second, "duplicate")
    assert twice.severity == "must_confirm" and "counts even when revoked" in twice.action.en
    scene.does("su", prescribing.give_filling_back, rx.id, "药房查过，没有配")
    assert not findings(scene, second, "duplicate")


def test_what_was_revoked_before_any_pharmacy_claimed_it_brings_nothing(scene, visit):
    rx = approved_prescription(scene, PARACETAMOL, visit=visit)
    scene.does("lin", prescribing.revoke, rx.id, "换药")
    assert not findings(scene, drafted_prescription(scene, PARACETAMOL, visit=visit), "duplicate")
