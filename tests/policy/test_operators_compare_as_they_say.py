"""Each operator on both sides of its boundary, through a policy as people write it."""
from datetime import date
from typing import Any

import pytest

from app.policy.engine import decide
from app.policy.loading import parse_policy
from app.policy.operators import OPERATORS
from app.policy.policy_set import PolicySet
from tests.policy.asking import TODAY

SAMPLES = [
    ("rx.off_label", "true", None, True, False), ("rx.off_label", "false", None, False, True),
    ("rx.days", "lt", 7, 6, 7), ("rx.days", "le", 7, 7, 8), ("rx.days", "gt", 7, 8, 7), ("rx.days", "ge", 7, 7, 6),
    ("cold.max_c", "gt", 8, 8.1, 8), ("cold.min_c", "lt", 2.5, 2.4, 2.5),
    ("rx.days", "eq", 7, 7, 8), ("rx.days", "ne", 7, 8, 7), ("rx.days", "in", [7, 14], 14, 8),
    ("rx.days", "not_in", [7, 14], 8, 7), ("visit.mode", "eq", "video", "video", "text"),
    ("visit.mode", "in", ["video", "audio"], "audio", "text"), ("patient.location", "eq", "", "", "SG"),
    ("rx.drug_classes", "any_of", ["otc", "btm"], ["ordinary", "btm"], ["ordinary"]),
    ("rx.drug_classes", "none_of", ["otc"], ["ordinary"], ["otc", "ordinary"]),
    ("prior.date", "lt", date(2026, 1, 1), "2025-12-31", "2026-01-01"),
    ("prior.date", "ge", "2026-01-01", "2026-01-01", "2025-12-31"),
    ("prior.date", "days_since_le", 10, "2026-11-11", "2026-11-10"),
]


def one_rule(effect: str, condition: dict[str, Any]) -> PolicySet:
    rule = {"id": "R-1", "stage": ["book"], "effect": effect, "valid_from": "2020-01-01", "when": condition,
            "cite": [{"instrument": "Order", "article": "1", "confidence": "text"}],
            "message": {"en": "No.", "zh": "不行。"}}
    return PolicySet.of([parse_policy({"id": "one", "version": "1", "jurisdiction": "SG", "layer": "national",
                                       "timezone": "Asia/Singapore", "rules": [rule]})])


def comparison(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(("fact", "op", "reference", "fires", "rests"), SAMPLES)
def test_an_operator_fires_on_one_side_and_rests_on_the_other(fact, op, reference, fires, rests):
    policy_set = one_rule("block", comparison(fact, op, reference))
    assert decide(policy_set, "book", TODAY, {fact: fires}).rule_ids == ("R-1",)
    assert decide(policy_set, "book", TODAY, {fact: rests}).allowed


@pytest.mark.parametrize(("fact", "op", "reference", "fires", "rests"), SAMPLES)
def test_not_turns_an_operator_around_and_leaves_the_unknown_unknown(fact, op, reference, fires, rests):
    policy_set = one_rule("block", {"not": comparison(fact, op, reference)})
    assert decide(policy_set, "book", TODAY, {fact: fires}).allowed
    assert decide(policy_set, "book", TODAY, {fact: rests}).rule_ids == ("R-1",)
    assert decide(policy_set, "book", TODAY, {}).missing == (fact,)


def test_presence_warns_and_never_holds():
    there, gone = (one_rule("warn", comparison("rx.days", op, None)) for op in ("present", "absent"))
    assert decide(there, "book", TODAY, {"rx.days": 3}).verdict == "warn"
    assert decide(there, "book", TODAY, {}).verdict == "allow"
    assert decide(gone, "book", TODAY, {}).verdict == "warn"


def test_a_rule_that_only_logs_leaves_its_trace_and_holds_nothing():
    decision = decide(one_rule("log", comparison("rx.days", "gt", 3)), "book", TODAY, {"rx.days": 4})
    assert decision.allowed and [(entry.rule, entry.why) for entry in decision.fired] == [("R-1", "fired")]


def test_every_operator_is_sampled():
    assert {op for _, op, *_ in SAMPLES} | {"present", "absent"} == set(OPERATORS)


@pytest.mark.parametrize(("day", "fires"), [
    (date(2019, 12, 31), False), (date(2020, 1, 1), True), (date(2026, 11, 21), True)])
def test_a_rule_speaks_from_its_first_day_on(day, fires):
    decision = decide(one_rule("block", comparison("rx.days", "gt", 3)), "book", day, {"rx.days": 4})
    assert bool(decision.rule_ids) is fires
