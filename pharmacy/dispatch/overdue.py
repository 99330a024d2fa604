"""What a pharmacy took and does not bring: all hear of it, the patient need not wait, the house ends it at last."""
from datetime import datetime
from uuid import UUID

from app.audit import Trace
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from pharmacy.delivery.queries import dispense_of
from pharmacy.dispatch.ending import end_order
from pharmacy.orders.models import Offer, Order
from pharmacy.orders.rules import HELD, is_overdue, may_stop_from, may_stop_waiting, over_at

LATE = Text(zh="药过了说好的时间还没到，对不起。我们在催药房；再等不到，您可以退款，请看订单",
            en="Your medicine is late; we are sorry. We are asking the pharmacy. If it still does not come you can "
               "take your money back; please see the order")
MAY_STOP = Text(zh="药还没有到。您可以不再等，把钱全部退回，请看订单",
                en="Your medicine has still not come. You need not wait any longer: take all your money back on the "
                   "order's page")
OVER = Text(zh="药一直没有到，我们结束了这一单，钱全部退回。如果药后来送到，请不要收",
            en="Your medicine never came, so we ended the order; all your money goes back. If it still arrives, "
               "please do not take it")

TO_PHARMACY = Text(zh="订单 {number} 过了说好的时间，患者在等：请送出、交出，或者退回",
                   en="Order {number} is overdue and its patient waits: please bring it, hand it out, or give it back")
TO_OPERATOR = Text(zh="订单 {number} 过了说好的时间还没有交到患者手里，请联系药房",
                   en="Order {number} is overdue and not in its patient's hands; please call the pharmacy")


def watch_promise(work: Work, order: Order, offer: Offer) -> None:
    """Look again when the promised time is over, when the patient may stop waiting, and at the very end."""
    for step, due in (("late", order.arrives_to), ("may_stop", may_stop_from(order)), ("over", over_at(order, None))):
        _later(work, offer, step, max(due, work.now))


def _later(work: Work, offer: Offer, step: str, due: datetime) -> None:
    work.later("pharmacy.overdue", {"offer_id": str(offer.id), "step": step},
               f"overdue:{offer.id}:{step}:{due:%Y%m%d%H%M%S}", due)


def see_to_overdue(work: Work, offer_id: UUID, step: str) -> None:
    """One look at an order that this pharmacy still has; one that was delivered, ended or passed on needs none."""
    found = work.find(Offer, offer_id)
    order = work.get(Order, found.order_id, lock=True) if found else None
    if order is None or order.state not in HELD:
        return
    offer = work.get(Offer, offer_id, lock=True)
    if offer.state != "accepted":
        return
    if step == "over":
        _end_at_last(work, order, offer)
    elif step == "late" and is_overdue(order, work.now):
        _tell(work, order, LATE)
    elif step == "may_stop" and may_stop_waiting(order, work.now):
        _tell(work, order, MAY_STOP)


def _end_at_last(work: Work, order: Order, offer: Offer) -> None:
    """Nobody ended it and no box of it may be handed out: the money goes back. A later box gets its own time."""
    handling = dispense_of(work, order.id)
    ends = over_at(order, handling.packed_at if handling else None)
    if work.now < ends:
        _later(work, offer, "over", ends)
        return
    _tell(work, order, OVER)
    if order.state in ("packed", "shipped"):
        end_order(work, order, "stop_waiting")
    elif order.state in ("quarantined", "returned"):
        end_order(work, order, "give_up")
    else:
        end_order(work, order, "cancel")


def _tell(work: Work, order: Order, text: Text) -> None:
    """The patient with what they may do, the pharmacy that has it, and the people who run the house."""
    work.trace(Trace("OrderOverdue", patient_id=order.patient_id, subject_kind="order", subject_id=order.id,
                     facts={"state": order.state}))
    notify.tell_patient(work, order.patient_id, "order", text, f"/orders/{order.id}")
    if order.pharmacy_id is not None:
        notify.tell_staff(work, order.pharmacy_id, "pharmacy", "order", _filled(TO_PHARMACY, order),
                          f"/pharmacy/orders/{order.id}")
    notify.tell_staff(work, order.organization_id, "operator", "order", _filled(TO_OPERATOR, order), "/office")
    for topic in (f"order:{order.id}", f"board:{order.pharmacy_id}", f"patient:{order.patient_id}"):
        work.hint(topic)


def _filled(text: Text, order: Order) -> Text:
    return Text(zh=text.zh.format(number=order.number), en=text.en.format(number=order.number))
