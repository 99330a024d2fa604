"""A draft does not exist for anybody but the doctor who writes it, and it can be changed until it is signed."""
import pytest

from app.jobs import Job
from app.kit.problems import Invalid, NotFound
from app.kit.text import Text
from app.work import all_of
from consult import api as consult
from consult.visit.problems import NotRunning
from prescribing import api as prescribing
from prescribing.rx.problems import FindingChanged, LineMissing, NotDraft, ReasonMissing
from tests.cast import (
    approved_prescription,
    diagnosed,
    drafted_prescription,
    finished_visit,
    line,
    signed_prescription,
    visit_in_progress,
)


def items(scene, rx):
    with scene.sees("house") as work:
        return prescribing.items_of(work, rx.id)


@pytest.mark.invariant(3)
@pytest.mark.parametrize("who", ["wang", "zhao", "ren", "su", "kang", "gao", "bai", "qin"])
def test_a_draft_is_invisible_to_everybody_else(scene, who):
    rx = drafted_prescription(scene)
    with pytest.raises(NotFound), scene.sees(who) as work:
        prescribing.prescription_for(work, rx.id)


@pytest.mark.invariant(3)
def test_a_draft_stands_in_no_list_and_announces_nothing(scene):
    scene.run()
    before = len(scene.trail())
    rx = drafted_prescription(scene, visit=diagnosed(scene))
    with scene.sees("wang") as work:
        assert prescribing.prescriptions_of(work, rx.patient_id) == []
        assert prescribing.prescriptions_of_visit(work, rx.visit_id, with_drafts=False) == []
    with scene.sees("ren") as work:
        assert prescribing.review_queue(work) == []
    assert not [entry for entry in scene.trail()[before:] if entry.action.startswith("Prescription")]
    with scene.sees("house") as work:
        assert not [job for job in all_of(work, Job) if str(rx.id) in str(job.args)]


@pytest.mark.invariant(3)
@pytest.mark.parametrize("act", [
    lambda work, rx: prescribing.approve(work, rx.id), lambda work, rx: prescribing.take_review(work, rx.id),
    lambda work, rx: prescribing.return_prescription(work, rx.id, "dose", "太多")])
def test_a_pharmacist_cannot_touch_a_draft_whose_id_they_know(scene, act):
    rx = drafted_prescription(scene)
    with pytest.raises(NotFound), scene.by("ren") as work:
        act(work, rx)


def test_its_doctor_sees_it_and_goes_on_with_it(scene):
    rx = drafted_prescription(scene)
    with scene.sees("lin") as work:
        assert prescribing.prescription_for(work, rx.id).state == "draft"
    assert scene.does("lin", prescribing.start_draft, rx.visit_id).id == rx.id


@pytest.mark.parametrize("act", [
    lambda work, rx: prescribing.set_item(work, rx.id, line()),
    lambda work, rx: prescribing.remove_item(work, rx.id, 1),
    lambda work, rx: prescribing.set_terms(work, rx.id, note="x"),
    lambda work, rx: prescribing.discard_draft(work, rx.id),
    lambda work, rx: prescribing.sign_prescription(work, rx.id, "295731")])
def test_another_doctor_cannot_write_in_it(scene, act):
    rx = drafted_prescription(scene)
    with pytest.raises(NotFound), scene.by("gao") as work:
        act(work, rx)


def test_a_line_is_replaced_in_its_place_and_taken_out(scene):
    rx = drafted_prescription(scene)
    scene.does("lin", prescribing.set_item, rx.id, line(days=14), 1)
    scene.does("lin", prescribing.set_item, rx.id, line("metformin", None, "500"))
    assert [(i.line, i.drug_id, i.days) for i in items(scene, rx)] == [(1, "amlodipine", 14), (2, "metformin", 7)]
    scene.does("lin", prescribing.remove_item, rx.id, 1)
    assert [i.line for i in items(scene, rx)] == [2]


def test_a_line_that_is_not_there_is_a_404(scene):
    rx = drafted_prescription(scene)
    for act in (lambda work: prescribing.remove_item(work, rx.id, 7),
                lambda work: prescribing.set_item(work, rx.id, line(), 7),
                lambda work: prescribing.acknowledge(work, rx.id, "no:such:finding", "0" * 64, "other", "x")):
        with pytest.raises(LineMissing), scene.by("lin") as work:
            act(work)


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 400}, {"dose": {"value": "0", "unit": "mg"}},
                                   {"frequency": "whenever"}, {"quantity": 10**12}, {"dose": "lots"}])
