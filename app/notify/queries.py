"""What stands in an inbox, and what the demo shows of text messages."""
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, func, select

from app.identity import api as identity
from app.kit.problems import NotFound
from app.notify.models import InboxItem, SmsOutbox
from app.storage import Vault
from app.work import Work

SMS_TEXT = "sms_outbox.text"


class ShownSms(NamedTuple):
    """One text message as the demo page shows it."""

    at: datetime
    phone: str
    text: str


def inbox(work: Work, account_id: UUID, limit: int = 50) -> list[InboxItem]:
    """The newest lines first; only the account itself may look. Raises NotFound."""
    require_own(work, account_id)
    return list(work.session.exec(select(InboxItem).where(InboxItem.account_id == account_id)
                                  .order_by(col(InboxItem.at).desc(), col(InboxItem.id).desc()).limit(limit)).all())


def unread_links(work: Work, account_id: UUID) -> dict[str, int]:
    """How many lines were not read yet, by where they lead; only the account itself may ask. Raises NotFound."""
    require_own(work, account_id)
    return dict(work.session.exec(select(InboxItem.link, func.count()).where(
        InboxItem.account_id == account_id, col(InboxItem.read_at).is_(None)).group_by(InboxItem.link)).all())


def unread_count(work: Work, account_id: UUID) -> int:
    """How many lines were not read yet; only the account itself may ask. Raises NotFound."""
    return sum(unread_links(work, account_id).values())


def sms_inbox(work: Work, phone: str | None = None, limit: int = 20) -> list[ShownSms]:
    """Text messages that the stand-in kept, newest first; the web shows them in demo mode only."""
    statement = select(SmsOutbox).where(col(SmsOutbox.text_sealed).is_not(None))
    if phone is not None:
        index = identity.phone_index(work, identity.clean_phone(phone))
        statement = statement.where(SmsOutbox.phone_index == index)
    rows = work.session.exec(statement.order_by(col(SmsOutbox.at).desc(), col(SmsOutbox.id).desc()).limit(limit)).all()
    vault = work.tool(Vault)
    return [ShownSms(row.at, row.phone_masked, vault.open(row.text_sealed or "", SMS_TEXT)) for row in rows]


def require_own(work: Work, account_id: UUID) -> None:
    """An inbox belongs to one account; the house may count. Raises NotFound."""
    if work.actor.role != "house" and work.actor.account_id != account_id:
        raise NotFound
