"""Replay: the decisions that were really made, decided again under a policy that is not in force yet."""
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.policy.decision import Decision
from app.policy.models import PolicyDecision
from app.policy.policy_set import PolicySet
from app.policy.problems import unusable
from app.policy.queries import policies_of, read_record
from app.policy.record import recompute
from app.policy.rulebook import Policy
from app.policy.versions.in_force import policies_in_force
from app.work import Work


@dataclass(frozen=True)
class Change:
    """One stored decision: what it said, and what the new policy would say to the same facts on the same day."""

    id: UUID
    stage: str
    as_of: date
    before: Decision
    after: Decision

    @property
    def changes(self) -> bool:
        """True when verdict, decisive rules or exceptions differ."""
        def told(decision: Decision) -> tuple[Any, ...]:
            return decision.verdict, decision.rule_ids, decision.exceptions_used
        return told(self.before) != told(self.after)

    def plain(self) -> dict[str, Any]:
        """As JSON data, without facts of a person."""
        return {"id": str(self.id), "stage": self.stage, "as_of": self.as_of.isoformat(),
                "before": {"decision": self.before.verdict.value, "rules": list(self.before.rule_ids)},
                "after": {"decision": self.after.verdict.value, "rules": list(self.after.rule_ids)}}


def require_fit(work: Work, policy: Policy) -> None:
    """A policy that could not stand among the layers of today is refused before anything is decided by it.

    Raises PolicyError.
    """
    layers = policies_in_force(work).layers
    if any(layer.id == policy.id and layer.layer != policy.layer for layer in layers):
        raise unusable("编号属于另一层的规则", "another layer has this id", policy.id, field="layer")
    PolicySet.of([*(layer for layer in layers if layer.id != policy.id), policy])


def replay_stored(work: Work, policy: Policy, last: int) -> Iterator[Change]:
    """The newest `last` decisions under `policy`: it takes the place of the layer of its id, or joins as a layer.

    Every other layer is the one that decided then. Raises PolicyError when the layers do not fit one another.
    """
    again = Again(work, policy)
    return (again.change_of(row) for row in newest_decisions(work, last))


def newest_decisions(work: Work, most: int, before: UUID | None = None) -> list[PolicyDecision]:
    """Stored decisions, the newest first; with `before` only those that are older than this one."""
    where = [col(PolicyDecision.id) < before] if before else []
    newest = select(PolicyDecision).where(*where).order_by(col(PolicyDecision.id).desc()).limit(most)
    return list(work.session.exec(newest).all())


@dataclass
class Again:
    """Decides stored decisions anew with `policy` among the layers of their own time."""

    work: Work
    policy: Policy
    sets: dict[tuple[str, ...], PolicySet] = field(default_factory=dict)

    def change_of(self, row: PolicyDecision) -> Change:
        """What one decision would become. Raises DecisionAltered, PolicyError."""
        record = read_record(row)
        key = tuple(layer.sha256 for layer in record.decision.layers)
        if key not in self.sets:
            others = [layer for layer in policies_of(self.work, record).layers if layer.id != self.policy.id]
            self.sets[key] = PolicySet.of([*others, self.policy])
        return Change(row.id, row.stage, row.as_of, record.decision, recompute(record, self.sets[key]))
