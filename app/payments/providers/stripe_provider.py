"""Cards through Stripe, held first and taken later; the only file that knows the SDK (16.x)."""
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stripe

from app.kit.clock import Clock
from app.kit.ids import parse_uuid
from app.payments.providers import signatures
from app.payments.providers.port import (
    Attempt,
    ProviderEvent,
    ProviderRefund,
    ProviderRefused,
    ProviderState,
    ProviderUnavailable,
    RefundStatus,
    Status,
    WebhookRejected,
    text_at,
)

SIGNATURE_HEADER = "Stripe-Signature"
TIMEOUT_SECONDS = 12
EXPAND = ["latest_charge"]
STATUSES = {"requires_confirmation": Status.PENDING, "requires_action": Status.PENDING,
            "processing": Status.PENDING, "requires_capture": Status.AUTHORISED, "succeeded": Status.CAPTURED}
REFUND_STATUSES = {"succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED,
                   "canceled": RefundStatus.FAILED}
CODES = {"payment_intent_unexpected_state": "unexpected_state", "charge_already_refunded": "unexpected_state",
         "charge_already_captured": "unexpected_state", "charge_not_refundable": "unexpected_state",
         "amount_too_large": "amount_too_large", "resource_missing": "not_found"}


def open_client(secret_key: str, http_client: stripe.HTTPClient | None = None,
                address: str | None = None) -> stripe.StripeClient:
    """Open the SDK with our own time-out: its default of 80 s would hold a worker far too long."""
    http = http_client or stripe.HTTPXClient(timeout=TIMEOUT_SECONDS, allow_sync_methods=True)
    where: Any = {"api": address} if address else None
    return stripe.StripeClient(secret_key, http_client=http, base_addresses=where, max_network_retries=0)


@contextmanager
def _answers() -> Iterator[None]:
    """Turn the SDK's errors into the two that we know: ask again, or no for good."""
    try:
        yield
    except stripe.IdempotencyError as error:
        raise ProviderRefused("key_reused") from error
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError) as error:
        # A wrong key is the operator's to mend: the money waits, it is not declared lost.
        raise ProviderUnavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        if not 400 <= status < 500 or status == 409:    # 409: the same key is being worked on
            raise ProviderUnavailable(f"http {status}", key_spent=status >= 500) from error
        raise ProviderRefused(CODES.get(error.code or "", error.code or "refused")) from error


