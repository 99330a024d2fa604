"""The end of an order without delivery: offers withdrawn, claim reversed, money back."""
from uuid import UUID

from app.events.pharmacy import OrderCancelled
from app.payments import api as payments
from app.work import Work, all_of
from pharmacy.delivery.claims import give_back, record_custody
from pharmacy.orders.models import Offer, Order
from pharmacy.orders.queries import order_for_patient
from pharmacy.orders.states import OFFER, ORDER


def cancel_order(work: Work, order_id: UUID) -> Order:
    """The patient cancels before packing: claim and money go back."""
    order = end_order(work, order_for_patient(work, order_id, lock=True), "cancel")
    work.announce(OrderCancelled(order.id, order.prescription_id, order.patient_id))
    return order


def end_order(work: Work, order: Order, move: str) -> Order:
    """Close an order: withdraw what is offered, reverse the claim, release the money."""
    role = work.actor.role if work.actor.role in ("patient", "pharmacy") else "house"
    ORDER.move(order, move, role)
    order.ended_at = work.now
    for offer in all_of(work, Offer, Offer.order_id == order.id, Offer.state == "offered"):
        OFFER.move(offer, "withdraw", "patient" if role == "patient" else "house")
        work.hint(f"board:{offer.pharmacy_id}")
    give_back(work, order, move)
    record_custody(work, order.id, order.state)
    payment = payments.payment_of(work, "order", order.id)
    if payment is not None:
        payments.release(work, payment.id)
    for topic in (f"order:{order.id}", f"patient:{order.patient_id}", f"board:{order.pharmacy_id}"):
        work.hint(topic)
    return order


def payment_failed(work: Work, order_id: UUID) -> None:
    """The cashier declined: the order ends before anybody was asked."""
    order = work.get(Order, order_id, lock=True)
    if order.state == "placed":
        end_order(work, order, "cancel")
