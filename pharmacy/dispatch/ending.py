"""The end of an order without delivery: offers withdrawn, claim reversed, money back.

A box that was on its way keeps its claim until somebody knows where it is: else the patient would get two.
"""
from uuid import UUID

from app.events.pharmacy import OrderCancelled, OrderUnfilled
from app.kit.text import Text
from app.notify import api as notify
from app.payments import api as payments
from app.work import Work, all_of
from pharmacy.delivery.claims import discard_packs, give_back, keep_in_question, record_custody
from pharmacy.delivery.trouble import quarantine
from pharmacy.orders.models import Offer, Order
from pharmacy.orders.problems import NotLateYet
from pharmacy.orders.queries import open_order_of, order_for_patient, order_for_pharmacy
from pharmacy.orders.rules import CLOSED, may_stop_from, may_stop_waiting
from pharmacy.orders.states import OFFER, ORDER

UNTAKEN = ("placed", "offered")
SET_ASIDE = ("quarantined", "returned")


def cancel_order(work: Work, order_id: UUID) -> Order:
    """The patient cancels before packing, after the parcel was set aside, or when a closed box does not come.

    The money goes back, and the claim unless the box is on its way. Raises NotLateYet while it may still come in time.
    """
    order = order_for_patient(work, order_id, lock=True)
    if order.state in CLOSED:
        if not may_stop_waiting(order, work.now):
            raise NotLateYet(possible_at=may_stop_from(order).isoformat())
        return end_order(work, order, "stop_waiting")
    return end_order(work, order, "give_up" if order.state in SET_ASIDE else "cancel")


def give_up(work: Work, order_id: UUID) -> Order:
    """The pharmacy does not replace a parcel that was set aside: everything goes back to the patient."""
    return end_order(work, order_for_pharmacy(work, order_id, lock=True), "give_up")


def end_order(work: Work, order: Order, move: str) -> Order:
    """Close a locked order: withdraw what is offered, reverse the claim or keep it in question, release the money."""
    role = work.actor.role if work.actor.role in ("patient", "pharmacy") else "house"
    is_out = order.state == "shipped"
    ORDER.move(order, move, role)
    order.ended_at = work.now
    for offer in all_of(work, Offer, Offer.order_id == order.id, Offer.state == "offered"):
        OFFER.move(offer, "withdraw", "patient" if role == "patient" else "house")
        work.hint(f"board:{offer.pharmacy_id}")
    if move == "stop_waiting":
        discard_packs(work, order)      # the box is somewhere: what is in it is never given to anybody else
        _tell_to_fetch_back(work, order)
    if is_out:
        keep_in_question(work, order)
    else:
        give_back(work, order, move)
    record_custody(work, order.id, order.state)
    payment = payments.payment_of(work, "order", order.id)
    if payment is not None:
        payments.release(work, payment.id)
    for topic in (f"order:{order.id}", f"patient:{order.patient_id}", f"board:{order.pharmacy_id}"):
        work.hint(topic)
    ended = OrderUnfilled if order.state == "unfilled" else OrderCancelled
    work.announce(ended(order.id, order.prescription_id, order.patient_id))
    return order


def _tell_to_fetch_back(work: Work, order: Order) -> None:
    if order.pharmacy_id is not None:
        notify.tell_staff(work, order.pharmacy_id, "pharmacy", "order",
                          Text(zh=f"订单 {order.number} 没有按时交到，已退款：请追回那箱药，不要交出，回来了就记下退回",
                               en=f"Order {order.number} did not arrive in time and was refunded: fetch its box back, "
                                  "hand it to nobody, and record its return"), f"/pharmacy/orders/{order.id}")


def payment_ended(work: Work, order_id: UUID) -> None:
    """The cashier declined, the patient never paid, or the hold ran out: nobody may take the order any more."""
    order = work.get(Order, order_id, lock=True)
    if order.state in UNTAKEN:
        end_order(work, order, "cancel")


def end_untaken(work: Work, prescription_id: UUID, move: str = "fail") -> None:
    """The prescription has expired, or was filled elsewhere: an order that no pharmacy has taken ends, money back."""
    found = open_order_of(work, prescription_id)
    order = work.get(Order, found.id, lock=True) if found else None
    if order is not None and order.state in UNTAKEN:
        end_order(work, order, move)


def stop_order(work: Work, prescription_id: UUID) -> None:
    """The doctor took the prescription back: stop its order wherever it stands, the money goes back.

    A box that is on its way is set aside; its money goes back when the pharmacy has it, or the patient cancels.
    """
    found = open_order_of(work, prescription_id)
    order = work.get(Order, found.id, lock=True) if found else None
    if order is None:
        return
    at_hand = order.state != "shipped"
    if ORDER.can(order, "quarantine", "house"):
        quarantine(work, order, "revoked")
    if ORDER.can(order, "cancel", "house"):
        end_order(work, order, "cancel")
    elif at_hand and ORDER.can(order, "give_up", "house"):
        end_order(work, order, "give_up")
