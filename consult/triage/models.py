"""Tables of triage: the case, every answer ever given, every result, and the rule sets that decided."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, json_column, state_check
from consult.triage.rulebook.levels import Level
from consult.triage.states import TRIAGE

LEVELS = ", ".join(repr(level.value) for level in Level)


class Triage(Row, table=True):
    """One triage. `facts` is what was known of the person at the start; answers are the ones that stand now.

    Personal: free_text, facts, answers, outcome.
    """

    __tablename__ = "triage"
    __table_args__ = (
        state_check(TRIAGE),
        CheckConstraint(f"level IS NULL OR level IN ({LEVELS})", name="level_known"),
        # An emergency has no way online: it is never a finished triage that a visit could rest on.
        CheckConstraint("level IS NULL OR (level = 'emergency') = (state = 'closed_emergency')",
                        name="emergency_is_closed"),
        CheckConstraint("(state = 'open') = (level IS NULL)", name="result_when_done"),
        Index("ix_triage_patient_id_created_at", "patient_id", "created_at"),
    )
    organization_id: UUID
    patient_id: UUID = Field(foreign_key="patient.id")
    account_id: UUID = Field(foreign_key="account.id")
    complaint: str = Field(max_length=40)
    free_text: str = Field(default="", max_length=500)
    language: str = Field(max_length=2)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    answers: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    taken_back: list[str] = Field(default_factory=list, sa_column=json_column())
    gate_answered_at: datetime | None = None
    state: str = Field(default="open", max_length=20)
    level: str | None = Field(default=None, max_length=20)
    department: str | None = Field(default=None, max_length=40)
    outcome: bytes | None = None
    outcome_hash: str | None = Field(default=None, max_length=64)
    ruleset_hash: str = Field(max_length=64)
    created_at: datetime
    finished_at: datetime | None = None
    call_back_due: datetime | None = Field(default=None, index=True)
    visit_id: UUID | None = Field(default=None, unique=True)
    history_confirmed_at: datetime | None = None


class TriageAnswer(Row, table=True):
    """One answer as it was given; a later answer to the same question adds a row and removes none. Personal: value."""

    __tablename__ = "triage_answer"
    __table_args__ = (UniqueConstraint("triage_id", "number"),)
    triage_id: UUID = Field(foreign_key="triage.id")
    number: int
    question: str = Field(max_length=60)
    value: Any = Field(sa_column=json_column())
    account_id: UUID
    at: datetime


class TriageResult(Row, table=True):
    """One result with its bytes; a corrected triage has several, and none is ever changed. Personal: content."""

    __tablename__ = "triage_result"
    __table_args__ = (UniqueConstraint("triage_id", "number"),)
    triage_id: UUID = Field(foreign_key="triage.id")
    number: int
    level: str = Field(max_length=20)
    content: bytes
    sha256: str = Field(max_length=64)
    at: datetime


class TriageRuleSet(Row, table=True):
    """The files of a rule set, kept from its first use, so that an old result can be worked out again."""

    __tablename__ = "triage_rule_set"
    hash: str = Field(unique=True, max_length=64)
    content: str
    first_used_at: datetime
