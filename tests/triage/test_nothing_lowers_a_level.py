"""Properties that hold for every answer that anybody could give, tried on random ones."""
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.triage.judging.case import Case
from consult.triage.judging.deciding import Doubts, GateUnanswered, decide, next_question
from consult.triage.judging.explaining import evaluate
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.rulebook.schema import Question
from tests.triage.people import ADULT, WANG, XIAOYU, calm, gate

RULES = load_ruleset()
COMPLAINTS = sorted(RULES.protocols)
CARES = [(name, p) for name, p in RULES.protocols.items() if p.self_care]
QUICK = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
VITALS = {
    "temperature": st.floats(25, 45), "heart_rate": st.floats(10, 260), "respiratory_rate": st.floats(0, 100),
    "spo2": st.floats(40, 101), "systolic": st.floats(30, 300), "diastolic": st.floats(20, 200),
    "glucose": st.floats(0, 60), "consciousness": st.sampled_from(["alert", "not_alert", "?"]),
}


def value_of(question: Question) -> st.SearchStrategy[Any]:
    """Any answer that a page could send for the question."""
    if question.kind == "number":
        return st.one_of(st.just("unknown"), st.floats(-10, 400))
    options = [option.id for option in question.options] or ["yes", "no"]
    return st.sampled_from([*options, "unknown"])


