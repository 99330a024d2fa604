"""Reading orders: the patient's own, the pharmacy's own, nobody else's; every read leaves a trace."""
from uuid import UUID

from sqlmodel import col, select

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotFound, Problem
from app.retention import api as retention
from app.storage import Vault
from app.work import Work, all_of, one_or_none
from pharmacy.orders.models import Offer, Order, OrderLine
from records import api as records

ADDRESS, CONTACT, CODE = "order.address", "order.contact", "order.code"
MOST_TRIES = 5


def order_for_patient(work: Work, order_id: UUID, lock: bool = False) -> Order:
    """An order of somebody whom this account acts for; anything else is NotFound, and what was cleared is Cleared."""
    order = work.find(Order, order_id, lock)
    if order is None:
        raise _gone(work, order_id)
    identity.require_acting_for(work, order.patient_id)
    _trace_read(work, order, "own")
    return order


def _gone(work: Work, order_id: UUID) -> Problem:
    """Who might have read an order is told that it was cleared after its years; everybody else finds nothing."""
    item = retention.erased(work, "sales", order_id)
    if item is None or item.patient_id is None:
        return NotFound()
    identity.require_acting_for(work, item.patient_id)
    return retention.Cleared(retention.say_cleared(item))


def order_for_pharmacy(work: Work, order_id: UUID, lock: bool = False) -> Order:
    """An order that this pharmacy has taken; an order it only could take is NotFound."""
    order = work.get(Order, order_id, lock)
    if work.actor.role != "pharmacy" or order.pharmacy_id is None or order.pharmacy_id != work.actor.organization_id:
        raise NotFound
    _trace_read(work, order, "task")
    return order


def _trace_read(work: Work, order: Order, ground: str) -> None:
    """Write a look down once a Work; a command's own event tells what it did."""
    look = Trace("read:order", ground=ground, patient_id=order.patient_id, subject_kind="order", subject_id=order.id)
    if work.reading and look not in work.traces:
        work.trace(look)


def lines_of(work: Work, order_id: UUID) -> list[OrderLine]:
    """The medicines of an order."""
    return all_of(work, OrderLine, OrderLine.order_id == order_id)


def offers_of(work: Work, order_id: UUID) -> list[Offer]:
    """All chances that pharmacies had, in order."""
    return all_of(work, Offer, Offer.order_id == order_id, order=col(Offer.rank))


def open_order_of(work: Work, prescription_id: UUID) -> Order | None:
    """The order that is under way for a prescription."""
    closed = ("delivered", "cancelled", "unfilled")
    return one_or_none(work, Order, Order.prescription_id == prescription_id, col(Order.state).not_in(closed))


def orders_of(work: Work, patient_id: UUID, limit: int = 50) -> list[Order]:
    """A patient's orders, newest first, for whoever the record is open to; traced."""
    records.require_readable(work, patient_id, "orders")
    statement = select(Order).where(Order.patient_id == patient_id).order_by(col(Order.id).desc()).limit(limit)
    return list(work.session.exec(statement).all())


def delivery_code(work: Work, order: Order) -> str:
    """The code that the patient tells the courier; only the patient's pages ask for it."""
    return work.tool(Vault).open(order.code_sealed, CODE)


def code_is_blocked(order: Order) -> bool:
    """True when the code was tried wrongly too often; nothing is delivered before the patient makes a new one."""
    return order.code_tries >= MOST_TRIES


def destination(work: Work, order: Order) -> tuple[str, str]:
    """Address and contact in the clear, for the patient and for the pharmacy that has the order."""
    vault = work.tool(Vault)
    address = vault.open(order.address_sealed, ADDRESS) if order.address_sealed else ""
    return address, vault.open(order.contact_sealed, CONTACT) if order.contact_sealed else ""
