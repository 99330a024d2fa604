"""The YAML of the hospital's own rules: what the officer writes, read with every fault at its line, and written back.

The officer writes `params`, `lists` and `rules`. The head (id, version, layer, place, time zone) is the system's, so
that a version can be nothing but the institution layer of this installation.
"""
import re
from datetime import date
from enum import Enum
from typing import Any

import yaml

from app.policy.loading import parse_policy
from app.policy.policy_set import PolicySet
from app.policy.problems import PolicyError, unusable
from app.policy.reading import PARSER, read_yaml
from app.policy.rulebook import Policy

HOUSE_LAYER = "house"
BODY = ("params", "lists", "rules")
STEP = re.compile(r"\[(\d+)\]|[^.\[\]]+")


def house_policy(source: str, number: int, base: PolicySet) -> Policy:
    """The policy that a source makes as version `number`, below the law of `base`.

    Raises PolicyError with line, rule and field.
    """
    try:
        policy = parse_policy(head(number, base) | read_body(source))
        base.with_house(policy)
        return policy
    except PolicyError as error:
        raise error.in_file("", line_of(source, error.facts["rule"], error.facts["field"])) from error


def head(number: int, base: PolicySet) -> dict[str, Any]:
    """What the system writes above the officer's part."""
    first = base.layers[0]
    return {"id": HOUSE_LAYER, "version": str(number), "jurisdiction": first.jurisdiction, "layer": "institution",
            "timezone": first.timezone}


def read_body(source: str) -> dict[str, Any]:
    """Read the officer's part; other keys are refused by name."""
    data = read_yaml(source, "")
    for key in data:
        if key not in BODY:
            raise unusable(f"这里只写 params、lists、rules；{key} 由系统写，请删去",
                           f"only params, lists and rules stand here; {key} is not yours to write, please remove it",
                           field=str(key))
    return data


def written(data: dict[str, Any]) -> str:
    """Plain data of a policy as YAML, in the order in which people read it."""
    kept = {key: _plain(data[key]) for key in BODY if data.get(key)}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=110)


def source_of(policy: Policy) -> str:
    """The officer's part of a policy as YAML."""
    return written(policy.model_dump(by_alias=True, exclude_defaults=True))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.value if isinstance(value, Enum) else value


def line_of(source: str, rule: str, field: str) -> int:
    """The line, from 1, of a field of a rule, as far as the way to it can be followed; 0 when nothing is found."""
    if not rule and not field:
        return 0
    try:
        top = yaml.compose(source, Loader=PARSER)
    except (yaml.YAMLError, ValueError, RecursionError):
        return 0
    node = _rule_node(top, rule) if rule else top
    if node is None:
        return 0
    for step in STEP.finditer(field):
        below = _below(node, step[1] or step[0])
        if below is None:
            break
        node = below
    return int(node.start_mark.line) + 1


def _rule_node(top: Any, rule: str) -> Any:
    rules = _below(top, "rules")
    if rules is None or not isinstance(rules, yaml.SequenceNode):
        return None
    numbered = re.fullmatch(r"rules\[(\d+)\]", rule)
    if numbered:
        return _below(rules, numbered[1])
    named = [one for one in rules.value if (own := _below(one, "id")) is not None and own.value == rule]
    return named[0] if named else None


def _below(node: Any, step: str) -> Any:
    """The part of a node under a key, an index, or the id of an exception."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if not isinstance(node, yaml.SequenceNode):
        return None
    if step.isdigit() and int(step) < len(node.value):
        return node.value[int(step)]
    return next((one for one in node.value if (own := _below(one, "id")) is not None and own.value == step), None)


def as_if_begun(policy: Policy, on: date) -> Policy:
    """The policy as it stands on a day, with every window opened: what it would have said at any time.

    Of each rule the window that holds on that day counts, else the next one to begin; what ended before is left out.
    """
    kept: dict[str, Any] = {}
    for rule in sorted(policy.rules, key=lambda one: one.valid_from):
        if (rule.valid_to is None or rule.valid_to >= on) and rule.id not in kept:
            kept[rule.id] = rule.model_copy(update={"valid_from": date.min, "valid_to": None})
    return policy.model_copy(update={"rules": tuple(kept.values())})
