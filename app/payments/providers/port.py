"""What every payment provider offers, in our words; nothing here knows a database or a web page."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.kit.problems import Problem
from app.kit.text import Text


class Status(StrEnum):
    """Where the provider says the money is."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"


class RefundStatus(StrEnum):
    """How far the provider has come with one refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Attempt:
    """One try to be paid: our own committed row, told to the provider. Money in fen of `currency`.

    `key` is made of endpoint and attempt, so that another card is another attempt.
    """

    payment_id: UUID
    payable_kind: str
    fen: int
    currency: str
    key: str


@dataclass(frozen=True)
class ProviderRefund:
    """One refund as the provider sees it; `key` is ours, None when it was made at the provider by hand."""

    ref: str
    key: str | None
    fen: int
    status: RefundStatus


@dataclass(frozen=True)
class ProviderState:
    """All that the provider knows about one payment at one moment; amounts in fen of `currency`."""

    ref: str
    payment_id: UUID | None
    status: Status
    fen: int
    currency: str
    captured_fen: int = 0
    refunds: tuple[ProviderRefund, ...] = ()
    expires_at: datetime | None = None
    reason: str | None = None
    next_step: str | None = None

    @property
    def refunded_fen(self) -> int:
        """What has really gone back to the patient."""
        return sum(r.fen for r in self.refunds if r.status is RefundStatus.SUCCEEDED)


@dataclass(frozen=True)
class ProviderEvent:
    """A verified webhook. It is a hint only: whoever hears it fetches the object."""

    provider: str
    id: str
    kind: str
    raw: bytes
    ref: str | None
    payment_id: UUID | None


class ProviderUnavailable(Exception):
    """No usable answer (network, time-out, 429, 5xx): ask again later with the same key.

    `key_spent`: the provider will repeat this error for the key; a call that its state guards may take
    another key, a refund never.
    """

    def __init__(self, what: str, key_spent: bool = False) -> None:
        super().__init__(what)
        self.key_spent = key_spent


class ProviderRefused(Exception):
    """The provider says no for good: fetch the object and apply what it says.

    `code`: unexpected_state, amount_too_large, key_reused, not_found, not_for_this, or the provider's own.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WebhookRejected(Problem):
    """The signature, the time or the form of a webhook is wrong; nothing was read from it."""

    slug = "webhook-rejected"
    status = 400
    title = Text(zh="支付通知无法核实", en="The payment notice could not be verified")


class PaymentProvider(Protocol):
    """Synchronous on purpose: jobs call it in worker threads, never inside a transaction.

    `capabilities`: manual_capture, partial_capture, partial_refund, redirect, qr, webhooks, insurance (asks
    an insurer to pay; none that ships does).
    `payables`: the kinds of things it may be used for. `refund_days`: how long money can go back.
    """

    name: str
    capabilities: frozenset[str]
    payables: frozenset[str]
    refund_days: int

    def authorize(self, attempt: Attempt) -> ProviderState:
        """Open the payment at the provider; the patient then pays, or it is already held."""
        ...

    def capture(self, ref: str, fen: int, key: str) -> ProviderState:
        """Take what is held."""
        ...

    def cancel(self, ref: str, key: str) -> ProviderState:
        """Let go of what is held."""
        ...

    def refund(self, ref: str, fen: int, key: str) -> ProviderState:
        """Give back a captured amount, whole or in part."""
        ...

    def fetch(self, ref: str) -> ProviderState:
        """Ask how it stands."""
        ...

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Verify the raw bytes, only then read them. Raises WebhookRejected."""
        ...


class UnknownProvider(Problem):
    """This installation does not offer that way of paying."""

    slug = "unknown-payment-provider"
    status = 422
    title = Text(zh="这里不能用这种方式付款", en="This way of paying is not offered here")


class Cashiers:
    """The providers of this installation by name; the composition root builds it as a tool."""

    def __init__(self, *providers: PaymentProvider) -> None:
        self._by_name = {provider.name: provider for provider in providers}

    @property
    def names(self) -> list[str]:
        """What is offered, in the order in which the composition root wrote it."""
        return list(self._by_name)

    def get(self, name: str) -> PaymentProvider:
        """Return the provider called `name`. Raises UnknownProvider."""
        if name not in self._by_name:
            raise UnknownProvider(provider=name, offered=self.names)
        return self._by_name[name]


def text_at(data: Any, *path: str) -> str | None:
    """Read a text deep in parsed JSON that may hold anything; None when it is not there."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) and data else None
