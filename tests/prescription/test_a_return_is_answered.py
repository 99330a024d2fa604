"""A returned prescription is answered by the next version, also after the visit, until the deadline."""
import pytest

from app.kit.problems import NotFound
from app.kit.states import WrongState
from consult import api as consult
from consult.visit.problems import NotRunning
from prescribing import api as prescribing
from tests.cast import NOTE, PIN, answer_findings, line, signed_prescription


def returned(scene, *lines):
    rx = signed_prescription(scene, *lines)
    scene.does("ren", prescribing.return_prescription, rx.id, "dose", "剂量偏大，请核对", [1])
    scene.run()
    return rx


def finish(scene, rx):
    with scene.by("lin") as work:
        consult.write_note(work, rx.visit_id, **NOTE)
        consult.finish_visit(work, rx.visit_id)


def state(scene, rx):
    return scene.row(prescribing.Prescription, rx.id).state


def corrected(scene, rx):
    with scene.by("lin") as work:
        new = prescribing.answer_return(work, rx.id)
        prescribing.set_item(work, new.id, line(days=5), 1)
    answer_findings(scene, new)
    return scene.does("lin", prescribing.sign_prescription, new.id, PIN)


def test_the_next_version_begins_as_a_copy_and_names_the_one_before(scene):
    rx = returned(scene, line(), line("metformin", None, "500"))
    new = scene.does("lin", prescribing.answer_return, rx.id)
    with scene.sees("house") as work:
        assert [i.drug_id for i in prescribing.items_of(work, new.id)] == ["amlodipine", "metformin"]
        assert prescribing.last_return(work, rx.id).lines == [1]
    assert (new.version, new.supersedes_id, new.state, state(scene, rx)) == (2, rx.id, "draft", "superseded")


@pytest.mark.invariant(3)
def test_the_correction_is_a_draft_like_any_other(scene):
    new = scene.does("lin", prescribing.answer_return, returned(scene).id)
    for who in ("wang", "ren", "gao", "kang"):
        with pytest.raises(NotFound), scene.sees(who) as work:
            prescribing.prescription_for(work, new.id)


def test_asked_twice_it_is_one_draft(scene):
    rx = returned(scene)
    first = scene.does("lin", prescribing.answer_return, rx.id)
    assert scene.does("lin", prescribing.answer_return, rx.id).id == first.id


def test_a_discarded_correction_leaves_the_return_waiting(scene):
    rx = returned(scene)
    scene.does("lin", prescribing.discard_draft, scene.does("lin", prescribing.answer_return, rx.id).id)
    assert state(scene, rx) == "returned"
    assert scene.does("lin", prescribing.answer_return, rx.id).state == "draft"


def test_a_completed_visit_still_takes_the_correction(scene):
    rx = returned(scene)
    finish(scene, rx)
    scene.clock.forward(hours=23)
    new = corrected(scene, rx)
    scene.run()
    assert scene.does("su", prescribing.approve, new.id).decision == "approved"


def test_after_the_deadline_the_doctor_has_to_see_the_patient_again(scene):
    rx = returned(scene)
    finish(scene, rx)
    scene.clock.forward(hours=24, seconds=1)
    with pytest.raises(NotRunning):
        scene.does("lin", prescribing.answer_return, rx.id)
    assert state(scene, rx) == "returned"


def test_a_correction_begun_in_time_is_not_signed_after_the_deadline(scene):
    rx = returned(scene)
    finish(scene, rx)
    new = scene.does("lin", prescribing.answer_return, rx.id)
    answer_findings(scene, new)
    scene.clock.forward(hours=25)
    with pytest.raises(NotRunning):
        scene.does("lin", prescribing.sign_prescription, new.id, PIN)


def test_a_draft_that_answers_no_return_dies_with_the_visit(scene):
    rx = signed_prescription(scene)
    other = scene.does("lin", prescribing.start_draft, rx.visit_id)
    scene.does("lin", prescribing.set_item, other.id, line())
    finish(scene, rx)
    with pytest.raises(NotRunning):
        scene.does("lin", prescribing.sign_prescription, other.id, PIN)


@pytest.mark.invariant(4)
def test_the_version_before_is_never_usable_again(scene):
    rx = returned(scene)
    corrected(scene, rx)
    for act in (prescribing.approve, prescribing.take_review):
        with pytest.raises(WrongState):
            scene.does("ren", act, rx.id)
    with scene.sees("house") as work:
        assert prescribing.usable_or_none(work, rx.id) is None


def test_only_its_doctor_answers(scene):
    rx = returned(scene)
    for who in ("gao", "wang", "ren"):
        with pytest.raises(NotFound):
            scene.does(who, prescribing.answer_return, rx.id)
