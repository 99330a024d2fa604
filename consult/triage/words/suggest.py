"""Suggests complaints for free words by phrases and character n-grams; the patient chooses."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from consult.triage.rulebook.schema import RuleSet
from consult.triage.words.clauses import affirmed, has_term, normal

MOST = 3
FALLBACK = "general"
# Below this a likeness is chance; found by eye on our own phrases.
LEAST = 0.05


@dataclass(frozen=True)
class Suggestion:
    """A complaint and how well the words fit it; the number only orders the list."""

    complaint: str
    score: float


@dataclass(frozen=True)
class _Index:
    """Phrases and weighted n-grams of every complaint of one language."""

    phrases: dict[str, tuple[str, ...]]
    weights: dict[str, dict[str, float]]
    rarity: dict[str, float]


def suggest(ruleset: RuleSet, text: str, language: str, age_months: int | None = None) -> list[Suggestion]:
    """Up to three complaints for a person of this age, best first; something else is always possible."""
    fitting = [p.protocol for p in ruleset.complaints_for(age_months)]
    said = " ".join(affirmed(ruleset.lexicon, text)) or normal(text)
    scores = _scores(ruleset, said, language)
    ranked = sorted(((scores.get(name, 0.0), name) for name in fitting), key=lambda pair: (-pair[0], pair[1]))
    best = [Suggestion(name, round(score, 4)) for score, name in ranked if score >= LEAST][:MOST]
    if FALLBACK in fitting and FALLBACK not in [s.complaint for s in best]:
        best = [*best[: MOST - 1], Suggestion(FALLBACK, 0.0)]
    return best


def _scores(ruleset: RuleSet, said: str, language: str) -> dict[str, float]:
    """Words of the other language count as well: people mix them."""
    other = "zh" if language == "en" else "en"
    mine, theirs = _score_in(ruleset, said, language), _score_in(ruleset, said, other)
    return {name: mine[name] + theirs[name] for name in mine}


def _score_in(ruleset: RuleSet, said: str, language: str) -> dict[str, float]:
    index = _index_of(ruleset.hash, language, ruleset)
    grams = {gram: count * index.rarity.get(gram, 0.0) for gram, count in Counter(_grams(said, language)).items()}
    return {name: _likeness(grams, index.weights[name]) + _phrases(said, index, name) for name in index.weights}


def _phrases(said: str, index: _Index, name: str) -> float:
    """Whole phrases weigh most; a long one more than a short one."""
    return sum(0.5 + 0.05 * len(phrase) for phrase in index.phrases[name] if has_term(said, phrase))


def _likeness(left: dict[str, float], right: dict[str, float]) -> float:
    """Cosine of two weighted bags of n-grams."""
    shared = sum(weight * right.get(gram, 0.0) for gram, weight in left.items())
    sizes = math.sqrt(sum(w * w for w in left.values())) * math.sqrt(sum(w * w for w in right.values()))
    return shared / sizes if sizes else 0.0


def _grams(text: str, language: str) -> list[str]:
    """Chinese: single characters and pairs; English: words and their stretches of four letters."""
    if language == "zh":
        runs = re.findall(r"[\u3400-\u9fff]+", text)
        return [run[i : i + n] for run in runs for n in (1, 2) for i in range(len(run) - n + 1)]
    words = re.findall(r"[a-z]+", text)
    return words + [f" {word} "[i : i + 4] for word in words for i in range(len(word) - 1)]


@lru_cache(maxsize=8)
def _cached_index(digest: str, language: str, frozen: tuple[tuple[str, tuple[str, ...]], ...]) -> _Index:
    phrases = dict(frozen)
    bags = {name: Counter(gram for p in listed for gram in _grams(p, language)) for name, listed in phrases.items()}
    spread = Counter(gram for bag in bags.values() for gram in bag)
    rarity = {gram: math.log(1 + len(bags) / count) for gram, count in spread.items()}
    weights = {name: {g: (1 + math.log(n)) * rarity[g] for g, n in bag.items()} for name, bag in bags.items()}
    return _Index(phrases, weights, rarity)


def _index_of(digest: str, language: str, ruleset: RuleSet) -> _Index:
    """Built once for a rule set and a language."""
    listed = tuple((name, terms.get(language)) for name, terms in sorted(ruleset.lexicon.complaints.items()))
    return _cached_index(digest, language, listed)