def test_what_cannot_be_a_line_is_refused_by_field_and_changes_nothing(scene, wrong):
    rx = drafted_prescription(scene)
    with pytest.raises(Invalid) as refused, scene.by("lin") as work:
        prescribing.set_item(work, rx.id, line() | wrong, 1)
    assert next(iter(wrong)) in str(refused.value.facts["errors"])
    assert [i.days for i in items(scene, rx)] == [7]


def test_more_packs_than_the_days_need_are_refused(scene):
    rx = drafted_prescription(scene)
    with pytest.raises(Invalid) as refused, scene.by("lin") as work:
        prescribing.set_item(work, rx.id, line(quantity=40), 1)
    assert refused.value.facts["errors"][0]["field"] == "quantity"
    scene.does("lin", prescribing.set_item, rx.id, line(quantity=1), 1)


@pytest.mark.parametrize("days", [-1, 4])
def test_nobody_is_given_more_than_three_days_to_use_it(scene, days):
    rx = drafted_prescription(scene)
    with pytest.raises(Invalid), scene.by("lin") as work:
        prescribing.set_terms(work, rx.id, validity_days=days)


def test_a_reason_is_one_of_the_list(scene):
    rx = drafted_prescription(scene)
    with pytest.raises(ReasonMissing), scene.by("lin") as work:
        prescribing.acknowledge(work, rx.id, "any", "0" * 64, "because", "I say so")


@pytest.mark.invariant(6)
def test_a_reason_for_words_that_changed_meanwhile_is_not_kept(scene):
    rx = drafted_prescription(scene)
    with scene.sees("lin") as work:
        row = work.get(prescribing.Prescription, rx.id)
        found = prescribing.check_report(work, row).findings[0]
    stale = found.model_copy(update={"title": Text(zh="昨天的话", en="Yesterday's words")}).digest
    with pytest.raises(FindingChanged), scene.by("lin") as work:
        prescribing.acknowledge(work, rx.id, found.id, stale, "monitoring_arranged", "已评估，继续")
    with scene.sees("lin") as work:
        assert prescribing.answers_of(work, rx.id, [found]) == {}
    scene.does("lin", prescribing.acknowledge, rx.id, found.id, found.digest, "monitoring_arranged", "已评估，继续")


def test_a_discarded_draft_makes_room_for_a_new_one_and_stays_unseen(scene):
    rx = drafted_prescription(scene)
    scene.does("lin", prescribing.discard_draft, rx.id)
    assert scene.does("lin", prescribing.start_draft, rx.visit_id).id != rx.id
    for who in ("wang", "ren"):
        with pytest.raises(NotFound), scene.sees(who) as work:
            prescribing.prescription_for(work, rx.id)
    with pytest.raises(NotFound), scene.by("ren") as work:
        prescribing.take_review(work, rx.id)


@pytest.mark.parametrize("ready", [signed_prescription, approved_prescription])
def test_what_is_signed_is_not_changed_any_more(scene, ready):
    rx = ready(scene)
    for act in (lambda work: prescribing.set_item(work, rx.id, line(days=30), 1),
                lambda work: prescribing.remove_item(work, rx.id, 1),
                lambda work: prescribing.set_terms(work, rx.id, validity_days=0),
                lambda work: prescribing.discard_draft(work, rx.id)):
        with pytest.raises(NotDraft), scene.by("lin") as work:
            act(work)


def test_only_the_attending_doctor_of_a_running_visit_begins_one(scene):
    visit = visit_in_progress(scene)
    with pytest.raises(NotFound), scene.by("gao") as work:
        prescribing.start_draft(work, visit.id)
    over = finished_visit(scene, "xiaoyu")
    with pytest.raises(NotRunning), scene.by("he") as work:
        prescribing.start_draft(work, over.id)


def test_an_advice_visit_has_no_prescription(scene):
    visit = visit_in_progress(scene, kind="advice")
    with pytest.raises(consult.AdviceOnly), scene.by("lin") as work:
        prescribing.start_draft(work, visit.id)
