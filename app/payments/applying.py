"""`apply_state`: the one function that moves a payment, whoever brings the news."""
import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col

from app.events.payments import (
    CaptureFailed,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentEvent,
    PaymentFailed,
    PaymentRefunded,
    PaymentReleased,
)
from app.kit.ids import parse_uuid
from app.payments.ledger import post_capture, post_refund
from app.payments.models import Payment, Refund
from app.payments.problems import ProviderMismatch
from app.payments.providers.port import ProviderRefund, ProviderState, RefundStatus, Status
from app.payments.pursuing import REFUNDED_ELSEWHERE, ask, locked, pursue
from app.payments.queries import charge_lines, pending_refunds, promised_fen
from app.payments.states import ENDED, OPEN, PAYMENT, REFUND
from app.work import Work, one_or_none

log = logging.getLogger("fuzhen.payments")
BY = "house"
ENDS = {Status.CANCELLED: "cancel", Status.FAILED: "fail", Status.EXPIRED: "expire"}
BEFORE_EXPIRY = timedelta(hours=1)


def announce(work: Work, kind: type[PaymentEvent], payment: Payment, fen: int) -> None:
    """Tell what happened to a payment; `fen` is the amount of this step."""
    work.announce(kind(payment.id, payment.payable_kind, payment.payable_id, payment.patient_id, fen))


def apply_state(work: Work, payment_id: UUID, news: ProviderState, due: datetime | None = None) -> Payment:
    """Take over what the provider says, under the row's lock; older news changes nothing.

    Redirects, replies, webhooks and sweeps all end here. `due` delays what is asked next after a refusal.
    Raises ProviderMismatch.
    """
    payment = locked(work, payment_id)
    _check_fit(payment, news)
    payment.provider_ref = news.ref
    payment.expires_at = news.expires_at or payment.expires_at
    _take_status(work, payment, news)
    _take_refunds(work, payment, news)
    payment.next_step = news.next_step if payment.state == "created" else None
    pursue(work, payment, due)
    work.session.add(payment)
    work.session.flush()
    work.hint(f"payment:{payment.id}")
    return payment


def _check_fit(payment: Payment, news: ProviderState) -> None:
    """Refuse news about another payment, amount or currency."""
    same = (payment.provider_ref in (None, news.ref) and news.payment_id in (None, payment.id)
            and (payment.fen, payment.currency) == (news.fen, news.currency)
            and news.captured_fen <= payment.fen
            and (news.status is Status.CAPTURED) == (news.captured_fen > 0))
    if not same:
        raise ProviderMismatch(payment_id=str(payment.id), provider=payment.provider)


def _take_status(work: Work, payment: Payment, news: ProviderState) -> None:
    """Move forward where the news is further than we are."""
    if news.status is Status.CAPTURED and payment.captured_fen == 0:
        _capture(work, payment, news.captured_fen)
    elif payment.state in ENDED and news.status in (Status.PENDING, Status.AUTHORISED):
        ask(work, "cancel", payment)        # we are done with it: whatever is held there must be let go
    elif news.status is Status.AUTHORISED and payment.state == "created":
        _authorise(work, payment)
    elif news.status in ENDS and payment.state in OPEN:
        end(work, payment, ENDS[news.status], news.reason)


def _authorise(work: Work, payment: Payment) -> None:
    PAYMENT.move(payment, "authorise", by=BY)
    payment.authorised_at = work.now
    announce(work, PaymentAuthorised, payment, payment.fen)
    if payment.expires_at:
        ask(work, "expire", payment, payment.expires_at - BEFORE_EXPIRY)


def _capture(work: Work, payment: Payment, fen: int) -> None:
    """The money is with us. After an end of ours it comes too late: booked here, given back by `pursue`."""
    payment.captured_fen, payment.captured_at, payment.debt_since = fen, work.now, None
    if payment.state in OPEN:
        PAYMENT.move(payment, "capture", by=BY)
        announce(work, PaymentCaptured, payment, fen)
    work.session.add(payment)
    work.session.flush()        # the refund trigger must see the captured amount
    post_capture(work, payment, charge_lines(work, payment.id))


def end(work: Work, payment: Payment, move: str, reason: str | None) -> None:
    """The attempt is over without money; what was earned already becomes a debt that a person sees."""
    was = payment.state
    PAYMENT.move(payment, move, by=BY)
    payment.ended_at, payment.reason = work.now, reason
    nothing_came = was == "created" and move != "cancel"
    announce(work, PaymentFailed if nothing_came else PaymentReleased, payment, payment.fen)
    if move == "fail" and payment.provider_ref:
        ask(work, "cancel", payment)        # another card is another attempt; this one must not succeed late
    if payment.wanted == "settled":
        flag_debt(work, payment)


