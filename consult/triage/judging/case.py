"""One person's answers laid beside the rule set: which questions apply, and what each name is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from consult.triage.judging.vitals import plausible_vitals
from consult.triage.rulebook.conditions import NOT_APPLICABLE, Condition, Is, Truth, Value, leaves
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.schema import Protocol, Question, Rule, RuleSet

Answer = str | float
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Case:
    """A rule set, a complaint, answers, facts and vitals; nothing in it changes."""

    ruleset: RuleSet
    complaint: str
    answers: Answers
    patient: PatientFacts = PatientFacts()
    measured: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def protocol(self) -> Protocol:
        return self.ruleset.protocol(self.complaint)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Gate and protocol questions by id, in the order of asking."""
        return {q.id: q for q in (*self.ruleset.gate.questions, *self.protocol.questions)}

    @cached_property
    def _feeding(self) -> dict[str, Question]:
        return {q.feeds: q for q in self.protocol.questions if q.feeds}

    @cached_property
    def vitals(self) -> dict[str, Answer]:
        """Plausible values, from a device or from the answers; a device wins."""
        told = {
            q.vital: value
            for q in self.protocol.questions
            if q.vital and self.applies(q) and isinstance(value := self._plain(q), int | float)
        }
        return plausible_vitals(self.ruleset.vitals, {**told, **self.measured})

    def applies(self, question: Question) -> bool:
        """Whether to ask; when that is not known, the question is asked."""
        if question.feeds and self.patient.fact(question.feeds.removeprefix("patient.")) is not None:
            return False
        return question.ask_when is None or self.truth(question.ask_when) is not False

    def value(self, name: str) -> Value:
        """The worth of a question, a patient fact or a vital; None when it is not known."""
        if name.startswith("vitals."):
            return self.vitals.get(name.removeprefix("vitals."))
        if name.startswith("patient."):
            return self._fact(name)
        question = self.questions[name]
        return self._plain(question) if self.applies(question) else self._not_asked(question)

    def truth(self, condition: Condition) -> Truth:
        """The three-valued truth of a condition for this person."""
        return condition.truth(self.value)

    def rule_truth(self, rule: Rule) -> Truth:
        """The truth of a rule for this complaint; an exception counts only when it is certain."""
        if rule.complaints and self.complaint not in rule.complaints:
            return False
        if rule.unless is not None and self.truth(rule.unless) is True:
            return False
        return self.truth(rule.when)

    def was_answered(self, question: Question) -> bool:
        """Whether the person said anything, "I don't know" included."""
        return question.id in self.answers

    def support(self, condition: Condition) -> list[str]:
        """The names inside a condition that speak for it."""
        return list(dict.fromkeys(leaf.name for leaf in leaves(condition) if self._speaks_for(leaf)))

    def _speaks_for(self, leaf: Condition) -> bool:
        return self.truth(leaf) is True or (isinstance(leaf, Is) and leaf.values == ("no",))

    def _fact(self, name: str) -> Value:
        known = self.patient.fact(name.removeprefix("patient."))
        feeding = self._feeding.get(name)
        if known is not None or feeding is None:
            return known
        return self._plain(feeding) if self.applies(feeding) else None

    def _not_asked(self, question: Question) -> Value:
        """A question that feeds a known fact is worth that fact; any other one does not apply."""
        known = self.patient.fact(question.feeds.removeprefix("patient.")) if question.feeds else None
        return NOT_APPLICABLE if known is None else known

    def _plain(self, question: Question) -> str | float | None:
        """The answer if the question can have it; what does not fit counts as not known."""
        raw = self.answers.get(question.id)
        match question.kind:
            case "yes_no_unknown":
                return raw if raw in ("yes", "no") else None
            case "choice":
                return raw if raw in {option.id for option in question.options} else None
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        return float(raw) if question.lowest <= raw <= question.highest else None  # type: ignore[operator]
