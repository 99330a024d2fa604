"""Tables of the conversation."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, json_column

LONGEST = 4000


class Message(Row, table=True):
    """One line of the talk. `seq` counts from 1 within the visit; `client_id` makes a resend harmless."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("visit_id", "seq"),
                      UniqueConstraint("visit_id", "sender", "client_id", name="uq_message_client"))
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    seq: int
    sender: str = Field(max_length=10)
    account_id: UUID | None = None
    client_id: UUID
    kind: str = Field(max_length=10)
    text: str = Field(default="", max_length=LONGEST)
    document_id: UUID | None = None
    card: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    at: datetime


class MessageDraft(Row, table=True):
    """What somebody typed and has not sent, kept for their other device."""

    __tablename__ = "message_draft"
    __table_args__ = (UniqueConstraint("visit_id", "account_id"),)
    visit_id: UUID = Field(foreign_key="visit.id")
    account_id: UUID
    text: str = Field(default="", max_length=LONGEST)
    at: datetime
