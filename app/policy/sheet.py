"""Gathers the facts of one step, each with its source and time; what is too old counts as absent."""
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict

from app.policy.canonical import canonical_bytes
from app.policy.policy_set import PolicySet


class Fact(BaseModel):
    """One fact: its value as JSON, its source ("kind:id"), when it was established, and who acted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    value: Any
    source: str = ""
    at: datetime
    actor: str = ""


@dataclass
class FactSheet:
    """Facts for one decision at `now`. A fact nobody puts stays absent, and absent is unknown.

    `visit_since` and `prescription_since` are when the visit and the prescription began: facts that must be
    established within them are dropped when they are older.
    """

    policy_set: PolicySet
    now: datetime
    visit_since: datetime | None = None
    prescription_since: datetime | None = None
    stale: list[str] = field(default_factory=list)
    _facts: dict[str, Fact] = field(default_factory=dict)
    _class_hashes: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Any, source: str = "", at: datetime | None = None,
            actor: str = "") -> None:
        """Add a fact; None adds nothing. `at` is when it was established or last checked, now by default."""
        if value is None:
            return
        fact = Fact(name=name, value=plain(value), source=source, at=at or self.now, actor=actor)
        if self._is_fresh(fact):
            self._facts[name] = fact
        else:
            self._facts.pop(name, None)
            self.stale.append(name)

    def put_drug(self, drug: str) -> None:
        """Add the classes of a drug at the date of the step; a drug unknown to the table adds none."""
        self._facts.pop("rx.drug_classes", None)
        as_of = self.policy_set.date_of(self.now)
        table = self.policy_set.drug_classes
        self.put("rx.drug_classes", table.classes_of(drug, as_of), source=f"drug_class:{drug}")
        self._class_hashes[drug] = table.hash_of(drug, as_of)

    def for_line(self, drug: str, facts: Mapping[str, Any], source: str = "") -> "FactSheet":
        """A sheet of its own for one line: everything here, the line's drug and its own facts."""
        line = replace(self, stale=list(self.stale), _facts=dict(self._facts), _class_hashes={})
        line.put_drug(drug)
        for name, value in facts.items():
            line._facts.pop(name, None)
            line.put(name, value, source=source)
        return line

    def values(self) -> dict[str, Any]:
        """Names and values, for the engine."""
        return {name: fact.value for name, fact in self._facts.items()}

    def facts(self) -> tuple[Fact, ...]:
        """All facts by name, for the record."""
        return tuple(self._facts[name] for name in sorted(self._facts))

    @property
    def class_hashes(self) -> dict[str, str]:
        """SHA-256 of the drug-class rows that were used, by drug."""
        return dict(self._class_hashes)

    def _is_fresh(self, fact: Fact) -> bool:
        spec = self.policy_set.registry.specs.get(fact.name)
        if fact.at > self.now:
            return False
        limits = {"consultation": self.visit_since, "prescription": self.prescription_since}
        if spec is None or spec.fresh in ("each_step", "consent"):
            return True
        if spec.fresh in limits:
            return fact.at >= (limits[spec.fresh] or fact.at)
        if spec.fresh == "same_day":
            return self.policy_set.date_of(fact.at) == self.policy_set.date_of(self.now)
        return self.now - fact.at <= spec.shelf_life


def plain(value: Any) -> Any:
    """Write a value as JSON can hold it; what it cannot hold is marked and refused later as a bad fact."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple | list) and all(isinstance(member, str) for member in value):
        value = sorted(value)
    try:
        canonical_bytes(value)
    except rfc8785.CanonicalizationError:
        return {"not_json": ascii(value)}
    return value
