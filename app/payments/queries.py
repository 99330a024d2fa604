"""Reading about money; nothing here changes a row."""
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from app.payments.models import AllowedBeneficiary, ChargeLine, LedgerEntry, Payment, Refund, WebhookEvent
from app.payments.states import OPEN, PROMISED, Wanted
from app.work import Work, all_of, one_or_none


def payment_of(work: Work, payable_kind: str, payable_id: UUID) -> Payment | None:
    """The latest attempt to be paid for a visit or an order."""
    same = (col(Payment.payable_kind) == payable_kind, col(Payment.payable_id) == payable_id)
    return work.session.exec(select(Payment).where(*same).order_by(col(Payment.attempt).desc())).first()


def payments_of(work: Work, payable_kind: str, payable_ids: list[UUID]) -> dict[UUID, Payment]:
    """The latest attempt of each of many visits or orders, in one statement, for lists."""
    same = (col(Payment.payable_kind) == payable_kind, col(Payment.payable_id).in_(payable_ids))
    rows = work.session.exec(select(Payment).where(*same).order_by(col(Payment.attempt)))
    return {payment.payable_id: payment for payment in rows}


def payment_by_ref(work: Work, provider: str, ref: str) -> Payment | None:
    """The payment that a provider knows under `ref`; the cashier's page looks here."""
    return one_or_none(work, Payment, col(Payment.provider) == provider, col(Payment.provider_ref) == ref)


def charge_lines(work: Work, payment_id: UUID) -> list[ChargeLine]:
    """What a payment is for and who earns it now, in the order in which it was written."""
    newest = select(func.max(ChargeLine.edition)).where(col(ChargeLine.payment_id) == payment_id).scalar_subquery()
    return all_of(work, ChargeLine, col(ChargeLine.payment_id) == payment_id, col(ChargeLine.edition) == newest,
                  order=col(ChargeLine.position))


def refunds_of(work: Work, payment_id: UUID) -> list[Refund]:
    """Everything that went or will go back, oldest first."""
    return all_of(work, Refund, col(Refund.payment_id) == payment_id)


def promised_fen(work: Work, payment_id: UUID) -> int:
    """The sum of all refunds that are on their way or done."""
    total = select(func.coalesce(func.sum(Refund.fen), 0)).where(
        col(Refund.payment_id) == payment_id, col(Refund.state).in_(PROMISED))
    return int(work.session.exec(total).one())


def left_fen(work: Work, payment: Payment) -> int:
    """What of a payment may still be earned: the sum that is held or was taken, without what goes back."""
    return (payment.captured_fen or payment.fen) - promised_fen(work, payment.id)


def allowed_pairs(work: Work) -> set[tuple[str, str]]:
    """Who may earn on which kind of line, as the database enforces it."""
    return {(row.kind, row.beneficiary_kind) for row in work.session.exec(select(AllowedBeneficiary))}


def balance(work: Work, account: str, currency: str = "CNY") -> int:
    """The sum of an account of the ledger in fen; negative for income and for what we owe."""
    total = select(func.coalesce(func.sum(LedgerEntry.fen), 0)).where(
        col(LedgerEntry.account) == account, col(LedgerEntry.currency) == currency)
    return int(work.session.exec(total).one())


def debts(work: Work) -> list[Payment]:
    """Money that was earned and could not be taken; a person decides what becomes of it."""
    return all_of(work, Payment, col(Payment.debt_since).is_not(None), order=col(Payment.debt_since))


def failed_refunds(work: Work) -> list[Refund]:
    """Refunds that the provider refused or that came back: the patient waits for money."""
    return all_of(work, Refund, col(Refund.state).in_(("failed", "bounced")))


def doubled_refunds(work: Work) -> list[Refund]:
    """Refunds that left a second time under one key: the hospital is poorer, and a person asks for the money back."""
    return all_of(work, Refund, col(Refund.reason) == "made_twice", col(Refund.state) == "succeeded")


def pending_refunds(work: Work, payment_id: UUID) -> list[Refund]:
    """Refunds of a payment that are on their way, oldest first."""
    return all_of(work, Refund, col(Refund.payment_id) == payment_id, col(Refund.state) == "pending")


def unfinished(work: Work) -> list[Payment]:
    """Payments whose outside may still move: open ones, and those that wait for a refund."""
    waiting = select(Refund.payment_id).where(col(Refund.state) == "pending")
    return all_of(work, Payment, col(Payment.state).in_(OPEN) | col(Payment.id).in_(waiting))


def holds_without_a_wish(work: Work) -> list[Payment]:
    """Amounts that are held although nobody wants them any more: the daily audit expects none."""
    return all_of(work, Payment, col(Payment.state) == "authorised",
                  col(Payment.wanted) == Wanted.RELEASED.value)


def pending_notices(work: Work) -> list[WebhookEvent]:
    """Notices whose effect does not stand in our rows yet."""
    return all_of(work, WebhookEvent, col(WebhookEvent.applied_at).is_(None))


def is_waiting_for_patient(payment: Payment) -> bool:
    """True while the patient still has to pay at the cashier."""
    return payment.state == "created" and payment.wanted != Wanted.RELEASED.value


def is_secured(payment: Payment) -> bool:
    """True when the amount is held or taken and nobody has let go of it: the visit may begin to wait."""
    held = payment.state in ("authorised", "captured", "partly_refunded")
    return held and payment.wanted != Wanted.RELEASED.value
