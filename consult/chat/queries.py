"""Reading the conversation."""
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from app.work import Work, one_or_none
from consult.chat.models import Message, MessageDraft
from consult.visit.models import Visit

MOST = 200


def messages(work: Work, visit: Visit, after: int = 0, limit: int = MOST) -> list[Message]:
    """Messages numbered above `after`, in order; the caller has checked who asks."""
    statement = (select(Message).where(Message.visit_id == visit.id, col(Message.seq) > after)
                 .order_by(col(Message.seq)).limit(limit))
    return list(work.session.exec(statement).all())


def last_written(work: Work, visit_id: UUID, side: str) -> datetime | None:
    """When a side (patient or doctor) wrote last; None when it has not written."""
    newest = select(func.max(Message.at)).where(Message.visit_id == visit_id, Message.sender == side)
    return work.session.exec(newest).one()


def draft_of(work: Work, visit_id: UUID) -> str:
    """What this account typed and did not send."""
    row = one_or_none(work, MessageDraft, MessageDraft.visit_id == visit_id,
                      MessageDraft.account_id == work.actor.account_id)
    return row.text if row else ""


def receipt(visit: Visit, side: str, seq: int) -> str:
    """What the sender on `side` sees of message `seq`: sent, delivered or read by the other side."""
    other = "doctor" if side == "patient" else "patient"
    if seq <= getattr(visit, f"{other}_read"):
        return "read"
    return "delivered" if seq <= getattr(visit, f"{other}_delivered") else "sent"
