"""What would change the answer: for each rule that holds a step, the fact that, if it were otherwise, frees it."""
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.kit.text import Text
from app.policy.conditions import CompiledRule
from app.policy.engine import judge_rule, read_facts
from app.policy.facts import FactRegistry, FactSpec, say_value
from app.policy.kleene import Comparison, Node, Not, Presence
from app.policy.policy_set import PolicySet
from app.policy.rulebook import Effect

HOLDING = (Effect.BLOCK, Effect.REQUIRE)


MOST_TOGETHER = 3


class Remedy(BaseModel):
    """With these facts at these values (JSON) the rule would hold the step no more; nearly always it is one fact."""

    model_config = ConfigDict(frozen=True)
    rule: str
    facts: dict[str, Any]


def remedies(policy_set: PolicySet, stage: str, as_of: date, facts: Mapping[str, Any]) -> tuple[Remedy, ...]:
    """Each fact that alone frees a holding rule; where none does, the fewest that do together, up to three.

    There is none for facts that cannot be read at all, nor for a rule that holds every case of its time.

    It answers "what is this decision about", not "what should somebody claim": a fact still comes from its own source.
    """
    known, refusal = read_facts(policy_set, as_of, facts)
    if refusal or stage not in policy_set.by_stage:
        return ()
    rules = [one for one in policy_set.by_stage[stage] if one.rule.holds(as_of)]
    return tuple(found for one in rules if _holds(one, known, as_of)
                 for found in _for_rule(one, known, as_of, policy_set))


def say_remedy(remedy: Remedy, registry: FactRegistry) -> Text:
    """One remedy in words: what would have to be so."""
    pairs = [(registry.label(name), say_value(registry, value)) for name, value in remedy.facts.items()]
    return Text(zh="，并且".join(f"{label.zh}：{value.zh}" for label, value in pairs),
                en=", and ".join(f"{label.en}: {value.en}" for label, value in pairs))


def _holds(one: CompiledRule, facts: Mapping[str, Any], as_of: date) -> bool:
    entry = judge_rule(one, facts, as_of)
    return entry is not None and entry.effect in HOLDING


def _for_rule(one: CompiledRule, facts: Mapping[str, Any], as_of: date, policy_set: PolicySet) -> Iterator[Remedy]:
    values = _candidates(one, facts, as_of, policy_set.registry)
    for together in range(1, MOST_TOGETHER + 1):
        freeing = {names: found for names in combinations(values, together)
                   if (found := _first_that_frees(one, facts, as_of, {name: values[name] for name in names}))}
        for found in freeing.values():
            yield Remedy(rule=one.rule.id, facts={name: _plain(value) for name, value in found.items()})
        if freeing:
            return


def _first_that_frees(one: CompiledRule, facts: Mapping[str, Any], as_of: date,
                      values: dict[str, list[Any]]) -> dict[str, Any] | None:
    tries = (dict(zip(values, chosen, strict=True)) for chosen in product(*values.values()))
    return next((chosen for chosen in tries if not _holds(one, {**facts, **chosen}, as_of)), None)


def _candidates(one: CompiledRule, facts: Mapping[str, Any], as_of: date,
                registry: FactRegistry) -> dict[str, list[Any]]:
    """Values worth trying for each fact that the rule, its evidence or its exceptions name."""
    found: dict[str, list[Any]] = {name: [True] for name in one.rule.evidence}
    for node in (one.when, *(when for _, when in one.exceptions)):
        for leaf in _leaves(node):
            found.setdefault(leaf.fact, []).extend(_values(registry.specs[leaf.fact], leaf, facts, as_of))
    return {name: [value for value in values if _allowed(registry.specs[name], value, as_of)]
            for name, values in found.items()}


def _leaves(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    elif not isinstance(node, Presence):
        for part in node.parts:
            yield from _leaves(part)


def _values(spec: FactSpec, leaf: Comparison, facts: Mapping[str, Any], as_of: date) -> list[Any]:
    ref = leaf.reference
    match spec.type:
        case "bool":
            return [True, False]
        case "int" | "num":
            return sorted({one + step for one in _several(ref) for step in (0, -1, 1)})
        case "date":
            return [as_of, _days_before(as_of, ref if isinstance(ref, int) else 0)]
        case "set":
            rest = frozenset(facts.get(leaf.fact, ())) - ref
            return [rest or frozenset({"ordinary"}), frozenset(ref)]
        case _:
            return sorted(spec.values or _several(ref))


def _days_before(day: date, number: int) -> date:
    """A day so many days earlier, at the earliest the first of the calendar."""
    return day - timedelta(days=min(max(number, 0), (day - date.min).days))


def _several(reference: Any) -> frozenset[Any]:
    return reference if isinstance(reference, frozenset) else frozenset({reference})


def _allowed(spec: FactSpec, value: Any, as_of: date) -> bool:
    try:
        spec.read(value, as_of)
    except ValueError:
        return False
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value
