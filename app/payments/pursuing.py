"""Steers a payment towards what is wanted: writes the next outside call as a job, in the same transaction."""
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from app.payments.models import Payment, Refund
from app.payments.queries import promised_fen
from app.payments.rules import FIRST_LOOK, next_effect
from app.work import Work

REFUNDED_ELSEWHERE = "refunded_at_provider"


def ask(work: Work, what: str, payment: Payment, due: datetime | None = None, tries: int = 0) -> None:
    """Write the job of one outside call about a payment; the same one waits only once."""
    work.later(f"payments.{what}", {"payment_id": str(payment.id), "tries": tries},
               key=f"payments.{what}:{payment.id}", due=due)


def ask_refund(work: Work, refund: Refund, due: datetime | None = None, tries: int = 0) -> None:
    """Write the job that asks the provider for one refund."""
    args = {"payment_id": str(refund.payment_id), "refund_id": str(refund.id), "tries": tries}
    work.later("payments.refund", args, key=f"payments.refund:{refund.id}", due=due)


def write_refund(work: Work, payment: Payment, fen: int, reason: str, once: str | None = None) -> Refund:
    """Write the refund's row first, then its job; the row is the memory of its key."""
    refund = work.add(Refund(payment_id=payment.id, fen=fen, reason=reason, once=once, created_at=work.now))
    ask_refund(work, refund)
    ask(work, "watch", payment, work.now + FIRST_LOOK)
    return refund


def pursue(work: Work, payment: Payment, due: datetime | None = None) -> None:
    """Ask for what comes next, if anything does. The caller holds the payment's lock."""
    left = payment.captured_fen - promised_fen(work, payment.id)
    effect = next_effect(payment.state, payment.wanted, payment.provider_ref is not None, left)
    if effect == "refund":
        if not was_refused(work, payment.id):
            write_refund(work, payment, left, reason_of(payment))
    elif effect:
        ask(work, effect, payment, due)


def was_refused(work: Work, payment_id: UUID) -> bool:
    """True when a refund failed for good: then a person decides, and we do not ask again by ourselves."""
    refused = (col(Refund.payment_id) == payment_id, col(Refund.state).in_(("failed", "bounced")),
               col(Refund.problem) != REFUNDED_ELSEWHERE)
    return work.session.exec(select(Refund.id).where(*refused)).first() is not None


def reason_of(payment: Payment) -> str:
    """Why everything goes back by itself."""
    return "released" if payment.wanted == "released" else "late_success"


def locked(work: Work, payment_id: UUID) -> Payment:
    """The payment under its row lock; every change begins here."""
    return work.get(Payment, payment_id, lock=True)
