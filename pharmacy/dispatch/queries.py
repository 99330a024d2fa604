"""The pharmacy's board: what is offered, what is in hand, what is on its way."""
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from app.identity import api as identity
from app.work import Work, all_of
from pharmacy.delivery.models import Dispense, Pack
from pharmacy.orders.models import Offer, Order, OrderLine
from prescribing import api as prescribing
from records import api as records

IN_HAND = ("accepted", "packed", "shipped", "quarantined", "returned")


@dataclass(frozen=True)
class BoardRow:
    """One card of the board; the patient's name is masked until the order is taken."""

    order: Order
    lines: tuple[OrderLine, ...]
    patient_name: str
    offer: Offer | None = None
    scanned: int = 0

    @property
    def packs(self) -> int:
        """Packs that must be scanned."""
        return sum(line.packs for line in self.lines)


@dataclass(frozen=True)
class Board:
    """Everything on a pharmacy's board; in hand is also what ended while its box was out and must be fetched back."""

    offers: list[BoardRow] = field(default_factory=list)
    in_hand: list[BoardRow] = field(default_factory=list)
    delivered: list[BoardRow] = field(default_factory=list)


def board(work: Work) -> Board:
    """The board of the signed-in pharmacy. Cost: 5 SQL statements, and 1 for the trail."""
    mine = work.actor.organization_id
    offers = {o.order_id: o for o in all_of(work, Offer, Offer.pharmacy_id == mine, Offer.state == "offered",
                                            col(Offer.deadline) > work.now, order=col(Offer.deadline))}
    orders = _orders(work, mine, offers)
    lines = _lines(work, [o.id for o, _ in orders])
    scanned = _scanned(work, [o.id for o, _ in orders])
    rows = [BoardRow(order, tuple(lines.get(order.id, ())),
                     name if order.pharmacy_id == mine else prescribing.mask_name(name),
                     offers.get(order.id), scanned.get(order.id, 0)) for order, name in orders]
    asked = [r for r in rows if r.offer is not None]
    records.note_seen(work, "read:board", [records.Listed(r.order.patient_id, "order", r.order.id)
                                           for r in rows if r.order.pharmacy_id == mine])
    return Board(sorted(asked, key=lambda r: r.offer.deadline),  # type: ignore[union-attr]
                 [r for r in rows if r.offer is None and r.order.state in (*IN_HAND, "cancelled")],
                 [r for r in rows if r.offer is None and r.order.state == "delivered"])


def orders_at_hand(work: Work) -> Any:
    """How many offers and orders the signed-in pharmacy has to see to, as a subquery for pages that count."""
    mine = work.actor.organization_id
    asked = select(Offer.order_id).where(Offer.pharmacy_id == mine, Offer.state == "offered",
                                         col(Offer.deadline) > work.now)
    held = (col(Order.pharmacy_id) == mine) & (col(Order.state).in_(IN_HAND) | _box_out())
    return select(func.count()).select_from(Order).where(held | col(Order.id).in_(asked)).scalar_subquery()


def _box_out() -> Any:
    """The order ended without its box, and nobody has said yet where that is."""
    return (col(Order.state) == "cancelled") & select(Dispense.id).where(
        col(Dispense.order_id) == col(Order.id), col(Dispense.given_back_at).is_(None)).correlate(Order).exists()


def _orders(work: Work, mine: UUID | None, offers: Iterable[UUID]) -> list[tuple[Order, str]]:
    recent = (col(Order.state) == "delivered") & (col(Order.ended_at) > work.now - timedelta(hours=24))
    statement = (select(Order, identity.Patient.name)
                 .join(identity.Patient, col(identity.Patient.id) == col(Order.patient_id))
                 .where(col(Order.id).in_(list(offers)) | (
                     (col(Order.pharmacy_id) == mine) & (col(Order.state).in_(IN_HAND) | recent | _box_out())))
                 .order_by(col(Order.arrives_to)).limit(200))
    return [(order, name) for order, name in work.session.exec(statement).all()]


def _lines(work: Work, order_ids: list[UUID]) -> dict[UUID, list[OrderLine]]:
    found: dict[UUID, list[OrderLine]] = {}
    for line in all_of(work, OrderLine, col(OrderLine.order_id).in_(order_ids)):
        found.setdefault(line.order_id, []).append(line)
    return found


def _scanned(work: Work, order_ids: list[UUID]) -> dict[UUID, int]:
    statement = (select(Dispense.order_id, func.count()).join(Pack, col(Pack.dispense_id) == col(Dispense.id))
                 .where(col(Dispense.order_id).in_(order_ids), col(Dispense.given_back_at).is_(None),
                        col(Pack.discarded_at).is_(None))
                 .group_by(col(Dispense.order_id)))
    return {order_id: count for order_id, count in work.session.exec(statement).all()}
