"""Judges one step: all rules of the stage, three-valued; the worst effect counts, doubt fails closed."""
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.policy.conditions import CompiledRule
from app.policy.decision import Decision, FiredRule, Reason, Verdict, worst
from app.policy.explain import summarise
from app.policy.kleene import Facts
from app.policy.policy_set import PolicySet
from app.policy.rulebook import Effect, Exception_

LOUDEST_FIRST = list(Effect)


def decide(policy_set: PolicySet, stage: str, as_of: date, facts: Mapping[str, Any]) -> Decision:
    """Decide one step on the local date `as_of`; an absent fact is unknown, never "no"."""
    if isinstance(as_of, datetime):
        raise TypeError("as_of is a calendar date in the timezone of the policy, not a moment")
    known, refusal = read_facts(policy_set, as_of, facts)
    if stage not in policy_set.by_stage:
        refusal = Reason(code="unknown_stage")
    if refusal:
        return _answer(policy_set, stage, as_of, Verdict.BLOCK, (refusal,), ())
    rules = [one for one in policy_set.by_stage[stage] if one.rule.holds(as_of)]
    fired = [entry for one in rules if (entry := judge_rule(one, known, as_of))]
    verdict = worst(entry.verdict for entry in fired)
    return _answer(policy_set, stage, as_of, verdict, _silent_layers(policy_set, rules), in_order(fired))


def read_facts(policy_set: PolicySet, as_of: date,
               facts: Mapping[str, Any]) -> tuple[dict[str, Any], Reason | None]:
    """Type the facts; a bad one, or no policy at all, is a reason to refuse before any rule is looked at."""
    known, bad = policy_set.registry.read(facts, as_of)
    if bad:
        return {}, Reason(code="bad_facts", bad_facts=bad)
    return known, None if policy_set.layers else Reason(code="no_policy")


def judge_rule(one: CompiledRule, facts: Facts, as_of: date) -> FiredRule | None:
    """Judge one rule; None when its condition is false."""
    value, missing = one.when.judge(facts, as_of)
    if value is False:
        return None
    lifted = _proven_exception(one, facts, as_of)
    if lifted:
        return log_entry(one, "excepted", lifted.id, missing, lifted)
    needed = tuple(name for name in one.rule.evidence if facts.get(name) is not True)
    if one.rule.effect is Effect.REQUIRE and value and not needed:
        return log_entry(one, "satisfied")
    return FiredRule(
        policy=one.policy, rule=one.rule.id, effect=one.rule.effect,
        why="fired" if value else "cannot_determine", missing=tuple(sorted(missing)),
        evidence_needed=needed, overridable=one.rule.overridable, cite=one.rule.cite,
        message=one.rule.message.text)


def _proven_exception(one: CompiledRule, facts: Facts, as_of: date) -> Exception_ | None:
    """Return the first exception in force whose condition is true; unknown is not enough."""
    return next((exception for exception, when in one.exceptions
                 if exception.holds(as_of) and when.judge(facts, as_of).value), None)


def log_entry(one: CompiledRule, why: Any, exception: str = "", missing: frozenset[str] = frozenset(),
              lifted: Exception_ | None = None) -> FiredRule:
    """The trace of a rule that was met or lifted; it cites the exception beside the rule."""
    return FiredRule(policy=one.policy, rule=one.rule.id, effect=Effect.LOG, why=why, exception=exception,
                     missing=tuple(sorted(missing)), message=one.rule.message.text,
                     cite=one.rule.cite + (lifted.cite if lifted else ()))


def in_order(fired: list[FiredRule]) -> tuple[FiredRule, ...]:
    """The loudest first, then by layer as they came, then by rule id."""
    return tuple(sorted(fired, key=lambda entry: (LOUDEST_FIRST.index(entry.effect), entry.rule)))


def _silent_layers(policy_set: PolicySet, rules: list[CompiledRule]) -> tuple[Reason, ...]:
    """A policy without a rule in force says nothing; the record shows that it said nothing."""
    speaking = {one.policy for one in rules}
    return tuple(Reason(code="no_rules", policy=policy.id)
                 for policy in policy_set.layers if policy.id not in speaking)


def _answer(policy_set: PolicySet, stage: str, as_of: date, verdict: Verdict,
            reasons: tuple[Reason, ...], fired: tuple[FiredRule, ...]) -> Decision:
    summary = summarise(verdict, reasons, fired, policy_set.registry)
    return Decision(stage=stage, as_of=as_of, verdict=verdict, reasons=reasons, fired=fired,
                    layers=policy_set.used, summary=summary)
