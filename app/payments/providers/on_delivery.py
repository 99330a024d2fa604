"""Cash or card reader at the door: for medicine only, because a visit has no door."""
from collections.abc import Mapping

from app.kit.clock import Clock
from app.kit.database import Database
from app.payments.providers.port import (
    Attempt,
    ProviderEvent,
    ProviderRefused,
    ProviderState,
    Status,
    WebhookRejected,
)
from app.payments.providers.till import Till


class OnDeliveryProvider:
    """The promise to pay counts as the hold; the courier's hand-over captures it."""

    name = "on_delivery"
    capabilities = frozenset({"manual_capture", "partial_capture", "partial_refund"})
    payables = frozenset({"order"})
    refund_days = 365

    def __init__(self, database: Database, clock: Clock) -> None:
        self._till = Till(database, clock, self.name)

    def authorize(self, attempt: Attempt) -> ProviderState:
        """Note the promise; it does not run out by itself, the order does."""
        if attempt.payable_kind not in self.payables:
            raise ProviderRefused("not_for_this")
        return self._till.open(attempt, Status.AUTHORISED, None)

    def capture(self, ref: str, fen: int, key: str) -> ProviderState:
        """Note that the courier has taken the money."""
        return self._till.capture(ref, fen, key)

    def cancel(self, ref: str, key: str) -> ProviderState:
        """Strike the promise."""
        return self._till.cancel(ref, key)

    def refund(self, ref: str, fen: int, key: str) -> ProviderState:
        """Note that money was handed back."""
        return self._till.refund(ref, fen, key)

    def fetch(self, ref: str) -> ProviderState:
        """Read the note."""
        return self._till.look(ref)

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Nobody outside sends notices about cash."""
        raise WebhookRejected(reason="no_webhooks")
