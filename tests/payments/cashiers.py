"""Every provider with the hands of a patient on its other side, so that one contract fits them all."""
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.kit.ids import uuid7
from app.payments.providers.on_delivery import OnDeliveryProvider
from app.payments.providers.port import Attempt, ProviderUnavailable
from app.payments.providers.sandbox import Choice, SandboxProvider
from app.payments.providers.stripe_provider import StripeProvider
from tests.payments.fake_stripe import WEBHOOK_SECRET, FakeStripe

SANDBOX_SECRET = b"a secret of the sandbox, 32 bytes"
ALL = ["sandbox", "sandbox_wallet", "on_delivery", "stripe"]
HOLDING = ["sandbox", "on_delivery", "stripe"]
ASKING = ["sandbox", "sandbox_wallet", "stripe"]


@dataclass
class Counter:
    """A provider and what the patient can do at it; `fake` is Stripe's other side."""

    provider: Any
    fake: FakeStripe | None = None

    def pay(self, ref: str) -> None:
        """The patient pays; at the door nothing needs to be pressed."""
        if self.fake:
            self.fake.pay(ref)
        elif isinstance(self.provider, SandboxProvider):
            self.provider.press(ref, Choice.PAY)

    def decline(self, ref: str) -> None:
        """The bank says no."""
        if self.fake:
            self.fake.pay(ref, "pm_card_declined")
        else:
            self.provider.press(ref, Choice.DECLINE)

    def attempt(self, fen: int = 5000, payment_id: UUID | None = None) -> Attempt:
        """A fresh attempt for medicine, which every provider takes."""
        payment_id = payment_id or uuid7()
        return Attempt(payment_id, "order", fen, "CNY", f"authorize:{payment_id}")

    def paid(self, fen: int = 5000) -> str:
        """The reference of an attempt that the patient has paid and, where it was held, we have captured."""
        ref = self.provider.authorize(self.attempt(fen)).ref
        self.pay(ref)
        if "manual_capture" in self.provider.capabilities:
            self.provider.capture(ref, fen, f"capture:{ref}")
        return ref


def open_counter(name: str, database: Any, clock: Any) -> Counter:
    """Build the provider called `name` with its other side."""
    if name == "stripe":
        fake = FakeStripe(clock)
        return Counter(StripeProvider(fake.client(), WEBHOOK_SECRET, clock), fake)
    if name == "on_delivery":
        return Counter(OnDeliveryProvider(database, clock))
    wallet = name == "sandbox_wallet"
    return Counter(SandboxProvider(database, clock, SANDBOX_SECRET, production=False, wallet=wallet))


class Flaky:
    """Lets the effect happen and then loses the reply, as often as `losses` says."""

    def __init__(self, provider: Any, losses: int = 1) -> None:
        self._provider = provider
        self.losses = losses
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._provider, name)
        if name not in {"authorize", "capture", "cancel", "refund", "fetch"}:
            return found

        def call(*args: Any) -> Any:
            self.calls.append(name)
            answer = found(*args)
            if self.losses and name != "fetch":
                self.losses -= 1
                raise ProviderUnavailable("the reply got lost")
            return answer
        return call
