"""What the pharmacy step hears: money for orders, its deadlines, and prescriptions that were taken back."""
from uuid import UUID

from app.events.payments import PaymentAuthorised, PaymentCaptured, PaymentFailed, PaymentReleased
from app.events.pharmacy import (
    OfferAccepted,
    OfferDeclined,
    OfferLapsed,
    OfferMade,
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderShipped,
    OrderUnfilled,
)
from app.events.prescribing import FilledFromPaper, PrescriptionExpired, PrescriptionRevoked, RedemptionReversed
from app.jobs import JobKind
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from pharmacy.delivery.claims import settle_box
from pharmacy.delivery.models import Dispense
from pharmacy.delivery.queries import is_box_out
from pharmacy.dispatch.commands import lapse_offer, offer_first
from pharmacy.dispatch.ending import end_untaken, payment_ended, stop_order
from pharmacy.dispatch.money import return_savings
from pharmacy.dispatch.overdue import see_to_overdue
from pharmacy.orders.models import Order
from prescribing import api as prescribing

TEXTS = {
    "OfferAccepted": Text(zh="药房已接单", en="The pharmacy has taken your order"),
    "OfferLapsed": Text(zh="药房没有回应，我们在问下一家，价格不会更高",
                        en="The pharmacy did not answer; we are asking the next one, at no higher price"),
    "OfferDeclined": Text(zh="这家药房不能接单，我们在问下一家，价格不会更高",
                          en="This pharmacy cannot take it; we are asking the next one, at no higher price"),
    "OrderCancelled": Text(zh="订单已取消，钱已开始退回", en="Your order is cancelled; your money is on its way back"),
    "OrderUnfilled": Text(zh="没有药房能接单，钱已开始退回",
                         en="No pharmacy could take it; your money is on its way back"),
    "OrderShipped": Text(zh="药已经在路上", en="Your parcel is on its way"),
    "OrderDelivered": Text(zh="药已送到", en="Your parcel was delivered"),
}

WITHOUT_BOX = Text(zh="订单结束了，钱已开始退回。查清那一箱药在哪里以前，处方先不能再配，怎么办请看订单",
                   en="Your order has ended; your money is on its way back. Until we know where the box is your "
                      "prescription cannot be filled again; the order's page says what you can do")
FREE_AGAIN = Text(zh="没送到的那一箱药查清了，处方放回来了，有效期内可以再选药房",
                  en="The box that never came is accounted for: your prescription is free again, and you can choose a "
                     "pharmacy while it is valid")
TOO_LATE = Text(zh="没送到的那一箱药查清了，处方已经不能再配；还要用药，请再看一次医生",
                en="The box that never came is accounted for, but your prescription can be filled no more; if you "
                   "still need the medicine, please ask for a new visit")


def on_money_held(work: Work, event: PaymentAuthorised | PaymentCaptured) -> None:
    """Held or taken: the chosen pharmacy is asked."""
    if event.payable_kind == "order":
        offer_first(work, event.payable_id)


def on_money_taken(work: Work, event: PaymentCaptured) -> None:
    """What a cheaper pharmacy saves goes back, once."""
    if event.payable_kind == "order":
        return_savings(work, work.get(Order, event.payable_id, lock=True))


def on_money_gone(work: Work, event: PaymentFailed | PaymentReleased) -> None:
    """The cashier declined, or nothing is held any more: what nobody has taken ends."""
    if event.payable_kind == "order":
        payment_ended(work, event.payable_id)


def on_prescription_revoked(work: Work, event: PrescriptionRevoked) -> None:
    """What the patient does not have yet is stopped."""
    stop_order(work, event.prescription_id)


def on_prescription_expired(work: Work, event: PrescriptionExpired) -> None:
    """What no pharmacy has taken in time ends, with the money back."""
    end_untaken(work, event.prescription_id)


def on_filled_from_paper(work: Work, event: FilledFromPaper) -> None:
    """The patient got it elsewhere: an order that no pharmacy has taken ends, with the money back."""
    if prescribing.filling_of(work, event.prescription_id) is not None:
        end_untaken(work, event.prescription_id, "cancel")


def on_box_settled(work: Work, event: RedemptionReversed) -> None:
    """Somebody knows where the box of an order is that ended without it: the patient hears how to go on."""
    claims = prescribing.redemptions_of(work, event.prescription_id)
    handled = work.find(Dispense, event.dispense_id)
    if handled is None or not any(one.dispense_id == handled.id and one.denied_at for one in claims):
        return
    order = work.get(Order, handled.order_id, lock=True)
    settle_box(work, order, handled, "settled")
    again = prescribing.usable_or_none(work, order.prescription_id) is not None
    notify.tell_patient(work, order.patient_id, "order", FREE_AGAIN if again else TOO_LATE, f"/orders/{order.id}")
    for topic in (f"order:{order.id}", f"board:{order.pharmacy_id}", f"patient:{order.patient_id}"):
        work.hint(topic)


def tell_patient(work: Work, event: OrderEvent) -> None:
    """Say where the parcel stands; no medicine is named."""
    lost = isinstance(event, OrderCancelled) and is_box_out(work, work.get(Order, event.order_id))
    text = WITHOUT_BOX if lost else TEXTS[type(event).__name__]
    notify.tell_patient(work, event.patient_id, "order", text, f"/orders/{event.order_id}")


def tell_pharmacy(work: Work, event: OfferMade) -> None:
    """Ring at the pharmacy that is asked."""
    notify.tell_staff(work, event.pharmacy_id, "pharmacy", "offer",
                      Text(zh="有新订单等您确认", en="A new order waits for you"), "/pharmacy/board")


def tell_pharmacy_of_end(work: Work, event: OrderCancelled) -> None:
    """The pharmacy that had taken the order puts the medicine back."""
    order = work.get(Order, event.order_id)
    if order.pharmacy_id is not None:
        notify.tell_staff(work, order.pharmacy_id, "pharmacy", "order",
                          Text(zh=f"订单 {order.number} 已取消，请停止配药",
                               en=f"Order {order.number} is cancelled; please stop"),
                          "/pharmacy/board")


def _lapse(work: Work, args: dict, _: object) -> None:
    lapse_offer(work, UUID(args["offer_id"]))


def _overdue(work: Work, args: dict, _: object) -> None:
    see_to_overdue(work, UUID(args["offer_id"]), args["step"])


SUBSCRIPTIONS = {
    PaymentAuthorised: [on_money_held],
    PaymentCaptured: [on_money_held, on_money_taken],
    PaymentFailed: [on_money_gone],
    PaymentReleased: [on_money_gone],
    PrescriptionRevoked: [on_prescription_revoked],
    PrescriptionExpired: [on_prescription_expired],
    FilledFromPaper: [on_filled_from_paper],
    RedemptionReversed: [on_box_settled],
    OfferMade: [tell_pharmacy],
    OfferAccepted: [tell_patient],
    OfferDeclined: [tell_patient],
    OfferLapsed: [tell_patient],
    OrderUnfilled: [tell_patient],
    OrderCancelled: [tell_patient, tell_pharmacy_of_end],
    OrderShipped: [tell_patient],
    OrderDelivered: [tell_patient],
}
JOB_KINDS = [JobKind("pharmacy.lapse", _lapse), JobKind("pharmacy.overdue", _overdue)]
