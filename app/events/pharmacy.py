"""What happens to an order on its way to the door."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class OrderEvent(Event):
    """Every event of an order names it, its prescription and its patient."""

    order_id: UUID
    prescription_id: UUID
    patient_id: UUID


class OrderPlaced(OrderEvent):
    """The patient chose a pharmacy and gave the address."""


@dataclass(frozen=True)
class OfferMade(OrderEvent):
    offer_id: UUID
    pharmacy_id: UUID


@dataclass(frozen=True)
class OfferAccepted(OrderEvent):
    offer_id: UUID
    pharmacy_id: UUID


@dataclass(frozen=True)
class OfferDeclined(OrderEvent):
    offer_id: UUID
    pharmacy_id: UUID


@dataclass(frozen=True)
class OfferLapsed(OrderEvent):
    offer_id: UUID
    pharmacy_id: UUID


class OrderUnfilled(OrderEvent):
    """No pharmacy took it; everything goes back."""


class OrderCancelled(OrderEvent):
    """Cancelled before hand-over; everything goes back."""


class OrderPacked(OrderEvent):
    """Every pack was scanned and the box is closed."""


class OrderShipped(OrderEvent):
    """Handed over to the courier."""


class OrderDelivered(OrderEvent):
    """Given to the patient against the code."""
