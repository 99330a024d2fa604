"""Three-valued logic (Kleene): true, false, or unknown with the names of the facts that are missing."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

Facts = Mapping[str, Any]


class Truth(NamedTuple):
    """`value` is None when unknown; then `missing` names the absent facts that make it so."""

    value: bool | None
    missing: frozenset[str] = frozenset()


TRUE, FALSE = Truth(True), Truth(False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of one fact; with an absent fact it is unknown."""

    fact: str
    compare: Callable[[Any, Any, date], bool]
    reference: Any

    def judge(self, facts: Facts, as_of: date) -> Truth:
        """Compare the fact, or name it as missing."""
        if self.fact not in facts:
            return Truth(None, frozenset({self.fact}))
        return TRUE if self.compare(facts[self.fact], self.reference, as_of) else FALSE


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a fact is there; always known."""

    fact: str
    wanted: bool

    def judge(self, facts: Facts, as_of: date) -> Truth:
        """Look only for the name."""
        return TRUE if (self.fact in facts) is self.wanted else FALSE


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of the unknown, the unknown."""

    part: "Node"

    def judge(self, facts: Facts, as_of: date) -> Truth:
        """Turn true and false around."""
        value, missing = self.part.judge(facts, as_of)
        return Truth(None if value is None else not value, missing)


@dataclass(frozen=True, slots=True)
class All:
    """False if any part is false, else unknown if any part is unknown."""

    parts: "tuple[Node, ...]"

    def judge(self, facts: Facts, as_of: date) -> Truth:
        """Join the parts with AND."""
        return _join(self.parts, facts, as_of, decisive=FALSE, otherwise=TRUE)


@dataclass(frozen=True, slots=True)
class Either:
    """True if any part is true, else unknown if any part is unknown."""

    parts: "tuple[Node, ...]"

    def judge(self, facts: Facts, as_of: date) -> Truth:
        """Join the parts with OR."""
        return _join(self.parts, facts, as_of, decisive=TRUE, otherwise=FALSE)


Node = Comparison | Presence | Not | All | Either


def _join(parts: tuple[Node, ...], facts: Facts, as_of: date, decisive: Truth, otherwise: Truth) -> Truth:
    missing: set[str] = set()
    for part in parts:
        truth = part.judge(facts, as_of)
        if truth.value is decisive.value:
            return decisive
        missing |= truth.missing
    return Truth(None, frozenset(missing)) if missing else otherwise
