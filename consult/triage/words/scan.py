"""Finds signs of danger in a patient's own words; it asks for answers and never gives any."""

from __future__ import annotations

from dataclasses import dataclass

from consult.triage.rulebook.schema import RuleSet
from consult.triage.words.clauses import affirmed, closely_negated, has_term


@dataclass(frozen=True)
class Mention:
    """A line of the first screen that the words point to, and the phrase that did."""

    question: str
    phrase: str


def mentions(ruleset: RuleSet, text: str) -> list[Mention]:
    """Lines of the gate to answer with special care, each once, in the order of the gate."""
    lexicon = ruleset.lexicon
    said = affirmed(lexicon, text)
    found = []
    for question in (q.id for q in ruleset.gate.questions if q.id in lexicon.flags):
        phrases = [p for language in ("zh", "en") for p in lexicon.flags[question].get(language)]
        hit = next((p for c in said for p in phrases if has_term(c, p) and not closely_negated(lexicon, c, p)), None)
        if hit is not None:
            found.append(Mention(question, hit))
    return found


def outweighing(ruleset: RuleSet, text: str) -> frozenset[str]:
    """Lines whose "no" does not stand against such words, self-harm above all."""
    return frozenset(m.question for m in mentions(ruleset, text) if m.question in ruleset.lexicon.words_outweigh_no)
