"""Looks for faults that the shape alone does not show: unknown names, unsafe rules, missing red-flag rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consult.triage.rulebook.conditions import Compares, Condition, Is, alone_suffices, leaves, negated
from consult.triage.rulebook.facts import FACT_NAMES, VITAL_NAMES
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.schema import Protocol, Question, Rule, RuleSet

OUTSIDE = {f"patient.{name}" for name in FACT_NAMES} | {f"vitals.{name}" for name in VITAL_NAMES}


def faults_of(ruleset: RuleSet) -> list[str]:
    """Every fault, as a line that names file and place; an empty list means the rule set may be used."""
    return [
        *_repeated_rule_ids(ruleset),
        *_gate_faults(ruleset),
        *(fault for protocol in ruleset.protocols.values() for fault in _protocol_faults(ruleset, protocol)),
        *_rule_faults(ruleset, "vitals", ruleset.vitals.rules, {}),
        *_source_faults(ruleset, "vitals news2", ruleset.vitals.news2.source),
        *_modifier_faults(ruleset),
        *_department_faults(ruleset),
        *_lexicon_faults(ruleset),
    ]


def all_rules(ruleset: RuleSet) -> list[Rule]:
    """Every rule of the set, gate and modifiers included."""
    rules: list[Rule] = [*ruleset.gate.rules, *ruleset.vitals.rules, *ruleset.modifiers.rules]
    for protocol in ruleset.protocols.values():
        rules += [*protocol.red_flags, *protocol.rules]
    return rules


def _repeated_rule_ids(ruleset: RuleSet) -> Iterator[str]:
    seen: set[str] = set()
    for rule in all_rules(ruleset):
        if rule.id in seen:
            yield f"{rule.id}: two rules have this id"
        seen.add(rule.id)


def _gate_faults(ruleset: RuleSet) -> Iterator[str]:
    gate = ruleset.gate
    known = {question.id: question for question in gate.questions}
    yield from _order_faults("gate", gate.questions, {})
    yield from _rule_faults(ruleset, "gate", gate.rules, known)
    yield from _lonely_flags("gate", gate.questions, gate.rules)
    for question in gate.questions:
        if not question.id.startswith("gate_"):
            yield f"gate: {question.id}: ids of the gate begin with gate_"


def _protocol_faults(ruleset: RuleSet, protocol: Protocol) -> Iterator[str]:
    name = protocol.protocol
    gate = {question.id: question for question in ruleset.gate.questions}
    known = gate | {question.id: question for question in protocol.questions}
    yield from _order_faults(name, protocol.questions, gate)
    yield from _rule_faults(ruleset, name, (*protocol.red_flags, *protocol.rules), known)
    yield from _lonely_flags(name, protocol.questions, protocol.red_flags)
    yield from _self_care_faults(ruleset, protocol, known)
    for code in protocol.departments:
        if code not in {department.code for department in ruleset.departments.departments}:
            yield f"{name}: unknown department {code}"
    if protocol.default_level is Level.SELF_CARE:
        yield f"{name}: self-care is earned and never the default"


def _self_care_faults(ruleset: RuleSet, protocol: Protocol, known: dict[str, Question]) -> Iterator[str]:
    care = protocol.self_care
    if care is None:
        return
    place = f"{protocol.protocol} self_care"
    yield from _condition_faults(place, care.when, known)
    yield from _source_faults(ruleset, place, care.source)
    for name in care.must_be_no:
        if name not in known and name not in OUTSIDE:
            yield f"{place}: must_be_no names the unknown question {name}"


def _order_faults(place: str, questions: tuple[Question, ...], earlier: dict[str, Question]) -> Iterator[str]:
    """A question may depend only on what comes before it, so that no circle can arise."""
    known = dict(earlier)
    ahead = {outside for question in questions for outside in _fed_by(question)}
    for question in questions:
        if question.id in known:
            yield f"{place}: two questions are called {question.id}"
        if question.ask_when is not None:
            yield from _condition_faults(f"{place} {question.id} ask_when", question.ask_when, known)
            yield from _unsafe_condition(f"{place} {question.id} ask_when", question.ask_when, known)
            if ahead & {leaf.name for leaf in leaves(question.ask_when)}:
                yield f"{place}: {question.id} depends on a fact that only a later question tells"
        for outside in set(_fed_by(question)) - OUTSIDE:
            yield f"{place}: {question.id} feeds the unknown fact {outside}"
        ahead -= set(_fed_by(question))
        known[question.id] = question


def _fed_by(question: Question) -> list[str]:
    """The facts and vitals that an answer to the question tells."""
    vital = f"vitals.{question.vital}" if question.vital else None
    return [name for name in (question.feeds, vital) if name]


def _rule_faults(
    ruleset: RuleSet, place: str, rules: Iterable[Rule], known: dict[str, Question]
) -> Iterator[str]:
    for rule in rules:
        yield from _condition_faults(rule.id, rule.when, known)
        yield from _unsafe_condition(rule.id, rule.when, known)
        if rule.unless is not None:
            yield from _condition_faults(f"{rule.id} unless", rule.unless, known)
            yield from _flags_in_exception(rule, known)
        yield from _source_faults(ruleset, rule.id, rule.source)
        if rule.level is Level.SELF_CARE:
            yield f"{rule.id}: a rule may only raise; self-care has its own block"
        if not rule.id.startswith(f"{place}."):
            yield f"{rule.id}: ids of rules begin with {place}."


def _condition_faults(place: str, condition: Condition, known: dict[str, Question]) -> Iterator[str]:
    for leaf in leaves(condition):
        question = known.get(leaf.name)
        if question is None and leaf.name not in OUTSIDE:
            yield f"{place}: unknown question or fact {leaf.name}"
        elif question is not None:
            yield from _leaf_faults(place, leaf, question)


def _leaf_faults(place: str, leaf: Is | Compares, question: Question) -> Iterator[str]:
    if isinstance(leaf, Compares) != (question.kind == "number"):
        yield f"{place}: {leaf.name} is compared in a way that its kind {question.kind} does not have"
        return
    if isinstance(leaf, Is):
        allowed = {o.id for o in question.options} if question.options else {"yes", "no"}
        for value in set(leaf.values) - allowed:
            yield f"{place}: {leaf.name} has no answer {value}"


def _unsafe_condition(place: str, condition: Condition, known: dict[str, Question]) -> Iterator[str]:
    """A yes to a red flag must never switch a rule or a question off."""
    under_not = {id(leaf) for leaf in negated(condition)}
    for leaf in leaves(condition):
        question = known.get(leaf.name)
        if question is None or not question.red_flag:
            continue
        if id(leaf) in under_not or (isinstance(leaf, Is) and leaf.values != ("yes",)):
            yield f"{place}: the red flag {leaf.name} may only be asked for a yes"


def _flags_in_exception(rule: Rule, known: dict[str, Question]) -> Iterator[str]:
    """An exception must not rest on a red flag: a yes to one would then lower."""
    for leaf in leaves(rule.unless) if rule.unless is not None else ():
        question = known.get(leaf.name)
        if question is not None and question.red_flag:
            yield f"{rule.id}: the red flag {leaf.name} must not be an exception"


def _lonely_flags(place: str, questions: Iterable[Question], rules: Iterable[Rule]) -> Iterator[str]:
    """Unknown raises up to urgent, so a yes must reach urgent by itself, or yes would weigh less than unknown."""
    strong = [r for r in rules if r.level in (Level.EMERGENCY, Level.URGENT) and r.unless is None]
    for question in questions:
        if question.red_flag and not any(alone_suffices(rule.when, question.id) for rule in strong):
            yield f"{place}: a yes to the red flag {question.id} fires no rule of level urgent by itself"


def _source_faults(ruleset: RuleSet, place: str, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        if key not in ruleset.sources:
            yield f"{place}: unknown source {key}"


def _modifier_faults(ruleset: RuleSet) -> Iterator[str]:
    gate = {question.id: question for question in ruleset.gate.questions}
    yield from _rule_faults(ruleset, "modifier", ruleset.modifiers.rules, gate)
    for rule in ruleset.modifiers.rules:
        yield from _complaint_faults(ruleset, rule.id, rule.complaints)


def _department_faults(ruleset: RuleSet) -> Iterator[str]:
    known = {department.code for department in ruleset.departments.departments}
    for rule in ruleset.departments.rules:
        if rule.department not in known:
            yield f"{rule.id}: unknown department {rule.department}"
        gate = {question.id: question for question in ruleset.gate.questions}
        yield from _condition_faults(rule.id, rule.when, gate)
        yield from _complaint_faults(ruleset, rule.id, rule.complaints)


def _complaint_faults(ruleset: RuleSet, place: str, complaints: Iterable[str]) -> Iterator[str]:
    for complaint in complaints:
        if complaint not in ruleset.protocols:
            yield f"{place}: unknown complaint {complaint}"


def _lexicon_faults(ruleset: RuleSet) -> Iterator[str]:
    gate = {question.id for question in ruleset.gate.questions}
    for flag in {*ruleset.lexicon.flags, *ruleset.lexicon.words_outweigh_no} - gate:
        yield f"lexicon: unknown line of the gate {flag}"
    yield from _complaint_faults(ruleset, "lexicon", ruleset.lexicon.complaints)
    for complaint in ruleset.protocols.keys() - ruleset.lexicon.complaints.keys():
        yield f"lexicon: no words for {complaint}"