def flag_debt(work: Work, payment: Payment) -> None:
    """A capture failed: the visit goes on, a person is told, once."""
    if payment.debt_since is None:
        payment.debt_since = work.now
        announce(work, CaptureFailed, payment, payment.fen)


def _take_refunds(work: Work, payment: Payment, news: ProviderState) -> None:
    """Bring our refund rows to what the provider says of each."""
    for told in news.refunds:
        refund = _refund_row(work, payment, told)
        if told.status is RefundStatus.SUCCEEDED and refund.state in ("pending", "failed"):
            _refunded(work, payment, refund, told.ref)
        elif told.status is RefundStatus.PENDING and refund.provider_ref is None:
            refund.provider_ref = told.ref
            work.add(refund)
        elif told.status is RefundStatus.FAILED and refund.state == "pending":
            fail_refund(work, refund, "failed_at_provider")
        elif told.status is RefundStatus.FAILED and refund.state == "succeeded":
            _bounced(work, payment, refund)


def _refund_row(work: Work, payment: Payment, told: ProviderRefund) -> Refund:
    """Our row of a refund: by the provider's reference, by our key, or adopted when we know neither.

    A second refund under one key is money that left twice: it gets a row of its own, and the operator is told.
    """
    known = one_or_none(work, Refund, col(Refund.provider_ref) == told.ref, col(Refund.payment_id) == payment.id)
    if known is not None:
        return known
    row_id = parse_uuid((told.key or "").removeprefix("refund:"))
    ours = work.find(Refund, row_id) if row_id else None
    if ours is None or ours.payment_id != payment.id:
        return _adopt(work, payment, told, "made_at_provider")
    if ours.provider_ref is None:
        return ours
    log.warning("payment %s: refund %s was made a second time at the provider, as %s; please look into it",
                payment.id, ours.id, told.ref)
    return _adopt(work, payment, told, "made_twice")


def _adopt(work: Work, payment: Payment, told: ProviderRefund, reason: str) -> Refund:
    """Write a row for a refund that stands at the provider and not with us."""
    if told.status is not RefundStatus.FAILED:
        _make_room(work, payment, told.fen)
    state = "failed" if told.status is RefundStatus.FAILED else "pending"
    return work.add(Refund(payment_id=payment.id, fen=told.fen, reason=reason, state=state,
                           provider_ref=told.ref, created_at=work.now))


def _make_room(work: Work, payment: Payment, fen: int) -> None:
    """Let promises of ours fail that the provider can no longer keep, since it gave that money back already."""
    pending = pending_refunds(work, payment.id)
    while pending and promised_fen(work, payment.id) + fen > payment.captured_fen:
        fail_refund(work, pending.pop(), REFUNDED_ELSEWHERE)


def _refunded(work: Work, payment: Payment, refund: Refund, ref: str) -> None:
    """One refund has arrived: post it, move on, tell."""
    if refund.state == "failed":
        _make_room(work, payment, refund.fen)
    REFUND.move(refund, "succeed", by=BY)
    refund.provider_ref, refund.settled_at, refund.problem = ref, work.now, None
    work.add(refund)
    before = payment.refunded_fen
    payment.refunded_fen += refund.fen
    post_refund(work, payment, charge_lines(work, payment.id), refund, before)
    if payment.refunded_fen == payment.captured_fen and PAYMENT.can(payment, "refund_rest"):
        PAYMENT.move(payment, "refund_rest", by=BY)
    elif PAYMENT.can(payment, "refund_part"):
        PAYMENT.move(payment, "refund_part", by=BY)
    announce(work, PaymentRefunded, payment, refund.fen)


def fail_refund(work: Work, refund: Refund, problem: str) -> None:
    """The provider will not pay this refund: kept, and shown to a person."""
    REFUND.move(refund, "fail", by=BY)
    refund.problem, refund.settled_at = problem, work.now
    work.add(refund)


def _bounced(work: Work, payment: Payment, refund: Refund) -> None:
    """The patient's bank sent a refund back: the money is with us again, and a person must find a way."""
    REFUND.move(refund, "bounce", by=BY)
    refund.problem, refund.settled_at = "bounced", work.now
    work.add(refund)
    before = payment.refunded_fen
    payment.refunded_fen -= refund.fen
    post_refund(work, payment, charge_lines(work, payment.id), refund, before, "refund_bounced")
