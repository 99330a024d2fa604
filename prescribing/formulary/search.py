"""Finds medicines by Chinese name, pinyin, initials, English or brand, and shows why each was found."""
from collections.abc import Iterator
from typing import Literal

from app.kit.text import Text
from prescribing.formulary.amounts import Frozen
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.drugs import Drug
from prescribing.formulary.names import normal

Matched = Literal["zh", "pinyin", "en", "brand_zh", "brand_pinyin", "brand_en", "code"]
Span = tuple[int, int]
# A name of the medicine itself goes before a brand, a beginning before a middle.
WEIGHT: dict[str, int] = {"zh": 0, "pinyin": 1, "en": 1, "brand_zh": 2, "brand_pinyin": 3, "brand_en": 3}


class Hit(Frozen):
    """A medicine that was found; `spans` underline `text`, `zh_spans` the Chinese name (start, end)."""

    drug_id: str
    name: Text
    pinyin: str
    matched: Matched
    text: str
    spans: tuple[Span, ...]
    zh_spans: tuple[Span, ...]
    rank: int


def search(data: PrescribingData, query: str, limit: int = 12) -> list[Hit]:
    """The best hits first; an empty query finds nothing."""
    wanted = normal(query).replace("ü", "v")
    if not wanted:
        return []
    found = [min(hits, key=lambda hit: hit.rank) for drug in data.drugs.values()
             if (hits := list(_hits(drug, wanted)))]
    return sorted(found, key=lambda hit: (hit.rank, len(hit.name.zh), hit.drug_id))[:max(0, limit)]


def _hits(drug: Drug, wanted: str) -> Iterator[Hit]:
    yield from _plain(drug, "zh", wanted, (drug.zh, *(p.name.zh for p in drug.products)))
    yield from _plain(drug, "brand_zh", wanted, drug.synonyms.zh)
    if wanted.isascii():
        yield from _pinyin(drug, "pinyin", wanted, drug.zh, drug.pinyin)
        yield from (hit for name, spelt in drug.synonym_pinyin.items()
                    for hit in _pinyin(drug, "brand_pinyin", wanted, name, spelt))
        yield from _plain(drug, "en", wanted, (drug.en, drug.inn))
        yield from _plain(drug, "brand_en", wanted, drug.synonyms.en)


def _plain(drug: Drug, matched: Matched, wanted: str, texts: tuple[str, ...]) -> Iterator[Hit]:
    for text in texts:
        span = find_text(text, wanted)
        if span:
            zh = ((span,) if text == drug.zh else ())
            yield _hit(drug, matched, text, (span,), zh, span[0])


def _pinyin(drug: Drug, matched: Matched, wanted: str, name: str, spelt: str) -> Iterator[Hit]:
    found = find_pinyin(spelt, wanted)
    if found:
        start, spans = found
        same = matched == "pinyin"
        zh = ((start, start + len(spans)),) if same else ()
        yield _hit(drug, matched, spelt if same else f"{name} {spelt}",
                   spans if same else _moved(spans, len(name) + 1), zh, start)


def _hit(drug: Drug, matched: Matched, text: str, spans: tuple[Span, ...], zh: tuple[Span, ...], start: int) -> Hit:
    rank = WEIGHT[matched] * 2 + (10 if start else 0)
    return Hit(drug_id=drug.id, name=drug.name, pinyin=drug.pinyin, matched=matched, text=text, spans=spans,
               zh_spans=zh, rank=rank)


def _moved(spans: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    return tuple((start + by, end + by) for start, end in spans)


def find_text(text: str, wanted: str) -> Span | None:
    """Where a text holds the wanted one; one Latin letter or two count only at the beginning of a word."""
    at = text.lower().find(wanted)
    while at > 0 and wanted.isascii() and len(wanted) < 3 and text[at - 1].isalnum():
        at = text.lower().find(wanted, at + 1)
    return None if at < 0 else (at, at + len(wanted))


def find_pinyin(spelt: str, wanted: str) -> tuple[int, tuple[Span, ...]] | None:
    """Match initials, whole syllables or a mixture from any syllable on; returns the syllable and the spans."""
    syllables, letters = spelt.split(), wanted.replace(" ", "")
    for first in range(len(syllables)):
        taken = _take(syllables, first, letters)
        if taken:
            return first, _spans(syllables, first, taken)
    return None


def _take(syllables: list[str], at: int, letters: str) -> list[int] | None:
    """How many letters of each syllable are used up, trying the longest beginning first."""
    if not letters:
        return []
    if at == len(syllables):
        return None
    for length in range(min(len(syllables[at]), len(letters)), 0, -1):
        if syllables[at].startswith(letters[:length]):
            rest = _take(syllables, at + 1, letters[length:])
            if rest is not None:
                return [length, *rest]
    return None


def _spans(syllables: list[str], first: int, taken: list[int]) -> tuple[Span, ...]:
    starts = [sum(len(one) + 1 for one in syllables[:n]) for n in range(first, first + len(taken))]
    return tuple((start, start + length) for start, length in zip(starts, taken, strict=True))
