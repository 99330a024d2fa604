"""Tables of the hospital's own rules: versions, replays, and what each replay would change."""
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, enum_column, json_column, state_check
from app.policy.decision import Verdict
from app.policy.versions.states import POLICY_REPLAY, POLICY_VERSION


class PolicyVersion(Row, table=True):
    """One version of the institution layer.

    `source` is the YAML as the officer wrote it, `content` the whole policy as canonical JSON, `sha256` its hash; from
    the proposal on none of them changes any more (the database holds this too). `effective_from` is the first day of a
    published version, on the hospital's calendar. `revision` counts the changes of a draft.
    """

    __tablename__ = "policy_version"
    __table_args__ = (state_check(POLICY_VERSION), UniqueConstraint("organization_id", "number"),
                      Index("ix_policy_version_state_effective_from", "state", "effective_from"))
    organization_id: UUID
    number: int
    state: str = Field(default="draft", max_length=20)
    revision: int = 1
    source: str
    content: bytes
    sha256: str = Field(max_length=64)
    cases: str = ""
    why: str = Field(default="", max_length=1000)
    based_on: UUID | None = Field(default=None, foreign_key="policy_version.id")
    author_id: UUID
    writers: list[str] = Field(default_factory=list, sa_column=json_column())
    created_at: datetime
    changed_at: datetime
    checked_at: datetime | None = None
    cases_held: int = 0
    replayed_at: datetime | None = None
    proposed_at: datetime | None = None
    proposed_by: UUID | None = None
    wanted_from: date | None = None
    approved_at: datetime | None = None
    approved_by: UUID | None = None
    published_at: datetime | None = None
    published_by: UUID | None = None
    effective_from: date | None = None
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    reason: str = Field(default="", max_length=500)


class PolicyReplay(Row, table=True):
    """One replay of a version: `done` of `total` stored decisions so far. `base` are the hashes of the layers above it,
    `cases` what the case file would decide otherwise, `cursor` the decision at which the next part goes on."""

    __tablename__ = "policy_replay"
    __table_args__ = (state_check(POLICY_REPLAY),)
    version_id: UUID = Field(foreign_key="policy_version.id", index=True)
    state: str = Field(default="running", max_length=20)
    sha256: str = Field(max_length=64)
    base: list[str] = Field(default_factory=list, sa_column=json_column())
    assumed_from: date
    asked_by: UUID
    begun_at: datetime
    ended_at: datetime | None = None
    total: int = 0
    done: int = 0
    changed: int = 0
    unreadable: int = 0
    cursor: UUID | None = None
    cases_total: int = 0
    cases: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())


class PolicyReplayChange(Row, table=True):
    """One stored decision that the version would decide otherwise.

    `decision_id` is no foreign key: the figures of a replay stay when the decision goes with its record.
    """

    __tablename__ = "policy_replay_change"
    replay_id: UUID = Field(foreign_key="policy_replay.id", index=True)
    decision_id: UUID
    stage: str = Field(max_length=40)
    as_of: date
    before: Verdict = Field(sa_column=enum_column(Verdict))
    after: Verdict = Field(sa_column=enum_column(Verdict))
    rules_before: list[str] = Field(default_factory=list, sa_column=json_column())
    rules_after: list[str] = Field(default_factory=list, sa_column=json_column())
