"""Tables of messages: the inbox of an account, and what became of text messages."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from app.kit.database import Row
from app.kit.text import Text

UNREAD = text("read_at IS NULL")


class InboxItem(Row, table=True):
    """One line in an account's inbox: what kind of thing happened and where to look, never what it says."""

    __tablename__ = "inbox_item"
    __table_args__ = (Index("ix_inbox_item_unread", "account_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
                      Index("ix_inbox_item_account_id_at", "account_id", "at"))
    account_id: UUID = Field(foreign_key="account.id")
    kind: str = Field(max_length=40)
    text_zh: str = Field(max_length=200)
    text_en: str = Field(max_length=200)
    link: str = Field(max_length=200)
    at: datetime
    read_at: datetime | None = None

    @property
    def text(self) -> Text:
        """The line in both languages."""
        return Text(zh=self.text_zh, en=self.text_en)


class SmsOutbox(Row, table=True):
    """A text message that an adapter took; the text is kept, sealed, only by the demo's stand-in."""

    __tablename__ = "sms_outbox"
    phone_index: str = Field(max_length=64, index=True)
    phone_masked: str = Field(max_length=20)
    text_sealed: str | None = Field(default=None, max_length=500)
    provider: str = Field(max_length=30)
    reference: str = Field(max_length=100)
    at: datetime
