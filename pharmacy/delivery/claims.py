"""The pharmacy's claim on prescription and stock, made when it accepts, given back before hand-over."""
from uuid import UUID

from app.work import Work
from pharmacy.delivery.models import CustodyEvent, Dispense
from pharmacy.delivery.queries import dispense_of
from pharmacy.orders.models import Offer, Order
from pharmacy.orders.queries import lines_of
from pharmacy.partners.commands import give_back_stock, take_stock
from prescribing import api as prescribing


def claim(work: Work, order: Order, offer: Offer) -> Dispense:
    """Redeem the prescription and take the stock, in the Work that accepts the offer: all or nothing."""
    dispense = work.add(Dispense(order_id=order.id, offer_id=offer.id, prescription_id=order.prescription_id,
                                 pharmacy_id=offer.pharmacy_id, begun_at=work.now))
    lines = lines_of(work, order.id)
    prescribing.redeem(work, order.prescription_id, dispense.id, offer.pharmacy_id,
                       {line.item_id: line.packs for line in lines})
    for line in lines:
        take_stock(work, offer.pharmacy_id, line.product_code, line.packs)
    record_custody(work, order.id, "accepted", offer.pharmacy_id)
    return dispense


def give_back(work: Work, order: Order, reason: str) -> None:
    """Reverse the claim in force, if there is one; without one nothing changes."""
    dispense = dispense_of(work, order.id)
    if dispense is None:
        return
    dispense = work.get(Dispense, dispense.id, lock=True)
    dispense.given_back_at = work.now
    prescribing.reverse_redemption(work, dispense.id, reason)
    for line in lines_of(work, order.id):
        give_back_stock(work, dispense.pharmacy_id, line.product_code, line.packs)
    record_custody(work, order.id, "given_back", dispense.pharmacy_id)


def record_custody(work: Work, order_id: UUID, step: str, organization_id: UUID | None = None,
                   **facts: object) -> CustodyEvent:
    """Add one event to the trail of an order."""
    return work.add(CustodyEvent(order_id=order_id, step=step, at=work.now, organization_id=organization_id,
                                 account_id=work.actor.account_id, facts=facts))
