"""Tables of the review."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from app.kit.database import Row, json_column


class Review(Row, table=True):
    """One decision of a pharmacist; append-only. `findings` are what the checks said at that moment, `confirmed`
    the ids of those that the pharmacist confirmed one by one."""

    __tablename__ = "review"
    prescription_id: UUID = Field(foreign_key="prescription.id", index=True)
    pharmacist_id: UUID
    organization_id: UUID
    decision: str = Field(max_length=10)
    reason_code: str = Field(default="", max_length=40)
    text: str = Field(default="", max_length=1000)
    lines: list[int] = Field(default_factory=list, sa_column=json_column())
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    confirmed: list[str] = Field(default_factory=list, sa_column=json_column())
    digest: str = Field(max_length=64)
    decision_id: UUID | None = None
    at: datetime


class ReviewHold(Row, table=True):
    """Who has a prescription in hand, and until when; a hold that ran out binds nobody."""

    __tablename__ = "review_hold"
    prescription_id: UUID = Field(foreign_key="prescription.id", unique=True)
    pharmacist_id: UUID
    until: datetime
