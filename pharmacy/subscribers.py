"""What the pharmacy step hears: money for orders, its deadlines, and prescriptions that were taken back."""
from uuid import UUID

from app.events.payments import PaymentAuthorised, PaymentCaptured, PaymentFailed
from app.events.pharmacy import OfferAccepted, OfferLapsed, OfferMade, OrderDelivered, OrderShipped, OrderUnfilled
from app.events.prescribing import PrescriptionRevoked
from app.jobs import JobKind
from app.kit.text import Text
from app.notify import api as notify
from app.payments import api as payments
from app.work import Work
from pharmacy.dispatch.commands import lapse_offer, offer_first
from pharmacy.dispatch.ending import end_order, payment_failed
from pharmacy.orders.models import Order
from pharmacy.orders.queries import open_order_of
from pharmacy.orders.states import ORDER

TEXTS = {
    "OfferAccepted": Text(zh="药房已接单", en="The pharmacy has taken your order"),
    "OfferLapsed": Text(zh="药房没有回应，我们在问下一家，价格不会更高",
                        en="The pharmacy did not answer; we are asking the next one, at no higher price"),
    "OrderUnfilled": Text(zh="没有药房能接单，钱已开始退回", en="No pharmacy could take it; your money is on its way back"),
    "OrderShipped": Text(zh="药已经在路上", en="Your parcel is on its way"),
    "OrderDelivered": Text(zh="药已送到", en="Your parcel was delivered"),
}


def on_money_held(work: Work, event: PaymentAuthorised | PaymentCaptured) -> None:
    """Held or taken: the chosen pharmacy is asked."""
    if event.payable_kind == "order":
        offer_first(work, event.payable_id)


def on_money_taken(work: Work, event: PaymentCaptured) -> None:
    """What a cheaper pharmacy saves goes back, once."""
    if event.payable_kind != "order":
        return
    order = work.get(Order, event.payable_id)
    saved = order.held_fen - order.drugs_fen - order.delivery_fen
    if saved > 0 and order.pharmacy_id is not None:
        payments.refund(work, event.payment_id, saved, "cheaper_pharmacy", once="cheaper_pharmacy")


def on_money_refused(work: Work, event: PaymentFailed) -> None:
    """The cashier declined: nobody was asked and nothing is owed."""
    if event.payable_kind == "order":
        payment_failed(work, event.payable_id)


def on_prescription_revoked(work: Work, event: PrescriptionRevoked) -> None:
    """What is not packed yet is stopped; a packed box is refused by the policy at the door."""
    order = open_order_of(work, event.prescription_id)
    if order is not None and ORDER.can(order, "cancel", "house"):
        end_order(work, work.get(Order, order.id, lock=True), "cancel")


def tell_patient(work: Work, event: OfferAccepted | OfferLapsed | OrderUnfilled | OrderShipped | OrderDelivered) -> None:
    """Say where the parcel stands; no medicine is named."""
    notify.tell_patient(work, event.patient_id, "order", TEXTS[type(event).__name__], f"/orders/{event.order_id}")


def tell_pharmacy(work: Work, event: OfferMade) -> None:
    """Ring at the pharmacy that is asked."""
    notify.tell_staff(work, event.pharmacy_id, "pharmacy", "offer", Text(zh="有新订单等您确认", en="A new order waits for you"),
                      "/pharmacy/board")


def _lapse(work: Work, args: dict, _: object) -> None:
    lapse_offer(work, UUID(args["offer_id"]))


SUBSCRIPTIONS = {
    PaymentAuthorised: [on_money_held],
    PaymentCaptured: [on_money_held, on_money_taken],
    PaymentFailed: [on_money_refused],
    PrescriptionRevoked: [on_prescription_revoked],
    OfferMade: [tell_pharmacy],
    OfferAccepted: [tell_patient],
    OfferLapsed: [tell_patient],
    OrderUnfilled: [tell_patient],
    OrderShipped: [tell_patient],
    OrderDelivered: [tell_patient],
}
JOB_KINDS = [JobKind("pharmacy.lapse", _lapse)]
