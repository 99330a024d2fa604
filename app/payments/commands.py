"""What a visit or an order may do with its money: open, settle, release, refund. None of it calls outside."""
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.payments.applying import flag_debt
from app.payments.ledger import post_reassignment
from app.payments.models import ChargeLine, Payment, Refund
from app.payments.problems import (
    ChargeRefused,
    PaymentGivenBack,
    PaymentUnderWay,
    RefundTooLarge,
    RefundTooLate,
)
from app.payments.providers.port import Cashiers, UnknownProvider
from app.payments.pursuing import ask, locked, pursue, write_refund
from app.payments.queries import allowed_pairs, charge_lines, payment_of, pending_notices, promised_fen, unfinished
from app.payments.rules import FIRST_LOOK, Line, line_faults
from app.payments.states import ENDED, LIVE, Wanted
from app.work import Work, one_or_none


def open_payment(work: Work, payable_kind: str, payable_id: UUID, patient_id: UUID, lines: Sequence[Line],
                 provider: str, organization_id: UUID | None = None) -> Payment:
    """Write an attempt to be paid and ask the provider for it; asked again it returns the open attempt.

    Raises ChargeRefused, UnknownProvider, and PaymentUnderWay when another payment for the same is open.
    """
    if payable_kind not in work.tool(Cashiers).get(provider).payables:
        raise UnknownProvider(provider=provider, payable_kind=payable_kind)
    faults = line_faults(payable_kind, lines, allowed_pairs(work))
    if faults:
        raise ChargeRefused(faults=faults)
    last = payment_of(work, payable_kind, payable_id)
    if last is not None and last.state in LIVE:
        return _same(last, provider, lines)
    payment = Payment(payable_kind=payable_kind, payable_id=payable_id, patient_id=patient_id,
                      account_id=work.actor.account_id, organization_id=organization_id, provider=provider,
                      fen=sum(line.fen for line in lines), attempt=last.attempt + 1 if last else 1,
                      created_at=work.now)
    return _write(work, payment, lines)


def _same(known: Payment, provider: str, lines: Sequence[Line]) -> Payment:
    """The open attempt, if it is the one that is asked for again."""
    fits = (known.provider, known.fen, known.wanted) == (
        provider, sum(line.fen for line in lines), Wanted.HELD.value)
    if fits and known.state in ("created", "authorised", "captured"):
        return known
    raise PaymentUnderWay(payment_id=str(known.id), state=known.state)


def _write(work: Work, payment: Payment, lines: Sequence[Line]) -> Payment:
    """Insert the row, its lines and its first jobs; a simultaneous twin wins by the unique index."""
    try:
        with work.session.begin_nested():
            work.add(payment)
    except IntegrityError:
        twin = payment_of(work, payment.payable_kind, payment.payable_id)
        if twin is None:
            raise
        return _same(twin, payment.provider, lines)
    for position, line in enumerate(lines, start=1):
        work.add(_charge_line(payment, position, line))
    pursue(work, payment)
    ask(work, "watch", payment, work.now + FIRST_LOOK)
    return payment


def _charge_line(payment: Payment, position: int, line: Line, edition: int = 1) -> ChargeLine:
    return ChargeLine(payment_id=payment.id, payable_kind=payment.payable_kind, edition=edition, position=position,
                      kind=line.kind, fen=line.fen, beneficiary_kind=line.beneficiary_kind,
                      beneficiary_id=str(line.beneficiary_id), rule_version=line.rule_version)


def reassign(work: Work, payment_id: UUID, lines: Sequence[Line]) -> Payment:
    """Say anew who earns a payment, for at most its sum; what was posted for the former earners is moved over.

    The same lines again change nothing. Raises ChargeRefused.
    """
    payment = locked(work, payment_id)
    faults = line_faults(payment.payable_kind, lines, allowed_pairs(work))
    if sum(line.fen for line in lines) > payment.fen:
        faults.append("above_what_was_agreed")
    if faults:
        raise ChargeRefused(faults=faults)
    former = charge_lines(work, payment_id)
    if [_content(line) for line in former] == [_content(line) for line in lines]:
        return payment
    edition = former[0].edition + 1
    for position, line in enumerate(lines, start=1):
        work.add(_charge_line(payment, position, line, edition))
    post_reassignment(work, payment, former, charge_lines(work, payment_id))
    return payment


def _content(line: Line | ChargeLine) -> tuple[str, int, str, str]:
    return line.kind, line.fen, line.beneficiary_kind, str(line.beneficiary_id)


def settle(work: Work, payment_id: UUID) -> Payment:
    """The money is earned: take it as soon as it is held. Twice is once; after a release it is refused.

    When the hold is gone already, the visit goes on and the debt is flagged. Raises PaymentGivenBack.
    """
    payment = locked(work, payment_id)
    if payment.wanted == Wanted.RELEASED:
        raise PaymentGivenBack(payment_id=str(payment_id), state=payment.state)
    payment.wanted = Wanted.SETTLED.value
    if payment.state in ENDED:
        flag_debt(work, payment)
    pursue(work, payment)
    return work.add(payment)


def release(work: Work, payment_id: UUID) -> Payment:
    """Everything goes back, whatever the state: the hold is cancelled, taken money refunded. Twice is once."""
    payment = locked(work, payment_id)
    payment.wanted, payment.debt_since = Wanted.RELEASED.value, None
    pursue(work, payment)
    return work.add(payment)


def refund(work: Work, payment_id: UUID, fen: int, reason: str, once: str | None = None) -> Refund:
    """Give back a part of what was captured, in fen; the same `once` of a payment gives the same refund.

    Raises RefundTooLarge when promises and refunds would exceed the captured sum, RefundTooLate.
    """
    payment = locked(work, payment_id)
    known = one_or_none(work, Refund, col(Refund.payment_id) == payment_id,
                        col(Refund.once) == once) if once else None
    if known is not None:
        return known
    left = payment.captured_fen - promised_fen(work, payment_id)
    if type(fen) is not int or not 0 < fen <= left:
        raise RefundTooLarge(payment_id=str(payment_id), left_fen=left)
    _check_provider(work, payment, fen)
    return write_refund(work, payment, fen, reason, once)


def _check_provider(work: Work, payment: Payment, fen: int) -> None:
    """Ask only for what the provider can do: parts of a sum, within so many days."""
    provider = work.tool(Cashiers).get(payment.provider)
    if fen < payment.captured_fen and "partial_refund" not in provider.capabilities:
        raise RefundTooLarge(payment_id=str(payment.id), whole_fen=payment.captured_fen)
    if payment.captured_at and work.now > payment.captured_at + timedelta(days=provider.refund_days):
        raise RefundTooLate(payment_id=str(payment.id), refund_days=provider.refund_days)


def look_again(work: Work, payment_id: UUID) -> Payment:
    """The patient is back from the cashier: ask the provider soon. The page itself never finishes anything."""
    payment = work.get(Payment, payment_id)
    ask(work, "fetch", payment)
    return payment


def sweep(work: Work) -> int:
    """See that every unfinished payment and notice has a job that will look at it; returns how many.

    They have one from their first moment; this is for the operator after a job died.
    """
    payments, notices = unfinished(work), pending_notices(work)
    for payment in payments:
        ask(work, "watch", payment)
    for notice in notices:
        work.later("payments.hear", {"event_id": str(notice.id), "tries": 0}, key=f"payments.hear:{notice.id}")
    return len(payments) + len(notices)