class StripeProvider:
    """PaymentIntents with `capture_method=manual`; the browser confirms with the client secret."""

    name = "stripe"
    capabilities = frozenset({"manual_capture", "partial_capture", "partial_refund", "webhooks"})
    payables = frozenset({"visit", "order"})
    refund_days = 180

    def __init__(self, client: stripe.StripeClient, webhook_secret: str, clock: Clock) -> None:
        if not webhook_secret.strip():
            raise ValueError("Stripe's webhook secret (whsec_…) is missing")
        self._v1 = client.v1
        self._secret = webhook_secret
        self._clock = clock

    def authorize(self, attempt: Attempt) -> ProviderState:
        """Create the intent. Nothing medical is told to Stripe: the ids lead back to us, no description."""
        params: Any = {"amount": attempt.fen, "currency": attempt.currency.lower(), "expand": EXPAND,
                       "capture_method": "manual", "payment_method_types": ["card"],
                       "metadata": {"payment_id": str(attempt.payment_id)}}
        return self._ask(lambda: self._v1.payment_intents.create(params, {"idempotency_key": attempt.key}))

    def capture(self, ref: str, fen: int, key: str) -> ProviderState:
        """Take what is held."""
        params: Any = {"amount_to_capture": fen, "expand": EXPAND}
        return self._ask(lambda: self._v1.payment_intents.capture(ref, params, {"idempotency_key": key}))

    def cancel(self, ref: str, key: str) -> ProviderState:
        """Let go of what is held."""
        params: Any = {"expand": EXPAND}
        return self._ask(lambda: self._v1.payment_intents.cancel(ref, params, {"idempotency_key": key}))

    def refund(self, ref: str, fen: int, key: str) -> ProviderState:
        """Give back; our key travels as metadata too, so that a lost reply is found again by `fetch`."""
        params: Any = {"payment_intent": ref, "amount": fen, "metadata": {"key": key}}
        with _answers():
            self._v1.refunds.create(params, {"idempotency_key": key})
        return self.fetch(ref)

    def fetch(self, ref: str) -> ProviderState:
        """Ask how it stands."""
        params: Any = {"expand": EXPAND}
        return self._ask(lambda: self._v1.payment_intents.retrieve(ref, params))

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Verify the raw bytes with the SDK and the time on both sides, only then read them."""
        header = signatures.header_of(headers, SIGNATURE_HEADER)
        signatures.check_time(header, self._clock.now())
        try:
            # The time was judged above, by our clock and in both directions.
            stripe.WebhookSignature.verify_header(raw, header, self._secret, tolerance=None)
            body = json.loads(raw)
        except (stripe.SignatureVerificationError, ValueError):
            raise WebhookRejected(reason="wrong_signature") from None
        return self._event(raw, body)

    def _event(self, raw: bytes, body: Any) -> ProviderEvent:
        """Read id, type and the intent that an event is about (its own id or the one it belongs to)."""
        event_id, kind = text_at(body, "id"), text_at(body, "type")
        if event_id is None or kind is None:
            raise WebhookRejected(reason="not_an_event")
        is_intent = text_at(body, "data", "object", "object") == "payment_intent"
        ref = text_at(body, "data", "object", "id" if is_intent else "payment_intent")
        ours = text_at(body, "data", "object", "metadata", "payment_id")
        return ProviderEvent(self.name, event_id, kind, raw, ref, parse_uuid(ours or ""))

    def _ask(self, call: Callable[[], stripe.PaymentIntent]) -> ProviderState:
        with _answers():
            intent = call().to_dict()
            taken = intent["status"] == "succeeded"
            return state_of(intent, self._refunds(intent["id"]) if taken else ())

    def _refunds(self, ref: str) -> tuple[ProviderRefund, ...]:
        params: Any = {"payment_intent": ref, "limit": 100}
        listed = [refund.to_dict() for refund in self._v1.refunds.list(params).auto_paging_iter()]
        return tuple(ProviderRefund(r["id"], (r.get("metadata") or {}).get("key"), r["amount"],
                                    REFUND_STATUSES.get(r["status"], RefundStatus.PENDING))
                     for r in sorted(listed, key=lambda r: (r["created"], r["id"])))


def _status(intent: Mapping[str, Any]) -> Status:
    """Translate; an expired hold is a cancellation that Stripe made by itself."""
    if intent["status"] == "canceled":
        by_time = intent.get("cancellation_reason") in {"automatic", "expired"}
        return Status.EXPIRED if by_time else Status.CANCELLED
    if intent["status"] == "requires_payment_method":
        return Status.FAILED if intent.get("last_payment_error") else Status.PENDING
    return STATUSES.get(intent["status"], Status.PENDING)


def _expiry(intent: Mapping[str, Any]) -> datetime | None:
    """When the hold ends, as the card network told Stripe; never a number of days of our own."""
    found: Any = intent
    for name in ("latest_charge", "payment_method_details", "card", "capture_before"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return datetime.fromtimestamp(found, UTC) if isinstance(found, int) else None


def state_of(intent: Mapping[str, Any], refunds: tuple[ProviderRefund, ...]) -> ProviderState:
    """Read a PaymentIntent (as a dict) in our words."""
    status = _status(intent)
    return ProviderState(
        ref=intent["id"], payment_id=parse_uuid((intent.get("metadata") or {}).get("payment_id", "")),
        status=status, fen=intent["amount"], currency=intent["currency"].upper(),
        captured_fen=intent.get("amount_received") or 0, refunds=refunds, expires_at=_expiry(intent),
        reason=text_at(intent, "last_payment_error", "code") or text_at(intent, "cancellation_reason"),
        next_step=text_at(intent, "client_secret") if status is Status.PENDING else None)
