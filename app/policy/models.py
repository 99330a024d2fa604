"""Tables of the policy room: every decision, and every policy text that one was made by. Append-only."""
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, event
from sqlmodel import Field, SQLModel

from app.kit.database import Row, enum_column
from app.policy.decision import Verdict


class PolicyDecision(Row, table=True):
    """One decision, ALLOW included. `record` is the original, canonical JSON; it holds personal data.

    The record names every policy that judged, with version and hash; `house_version_id` is the hospital's own version,
    `spoken` which rules had something to say and how, so that uses are counted without reading any record.
    """

    __tablename__ = "policy_decision"
    __table_args__ = (Index("ix_policy_decision_patient_id_at", "patient_id", "at"),)
    at: datetime = Field(index=True)
    actor_role: str = Field(max_length=30)
    actor_id: UUID | None = None
    organization_id: UUID | None = None
    stage: str = Field(max_length=40)
    as_of: date
    verdict: Verdict = Field(sa_column=enum_column(Verdict))
    subject_kind: str = Field(max_length=40)
    subject_id: UUID | None = Field(default=None, index=True)
    patient_id: UUID | None = None
    visit_id: UUID | None = Field(default=None, index=True)
    prescription_id: UUID | None = Field(default=None, index=True)
    line: int | None = None
    house_version_id: UUID | None = Field(default=None, index=True)
    spoken: str
    record: bytes
    sha256: str = Field(max_length=64)


class PolicyText(SQLModel, table=True):
    """A policy as it was when it decided something, by its hash, so that this can be computed again."""

    __tablename__ = "policy_text"
    sha256: str = Field(primary_key=True, max_length=64)
    policy: str = Field(max_length=60)
    version: str = Field(max_length=40)
    content: bytes


class AppendOnly(RuntimeError):
    """Something tried to change or remove a stored decision; that is a defect, never a use case."""


def _refuse_change(mapper: Any, connection: Any, row: Any) -> None:
    raise AppendOnly(type(row).__name__)


for _model in (PolicyDecision, PolicyText):
    for _change in ("before_update", "before_delete"):
        event.listen(_model, _change, _refuse_change)
