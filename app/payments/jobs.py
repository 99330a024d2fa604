"""The outside calls: effect in a worker thread without a transaction, then one transaction that records it."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel

from app.jobs import JobKind
from app.payments.applying import apply_state, end, fail_refund, flag_debt
from app.payments.commands import release
from app.payments.inbox import payment_meant
from app.payments.models import Payment, Refund, WebhookEvent
from app.payments.providers.port import (
    Attempt,
    Cashiers,
    PaymentProvider,
    ProviderRefused,
    ProviderState,
    ProviderUnavailable,
)
from app.payments.pursuing import ask, ask_refund, locked, pursue
from app.payments.queries import pending_refunds
from app.payments.rules import next_look, pause_after
from app.payments.states import ENDED, OPEN, Wanted
from app.work import HOUSE, House, Work

AFTER_REFUSAL = timedelta(hours=1)
ABANDONED = timedelta(hours=24)
LEASE = timedelta(seconds=90)
MOST_HEARINGS = 300     # about three days at a quarter of an hour; afterwards it stays in the pending list
Args = dict[str, Any]
T = TypeVar("T", bound=SQLModel)


@dataclass(frozen=True)
class Answer:
    """What came of an outside call; all fields empty when nothing had to be asked any more."""

    state: ProviderState | None = None
    refused: str | None = None
    unavailable: bool = False
    key_spent: bool = False


NOTHING = Answer()
Call = Callable[[PaymentProvider, Payment], ProviderState]


def key_of(endpoint: str, payment: Payment) -> str:
    """The idempotency key of an endpoint and an attempt; a new round when the old key is spent."""
    return f"{endpoint}:{payment.id}" + (f":{payment.round}" if payment.round else "")


def attempt_of(payment: Payment) -> Attempt:
    """What the provider is told of our row."""
    key = key_of("authorize", payment)
    return Attempt(payment.id, payment.payable_kind, payment.fen, payment.currency, key)


def _ask(house: House, payment: Payment, call: Call) -> Answer:
    """Call the provider; a refusal is followed by a look at how it really stands."""
    provider = house.tools.get(Cashiers).get(payment.provider)
    try:
        return Answer(call(provider, payment))
    except ProviderUnavailable as error:
        return Answer(unavailable=True, key_spent=error.key_spent)
    except ProviderRefused as error:
        return _look(provider, payment, error.code)


def _look(provider: PaymentProvider, payment: Payment, code: str) -> Answer:
    if payment.provider_ref is None:
        return Answer(refused=code)
    try:
        return Answer(provider.fetch(payment.provider_ref), refused=code)
    except ProviderUnavailable:
        return Answer(unavailable=True)
    except ProviderRefused:
        return Answer(refused=code)


def _read(house: House, model: type[T], row_id: str) -> T:
    """A row as it stands now, free of its session: the end of a reading Work expires what belongs to it."""
    with house.read(HOUSE) as work:
        row = work.get(model, UUID(row_id))
        work.session.expunge(row)
        return row


def _authorise(provider: PaymentProvider, payment: Payment) -> ProviderState:
    return provider.authorize(attempt_of(payment))


def _capture(provider: PaymentProvider, payment: Payment) -> ProviderState:
    return provider.capture(payment.provider_ref or "", payment.fen, key_of("capture", payment))


def _cancel(provider: PaymentProvider, payment: Payment) -> ProviderState:
    """A lost reply may have left a hold without a reference: opening it again under its key finds it."""
    ref = payment.provider_ref or provider.authorize(attempt_of(payment)).ref
    return provider.cancel(ref, key_of("cancel", payment))


def _fetch(provider: PaymentProvider, payment: Payment) -> ProviderState:
    return provider.fetch(payment.provider_ref or "")


def authorise_effect(house: House, args: Args, key: str) -> Answer:
    """Open the payment at the provider, unless it is open or no longer wanted."""
    payment = _read(house, Payment, args["payment_id"])
    wanted = payment.state == "created" and payment.wanted != Wanted.RELEASED
    return _ask(house, payment, _authorise) if wanted else NOTHING


def capture_effect(house: House, args: Args, key: str) -> Answer:
    """Take what is held, unless it was let go of meanwhile."""
    payment = _read(house, Payment, args["payment_id"])
    wanted = payment.state == "authorised" and payment.wanted == Wanted.SETTLED
    return _ask(house, payment, _capture) if wanted else NOTHING


def cancel_effect(house: House, args: Args, key: str) -> Answer:
    """Let go of what is held, also of what comes to be held after the end."""
    payment = _read(house, Payment, args["payment_id"])
    wanted = payment.state in ENDED or (payment.state in OPEN and payment.wanted == Wanted.RELEASED)
    return _ask(house, payment, _cancel) if wanted else NOTHING


def refund_effect(house: House, args: Args, key: str) -> Answer:
    """Give back what one row promises, under the key of that row, unless the provider has done it already.

    A provider forgets its keys after a day or so: asked anew after a long absence it would pay twice.
    """
    refund = _read(house, Refund, args["refund_id"])
    if refund.state != "pending":
        return NOTHING
    payment = _read(house, Payment, args["payment_id"])
    return _ask(house, payment, lambda provider, _: _refund_once(provider, payment.provider_ref or "", refund))


def _refund_once(provider: PaymentProvider, ref: str, refund: Refund) -> ProviderState:
    seen = provider.fetch(ref)
    known = any(told.key == refund.key for told in seen.refunds)
    return seen if known else provider.refund(ref, refund.fen, refund.key)


def fetch_effect(house: House, args: Args, key: str) -> Answer:
    """Look at how it stands."""
    payment = _read(house, Payment, args["payment_id"])
    return _ask(house, payment, _fetch) if payment.provider_ref else NOTHING


def hear_effect(house: House, args: Args, key: str) -> Answer:
    """A notice is a hint only: fetch what it is about."""
    row = _read(house, WebhookEvent, args["event_id"])
    with house.read(HOUSE) as work:
        found = payment_meant(work, row)
        found_id = str(found.id) if found else None
    if row.applied_at or found_id is None:
        return NOTHING
    payment = _read(house, Payment, found_id)
    ref = payment.provider_ref or row.ref
    return _ask(house, payment, lambda provider, _: provider.fetch(ref or "")) if ref else NOTHING


def _again(work: Work, what: str, payment: Payment, args: Args, answer: Answer) -> None:
    """Ask once more after a pause. An unreachable provider never wears a job out: the money waits."""
    tries = int(args.get("tries", 0))
    due = work.now + pause_after(tries)
    if what == "refund":        # never a new key: with a new one the patient could be paid twice
        ask_refund(work, work.get(Refund, UUID(args["refund_id"])), due, tries + 1)
        return
    if answer.key_spent:
        payment.round += 1
        work.add(payment)
    ask(work, what, payment, due, tries + 1)


Refusal = Callable[[Work, Payment, Args, str], None]


def _record(what: str, on_refusal: Refusal) -> Callable[[Work, Args, Any], None]:
    """Record the answer to one kind of call."""
    def record(work: Work, args: Args, answer: Answer) -> None:
        payment = locked(work, UUID(args["payment_id"]))
        if answer.unavailable:
            return _again(work, what, payment, args, answer)
        if answer.refused:
            payment.round += 1
            work.add(payment)
        if answer.state:
            due = work.now + AFTER_REFUSAL if answer.refused else None
            payment = apply_state(work, payment.id, answer.state, due)
        if answer.refused:
            return on_refusal(work, payment, args, answer.refused)
        return pursue(work, payment)
    return record


def _authorise_refused(work: Work, payment: Payment, args: Args, code: str) -> None:
    """The provider will not even open it: the attempt is over, the patient may try another way."""
    if payment.state == "created" and payment.provider_ref is None:
        end(work, payment, "fail", code)
        work.add(payment)


def _capture_refused(work: Work, payment: Payment, args: Args, code: str) -> None:
    if payment.state == "authorised":
        flag_debt(work, payment)
        work.add(payment)


def _refund_refused(work: Work, payment: Payment, args: Args, code: str) -> None:
    refund = work.get(Refund, UUID(args["refund_id"]))
    if refund.state == "pending":
        fail_refund(work, refund, code)


def _nothing_more(work: Work, payment: Payment, args: Args, code: str) -> None:
    """What the fetch after the refusal said was applied; an hour later it is tried again if need be."""


def record_watch(work: Work, args: Args, answer: Answer) -> None:
    """Apply what was seen, give up what the patient left lying for a day, and look again while it is open."""
    payment = locked(work, UUID(args["payment_id"]))
    if answer.state:
        payment = apply_state(work, payment.id, answer.state)
    elif not answer.unavailable:
        pursue(work, payment)
    if payment.state == "created" and work.now - payment.created_at >= ABANDONED:
        payment = release(work, payment.id)
    waiting = pending_refunds(work, payment.id)
    for refund in waiting:
        if refund.provider_ref is None:
            ask_refund(work, refund)
    if waiting or payment.state in OPEN:
        ask(work, "watch", payment, next_look(payment.created_at, work.now))


def record_expire(work: Work, args: Args, _: Any) -> None:
    """A hold is about to run out and nobody has earned it: that counts as a cancellation."""
    payment = locked(work, UUID(args["payment_id"]))
    if payment.state == "authorised" and payment.wanted == Wanted.HELD:
        release(work, payment.id)


def record_hear(work: Work, args: Args, answer: Answer) -> None:
    """Effect and `applied_at` in one transaction; without an answer the notice stays pending and comes again."""
    row = work.get(WebhookEvent, UUID(args["event_id"]), lock=True)
    if row.applied_at:
        return
    payment = payment_meant(work, row)
    if payment and answer.state:
        apply_state(work, payment.id, answer.state)
        row.applied_at = work.now
        work.add(row)
        return
    tries = int(args["tries"])
    if tries < MOST_HEARINGS:
        work.later("payments.hear", {"event_id": str(row.id), "tries": tries + 1},
                   key=f"payments.hear:{row.id}", due=work.now + pause_after(tries + 4))


JOB_KINDS = [
    JobKind("payments.authorise", _record("authorise", _authorise_refused), authorise_effect, LEASE),
    JobKind("payments.capture", _record("capture", _capture_refused), capture_effect, LEASE),
    JobKind("payments.cancel", _record("cancel", _nothing_more), cancel_effect, LEASE),
    JobKind("payments.refund", _record("refund", _refund_refused), refund_effect, LEASE),
    JobKind("payments.fetch", _record("fetch", _nothing_more), fetch_effect, LEASE),
    JobKind("payments.watch", record_watch, fetch_effect, LEASE),
    JobKind("payments.hear", record_hear, hear_effect, LEASE),
    JobKind("payments.expire", record_expire),
]