@st.composite
def people(draw: st.DrawFn) -> PatientFacts:
    """Anybody from newborn to a hundred, with facts known or not."""
    days = draw(st.one_of(st.integers(0, 400), st.integers(400, 36500)))
    word = st.sampled_from(["yes", "no", None])
    names = ("pregnant", "postpartum", "immunosuppressed", "anticoagulant", "diabetes")
    sex = draw(st.sampled_from(["female", "male", None]))
    return PatientFacts(age_days=days, age_months=days * 12 // 365, sex=sex, **{n: draw(word) for n in names})


@st.composite
def any_case(draw: st.DrawFn) -> Case:
    """Any complaint, any person, any answers with the first screen complete, any vitals."""
    complaint, facts = draw(st.sampled_from(COMPLAINTS)), draw(people())
    answers: dict[str, Any] = dict(gate(facts))
    for question in (*RULES.gate.questions, *RULES.protocol(complaint).questions):
        if question.id in answers or draw(st.booleans()):
            answers[question.id] = draw(value_of(question))
    measured = {name: draw(values) for name, values in VITALS.items() if draw(st.integers(0, 3)) == 0}
    return Case(RULES, complaint, answers, facts, measured)


def level(case: Case, **changed: Any) -> Level:
    """The level of the case with some answers changed."""
    return decide(Case(case.ruleset, case.complaint, {**case.answers, **changed}, case.patient, case.measured)).level


def red_flags(case: Case) -> list[str]:
    return [q.id for q in case.questions.values() if q.red_flag]


@pytest.mark.invariant(12)
@QUICK
@given(any_case(), st.data())
def test_a_yes_to_a_danger_sign_never_lowers_and_unknown_never_counts_less_than_no(
    case: Case, data: st.DataObject
) -> None:
    flag = data.draw(st.sampled_from(red_flags(case)))
    no, unknown, yes = (level(case, **{flag: value}).number for value in ("no", "unknown", "yes"))
    assert yes <= unknown <= no


@QUICK
@given(any_case())
def test_what_was_not_asked_weighs_as_much_as_what_is_not_known(case: Case) -> None:
    own = [q.id for q in case.protocol.questions]
    left_out = {k: v for k, v in case.answers.items() if k not in own or v != "unknown"}
    assert level(case) == decide(Case(RULES, case.complaint, left_out, case.patient, case.measured)).level


@QUICK
@given(any_case())
def test_vitals_only_raise(case: Case) -> None:
    without = decide(Case(RULES, case.complaint, case.answers, case.patient)).level
    assert level(case).number <= without.number


@QUICK
@given(any_case(), st.data())
def test_a_doubt_only_raises(case: Case, data: st.DataObject) -> None:
    doubted = data.draw(st.lists(st.sampled_from(red_flags(case))))
    assert decide(case, Doubts(taken_back=frozenset(doubted))).level.number <= level(case).number


@QUICK
@given(any_case(), st.randoms())
def test_the_order_of_answers_and_repeating_the_question_change_nothing(case: Case, order: Any) -> None:
    names = list(case.answers)
    order.shuffle(names)
    shuffled = {name: case.answers[name] for name in names}
    one = evaluate(RULES, case.complaint, case.answers, case.patient, case.measured)
    two = evaluate(RULES, case.complaint, shuffled, case.patient, case.measured)
    assert one.canonical() == two.canonical() and one.digest() == two.digest()


@QUICK
@given(any_case())
def test_the_decision_lies_within_its_bounds_and_names_at_least_one_reason_and_department(case: Case) -> None:
    outcome = evaluate(RULES, case.complaint, case.answers, case.patient, case.measured)
    assert outcome.bounds.highest.number <= outcome.level.number <= outcome.bounds.lowest.number
    assert outcome.fired and outcome.departments and outcome.watch_for
    assert all(fired.source for fired in outcome.fired)
    assert all(change.level is not outcome.level for change in outcome.would_change)
    assert (outcome.level is Level.EMERGENCY) == bool(outcome.meanwhile)


@pytest.mark.invariant(12)
@QUICK
@given(any_case())
def test_self_care_needs_every_danger_sign_denied(case: Case) -> None:
    if decide(case).level is Level.SELF_CARE:
        asked = [q for q in case.questions.values() if q.red_flag and case.applies(q)]
        assert all(case.answers.get(q.id) == "no" for q in asked)


@QUICK
@given(any_case())
def test_questions_come_to_an_end_and_none_is_asked_twice(case: Case) -> None:
    answers, asked = dict(gate(case.patient)), []
    while (question := next_question(RULES, case.complaint, answers, case.patient)) is not None:
        asked.append(question.id)
        answers[question.id] = "unknown"
    assert len(asked) == len(set(asked)) <= len(case.protocol.questions)


@pytest.mark.invariant(12)
@pytest.mark.parametrize("complaint", COMPLAINTS)
@pytest.mark.parametrize("facts", [ADULT, WANG, XIAOYU], ids=["adult", "wang", "xiaoyu"])
def test_every_line_of_the_gate_is_an_emergency_whatever_the_complaint(complaint: str, facts: PatientFacts) -> None:
    for line in gate(facts):
        assert decide(Case(RULES, complaint, calm(complaint, facts, **{line: "yes"}), facts)).level is Level.EMERGENCY


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_one_unknown_danger_sign_raises_by_one_and_two_raise_no_further(complaint: str) -> None:
    case = Case(RULES, complaint, calm(complaint, ADULT), ADULT)
    first, second = red_flags(case)[-2:]
    base, flags = level(case), {first: "unknown"}
    start = case.protocol.default_level if base is Level.SELF_CARE else base
    assert level(case, **flags) == start.raised(Level.URGENT)
    assert level(case, **flags, **{second: "unknown"}) == level(case, **flags)


def settled(complaint: str) -> tuple[PatientFacts, dict[str, Any]]:
    """A person and answers that earn self-care for the complaint."""
    facts = XIAOYU if complaint == "fever_child" else ADULT
    mild: dict[str, Any] = {"duration": "under_3_days", "fever_days": "under_3_days", "temperature": 37.2}
    mild |= {"severity": "mild", "press_reproduces": "yes", "small_area": "yes", "can_walk": "yes"}
    own = {q.id for q in RULES.protocol(complaint).questions}
    return facts, calm(complaint, facts, **{k: v for k, v in mild.items() if k in own})


@pytest.mark.invariant(12)
@pytest.mark.parametrize("complaint", [name for name, _ in CARES])
def test_self_care_is_reachable_and_falls_with_each_exclusion_answered_yes_or_unknown(complaint: str) -> None:
    facts, answers = settled(complaint)
    assert decide(Case(RULES, complaint, answers, facts)).level is Level.SELF_CARE
    care = RULES.protocol(complaint).self_care
    assert care is not None
    for name in care.must_be_no:
        for value in ("yes", "unknown"):
            asked = PatientFacts(age_days=facts.age_days, age_months=facts.age_months, sex=facts.sex, postpartum="no")
            case = Case(RULES, complaint, answers | {"pregnant": "no"} | {name: value}, asked)
            if name in case.questions and case.applies(case.questions[name]):
                assert decide(case).level is not Level.SELF_CARE, (name, value)


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_without_the_first_screen_there_is_no_judgement(complaint: str) -> None:
    partly = {k: v for k, v in calm(complaint, ADULT).items() if k != "gate_harm"}
    with pytest.raises(GateUnanswered) as refused:
        evaluate(RULES, complaint, partly, ADULT)
    assert refused.value.questions == ["gate_harm"]
    with pytest.raises(GateUnanswered):
        next_question(RULES, complaint, {}, ADULT)
