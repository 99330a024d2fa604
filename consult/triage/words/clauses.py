"""Reads free words: clauses, negation, and other times or people; deterministic, for Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from consult.triage.rulebook.schema import Lexicon

LONGEST = 2000
_PUNCTUATION = re.compile(r"[，。；！？,.;!?\n\r\t…—()（）\[\]]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# A negation reaches this far into its clause: six English words, or the Chinese characters of a short list.
REACH = {"en": 45, "zh": 16}
GAP = 4


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
    """Whether a clause holds a term; English terms stand as whole words, "…" is a gap of up to GAP characters."""
    return _pattern(term).search(clause) is not None


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    body = f".{{0,{GAP}}}".join(map(re.escape, term.split("…")))
    return re.compile(body if _CHINESE.search(term) else rf"(?<![a-z]){body}(?![a-z])")


def _without_negated(lexicon: Lexicon, clause: str) -> str:
    """The clause up to its first negation, and what stands beyond the reach of it."""
    kept, at = "", 0
    guarded = [m.span() for phrase in _guards(lexicon) for m in _pattern(phrase).finditer(clause)]
    for start, end, reach in _negations(lexicon, clause):
        if start >= at and not any(left < end and start < right for left, right in guarded):
            kept, at = kept + clause[at:start] + " ", end + reach
    return kept + clause[at:]


def _guards(lexicon: Lexicon) -> Iterator[str]:
    """Phrases within which a negation word negates nothing, such as "won't stop bleeding"."""
    for language in ("zh", "en"):
        yield from lexicon.not_negations[language]
        for terms in lexicon.flags.values():
            yield from terms.get(language)


def _negations(lexicon: Lexicon, clause: str) -> list[tuple[int, int, int]]:
    """Start, end and reach of every negation word, in reading order."""
    return sorted(
        (m.start(), m.end(), REACH[language])
        for language in ("zh", "en")
        for word in lexicon.negations[language]
        for m in _pattern(word).finditer(clause)
    )


def closely_negated(lexicon: Lexicon, clause: str, term: str) -> bool:
    """Whether every mention of a Chinese term has a short negation directly before it."""
    starts = [found.start() for found in _pattern(term).finditer(clause)]
    before = [clause[max(0, start - 1) : start] for start in starts]
    return bool(before) and all(word in lexicon.close_negations["zh"] for word in before)
