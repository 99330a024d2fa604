"""The pharmacy's claim on prescription and stock, made when it accepts, given back before hand-over."""
from uuid import UUID

from app.audit import Trace
from app.work import Work
from pharmacy.delivery.models import CustodyEvent, Dispense
from pharmacy.delivery.queries import dispense_of, packs_in_box
from pharmacy.orders.models import Offer, Order, OrderLine
from pharmacy.orders.queries import lines_of
from pharmacy.partners.commands import give_back_stock, take_stock
from prescribing import api as prescribing

KEPT = "CustodyKept"
CAME_BACK = "came_back"


def claim(work: Work, order: Order, offer: Offer) -> Dispense:
    """Redeem the prescription and take the stock, in the Work that accepts the offer: all or nothing."""
    dispense = work.add(Dispense(order_id=order.id, offer_id=offer.id, prescription_id=order.prescription_id,
                                 pharmacy_id=offer.pharmacy_id, begun_at=work.now))
    lines = lines_of(work, order.id)
    prescribing.redeem(work, order.prescription_id, dispense.id, offer.pharmacy_id,
                       {line.item_id: line.packs for line in lines})
    take_from_shelf(work, lines, offer.pharmacy_id)
    record_custody(work, order.id, "accepted", offer.pharmacy_id)
    return dispense


def take_from_shelf(work: Work, lines: list[OrderLine], pharmacy_id: UUID) -> None:
    """Claim the stock of all lines, always in the same order, so that two orders never wait for each other."""
    for line in sorted(lines, key=lambda one: one.product_code):
        take_stock(work, pharmacy_id, line.product_code, line.packs)


def give_back(work: Work, order: Order, reason: str) -> None:
    """Reverse the claim in force, if there is one; without one nothing changes.

    Medicine goes back on the shelf only if its box was never closed; what left the shelf for good stays away.
    """
    dispense = dispense_of(work, order.id)
    if dispense is None:
        return
    dispense = work.get(Dispense, dispense.id, lock=True)
    dispense.given_back_at = work.now
    prescribing.reverse_redemption(work, dispense.id, reason)
    for pack in packs_in_box(work, dispense):
        work.session.delete(pack)
    if dispense.packed_at is None:
        for line in sorted(lines_of(work, order.id), key=lambda one: one.product_code):
            give_back_stock(work, dispense.pharmacy_id, line.product_code, line.packs)
    record_custody(work, order.id, "given_back", dispense.pharmacy_id)


def keep_in_question(work: Work, order: Order) -> None:
    """The order ends while its box is on the way: nobody knows where it is, so that nobody else may fill it yet."""
    dispense = dispense_of(work, order.id)
    if dispense is not None:
        prescribing.question_claim(work, dispense.id)


def box_is_back(work: Work, order: Order) -> None:
    """The pharmacy has the box of an order that ended without it: the claim goes back at last, the stock does not."""
    dispense = dispense_of(work, order.id)
    if dispense is None:
        return
    prescribing.reverse_redemption(work, dispense.id, CAME_BACK)
    settle_box(work, order, dispense, "returned")


def settle_box(work: Work, order: Order, dispense: Dispense, step: str) -> None:
    """Nothing of an order that ended is in question any more; of several who say so the first one counts."""
    dispense = work.get(Dispense, dispense.id, lock=True)
    if dispense.given_back_at is None:
        dispense.given_back_at = work.now
        record_custody(work, order.id, step, order.pharmacy_id)


def discard_packs(work: Work, order: Order) -> None:
    """The packs of a parcel that may not be used any more: their codes stay known and never count again."""
    dispense = dispense_of(work, order.id)
    for pack in packs_in_box(work, dispense) if dispense else []:
        pack.discarded_at = work.now


def record_custody(work: Work, order_id: UUID, step: str, organization_id: UUID | None = None,
                   **facts: object) -> CustodyEvent:
    """Add one event to the custody of an order; the audit trail keeps its hash, so that nobody rewrites it unseen."""
    made = work.add(CustodyEvent(order_id=order_id, step=step, at=work.now, organization_id=organization_id,
                                 account_id=work.actor.account_id, facts=facts))
    work.trace(Trace(KEPT, "task", work.get(Order, order_id).patient_id, "order", order_id,
                     {"event_id": str(made.id), "step": step, "sha256": made.sha256}))
    return made
