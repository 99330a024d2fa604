"""Reads free words: clauses, negation, and other times or people; deterministic, for Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from consult.triage.rulebook.schema import Lexicon

LONGEST = 2000
_PUNCTUATION = re.compile(r"[，。；！？：,.;!?:\n\r\t…—()（）\[\]]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# A negation reaches this far into its clause: six English words, or the Chinese characters of a short list.
REACH = {"en": 45, "zh": 16}


def normal(text: str) -> str:
    """Lower case, full-width forms and curly quotes made plain, at most LONGEST characters."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return plain.replace("\u2019", "'").replace("\u2018", "'")


def clauses(lexicon: Lexicon, text: str) -> Iterator[str]:
    """The text cut at punctuation, at words like "but", and between Chinese words that stand apart."""
    for piece in _PUNCTUATION.split(normal(text)):
        pieces = re.split(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", piece)
        for part in pieces:
            yield from (cut.strip() for cut in _at_turns(lexicon, part) if cut.strip())


def _at_turns(lexicon: Lexicon, text: str) -> list[str]:
    chinese = "|".join(map(re.escape, lexicon.turns["zh"]))
    english = "|".join(map(re.escape, lexicon.turns["en"]))
    return re.split(rf"{chinese}|\b(?:{english})\b", text)


def affirmed(lexicon: Lexicon, text: str) -> list[str]:
    """What the clauses say is so: clauses of other times left out, negated stretches taken away."""
    return [_without_negated(lexicon, clause) for clause in clauses(lexicon, text) if not _elsewhere(lexicon, clause)]


def _elsewhere(lexicon: Lexicon, clause: str) -> bool:
    return any(has_term(clause, word) for language in ("zh", "en") for word in lexicon.elsewhere[language])


def has_term(clause: str, term: str) -> bool:
    """Whether a clause holds a term; English terms stand as whole words."""
    if _CHINESE.search(term):
        return term in clause
    return re.search(rf"(?<![a-z]){re.escape(term)}(?![a-z])", clause) is not None


def _without_negated(lexicon: Lexicon, clause: str) -> str:
    for language in ("zh", "en"):
        for phrase in lexicon.not_negations[language]:
            # Kept as text that no longer looks like a negation, so that positions stay the same.
            clause = clause.replace(phrase, "·" * len(phrase))
    for word in lexicon.negations["zh"]:
        clause = re.sub(rf"{re.escape(word)}.{{0,{REACH['zh']}}}", " ", clause)
    for word in lexicon.negations["en"]:
        clause = re.sub(rf"(?<![a-z']){re.escape(word)}(?![a-z]).{{0,{REACH['en']}}}", " ", clause)
    return clause


def closely_negated(lexicon: Lexicon, clause: str, term: str) -> bool:
    """Whether every mention of a Chinese term has a short negation directly before it."""
    starts = [found.start() for found in re.finditer(re.escape(term), clause)]
    before = [clause[max(0, start - 1) : start] for start in starts]
    return bool(before) and all(word in lexicon.close_negations["zh"] for word in before)
