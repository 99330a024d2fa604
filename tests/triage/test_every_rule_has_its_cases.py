"""Each rule of the shipped set fires where it must and stays silent where it must, at its limits too."""
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from consult.triage.judging.case import Case
from consult.triage.judging.deciding import decide
from consult.triage.judging.explaining import evaluate
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.rulebook.soundness import all_rules
from tests.triage.people import ADULT, WANG, XIAOYU, calm, gate

FOLDER = Path(__file__).parent
RULES = {rule.id: rule for rule in all_rules(load_ruleset())}
PEOPLE = {
    "adult": ADULT,
    "wang": WANG,
    "child_4": XIAOYU,
    "zhou": PatientFacts(age_days=76 * 365, age_months=76 * 12, sex="female"),
    "child_2": PatientFacts(age_days=730, age_months=24, sex="male"),
    "baby_5_months": PatientFacts(age_days=160, age_months=5, sex="female"),
    "baby_2_months": PatientFacts(age_days=70, age_months=2, sex="male"),
    "newborn": PatientFacts(age_days=5, age_months=0, sex="female"),
    "pregnant": PatientFacts(age_days=30 * 365, age_months=360, sex="female", pregnant="yes", postpartum="no"),
}


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Rule id to its cases, of all files."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((FOLDER / "cases").glob("*.yaml")):
        found |= yaml.safe_load(path.read_text("utf-8"))
    return found


@cache
def stories() -> list[dict[str, Any]]:
    """The written cases."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / "stories.yaml").read_text("utf-8"))
    return found


def person(told: dict[str, Any]) -> PatientFacts:
    """The facts of a case; age in years gives the months unless they are told."""
    facts: dict[str, Any] = {"age_months": 360, "age_days": 10950, "sex": "female"}
    facts |= {"pregnant": "no", "postpartum": "no"}
    facts |= {name.removeprefix("patient."): v for name, v in told.items() if name.startswith("patient.")}
    if (years := facts.pop("age_years", None)) is not None:
        facts["age_months"] = years * 12
    return PatientFacts(**facts)


def held(rule: str, told: dict[str, Any]) -> set[str]:
    """The ids of the rules that hold for one case of a rule."""
    complaint = cases()[rule].get("complaint") or rule.split(".")[0]
    facts = person(told)
    own = {name: value for name, value in told.items() if "." not in name}
    vitals = {name.removeprefix("vitals."): v for name, v in told.items() if name.startswith("vitals.")}
    case = Case(load_ruleset(), complaint, gate(facts) | own, facts, vitals)
    return {h.rule.id for h in decide(case).held}


def test_a_rule_without_cases_does_not_exist() -> None:
    assert set(cases()) == set(RULES)
    for rule, given in cases().items():
        assert given["fires"], f"{rule} has no case in which it fires"
        assert given["silent"], f"{rule} has no case in which it is silent"
        assert given["level"] == RULES[rule].level, f"{rule} has another level than its cases say"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_fires_and_stays_silent_as_its_cases_say(rule: str) -> None:
    for told in cases()[rule]["fires"]:
        assert rule in held(rule, told), told
    for told in cases()[rule]["silent"]:
        assert rule not in held(rule, told), told


@pytest.mark.parametrize("number", range(len(stories())))
def test_a_story_ends_at_its_level(number: int) -> None:
    story = stories()[number]
    facts = PEOPLE[story.get("who", "adult")]
    outcome = evaluate(load_ruleset(), story["complaint"], calm(story["complaint"], facts, **story["say"]), facts)
    assert outcome.level == story["level"], (story["zh"], [f.rule for f in outcome.fired])


def test_there_are_stories_of_every_complaint_and_every_level() -> None:
    assert len(stories()) >= 60
    assert {story["complaint"] for story in stories()} == set(load_ruleset().protocols)
    assert {story["level"] for story in stories()} == set(Level)
