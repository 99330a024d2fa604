"""The complete record of a decision as canonical JSON: who asked, about what, which facts, which law."""
import json
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.policy.canonical import canonical_bytes
from app.policy.decision import Decision
from app.policy.engine import decide
from app.policy.policy_set import PolicySet
from app.policy.sheet import Fact


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Subject(_Frozen):
    """What is judged: a kind with its id, and where it belongs. `line` counts prescription lines from 1."""

    kind: str
    id: UUID | None = None
    patient_id: UUID | None = None
    visit_id: UUID | None = None
    prescription_id: UUID | None = None
    line: int | None = None
    organization_id: UUID | None = None


class AskedBy(_Frozen):
    """Who acted when the policy was asked."""

    role: str
    account_id: UUID | None = None
    organization_id: UUID | None = None
    practitioner_id: UUID | None = None


class DecisionRecord(_Frozen):
    """Everything that is needed to explain a decision and to compute it again."""

    schema_version: int = 1
    id: UUID
    at: datetime
    actor: AskedBy
    stage: str
    as_of: date
    subject: Subject
    registry_version: str
    facts: tuple[Fact, ...]
    stale: tuple[str, ...] = ()
    drug_class_hashes: dict[str, str] = {}
    decision: Decision

    def to_bytes(self) -> bytes:
        """Write the record as canonical JSON."""
        return canonical_bytes(self.model_dump(mode="json"))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a record back."""
        return cls.model_validate(json.loads(content))

    def values(self) -> dict[str, Any]:
        """The facts as the engine takes them."""
        return {fact.name: fact.value for fact in self.facts}


def recompute(record: DecisionRecord, policy_set: PolicySet) -> Decision:
    """Judge the stored facts again; with the policies that the record names, the result is the same."""
    return decide(policy_set, record.stage, record.as_of, record.values())
