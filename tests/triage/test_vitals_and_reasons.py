"""Measured values, the early-warning score, and the explanation of a result."""
from datetime import date
from typing import Any

import pytest

from consult.triage.judging.case import Case
from consult.triage.judging.deciding import decide, questions_left
from consult.triage.judging.explaining import answer_text, evaluate
from consult.triage.judging.outcome import Outcome
from consult.triage.judging.vitals import news2, plausible_vitals
from consult.triage.rulebook.facts import PatientFacts, facts_of
from consult.triage.rulebook.levels import Level, most_urgent
from consult.triage.rulebook.reading import load_ruleset
from tests.triage.people import ADULT, WANG, XIAOYU, calm, gate

RULES = load_ruleset()
TODAY = date(2026, 11, 21)
# The published table, written down a second time: value, points.
POINTS = [
    ("respiratory_rate", {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
    ("spo2", {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0}),
    ("systolic", {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3}),
    ("heart_rate", {40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3}),
    ("temperature", {35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2}),
    ("consciousness", {"alert": 0, "not_alert": 3}),
    ("on_oxygen", {"no": 0, "yes": 2}),
]
WELL: dict[str, Any] = {"respiratory_rate": 16, "spo2": 97, "systolic": 120, "heart_rate": 72, "temperature": 36.8,
                        "consciousness": "alert", "on_oxygen": "no"}


def told(complaint: str = "general", facts: PatientFacts = ADULT, vitals: Any = None, **answers: Any) -> Outcome:
    return evaluate(RULES, complaint, calm(complaint, facts, **answers), facts, vitals)


@pytest.mark.parametrize(("name", "points"), POINTS, ids=[name for name, _ in POINTS])
def test_the_early_warning_score_gives_the_published_points(name: str, points: dict[Any, int]) -> None:
    for value, expected in points.items():
        score = news2(RULES.vitals.news2, {**WELL, name: value})
        assert (score.points, score.missing) == (expected, ()), value


def test_a_partial_score_is_a_lower_bound_and_names_what_is_missing() -> None:
    score = news2(RULES.vitals.news2, {"heart_rate": 115.0})
    assert (score.points, score.band) == (2, "none")
    assert set(score.missing) == set(WELL) - {"heart_rate"}


@pytest.mark.parametrize(("vitals", "level"), [
    ({}, Level.ROUTINE), (WELL, Level.ROUTINE),
    ({"heart_rate": 131}, Level.URGENT), ({"respiratory_rate": 22, "spo2": 93, "heart_rate": 95}, Level.URGENT),
    ({"respiratory_rate": 25, "spo2": 92, "temperature": 39.1}, Level.EMERGENCY), ({"spo2": 89}, Level.EMERGENCY),
    ({"heart_rate": 151}, Level.EMERGENCY), ({"glucose": 2.9}, Level.EMERGENCY),
    ({"systolic": 180, "diastolic": 100}, Level.URGENT), ({"temperature": 98.6}, Level.ROUTINE),
    ({"spo2": 0.97, "heart_rate": 0}, Level.ROUTINE), ({"systolic": 80, "diastolic": 120}, Level.ROUTINE),
])
def test_vitals_raise_an_adults_level(vitals: dict[str, Any], level: Level) -> None:
    assert told(vitals=vitals).level is level


def test_a_dangerous_vital_lifts_an_urgent_case_to_an_emergency() -> None:
    assert told(breathless="yes").level is Level.URGENT
    assert told(vitals={"respiratory_rate": 31}).level is Level.URGENT
    assert told(vitals={"respiratory_rate": 31}, breathless="yes").level is Level.EMERGENCY


def test_the_score_is_not_used_for_children_or_in_pregnancy() -> None:
    expecting = PatientFacts(age_days=10950, age_months=360, sex="female", pregnant="yes")
    assert told(vitals=WELL).score is not None
    assert told(facts=XIAOYU, vitals={"temperature": 37.0}).score is None
    assert told(facts=expecting, vitals=WELL).score is None


def test_impossible_values_are_unknown_and_never_normal() -> None:
    kept = plausible_vitals(RULES.vitals, {
        "temperature": 101, "spo2": True, "heart_rate": "72", "consciousness": "fine", "nonsense": 3,
        "systolic": 90, "diastolic": 95, "glucose": 5.5, "respiratory_rate": float("nan")})
    assert kept == {"glucose": 5.5}
    outcome = told("fever_adult", temperature=101, duration="under_3_days")
    assert outcome.level is Level.ROUTINE
    assert [(p.question, p.reason) for p in outcome.stayed_unknown] == [("temperature", "implausible")]


@pytest.mark.parametrize(("born", "days", "months"), [
    (date(2026, 11, 21), 0, 0), (date(2026, 11, 14), 7, 0), (date(2026, 10, 22), 30, 0), (date(2026, 10, 21), 31, 1),
    (date(2022, 11, 22), 1460, 47), (date(2022, 11, 21), 1461, 48), (None, None, None), (date(2027, 1, 1), None, None),
])
def test_age_is_counted_in_days_and_whole_months(born: date | None, days: int | None, months: int | None) -> None:
    facts = facts_of(born, TODAY, "female")
    assert (facts.age_days, facts.age_months) == (days, months)


def test_who_cannot_be_pregnant_is_not_asked() -> None:
    assert facts_of(date(1968, 3, 4), TODAY, "male").fact("pregnant") == "no"
    assert facts_of(date(1950, 1, 1), TODAY, "female").fact("pregnant") == "no"
    assert facts_of(date(1996, 1, 1), TODAY, "female").fact("pregnant") is None
    assert facts_of(date(1996, 1, 1), TODAY, None).sex is None


def test_an_unknown_age_or_sex_asks_more_and_never_less() -> None:
    nobody = PatientFacts()
    assert set(gate(ADULT)) < set(gate(nobody))
    assert len(RULES.complaints_for(None)) == len(RULES.protocols)
    answers = gate(nobody)
    assert questions_left(RULES, "abdominal_pain", answers, nobody) >= questions_left(
        RULES, "abdominal_pain", gate(WANG), WANG)


def test_a_known_fact_is_not_asked_again_but_counts() -> None:
    immune = PatientFacts(age_days=10950, age_months=360, sex="male", immunosuppressed="yes")
    case = Case(RULES, "rash", calm("rash", immune), immune)
    assert not case.applies(case.questions["immunosuppressed"])
    assert case.value("immunosuppressed") == "yes"
    assert decide(case).level is Level.SOON


def test_a_result_tells_rules_answers_sources_and_what_would_have_changed_it() -> None:
    outcome = told("headache", severity="moderate", duration="weeks_2_to_4", fumes="unknown", temperature=36.9)
    assert outcome.level is Level.SOON
    assert [f.rule for f in outcome.fired] == ["headache.long", "unknown.red_flag"]
    assert outcome.fired[0].answers[0].value_text.zh == "2 周到 4 周" and outcome.fired[0].source == ("own",)
    assert "stiff_neck" in [s.question for s in outcome.ruled_out]
    assert [(p.question, p.red_flag) for p in outcome.stayed_unknown] == [("fumes", True)]
    assert outcome.would_change[0].level is Level.EMERGENCY
    assert (outcome.bounds.lowest, outcome.bounds.highest) == (Level.ROUTINE, Level.EMERGENCY)


def test_self_care_comes_with_advice_and_a_safety_net_and_nothing_else_does() -> None:
    mild = told("rash", small_area="yes", duration="under_3_days")
    assert mild.level is Level.SELF_CARE and mild.advice and mild.safety_net is not None
    worse = told("rash", small_area="yes", duration="under_3_days", fever="yes")
    assert worse.level is Level.SOON and not worse.advice and worse.safety_net is None


def test_departments_are_ranked_with_a_reason() -> None:
    child = told("rash", facts=XIAOYU)
    assert [a.code for a in child.departments][:2] == ["paediatrics", "dermatology"]
    assert "14" in child.departments[0].why.en
    assert told("rash").departments[0].code == "dermatology"
    assert told("chest_pain", tearing="yes").departments[0].code == "emergency"


def test_an_outcome_survives_storage_byte_for_byte_and_says_that_nobody_has_reviewed_the_rules() -> None:
    outcome = told("fever_adult", temperature=38.4, duration="days_3_to_14", vitals=WELL)
    again = Outcome.model_validate_json(outcome.canonical())
    assert again == outcome and again.digest() == outcome.digest()
    assert not outcome.reviewed and outcome.ruleset_hash == RULES.hash


def test_levels_have_an_order_names_and_limits() -> None:
    assert [level.number for level in Level] == [1, 2, 3, 4, 5]
    assert most_urgent([Level.ROUTINE, Level.URGENT]) is Level.URGENT
    assert Level.SOON.raised(Level.URGENT) is Level.URGENT is Level.URGENT.raised(Level.URGENT)
    assert Level.EMERGENCY.raised(Level.URGENT) is Level.EMERGENCY
    assert [level.may_go_online for level in Level] == [False, True, True, True, True]
    assert Level.URGENT.online_only_bridges and not Level.SOON.online_only_bridges
    assert all(level.headline.zh and level.name_text.en for level in Level)


def test_answers_read_like_words() -> None:
    questions = Case(RULES, "fever_adult", {}, ADULT).questions
    assert answer_text(questions["temperature"], 38.5).en == "38.5 °C"
    assert answer_text(questions["duration"], "under_3_days").zh == "不到 3 天"
    assert answer_text(questions["rigors"], "unknown").zh == "不知道"
