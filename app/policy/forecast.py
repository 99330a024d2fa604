"""Looks ahead before any money: what the known facts already say, and what somebody will decide later."""
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.kit.text import Text
from app.policy.conditions import CompiledRule
from app.policy.decision import FiredRule, Forecast, LaterRule, Reason, Verdict, worst
from app.policy.engine import in_order, judge_rule, read_facts
from app.policy.explain import explain_later, sentences, summarise
from app.policy.policy_set import PolicySet
from app.policy.rulebook import Effect

LABELS = {
    Verdict.ALLOW: Text(zh="目前没有发现障碍", en="Nothing stands in the way so far"),
    Verdict.WARN: Text(zh="可以进行，有一点要留意", en="Possible, with one thing to note"),
    Verdict.REQUIRE: Text(zh="还需要补充一些材料", en="Something is needed first"),
    Verdict.BLOCK: Text(zh="这样做在线上不能进行", en="Not possible online as things stand"),
}


def forecast(policy_set: PolicySet, stages: Iterable[str], as_of: date, facts: Mapping[str, Any],
             knowable: Iterable[str]) -> Forecast:
    """Judge what can be known by now; a rule that waits for a fact outside `knowable` is listed as later."""
    stages = tuple(stages)
    known, refusal = read_facts(policy_set, as_of, facts)
    if not set(stages) <= set(policy_set.by_stage):
        refusal = Reason(code="unknown_stage")
    if refusal:
        return _answer(policy_set, stages, as_of, Verdict.BLOCK, (refusal,), [], [])
    fired: dict[str, FiredRule] = {}
    later: dict[str, LaterRule] = {}
    within_reach = frozenset(knowable) | frozenset(known)
    for stage, one in _rules_ahead(policy_set, stages, as_of):
        entry = judge_rule(one, known, as_of)
        waiting = _out_of_reach(one, entry, known, as_of, within_reach) if entry else None
        if waiting:
            later.setdefault(one.rule.id, _later(policy_set, one, stage, waiting))
        elif entry:
            fired.setdefault(one.rule.id, entry)
    verdict = worst(entry.verdict for entry in fired.values())
    return _answer(policy_set, stages, as_of, verdict, (), list(fired.values()), list(later.values()))


def _rules_ahead(policy_set: PolicySet, stages: tuple[str, ...],
                 as_of: date) -> Iterable[tuple[str, CompiledRule]]:
    return ((stage, one) for stage in stages for one in policy_set.by_stage[stage] if one.rule.holds(as_of))


def _out_of_reach(one: CompiledRule, entry: FiredRule, known: Mapping[str, Any], as_of: date,
                  within_reach: frozenset[str]) -> frozenset[str]:
    """Name the facts that only the visit brings and on which this entry still rests; none when settled."""
    if entry.effect is Effect.LOG:
        return frozenset()
    in_force = (when for exception, when in one.exceptions if exception.holds(as_of))
    could_lift = frozenset(name for when in in_force for name in when.judge(known, as_of).missing)
    evidence = frozenset(entry.evidence_needed)
    if evidence & within_reach:
        evidence = frozenset()
    return (frozenset(entry.missing) | evidence | could_lift) - within_reach


def _later(policy_set: PolicySet, one: CompiledRule, stage: str, waiting: frozenset[str]) -> LaterRule:
    specs = policy_set.registry.specs
    who = tuple(sorted({mark for name in waiting for mark in specs[name].by}))
    return LaterRule(policy=one.policy, rule=one.rule.id, stage=stage, effect=one.rule.effect,
                     missing=tuple(sorted(waiting)), who=who, message=one.rule.message.text)


def _answer(policy_set: PolicySet, stages: tuple[str, ...], as_of: date, verdict: Verdict,
            reasons: tuple[Reason, ...], fired: list[FiredRule], later: list[LaterRule]) -> Forecast:
    summary = summarise(verdict, reasons, in_order(fired), policy_set.registry)
    if later:
        summary = sentences(summary, explain_later(tuple(later), policy_set.registry))
    return Forecast(stages=stages, as_of=as_of, verdict=verdict, reasons=reasons, fired=in_order(fired),
                    layers=policy_set.used, later=tuple(later), summary=summary, label=LABELS[verdict])
