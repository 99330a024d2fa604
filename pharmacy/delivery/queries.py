"""Reading the handling of an order."""
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from app.work import Work, all_of
from pharmacy.delivery.models import CustodyEvent, Dispense, Pack
from pharmacy.orders.models import Order, OrderLine
from pharmacy.orders.queries import lines_of
from prescribing import api as prescribing


@dataclass(frozen=True)
class PickLine:
    """One line of the pick list: how many packs are wanted and which codes are scanned."""

    line: OrderLine
    codes: tuple[str, ...]
    cold: bool

    @property
    def done(self) -> bool:
        """True when every pack is scanned."""
        return len(self.codes) >= self.line.packs


def dispense_of(work: Work, order_id: UUID) -> Dispense | None:
    """The handling that is in force: the newest one that was not given back."""
    rows = all_of(work, Dispense, Dispense.order_id == order_id, col(Dispense.given_back_at).is_(None))
    return rows[-1] if rows else None


def is_box_out(work: Work, order: Order) -> bool:
    """Whether the order ended without its box, and nobody has said yet where that is."""
    return order.state == "cancelled" and dispense_of(work, order.id) is not None


def pick_list(work: Work, order: Order) -> list[PickLine]:
    """What to put into the box. Cost: 3 SQL statements."""
    dispense = dispense_of(work, order.id)
    packs = packs_in_box(work, dispense) if dispense else []
    return [PickLine(line, tuple(p.code for p in packs if p.order_line_id == line.id),
                     prescribing.is_cold_chain(line.drug_id)) for line in lines_of(work, order.id)]


def packs_in_box(work: Work, dispense: Dispense) -> list[Pack]:
    """The packs that count, in the order of scanning."""
    return all_of(work, Pack, Pack.dispense_id == dispense.id, col(Pack.discarded_at).is_(None))


def custody_of(work: Work, order_id: UUID) -> list[CustodyEvent]:
    """Everything that happened to an order, oldest first."""
    return all_of(work, CustodyEvent, CustodyEvent.order_id == order_id)


def is_cold(work: Work, order: Order) -> bool:
    """True when any medicine of the order must stay cold."""
    return any(prescribing.is_cold_chain(line.drug_id) for line in lines_of(work, order.id))
