"""Mutation inside conditions: turn an operator, drop a part, shift a number, and some case must fail."""
import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from app.policy.loading import parse_policy
from app.policy.problems import PolicyError
from app.policy.rulebook import Policy
from tests.policy.asking import PACK_NAMES, pack
from tests.policy.test_no_rule_date_or_number_can_change_unnoticed import survivors

TURNED = {"true": "false", "false": "true", "lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "eq": "ne", "ne": "eq",
          "in": "not_in", "not_in": "in", "any_of": "none_of", "none_of": "any_of"}

# In an emergency CN-RX-06 blocks the same days without the same reason, so the weaker rule cannot be seen.
UNSEEN = {"CN-RX-05 without {'not': {'fact': 'visit.is_emergency', 'op': 'true'}}"}


def comparisons(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All comparisons inside a condition, as the dictionaries themselves."""
    if "fact" in condition:
        yield condition
    for part in [*condition.get("all", []), *condition.get("any", []), *filter(None, [condition.get("not")])]:
        yield from comparisons(part)


def branches(condition: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """All lists of parts inside a condition."""
    for kind in ("all", "any"):
        if kind in condition:
            yield condition[kind]
            for part in condition[kind]:
                yield from branches(part)
    if "not" in condition:
        yield from branches(condition["not"])


def conditions(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in data["rules"]:
        yield rule["id"], rule["when"]
        for exception in rule.get("exceptions", []):
            yield exception["id"], exception["when"]


def places(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name, condition in conditions(data) for one in comparisons(condition)]


def turned_operators(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for number, (name, one) in enumerate(places(policy.plain())):
        if one["op"] in TURNED:
            data = policy.plain()
            places(data)[number][1]["op"] = TURNED[one["op"]]
            yield f"{name} turn {one['fact']} {one['op']} {one.get('value', '')}".strip(), parse_policy(data)


def shifted_values(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for number, (name, one) in enumerate(places(policy.plain())):
        for step in (-1, 1) if isinstance(one.get("value"), int) else ():
            data = policy.plain()
            places(data)[number][1]["value"] += step
            with suppress(PolicyError):  # refused when it is read: noticed
                yield f"{name} shift {one['fact']} {one['op']} {one['value']} {step:+}", parse_policy(data)


def dropped_parts(policy: Policy) -> Iterator[tuple[str, Policy]]:
    groups = [(name, parts) for name, condition in conditions(policy.plain()) for parts in branches(condition)]
    for number, (name, parts) in enumerate(groups):
        for index in range(len(parts)):
            data = copy.deepcopy(policy.plain())
            again = [found for _, condition in conditions(data) for found in branches(condition)]
            dropped = again[number].pop(index)
            yield f"{name} without {dropped}", parse_policy(data)


def dropped_evidence(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for rule in policy.rules:
        for fact in rule.evidence if len(rule.evidence) > 1 else ():
            rest = tuple(name for name in rule.evidence if name != fact)
            changed = tuple(one.model_copy(update={"evidence": rest}) if one is rule else one
                            for one in policy.rules)
            yield f"{rule.id} without {fact}", policy.model_copy(update={"rules": changed})


@pytest.mark.parametrize("name", PACK_NAMES)
@pytest.mark.parametrize("mutants", [turned_operators, shifted_values, dropped_parts, dropped_evidence])
def test_every_changed_condition_makes_a_case_fail(name, mutants):
    assert survivors(name, mutants(pack(name).layers[0])) <= UNSEEN
