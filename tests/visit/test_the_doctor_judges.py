"""Follow-up or not, the same condition or not: the doctor judges, the rules decide, and the decision is kept."""
from datetime import timedelta

import pytest

from app.kit.clock import local_date
from app.kit.problems import Invalid, NotFound
from app.kit.text import Text
from app.policy import api as policy
from app.work import all_of
from consult import api as consult
from consult.visit.models import VisitNote
from consult.visit.problems import AdviceOnly, NotRunning, UnknownDiagnosis
from records import api as records
from tests.cast import (
    NOTE,
    Scene,
    diagnosed,
    finished_visit,
    judged,
    offered_evidence,
    visit_in_progress,
    waiting_visit,
    with_evidence,
)

FOLLOW_UP = {"is_follow_up": True, "same_condition": True, "condition_changed": False}


def refused(scene: Scene, visit: consult.Visit, code: str = "I10", who: str = "lin") -> policy.StepRefused:
    with pytest.raises(policy.StepRefused) as problem:
        scene.does(who, consult.diagnose, visit.id, code)
    with scene.sees("house") as work:
        assert all_of(work, consult.VisitDiagnosis) == [] or code != "I10"
    return problem.value


def test_a_judged_follow_up_with_accepted_paper_is_diagnosed(scene: Scene) -> None:
    visit = diagnosed(scene)
    with scene.sees("lin") as work:
        [made] = consult.diagnoses_of(work, visit.id)
        assert [c.code for c in records.conditions(work, visit.patient_id)] == ["I10"] == [made.code]


@pytest.mark.invariant(2)
def test_the_decision_behind_a_diagnosis_names_rules_facts_and_policy(scene: Scene) -> None:
    visit = diagnosed(scene)
    with scene.sees("house") as work:
        [made] = consult.diagnoses_of(work, visit.id)
        record = policy.decision_record(work, made.decision_id)
        assert policy.decision_again(work, made.decision_id)
    facts = {fact.name: fact for fact in record.facts}
    assert facts["prior.same_condition"].value is True and facts["prior.date"].source.startswith("evidence:")
    assert record.subject.visit_id == visit.id and record.actor.practitioner_id == scene.lin.practitioner_id


@pytest.mark.invariant(1)
def test_without_any_judgement_nothing_is_diagnosed_and_the_refusal_is_kept(scene: Scene) -> None:
    visit = with_evidence(scene)
    problem = refused(scene, visit)
    assert {"visit.doctor_judges_followup", "prior.same_condition"} <= set(problem.facts["missing"])
    with scene.sees("house") as work:
        assert "block" in [d.verdict for d in policy.decisions_of_visit(work, visit.id)]


@pytest.mark.invariant(1)
@pytest.mark.parametrize("wrong", [{"is_follow_up": False}, {"same_condition": False}, {"condition_changed": True}])
def test_what_the_doctor_denies_stops_the_diagnosis(scene: Scene, wrong: dict[str, bool]) -> None:
    visit = with_evidence(scene)
    scene.does("lin", consult.judge_follow_up, visit.id, **(FOLLOW_UP | wrong))
    assert refused(scene, visit).facts["verdict"] == "block"


@pytest.mark.invariant(1)
def test_paper_that_nobody_accepted_proves_nothing(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.judge_follow_up, visit.id, **FOLLOW_UP)
    refused(scene, visit)


@pytest.mark.invariant(1)
def test_paper_about_one_disease_does_not_open_the_way_for_another(scene: Scene) -> None:
    visit = judged(scene)
    refused(scene, visit, "E11.9")
    scene.does("lin", consult.diagnose, visit.id, "I10")
    problem = refused(scene, visit, "E11.9")
    assert "CN-VISIT-01" in problem.facts["rules"]


