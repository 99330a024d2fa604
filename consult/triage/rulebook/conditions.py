"""Conditions of triage rules, judged in three values: true, false, or None for not known (Kleene's logic)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final


class _NotApplicable:
    """The value of a question that does not concern this person, such as pregnancy for a man."""

    def __repr__(self) -> str:
        return "NOT_APPLICABLE"


NOT_APPLICABLE: Final = _NotApplicable()
Value = str | float | None | _NotApplicable
Lookup = Callable[[str], Value]
Truth = bool | None


class BadCondition(ValueError):
    """A condition in a protocol file that cannot be read."""


@dataclass(frozen=True)
class Is:
    """The named answer or fact is one of the values."""

    name: str
    values: tuple[str, ...]

    def truth(self, lookup: Lookup) -> Truth:
        value = lookup(self.name)
        if value is None:
            return None
        return value is not NOT_APPLICABLE and value in self.values

    def parts(self) -> tuple[Condition, ...]:
        return ()


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "at_least": lambda value, limit: value >= limit,
    "more_than": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "less_than": lambda value, limit: value < limit,
}


@dataclass(frozen=True)
class Compares:
    """The named number holds against every limit."""

    name: str
    limits: tuple[tuple[str, float], ...]

    def truth(self, lookup: Lookup) -> Truth:
        value = lookup(self.name)
        if value is None:
            return None
        if not isinstance(value, int | float):
            return False
        return all(_COMPARISONS[word](value, limit) for word, limit in self.limits)

    def parts(self) -> tuple[Condition, ...]:
        return ()


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    of: tuple[Condition, ...]

    def truth(self, lookup: Lookup) -> Truth:
        found = [part.truth(lookup) for part in self.of]
        if False in found:
            return False
        return None if None in found else True

    def parts(self) -> tuple[Condition, ...]:
        return self.of


@dataclass(frozen=True)
class AtLeast:
    """At least so many parts hold; `any` is the case of one."""

    number: int
    of: tuple[Condition, ...]

    def truth(self, lookup: Lookup) -> Truth:
        found = [part.truth(lookup) for part in self.of]
        if found.count(True) >= self.number:
            return True
        return None if found.count(True) + found.count(None) >= self.number else False

    def parts(self) -> tuple[Condition, ...]:
        return self.of


@dataclass(frozen=True)
class Not:
    """The part does not hold; unknown stays unknown."""

    part: Condition

    def truth(self, lookup: Lookup) -> Truth:
        found = self.part.truth(lookup)
        return None if found is None else not found

    def parts(self) -> tuple[Condition, ...]:
        return (self.part,)


Condition = Is | Compares | AllOf | AtLeast | Not


def parse_condition(raw: Any) -> Condition:
    """The condition that a mapping of one key describes; raises BadCondition with what is wrong."""
    if isinstance(raw, Is | Compares | AllOf | AtLeast | Not):
        return raw
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise BadCondition(f"a condition is a mapping with exactly one key, found {raw!r}")
    [(name, wanted)] = raw.items()
    match name:
        case "all":
            return AllOf(_parse_list(wanted))
        case "any":
            return AtLeast(1, _parse_list(wanted))
        case "at_least":
            return AtLeast(int(wanted["number"]), _parse_list(wanted["of"]))
        case "not":
            return Not(parse_condition(wanted))
        case _:
            return _parse_leaf(name, wanted)


def _parse_list(raw: Any) -> tuple[Condition, ...]:
    if not isinstance(raw, list) or not raw:
        raise BadCondition(f"a group of conditions is a list with at least one entry, found {raw!r}")
    return tuple(parse_condition(part) for part in raw)


def _parse_leaf(name: Any, wanted: Any) -> Condition:
    if not isinstance(name, str):
        raise BadCondition(f"a question or fact is named by text, found {name!r}")
    if isinstance(wanted, str):
        return Is(name, (wanted,))
    if isinstance(wanted, list) and wanted and all(isinstance(value, str) for value in wanted):
        return Is(name, tuple(wanted))
    if isinstance(wanted, Mapping) and wanted and set(wanted) <= set(_COMPARISONS):
        return Compares(name, tuple((word, float(limit)) for word, limit in wanted.items()))
    # YAML 1.1 turns a bare yes or no into a boolean; saying so here saves the author a search.
    raise BadCondition(f'{name}: expected "yes", a list of texts, or limits; found {wanted!r} (quote yes and no)')


def leaves(condition: Condition) -> Iterator[Is | Compares]:
    """Every plain test inside a condition, in reading order."""
    if isinstance(condition, Is | Compares):
        yield condition
    for part in condition.parts():
        yield from leaves(part)


def negated(condition: Condition) -> Iterator[Is | Compares]:
    """Every plain test that stands under a `not`."""
    if isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        for part in condition.parts():
            yield from negated(part)


def alone_suffices(condition: Condition, name: str) -> bool:
    """Whether a yes to the named question makes the condition true whatever else is answered."""
    if isinstance(condition, Is):
        return condition.name == name and "yes" in condition.values
    if isinstance(condition, AtLeast):
        return condition.number == 1 and any(alone_suffices(part, name) for part in condition.of)
    return isinstance(condition, AllOf) and all(alone_suffices(part, name) for part in condition.of)
