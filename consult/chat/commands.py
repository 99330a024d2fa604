"""Send, mark as delivered or read, keep a draft; system lines and cards of later steps."""
from uuid import UUID

from app.events.consult import MessageSent
from app.identity import api as identity
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work, one_or_none
from consult.chat.models import LONGEST, Message, MessageDraft
from consult.chat.problems import EmptyMessage, MessageTooLong, TalkClosed
from consult.visit.models import Visit
from consult.visit.rules import REMINDER
from consult.visit.words import clean, visible
from records import api as records

KINDS = ("text", "image", "pdf", "voice")
OPEN_FOR = {"patient": ("needs_evidence", "waiting", "in_progress"), "doctor": ("in_progress",)}


def side_of(work: Work, visit: Visit) -> str:
    """patient or doctor; anybody else gets NotFound."""
    if work.actor.role == "doctor" and visit.practitioner_id == work.actor.practitioner_id is not None:
        return "doctor"
    if work.actor.role == "patient":
        identity.require_acting_for(work, visit.patient_id)
        return "patient"
    raise NotFound


def send_message(work: Work, visit_id: UUID, client_id: UUID, kind: str = "text", text: str = "",
                 document_id: UUID | None = None) -> Message:
    """Store a message and number it. Sending the same client id again returns the first one."""
    visit = work.get(Visit, visit_id, lock=True)
    side = side_of(work, visit)
    known = _sent(work, visit, side, client_id)
    if known:
        return known
    text = clean(text)
    _require_sendable(work, visit, side, kind, text, document_id)
    message = _append(work, visit, side, kind, client_id, text, document_id, None)
    _seen_by_sender(visit, side, message.seq)
    _forget_draft(work, visit)
    if visit.state == "in_progress":
        work.later("consult.remind", {"visit_id": str(visit.id)}, f"remind:{visit.id}", work.now + REMINDER)
    work.announce(MessageSent(visit.id, visit.patient_id, message.id, message.seq, side))
    return message


def ready_for_file(work: Work, visit_id: UUID, client_id: UUID) -> Message | None:
    """Ask before a file is kept: the message that `client_id` sent already, or None when the talk takes one now.

    In a writing Work two sends of the same id come one after the other. Raises TalkClosed and NotFound.
    """
    visit = work.get(Visit, visit_id, lock=not work.reading)
    side = side_of(work, visit)
    known = _sent(work, visit, side, client_id)
    if known is None and visit.state not in OPEN_FOR[side]:
        raise TalkClosed(state=visit.state)
    return known


def _sent(work: Work, visit: Visit, side: str, client_id: UUID) -> Message | None:
    return one_or_none(work, Message, Message.visit_id == visit.id, Message.sender == side,
                       Message.client_id == client_id)


def _require_sendable(work: Work, visit: Visit, side: str, kind: str, text: str, document_id: UUID | None) -> None:
    if visit.state not in OPEN_FOR[side]:
        raise TalkClosed(state=visit.state)
    if kind not in KINDS or (kind == "text") != (document_id is None):
        raise EmptyMessage
    if kind == "text" and not text:
        raise EmptyMessage
    if len(text) > LONGEST:
        raise MessageTooLong(most=LONGEST)
    if document_id is not None and records.document(work, document_id).patient_id != visit.patient_id:
        raise NotFound


def _append(work: Work, visit: Visit, sender: str, kind: str, client_id: UUID, text: str,
            document_id: UUID | None, card: dict | None) -> Message:
    visit.last_seq += 1
    visit.last_sender, visit.last_message_at = sender, work.now
    work.hint(f"visit:{visit.id}")
    work.hint(f"queue:{visit.organization_id}")
    return work.add(Message(visit_id=visit.id, seq=visit.last_seq, sender=sender, client_id=client_id, kind=kind,
                            account_id=work.actor.account_id, text=text, document_id=document_id, card=card,
                            at=work.now))


def _seen_by_sender(visit: Visit, side: str, seq: int) -> None:
    """Whoever answers has read what stands before."""
    if side == "doctor":
        visit.doctor_delivered = visit.doctor_read = seq
    else:
        visit.patient_delivered = visit.patient_read = seq


def post_system(work: Work, visit_id: UUID, text: Text) -> Message:
    """A line of the house in the talk, in both languages."""
    return post_card(work, visit_id, "system", None, text)


def post_card(work: Work, visit_id: UUID, card_kind: str, ref_id: UUID | None, text: Text,
              answers: bool = False) -> Message:
    """A card of a later step (prescription, referral, evidence) in the talk; `ref_id` is what it shows.

    `answers`: what the patient has got with it is itself the doctor's answer.
    """
    visit = work.get(Visit, visit_id, lock=True)
    card: dict[str, object] = {"kind": card_kind, "ref": str(ref_id) if ref_id else None, **text.model_dump()}
    if answers:
        card["answers"] = True
    return _append(work, visit, "house", "system" if card_kind == "system" else "card", uuid7(), "", None, card)


def mark(work: Work, visit_id: UUID, delivered: int = 0, read: int = 0) -> Visit:
    """Say up to which number this side has got and read; the marks only rise."""
    visit = work.get(Visit, visit_id, lock=True)
    side = side_of(work, visit)
    read = min(max(read, getattr(visit, f"{side}_read")), visit.last_seq)
    delivered = min(max(delivered, read, getattr(visit, f"{side}_delivered")), visit.last_seq)
    if (read, delivered) != (getattr(visit, f"{side}_read"), getattr(visit, f"{side}_delivered")):
        setattr(visit, f"{side}_read", read)
        setattr(visit, f"{side}_delivered", delivered)
        work.hint(f"visit:{visit.id}")
        if side == "doctor":
            work.hint(f"queue:{visit.organization_id}")
    return visit


def save_draft(work: Work, visit_id: UUID, text: str) -> None:
    """Keep what was typed so far, of two devices the later; empty text forgets it. Raises MessageTooLong, NotFound."""
    if len(text) > LONGEST:
        raise MessageTooLong(most=LONGEST)
    visit = work.get(Visit, visit_id, lock=True)
    side_of(work, visit)
    row, text = _own_draft(work, visit), visible(text)
    if row is not None:
        row.text, row.at = text, work.now
    elif text and work.actor.account_id is not None:
        work.add(MessageDraft(visit_id=visit_id, account_id=work.actor.account_id, text=text, at=work.now))


def _own_draft(work: Work, visit: Visit) -> MessageDraft | None:
    return one_or_none(work, MessageDraft, MessageDraft.visit_id == visit.id,
                       MessageDraft.account_id == work.actor.account_id)


def _forget_draft(work: Work, visit: Visit) -> None:
    row = _own_draft(work, visit)
    if row is not None:
        row.text, row.at = "", work.now
