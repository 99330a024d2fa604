"""The built-in cashier: a newcomer pays here with nothing installed, and no money moves."""
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from app.kit.clock import Clock
from app.kit.database import Database
from app.kit.ids import parse_uuid
from app.payments.providers import signatures
from app.payments.providers.port import (
    Attempt,
    ProviderEvent,
    ProviderRefused,
    ProviderState,
    Status,
    WebhookRejected,
    text_at,
)
from app.payments.providers.till import Till, TillIntent

SIGNATURE_HEADER = "Sandbox-Signature"
HOLD = timedelta(days=7)


class Choice(StrEnum):
    """The buttons of the cashier's page."""

    PAY = "pay"
    DECLINE = "decline"
    NOTHING = "nothing"
    PAY_AND_LOSE_THE_REPLY = "pay_lost"


@dataclass(frozen=True)
class Notice:
    """A signed webhook, ready to be posted to the inbox."""

    raw: bytes
    headers: Mapping[str, str]


class SandboxInProduction(RuntimeError):
    """The sandbox takes no money: an installation marked as production must not offer it."""


class SandboxProvider:
    """Pay, decline, do nothing, or pay and lose the reply; signs its notices like Stripe does.

    With `wallet=True` it behaves like Alipay or WeChat Pay: no hold, the money is taken at once.
    """

    payables = frozenset({"visit", "order"})
    refund_days = 180

    def __init__(self, database: Database, clock: Clock, secret: bytes, *,
                 production: bool, wallet: bool = False) -> None:
        if production:
            raise SandboxInProduction("payment provider 'sandbox' is not for production")
        if len(secret) < 16:
            raise ValueError("the sandbox's webhook secret needs at least 16 bytes")
        self.name = "sandbox_wallet" if wallet else "sandbox"
        self.wallet = wallet
        holding = frozenset[str]() if wallet else frozenset({"manual_capture", "partial_capture"})
        self.capabilities = holding | {"partial_refund", "redirect", "webhooks"}
        self._clock = clock
        self._secret = secret
        self._till = Till(database, clock, self.name)

    def authorize(self, attempt: Attempt) -> ProviderState:
        """Open the cashier's page for one attempt; nothing is held before the patient presses "pay"."""
        return self._shown(self._till.open(attempt, Status.PENDING, HOLD))

    def capture(self, ref: str, fen: int, key: str) -> ProviderState:
        """Take what is held."""
        return self._till.capture(ref, fen, key)

    def cancel(self, ref: str, key: str) -> ProviderState:
        """Let go of what is held."""
        return self._till.cancel(ref, key)

    def refund(self, ref: str, fen: int, key: str) -> ProviderState:
        """Give back."""
        return self._till.refund(ref, fen, key)

    def fetch(self, ref: str) -> ProviderState:
        """Ask how it stands."""
        return self._shown(self._till.look(ref))

    def press(self, ref: str, choice: Choice) -> Notice | None:
        """Do what the patient chose on the cashier's page; returns the notice to post, if one is sent.

        Raises ProviderRefused when the page is no longer open (paid, cancelled, expired).
        """
        if choice is Choice.NOTHING:
            return None
        state = self._till.change(ref, self._decline if choice is Choice.DECLINE else self._pay)
        return None if choice is Choice.PAY_AND_LOSE_THE_REPLY else self.notice(state)

    def notice(self, state: ProviderState, serial: int = 1) -> Notice:
        """Write and sign the notice of a state; the same state and serial give the same event id."""
        body = {"id": f"evt_{state.ref}_{state.status}_{serial}", "type": f"payment.{state.status}",
                "ref": state.ref, "payment_id": str(state.payment_id)}
        raw = json.dumps(body, sort_keys=True).encode()
        return Notice(raw, {SIGNATURE_HEADER: signatures.sign(raw, self._secret, self._clock.now())})

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Verify the raw bytes, only then read them."""
        header = signatures.header_of(headers, SIGNATURE_HEADER)
        signatures.verify(raw, header, self._secret, self._clock.now())
        try:
            body = json.loads(raw)
        except ValueError:
            raise WebhookRejected(reason="not_json") from None
        event_id, kind = text_at(body, "id"), text_at(body, "type")
        if event_id is None or kind is None:
            raise WebhookRejected(reason="not_an_event")
        return ProviderEvent(self.name, event_id, kind, raw, text_at(body, "ref"),
                             parse_uuid(text_at(body, "payment_id") or ""))

    def _shown(self, state: ProviderState) -> ProviderState:
        """Tell where the patient goes next while the page is open: a path of this site."""
        is_open = state.status is Status.PENDING
        return replace(state, next_step=f"/cashier/{state.ref}") if is_open else state

    def _pay(self, intent: TillIntent) -> None:
        self._check_open(intent)
        intent.status = Status.CAPTURED if self.wallet else Status.AUTHORISED
        intent.captured_fen = intent.fen if self.wallet else 0

    def _decline(self, intent: TillIntent) -> None:
        self._check_open(intent)
        intent.status, intent.reason = Status.FAILED, "card_declined"

    @staticmethod
    def _check_open(intent: TillIntent) -> None:
        if intent.status != Status.PENDING:
            raise ProviderRefused("unexpected_state")
