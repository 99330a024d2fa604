"""Reading the conversation."""
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from app.work import Work, all_of, one_or_none
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


def answered_by_card(work: Work, visit_id: UUID, patient_wrote: datetime | None) -> datetime | None:
    """When the newest card came that is itself the doctor's answer; None: there is none.

    What the card shows was begun after the patient's last words, and no later card about it has taken it back.
    """
    cards: dict[str, list[Message]] = {}
    for line in all_of(work, Message, Message.visit_id == visit_id, Message.kind == "card", order=col(Message.seq)):
        cards.setdefault((line.card or {}).get("ref") or "", []).append(line)
    moments = [lines[-1].at for lines in cards.values() if (lines[-1].card or {}).get("answers")
               and (patient_wrote is None or lines[0].at > patient_wrote)]
    return max(moments, default=None)


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
