"""The money of an order: it goes to the pharmacy that took it, and what that one saves goes back once."""
from app.payments import api as payments
from app.work import Work
from pharmacy.orders.commands import charges
from pharmacy.orders.models import Order
from pharmacy.orders.problems import OfferGone


def most_fen(work: Work, order: Order) -> int:
    """The most that a pharmacy may cost: what the patient agreed to, without what went back already."""
    payment = payments.payment_of(work, "order", order.id)
    return min(order.held_fen, payments.left_fen(work, payment)) if payment else 0


def settle_order(work: Work, order: Order) -> None:
    """The pharmacy has taken the order: it is the one that earns, and the money is taken.

    Raises OfferGone when no money is held any more.
    """
    payment = payments.payment_of(work, "order", order.id)
    if payment is None or order.pharmacy_id is None or not payments.is_secured(payment):
        raise OfferGone(state="unpaid")
    payments.reassign(work, payment.id, charges(work, order, order.pharmacy_id))
    payments.settle(work, payment.id)
    return_savings(work, order)


def return_savings(work: Work, order: Order) -> None:
    """Refund what was taken above the price of the pharmacy in charge; asked again there is nothing left to give."""
    payment = payments.payment_of(work, "order", order.id)
    if payment is None or order.pharmacy_id is None or order.ended_at is not None or not payment.captured_fen:
        return
    saved = payments.left_fen(work, payment) - order.drugs_fen - order.delivery_fen
    if saved > 0 and payments.is_secured(payment):
        payments.refund(work, payment.id, saved, "cheaper_pharmacy", once=f"cheaper:{order.pharmacy_id}")