def test_a_second_paper_opens_the_way_for_the_second_disease(scene: Scene) -> None:
    visit = diagnosed(scene)
    paper = offered_evidence(scene)
    day = local_date(scene.clock.now()) - timedelta(days=300)
    scene.does("wang", consult.add_evidence_to_visit, visit.id, paper.id)
    scene.does("lin", consult.accept_visit_evidence, visit.id, paper.id, "人民医院", "E11.9", day)
    made = scene.does("lin", consult.diagnose, visit.id, "E11.9")
    with scene.sees("house") as work:
        facts = {f.name: f.value for f in policy.decision_record(work, made.decision_id).facts}
    assert facts["prior.date"] == day.isoformat()  # of several papers the oldest that is needed is told


@pytest.mark.invariant(1)
def test_what_is_not_on_the_list_of_diseases_is_not_online(scene: Scene) -> None:
    visit = judged(scene)
    with pytest.raises(policy.StepRefused) as problem:
        scene.does("lin", consult.diagnose, visit.id, "I21.9", Text(zh="心肌梗死", en="Myocardial infarction"))
    assert "CN-VISIT-04" in problem.value.facts["rules"]
    with pytest.raises(UnknownDiagnosis):
        scene.does("lin", consult.diagnose, visit.id, "I21.9")


