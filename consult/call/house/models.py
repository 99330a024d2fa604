"""Tables of the operator: settings of calls, one row for each time they were set, and checks of the installation."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from app.kit.database import Row, json_column


class CallSettings(Row, table=True):
    """What holds from `set_at` on: the newest row counts, and an older one says what held then. Never changed."""

    __tablename__ = "call_settings"
    set_at: datetime = Field(index=True)
    set_by: UUID
    recording: str = Field(max_length=10)
    picture_kbits: int


class CallCheck(Row, table=True):
    """One check of the installation, as `fuzhen video doctor` does it; without `done_at` it still runs."""

    __tablename__ = "call_check"
    asked_at: datetime = Field(index=True)
    asked_by: UUID
    done_at: datetime | None = None
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
