"""What goes wrong on the way: the temperature, a doctor who takes the prescription back, nobody at the door."""
from math import isfinite
from uuid import UUID

from app.audit import Trace
from app.kit.problems import Invalid
from app.kit.text import Text
from app.notify import api as notify
from app.policy import api as policy
from app.work import Work
from pharmacy.delivery.claims import box_is_back, discard_packs, record_custody
from pharmacy.delivery.facts import deliver_facts
from pharmacy.delivery.models import Dispense
from pharmacy.delivery.queries import dispense_of, is_box_out, is_cold
from pharmacy.orders.facts import subject_of
from pharmacy.orders.models import Order
from pharmacy.orders.problems import OfferGone
from pharmacy.orders.queries import order_for_pharmacy
from pharmacy.orders.states import ORDER

COLDEST, HOTTEST, LONGEST_GAP = -60, 80, 7 * 24 * 60
TOLD = {
    "temperature": Text(zh="冷藏温度不合格，这一份药不会给您，药房会重新配或全额退款",
                        en="The parcel got too warm or too cold. You will not get it: the pharmacy packs another, "
                           "or all your money goes back"),
    "damaged": Text(zh="这一份药有疑问，药房停下了，不会给您，会重新配或全额退款",
                    en="The pharmacy doubts this parcel and stopped it. You will not get it: it packs another, "
                       "or all your money goes back"),
    "revoked": Text(zh="医生撤回了处方，请不要使用这份药，药房会退款",
                    en="The doctor took the prescription back. Please do not use this medicine; you will be refunded"),
    "not_taken": Text(zh="药没有送到，已退回药房。请联系药房，或在订单里退款",
                      en="The parcel went back to the pharmacy. Please call it, or take your money back on the "
                         "order's page"),
}


def record_temperature(work: Work, order_id: UUID, min_c: float, max_c: float, max_gap_minutes: float) -> Dispense:
    """Keep the logger's lowest and highest value (°C) and its largest gap (minutes) of the way so far.

    The worst that was ever told of a parcel counts. What the rules do not accept is quarantined at once.
    """
    order = order_for_pharmacy(work, order_id, lock=True)
    if not ORDER.can(order, "quarantine"):
        ORDER.move(order, "quarantine", work.actor.role)
    _require_plausible(min_c, max_c, max_gap_minutes)
    dispense = _locked_dispense(work, order)
    dispense.cold_min_c = min(min_c, min_c if dispense.cold_min_c is None else dispense.cold_min_c)
    dispense.cold_max_c = max(max_c, max_c if dispense.cold_max_c is None else dispense.cold_max_c)
    dispense.cold_gap_minutes = max(max_gap_minutes, dispense.cold_gap_minutes or 0)
    record_custody(work, order.id, "temperature", order.pharmacy_id, min_c=min_c, max_c=max_c, gap=max_gap_minutes)
    if is_cold(work, order) and not _still_good(work, order, dispense):
        quarantine(work, order, "temperature")
    return dispense


def _require_plausible(min_c: float, max_c: float, gap: float) -> None:
    numbers = all(isfinite(value) for value in (min_c, max_c, gap))
    if not numbers or not COLDEST <= min_c <= max_c <= HOTTEST or not 0 <= gap <= LONGEST_GAP:
        raise Invalid(errors=[{"field": "min_c", "message": {"zh": "温度记录不对", "en": "The log is not plausible"}}])


def _locked_dispense(work: Work, order: Order) -> Dispense:
    found = dispense_of(work, order.id)
    if found is None:
        raise OfferGone(state=order.state)
    return work.get(Dispense, found.id, lock=True)


def _still_good(work: Work, order: Order, dispense: Dispense) -> bool:
    """Ask the rules of the door already now; the decision is kept."""
    sheet, lines = deliver_facts(work, order, dispense)
    judged = policy.judge_lines(work, "deliver", sheet, lines, subject_of(order))
    return policy.verdict_of(judged) in (policy.Verdict.ALLOW, policy.Verdict.WARN)


def quarantine(work: Work, order: Order, reason: str) -> None:
    """Stop a closed box: its packs never count again, the patient is told. The caller has locked the order."""
    ORDER.move(order, "quarantine", "pharmacy" if work.actor.role == "pharmacy" else "house")
    _set_aside(work, order, reason)


def quarantine_order(work: Work, order_id: UUID) -> Order:
    """The pharmacy itself stops a box that it doubts, warm or damaged; it packs a replacement or gives up."""
    order = order_for_pharmacy(work, order_id, lock=True)
    quarantine(work, order, "temperature" if is_cold(work, order) else "damaged")
    return order


def return_parcel(work: Work, order_id: UUID) -> Order:
    """The courier brought the box back; what left the house is not given to anybody else.

    That of an order that ended without it frees the prescription: it can be filled again.
    """
    order = order_for_pharmacy(work, order_id, lock=True)
    if is_box_out(work, order):
        box_is_back(work, order)
        work.hint(f"board:{order.pharmacy_id}")
        return order
    ORDER.move(order, "come_back", work.actor.role)
    _set_aside(work, order, "not_taken")
    return order


def _set_aside(work: Work, order: Order, reason: str) -> None:
    discard_packs(work, order)
    record_custody(work, order.id, order.state, order.pharmacy_id, reason=reason)
    work.trace(Trace("OrderSetAside", patient_id=order.patient_id, subject_kind="order", subject_id=order.id,
                     facts={"state": order.state, "reason": reason}))
    notify.tell_patient(work, order.patient_id, "order", TOLD[reason], f"/orders/{order.id}")
    for topic in (f"order:{order.id}", f"board:{order.pharmacy_id}", f"patient:{order.patient_id}"):
        work.hint(topic)
