"""What we prescribed and did not bring is offered as a current medicine while it lasts, and counts once confirmed."""
import pytest

from prescribing import api as prescribing
from prescribing.rx.checking import patient_facts
from prescribing.rx.problems import ListChanged
from records import api as records
from tests.cast import approved_prescription, signed_prescription
from tests.pharmacy.counter import delivered
from tests.prescription.test_a_paper_is_filled_once import fill


def offered(scene, rx):
    with scene.sees("wang") as work:
        return [(one.key, one.until) for one in prescribing.perhaps_taken(work, rx.patient_id)]


def test_an_approved_line_is_offered_as_long_as_it_lasts(scene):
    rx = approved_prescription(scene)
    [(key, until)] = offered(scene, rx)
    assert key == f"{rx.id}:amlodipine"
    scene.clock.forward(days=(until - rx.reviewed_at.date()).days)
    assert [one for one, _ in offered(scene, rx)] == [key]
    scene.clock.forward(days=1)
    assert offered(scene, rx) == []


def test_what_nobody_approved_and_what_was_revoked_is_not_offered(scene):
    rx = signed_prescription(scene)
    assert offered(scene, rx) == []
    scene.does("ren", prescribing.approve, rx.id)
    assert len(offered(scene, rx)) == 1
    scene.does("lin", prescribing.revoke, rx.id, "写错了")
    assert offered(scene, rx) == []


@pytest.mark.invariant(6)
def test_what_was_revoked_is_offered_while_a_pharmacy_says_that_it_gave_it_out(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.does("wang", prescribing.deny_filling, rx.id)
    scene.does("lin", prescribing.revoke, rx.id, "患者说没有拿到")
    [(key, _)] = offered(scene, rx)
    scene.does("su", prescribing.give_filling_back, rx.id, "药房查过，没有配")
    assert offered(scene, rx) == []
    with pytest.raises(ListChanged):
        scene.does("wang", prescribing.note_taken, rx.patient_id, [key])


def test_what_we_brought_stands_on_the_list_and_is_not_offered_again(scene):
    order = delivered(scene)
    rx = scene.row(prescribing.Prescription, order.prescription_id)
    assert offered(scene, rx) == []


@pytest.mark.invariant(6)
def test_once_confirmed_the_checks_know_of_it(scene):
    rx = approved_prescription(scene)
    [(key, until)] = offered(scene, rx)
    scene.does("wang", prescribing.note_taken, rx.patient_id, [key])
    assert offered(scene, rx) == []
    with scene.sees("wang") as work:
        [line] = [one for one in records.history_of(work, rx.patient_id).medicines if one.prescription_id]
        assert (line.drug_id, line.until, line.prescription_id) == ("amlodipine", until, rx.id)
        _, taken = patient_facts(work, rx)
        assert "amlodipine" in [one.drug_id for one in taken]


def test_a_made_up_line_is_refused_and_changes_nothing(scene):
    rx = approved_prescription(scene)
    for key in ("x", f"{rx.id}:warfarin", f"{rx.patient_id}:amlodipine"):
        with pytest.raises(ListChanged):
            scene.does("wang", prescribing.note_taken, rx.patient_id, [key])
    assert len(offered(scene, rx)) == 1


def test_who_prescribed_it_and_when_is_known(scene):
    rx = approved_prescription(scene)
    with scene.sees("wang") as work:
        who, on = prescribing.written_by(work, [rx.id])[rx.id]
    assert (who.zh, on) == ("林静", rx.signed_at.date())
