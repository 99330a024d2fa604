"""Unknown is never "no": taking a fact away, or making it bad, cannot open a step that the truth would close."""
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from app.policy.decision import Verdict
from app.policy.engine import decide
from app.policy.facts import FactSpec, fact_registry
from tests.policy.asking import TODAY, Case, boundary_cases, case_file, in_order, pack, prescribing

ALLOWED = [case for case in (*case_file(), *boundary_cases()) if case.verdict == "allow"]
# Warnings that need a fact to be there; they never hold a step, so a missing fact may silence them.
OPTIONAL_WARNINGS = {"CN-VISIT-05"}


def possible_values(spec: FactSpec, as_of: date) -> Iterator[Any]:
    """Values on all sides of every boundary that any pack knows."""
    if spec.type == "bool":
        yield from (True, False)
    elif spec.type in ("int", "num"):
        numbers = (-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 16, 17, 28, 29, 84, 85, 130, 183, 184, 500)
        yield from (n for n in numbers if (spec.min is None or n >= spec.min) and (spec.max is None or n <= spec.max))
    elif spec.type == "date":
        yield from (as_of - timedelta(days=days) for days in (0, 1, 180, 181, 183, 184, 4000))
    elif spec.type == "set":
        yield from ([value] for value in sorted(spec.values or ["chest_pain"]))
    else:
        yield from sorted(spec.values or ["", "SG"])


def without_each_fact(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in case.facts:
        yield name, {other: value for other, value in case.facts.items() if other != name}


@pytest.mark.parametrize("case", ALLOWED, ids=lambda case: case.id)
@pytest.mark.invariant(1)
def test_a_step_that_stays_open_without_a_fact_could_not_be_closed_by_it(case: Case):
    policy_set, registry, warned = pack(case.policy), fact_registry(), set()
    for name, facts in without_each_fact(case):
        if not decide(policy_set, case.stage, case.as_of, facts).allowed:
            continue
        for value in possible_values(registry.specs[name], case.as_of):
            fuller = decide(policy_set, case.stage, case.as_of, facts | {name: value})
            assert fuller.verdict in (Verdict.ALLOW, Verdict.WARN), (name, value, fuller.rule_ids)
            warned |= set(fuller.rule_ids)
    assert warned <= OPTIONAL_WARNINGS


def test_without_any_fact_every_stage_of_the_mainland_stops():
    policy_set = pack("cn-mainland")
    silent = {stage for stage, rules in policy_set.by_stage.items() if not rules}
    assert silent == {"record"}     # the nation leaves recordings to the consent of everybody and to the house
    for stage in policy_set.by_stage.keys() - silent:
        assert not decide(policy_set, stage, TODAY, {}).allowed, stage


def bad_values(spec: FactSpec) -> list[Any]:
    """Values of a wrong type, outside the range, or not among those allowed."""
    wrong = {
        "bool": [1, 0, "true", "false", "", []],
        "int": [True, "7", 7.0, float("nan"), 10**400, [7]],
        "num": [True, "7", float("nan"), float("inf"), [7]],
        "date": ["2026-13-01", "20261101", 20261101, True, "2099-01-01", "2026-11-01T00:00:00"],
        "enum": ["vidio", "", 1, True, ["video"]],
        "set": ["ordinary", [1], [["ordinary"]], {"ordinary": True}, 3],
        "str": [1, True, ["SG"], b"SG", "\ud800"],
    }[spec.type]
    if spec.values and spec.type == "set":
        wrong = [*wrong, ["ordinary", "unheard_of"], []]
    return wrong + ([spec.min - 1] if spec.min is not None else []) + ([spec.max + 1] if spec.max else [])


@pytest.mark.parametrize("name", sorted(fact_registry().specs))
@pytest.mark.invariant(1)
def test_a_bad_fact_blocks_every_stage_before_any_rule(name):
    policy_set = pack("cn-mainland")
    for value in bad_values(fact_registry().specs[name]):
        decision = decide(policy_set, "prescribe", TODAY, in_order("CN-001") | {name: value})
        assert decision.verdict is Verdict.BLOCK and decision.fired == (), value
        assert [bad.fact for reason in decision.reasons for bad in reason.bad_facts] == [name]


@pytest.mark.parametrize("name", ["rx.dayz", "", "patient", "RX.DAYS", "rx.days ", 7])
def test_a_fact_that_is_not_registered_blocks_and_is_named(name):
    decision = decide(pack("cn-mainland"), "prescribe", TODAY, in_order("CN-001") | {name: None})
    assert decision.verdict is Verdict.BLOCK and decision.reasons[0].code == "bad_facts"
    assert decision.reasons[0].bad_facts[0].fact == str(name)


def test_null_is_the_same_as_left_out():
    decision = decide(pack("cn-mainland"), "prescribe", TODAY, in_order("CN-001") | {"patient.age_years": None})
    assert decision.rule_ids == ("CN-RX-02",) and decision.missing == ("patient.age_years",)


def test_an_unknown_stage_blocks():
    decision = decide(pack("cn-mainland"), "perscribe", TODAY, in_order("CN-001"))
    assert decision.verdict is Verdict.BLOCK and decision.reasons[0].code == "unknown_stage"


def test_a_policy_without_a_rule_in_force_allows_and_says_so():
    decision = decide(pack("sg-hcsa-oms"), "prescribe", TODAY, {})
    assert decision.allowed and [reason.code for reason in decision.reasons] == ["no_rules"]


def test_a_moment_is_not_taken_for_a_date():
    from datetime import UTC, datetime
    with pytest.raises(TypeError):
        decide(pack("cn-mainland"), "prescribe", datetime(2026, 11, 21, tzinfo=UTC), {})


@pytest.mark.invariant(6)
def test_a_drug_that_the_table_does_not_know_is_blocked_and_named():
    decision = prescribing(rx__drug_classes=None)
    assert decision.rule_ids == ("CN-RX-01", "CN-RX-12") and decision.missing == ("rx.drug_classes",)
    assert "药品管理类别" in decision.summary.zh


def test_all_rules_that_hold_the_step_are_told_and_not_only_the_first():
    decision = prescribing(rx__lines=6, rx__ai_generated=True, rx__days=8)
    assert decision.rule_ids == ("CN-RX-04", "CN-RX-07")
    assert {entry.rule for entry in decision.holding} == {"CN-RX-04", "CN-RX-05", "CN-RX-07"}


def test_a_met_requirement_is_logged():
    entries = {entry.rule: entry for entry in prescribing().fired}
    assert entries["CN-VISIT-02"].effect == "log" and entries["CN-VISIT-02"].why == "satisfied"


def test_an_unknown_condition_requires_even_when_all_evidence_is_there():
    decision = prescribing(patient__age_years=None, patient__guardian_present=True)
    assert decision.verdict is Verdict.REQUIRE and decision.evidence_needed == ()
