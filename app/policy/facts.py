"""The registry of facts: the only things a rule may name, each with its type, source and freshness."""
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.kit.text import Text
from app.policy.reading import PACKS, read_yaml, readable

FactType = Literal["bool", "int", "num", "date", "enum", "set", "str"]
LARGEST_NUMBER = 2**53 - 1  # what canonical JSON can hold without loss (RFC 8785)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class FactSpec(BaseModel):
    """One row of the registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    type: FactType
    by: tuple[Literal["C", "R", "D", "P", "X"], ...] = Field(min_length=1)
    fresh: str = Field(pattern=r"^(each_step|consultation|prescription|consent|same_day|\d+ (hours|days))$")
    label: Text
    values: frozenset[str] | None = None
    min: float | None = None
    max: float | None = None
    min_items: int = 0
    not_after_as_of: bool = False

    @property
    def shelf_life(self) -> timedelta:
        """How old the fact may be where `fresh` is a number of hours or days."""
        number, unit = self.fresh.split()
        return timedelta(**{unit: int(number)})

    def read(self, value: Any, as_of: date) -> Any:
        """Return the value in its own type; raises ValueError when it is not one of this fact's values."""
        value = self.reference(value)
        if self.not_after_as_of and value > as_of:
            raise ValueError("later than the date of the step")
        return value

    def reference(self, value: Any) -> Any:
        """Read a value that a rule compares this fact with; it must be one that the fact could have."""
        value = _READERS[self.type](value)
        self._check_members(value)
        if self.type in ("int", "num") and not self._in_range(value):
            raise ValueError("out of range")
        return value

    def _check_members(self, value: Any) -> None:
        members = value if self.type == "set" else {value}
        if self.values is not None and not members <= self.values:
            raise ValueError("not an allowed value")
        if self.type == "set" and len(members) < self.min_items:
            raise ValueError("empty")

    def _in_range(self, value: float) -> bool:
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not true or false")
    return value


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_NUMBER:
        raise ValueError("not a whole number")
    return value


def _num(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise ValueError("not a number")
    return value


def _date(value: Any) -> date:
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("not an ISO date")
    return value


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    value.encode()  # a lone surrogate is no text; its UnicodeEncodeError is a ValueError
    return value


def _set(value: Any) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise ValueError("not a list of values")
    return frozenset(_str(member) for member in value)


_READERS = {"bool": _bool, "int": _int, "num": _num, "date": _date, "enum": _str, "str": _str, "set": _set}


class BadFact(BaseModel):
    """A fact that cannot be used, and why: the reason of a refusal before any rule is looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fact: str
    why: str


class FactRegistry(BaseModel):
    """All facts by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: str
    specs: dict[str, FactSpec]
    words: dict[str, Text] = {}

    def read(self, facts: Mapping[str, Any], as_of: date) -> tuple[dict[str, Any], tuple[BadFact, ...]]:
        """Split facts into typed values and bad ones; a null is the same as a fact left out."""
        good: dict[str, Any] = {}
        bad: list[BadFact] = []
        for name in sorted(facts, key=str):
            if facts[name] is None and name in self.specs:
                continue
            try:
                good[name] = self._spec(name).read(facts[name], as_of)
            except ValueError as error:
                bad.append(BadFact(fact=readable(str(name)), why=str(error)))
        return good, tuple(bad)

    def _spec(self, name: str) -> FactSpec:
        if name not in self.specs:
            raise ValueError("not in the registry")
        return self.specs[name]

    def label(self, name: str) -> Text:
        """Say a fact in words; an unknown name stands for itself."""
        return self.specs[name].label if name in self.specs else Text(zh=name or "?", en=name or "?")


def say_value(registry: FactRegistry, value: Any) -> Text:
    """Say a value (JSON) as people read it; a code without words stands for itself."""
    if isinstance(value, bool):
        return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
    if isinstance(value, list):
        told = [say_value(registry, one) for one in value]
        return Text(zh="、".join(one.zh for one in told) or "—", en=", ".join(one.en for one in told) or "—")
    if isinstance(value, str) and value in registry.words:
        return registry.words[value]
    plain = f"{value:.1f}" if isinstance(value, float) else str(value) or "—"
    return Text(zh=plain, en=plain)


def _spec_from(name: str, row: dict[str, Any], sets: dict[str, list[str]]) -> FactSpec:
    row = dict(row)
    row["label"] = Text(zh=row.pop("zh"), en=row.pop("en"))
    if "values_from" in row:
        row["values"] = sets[row.pop("values_from")]
    return FactSpec(name=name, **row)


@cache
def fact_registry() -> FactRegistry:
    """Load the registry that ships with the product (packs/facts.yaml), once per process."""
    data = read_yaml((PACKS / "facts.yaml").read_text("utf-8"), "facts.yaml")
    specs = {name: _spec_from(name, row, data["sets"]) for name, row in data["facts"].items()}
    words = {value: Text(zh=zh, en=en) for value, (zh, en) in data["words"].items()}
    return FactRegistry(version=data["version"], specs=specs, words=words)
