"""Tables of holds and reports. An item is the permit without which the database lets no kept row go."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.database import Row, json_column, state_check
from app.retention.states import ITEM, REPORT

OPEN = text("released_at IS NULL")


class RetentionHold(Row, table=True):
    """Nothing of this patient is deleted while the hold is in force, whatever a report named."""

    __tablename__ = "retention_hold"
    __table_args__ = (CheckConstraint("length(reason) >= 4", name="says_why"),
                      Index("ix_retention_hold_open", "patient_id", sqlite_where=OPEN, postgresql_where=OPEN))
    patient_id: UUID
    reason: str = Field(max_length=500)
    set_at: datetime
    set_by: UUID | None = None
    released_at: datetime | None = None
    released_by: UUID | None = None
    release_reason: str = Field(default="", max_length=500)


class RetentionReport(Row, table=True):
    """What may go as of `drawn_at`; `digest` is over all items, and is what the second person confirms.

    `drawn_by` is the first of the two people: who drew it, or who vouched for a list that the command line drew.
    """

    __tablename__ = "retention_report"
    __table_args__ = (state_check(REPORT),)
    state: str = Field(default="drawn", max_length=20)
    drawn_at: datetime
    drawn_by: UUID | None = None
    digest: str = Field(max_length=64)
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    done_at: datetime | None = None


class RetentionItem(Row, table=True):
    """One thing that a report names. `subject_id` is a patient, visit or order; of logs it is the report itself.

    `erasing` stands only inside the transaction that deletes: no other one ever sees it.
    """

    __tablename__ = "retention_item"
    __table_args__ = (state_check(ITEM), UniqueConstraint("report_id", "kind", "subject_id"),
                      Index("ix_retention_item_state", "state"), Index("ix_retention_item_subject_id", "subject_id"))
    report_id: UUID = Field(foreign_key="retention_report.id")
    kind: str = Field(max_length=20)
    subject_id: UUID
    patient_id: UUID | None = None
    started_at: datetime | None = None
    before: datetime
    rows: int
    state: str = Field(default="named", max_length=20)
    ended_at: datetime | None = None
    why: str = Field(default="", max_length=40)