@pytest.mark.invariant(13)
def test_another_patients_paper_is_not_accepted_for_this_visit(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    paper = offered_evidence(scene, "ma")
    day = local_date(scene.clock.now())
    with scene.by("house") as work:  # Dr He treats both
        records.open_treatment(work, scene.patients["ma"], scene.he.practitioner_id, paper.id)
    with pytest.raises(NotFound):
        scene.does("he", consult.accept_visit_evidence, visit.id, paper.id, "人民医院", "J45.9", day)
    with pytest.raises(NotFound):
        scene.does("he", consult.judge_follow_up, visit.id, evidence_id=paper.id)


@pytest.mark.invariant(1)
def test_another_patients_paper_counts_for_nothing_even_where_it_was_laid_beside_the_visit(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    paper = offered_evidence(scene, "ma")
    with scene.by("house") as work:
        records.open_treatment(work, scene.patients["ma"], scene.he.practitioner_id, paper.id)
    with scene.by("he") as work:
        records.accept_evidence(work, paper.id, visit.id, "人民医院", "J45.9", local_date(work.now))
        consult.judge_follow_up(work, visit.id, **FOLLOW_UP, guardian_present=True)
    refused(scene, visit, "J45.9", "he")


def test_paper_of_a_former_visit_carries_a_new_one_only_after_its_doctor_confirmed_it(scene: Scene) -> None:
    first = finished_visit(scene)
    with scene.sees("house") as work:
        paper = records.retained_evidence(work, first.id)[0]
    scene.clock.forward(hours=1)
    visit = visit_in_progress(scene, evidence=False, kind="advice")
    with scene.by("house") as work:
        work.get(consult.Visit, visit.id).kind = "follow_up"
    scene.does("lin", consult.judge_follow_up, visit.id, **FOLLOW_UP)
    refused(scene, visit, "I10 ")
    scene.does("lin", consult.judge_follow_up, visit.id, evidence_id=paper.id)
    assert scene.does("lin", consult.diagnose, visit.id, "I10").code == "I10"
    with scene.sees("house") as work:
        assert records.retained_evidence(work, visit.id)[0].diagnosed_on == paper.diagnosed_on


def test_every_judgement_is_a_new_row_and_keeps_what_was_not_said_again(scene: Scene) -> None:
    visit = judged(scene)
    scene.does("lin", consult.judge_follow_up, visit.id, condition_changed=True, is_emergency=None)
    with scene.sees("house") as work:
        rows = all_of(work, consult.VisitJudgement)
        newest = consult.judgement_of(work, visit.id)
    assert len(rows) == 2 and rows[0].condition_changed is False
    assert (newest.is_follow_up, newest.condition_changed, newest.is_emergency) == (True, True, False)


def test_a_childs_guardian_is_judged_and_unknown_until_then(scene: Scene) -> None:
    visit = with_evidence(scene, "xiaoyu")
    with scene.sees("house") as work:
        assert consult.judgement_of(work, visit.id) is None
    row = scene.does("he", consult.judge_follow_up, visit.id, **FOLLOW_UP)
    assert row.guardian_present is None
    assert scene.does("he", consult.judge_follow_up, visit.id, guardian_present=True).guardian_present is True


def test_an_advice_visit_is_never_diagnosed(scene: Scene) -> None:
    visit = visit_in_progress(scene, kind="advice")
    scene.does("lin", consult.judge_follow_up, visit.id, **FOLLOW_UP)
    with pytest.raises(AdviceOnly):
        scene.does("lin", consult.diagnose, visit.id, "I10")


def test_the_same_code_however_typed_stands_once(scene: Scene) -> None:
    visit = diagnosed(scene)
    for typed in ("i10", " I10 "):
        assert scene.does("lin", consult.diagnose, visit.id, typed).code == "I10"
    with scene.sees("house") as work:
        assert len(consult.diagnoses_of(work, visit.id)) == 1


def test_a_code_that_does_not_exist_is_said_so(scene: Scene) -> None:
    visit = judged(scene)
    for typed in ("Q99.99x", "hypertension", ""):
        with pytest.raises(UnknownDiagnosis):
            scene.does("lin", consult.diagnose, visit.id, typed)


def test_a_diagnosis_is_taken_back_and_made_again(scene: Scene) -> None:
    visit = diagnosed(scene)
    with scene.by("lin") as work:
        consult.remove_diagnosis(work, visit.id, "i10")
        consult.diagnose(work, visit.id, "I10")
        consult.remove_diagnosis(work, visit.id, "I10")
    with scene.sees("lin") as work:
        assert consult.diagnoses_of(work, visit.id) == [] == records.conditions(work, visit.patient_id)


@pytest.mark.parametrize("who", ["gao", "he", "ren", "wang", "ma", "qin"])
def test_nobody_else_judges_writes_or_diagnoses(scene: Scene, who: str) -> None:
    visit = judged(scene)
    for act in (lambda work: consult.judge_follow_up(work, visit.id, is_follow_up=False),
                lambda work: consult.write_note(work, visit.id, **NOTE),
                lambda work: consult.diagnose(work, visit.id, "I10"),
                lambda work: consult.finish_visit(work, visit.id)):
        with pytest.raises(NotFound), scene.by(who) as work:
            act(work)


def test_nothing_is_judged_before_the_visit_began_or_after_it_ended(scene: Scene) -> None:
    waiting = waiting_visit(scene)
    with pytest.raises(NotFound):
        scene.does("lin", consult.judge_follow_up, waiting.id, **FOLLOW_UP)
    scene.does("wang", consult.cancel_visit, waiting.id)
    done = finished_visit(scene)
    for act in (lambda work: consult.judge_follow_up(work, done.id, is_follow_up=False),
                lambda work: consult.diagnose(work, done.id, "E11.9")):
        with pytest.raises(NotRunning), scene.by("lin") as work:
            act(work)


def test_every_version_of_the_note_is_kept(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for advice in ("多喝水", "多喝水", "多休息"):
        scene.does("lin", consult.write_note, visit.id, **(NOTE | {"advice": advice}))
    with scene.sees("house") as work:
        assert [(n.version, n.advice) for n in all_of(work, VisitNote)] == [(1, "多喝水"), (2, "多休息")]


def test_a_note_is_refused_in_words_when_it_does_not_fit(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    yesterday = local_date(scene.clock.now()) - timedelta(days=1)
    for wrong in ({"history": "长" * 4001}, {"red_flags": "长" * 2001}, {"next_visit_on": yesterday}):
        with pytest.raises(Invalid):
            scene.does("lin", consult.write_note, visit.id, **(NOTE | wrong))


@pytest.mark.invariant(14)
def test_what_a_doctor_pastes_is_kept_as_visible_text(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    note = scene.does("lin", consult.write_note, visit.id, **(NOTE | {"history": "a\x00b\u202ec\n<script>"}))
    assert note.history == "abc\n<script>"
