"""What happens to money; `payable_kind` is "visit" or "order"."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class PaymentEvent(Event):
    """Every event of a payment says what it pays for; `fen` is the amount of this step."""

    payment_id: UUID
    payable_kind: str
    payable_id: UUID
    patient_id: UUID
    fen: int


class PaymentAuthorised(PaymentEvent):
    """The amount is held, not taken."""


class PaymentCaptured(PaymentEvent):
    """The amount is taken."""


class PaymentReleased(PaymentEvent):
    """The hold ended without taking anything."""


class PaymentRefunded(PaymentEvent):
    """Money went back."""


class PaymentFailed(PaymentEvent):
    """The cashier declined or the attempt expired."""


class CaptureFailed(PaymentEvent):
    """The visit goes on; the debt is flagged for a person."""
