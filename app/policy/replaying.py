"""Replay: the decisions that were really made, decided again under a policy that is not in force yet."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.policy.decision import Decision
from app.policy.models import PolicyDecision
from app.policy.policy_set import PolicySet
from app.policy.queries import policies_of, read_record
from app.policy.record import recompute
from app.policy.rulebook import Policy
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


def replay_stored(work: Work, policy: Policy, last: int) -> Iterator[Change]:
    """The newest `last` decisions under `policy`: it takes the place of the layer of its id, or joins as a layer.

    Every other layer is the one that decided then. Raises PolicyError when the layers do not fit one another.
    """
    rows = work.session.exec(select(PolicyDecision).order_by(col(PolicyDecision.id).desc()).limit(last))
    sets: dict[tuple[str, ...], PolicySet] = {}
    for row in rows:
        record = read_record(row)
        key = tuple(layer.sha256 for layer in record.decision.layers)
        if key not in sets:
            others = [layer for layer in policies_of(work, record).layers if layer.id != policy.id]
            sets[key] = PolicySet.of([*others, policy])
        yield Change(row.id, row.stage, row.as_of, record.decision, recompute(record, sets[key]))
