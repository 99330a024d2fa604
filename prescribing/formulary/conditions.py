"""Finds a diagnosis by ICD-10 code, Chinese, English or pinyin."""
from prescribing.formulary.amounts import Frozen
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.knowledge import Condition
from prescribing.formulary.names import normal
from prescribing.formulary.search import Matched, Span, find_pinyin, find_text


class ConditionHit(Frozen):
    """A condition that was found; `spans` underline `text`."""

    condition: Condition
    matched: Matched
    text: str
    spans: tuple[Span, ...]
    rank: int


def search(data: PrescribingData, query: str, limit: int = 12) -> list[ConditionHit]:
    """The best hits first: code, then beginning of a name, then inside it; an empty query finds nothing."""
    wanted = normal(query)
    if not wanted:
        return []
    found = [hit for row in data.conditions.values() if (hit := _hit(row, wanted))]
    return sorted(found, key=_order)[:max(0, limit)]


def condition(data: PrescribingData, code: str) -> Condition | None:
    """The condition with a code, dotted or not; None when it is not in our list."""
    plain = code.strip().upper()
    dotted = f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 and "." not in plain else plain
    return data.conditions.get(dotted)


def _order(hit: ConditionHit) -> tuple[bool, bool, int, str]:
    """A code first, then what doctors see every day, then where the match stands."""
    return hit.matched != "code", not hit.condition.frequent, hit.rank, hit.condition.code


def _hit(row: Condition, wanted: str) -> ConditionHit | None:
    bare = wanted.replace(".", "")
    if row.code.replace(".", "").lower().startswith(bare):
        end = min(len(row.code), len(bare) + (1 if len(bare) > 3 else 0))
        return ConditionHit(condition=row, matched="code", text=row.code, spans=((0, end),), rank=0)
    names: tuple[tuple[Matched, str], ...] = (("zh", row.zh), ("en", row.en))
    for matched, text in names:
        span = find_text(text, wanted)
        if span:
            rank = 1 if span[0] == 0 else 3
            return ConditionHit(condition=row, matched=matched, text=text, spans=(span,), rank=rank)
    return _by_pinyin(row, wanted)


def _by_pinyin(row: Condition, wanted: str) -> ConditionHit | None:
    found = find_pinyin(row.pinyin, wanted) if wanted.isascii() else None
    if found is None:
        return None
    start, spans = found
    return ConditionHit(condition=row, matched="pinyin", text=row.pinyin, spans=spans, rank=4 if start else 2)
