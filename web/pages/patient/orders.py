"""Following an order: where the parcel is, its code, cancelling it."""
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from app.kit.text import Text
from app.payments import api as payments
from app.work import Work
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from web.door import GuardedRoute, see_other
from web.pages.dates import moment_text
from web.pages.patient.acting import Patient, acting_for, framed, show, show_part
from web.pages.patient.medicine_words import ORDER_TAGS, drug_of_line, pharmacy_words, window
from web.pages.patient.views import ConfirmView, Fact, Stage, StageState, Words
from web.pages.patient.views_medicine import ColdStrip, TrackingView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
CODED = ("accepted", "packed", "shipped")
STEPS = {
    "offered": Text(zh="在问{who}", en="Asking {who}"), "accepted": Text(zh="{who}接单了", en="{who} took it"),
    "given_back": Text(zh="{who}退回了，在问下一家", en="{who} gave it back; asking the next"),
    "packed": Text(zh="装好了，每一盒都扫过码", en="Packed, every box scanned"),
    "temperature": Text(zh="温度记下了", en="Temperature logged"),
    "shipped": Text(zh="交给骑手", en="With the courier"),
    "delivered": Text(zh="凭取药码送到", en="Delivered against your code"),
    "cancelled": Text(zh="取消了，钱退回", en="Cancelled, the money goes back"),
    "unfilled": Text(zh="没有药房能接，钱退回", en="No pharmacy could take it, the money goes back"),
    "quarantined": Text(zh="这一包停下了", en="This parcel was stopped"),
    "returned": Text(zh="退回药房了", en="Back at the pharmacy"),
    "settled": Text(zh="医院查清了这一箱药", en="The hospital found out about the box"),
}
BAD = ("cancelled", "unfilled", "quarantined", "returned")
AHEAD = (("accepted", Text(zh="药房接单", en="A pharmacy takes it")), ("packed", Text(zh="装箱", en="Packed")),
         ("shipped", Text(zh="上路", en="On its way")),
         ("delivered", Text(zh="凭取药码交给您", en="Given to you against your code")))
TEXTS = {
    "placed": Text(zh="付款以后，药房才会收到。", en="The pharmacy is asked once you have paid."),
    "offered": Text(zh="药房没有在规定时间内接单，我们就问下一家，价格不会更高。",
                    en="If the pharmacy does not answer in time we ask the next one, at no higher price."),
    "accepted": Text(zh="药房在配药。装箱以前都可以取消，全额退款。",
                     en="It is being prepared. Until it is packed you can cancel and get all your money back."),
    "packed": Text(zh="装好了，等骑手来取。", en="Packed, waiting for the courier."),
    "shipped": Text(zh="见到药、核对过药名再说取药码。",
                    en="Say the code only at the door, once you have seen the medicine."),
    "delivered": Text(zh="怎么吃写在「今天的药」里。", en="How to take it stands under “Medicines today”."),
    "cancelled": Text(zh="钱原路退回，您不用做任何事。", en="The money goes back the way it came."),
    "unfilled": Text(zh="没有药房能配齐，钱原路退回。处方有效期内可以再选一家。",
                     en="No pharmacy could fill it; the money goes back. You can choose again while it is valid."),
    "quarantined": Text(zh="药房可以换一包新的，您不用再付钱。不想等，就把钱全部退回。",
                        en="The pharmacy can send a new one; you pay nothing more. "
                           "If you would rather not wait, take all your money back."),
    "returned": Text(zh="药退回了药房。请联系药房，或者把钱全部退回。",
                     en="It went back to the pharmacy. Call it, or take all your money back."),
}
REVOKED = Text(zh="处方作废了，请不要用这份药。把钱全部退回，就可以结束这一单。",
               en="The prescription was withdrawn: please do not use this medicine. "
                  "Take all your money back to end the order.")
FILLED = Text(zh="有药房凭您的纸质处方标记配出了药，所以这一单取消了，钱原路退回。",
              en="A pharmacy marked your paper prescription as dispensed, so this order ended; the money goes back.")
BOX_OUT = Text(zh="钱原路退回。还不知道这一箱药在哪里，为了不让您拿到两份，处方先不能再配。药房说箱子回来了，"
                  "或者医院药师查清了，您会收到消息，有效期内可以再选药房。急着用药，请马上问医生，或者再看一次。"
                  "药如果送到，请不要收。",
               en="The money goes back the way it came. Nobody knows yet where the box is; so that you do not get it "
                  "twice, your prescription cannot be filled again for now. When the pharmacy has the box back, or "
                  "the hospital's pharmacist has found out, we tell you, and you can choose a pharmacy while it is "
                  "valid. If you need the medicine soon, ask your doctor now or ask for a new visit. If the box "
                  "still comes, please do not take it.")
LATE = Text(zh="过了说好的时间还没到，对不起，我们在催药房。{when} 还没到，您可以不再等，把钱全部退回。",
            en="It is late; we are sorry and are asking the pharmacy. If it has not come by {when} you need not wait "
               "any longer and can take all your money back.")
STOP_NOW = Text(zh="过了说好的时间还没到，对不起。您可以不再等，把钱全部退回；也可以打电话问药房。",
                en="It is late; we are sorry. You need not wait any longer and can take all your money back, or call "
                   "the pharmacy and ask.")
STOP = Text(zh="不等了，全额退款", en="Stop waiting, all money back")
CANCEL = Text(zh="取消订单，全额退款", en="Cancel, all money back")
GIVE_UP = Text(zh="不要了，全额退款", en="Do without it, all money back")
CHOOSE_AGAIN = Text(zh="处方有效期内，可以再选一家药房。",
                    en="While the prescription is valid you can choose another pharmacy.")
LET_IT_PASS = Text(zh="退款以后药如果送到，请不要收。药房说箱子回来了，或者医院药师查清了，处方才能再配，我们会告诉您。"
                      "急着用药，请马上问医生。",
                   en="If it still comes after that, please do not take it. Your prescription can be filled again only "
                      "when the pharmacy has the box back or the hospital's pharmacist has found out; we tell you. If "
                      "you need the medicine soon, ask your doctor now.")
PICKUP = Text(zh="到药房说取药码，当面取药。", en="Say the code at the pharmacy and take it there.")


def steps_of(work: Work, order: pharmacy.Order) -> tuple[Stage, ...]:
    """What happened, in order, and what is still to come."""
    told = []
    for event in pharmacy.custody_of(work, order.id):
        name = STEPS.get(event.step)
        if name is None:
            continue
        place = event.organization_id
        who = pharmacy_words(work, place) if place else Text(zh="药房", en="the pharmacy")
        state: StageState = "bad" if event.step in BAD else "done"
        told.append(Stage(Text(zh=name.zh.format(who=who.zh), en=name.en.format(who=who.en)), state,
                          moment_text(event.at, work.now)))
    over = order.state in ("delivered", "cancelled", "unfilled")
    happened = {event.step for event in pharmacy.custody_of(work, order.id)}
    ahead = () if over else tuple(Stage(text) for step, text in AHEAD if step not in happened)
    first: StageState = "done"
    return (Stage(Text(zh="下单", en="Ordered"), first, moment_text(order.placed_at, work.now)), *told, *ahead)


def _cold(work: Work, order: pharmacy.Order) -> ColdStrip | None:
    """The cold chain as the pharmacy's logger told it; without a log it says that nothing is known yet."""
    if not pharmacy.is_cold(work, order):
        return None
    handling = pharmacy.dispense_of(work, order.id)
    title = Text(zh="全程冷藏", en="Kept cold")
    if handling is None or handling.cold_min_c is None or handling.cold_max_c is None:
        return ColdStrip(title, Text(zh="还没有温度记录", en="No temperature log yet"), (), ok=True)
    low, high = handling.cold_min_c, handling.cold_max_c
    return ColdStrip(title, Text(zh=f"最低 {low:g} °C，最高 {high:g} °C", en=f"Lowest {low:g} °C, highest {high:g} °C"),
                     (), ok=low >= 2 and high <= 8)


def _paper_ended(work: Work, order: pharmacy.Order) -> bool:
    """Whether the order ended while a mark stood on the paper, which ends it; the mark may be gone since."""
    ended = order.ended_at
    return ended is not None and any(
        one.pharmacy_id is None and one.at <= ended and (one.reversed_at is None or ended < one.reversed_at)
        for one in prescribing.redemptions_of(work, order.prescription_id))


def _meaning(work: Work, order: pharmacy.Order) -> Text:
    """What the state means for the patient; a box stopped because its prescription was taken back has no successor."""
    if pharmacy.may_stop_waiting(order, work.now):
        return STOP_NOW
    if order.channel == "pickup" and order.state in CODED:
        return PICKUP
    if pharmacy.is_box_out(work, order):
        return BOX_OUT
    if order.state == "cancelled" and _paper_ended(work, order):
        return FILLED
    if pharmacy.is_overdue(order, work.now) and order.state != "accepted":
        when = moment_text(pharmacy.may_stop_from(order), work.now)
        return Text(zh=LATE.zh.format(when=when.zh), en=LATE.en.format(when=when.en))
    revoked = any(event.facts.get("reason") == "revoked" for event in pharmacy.custody_of(work, order.id))
    return REVOKED if order.state == "quarantined" and revoked else TEXTS[order.state]


def _way_out(order: pharmacy.Order, now: datetime) -> Text | None:
    """How the patient ends the order now: cancelled before packing, given up after it was set aside, not waited for
    when it is late, or not at all."""
    if pharmacy.may_stop_waiting(order, now):
        return STOP
    if pharmacy.ORDER.can(order, "cancel", "patient"):
        return CANCEL
    return GIVE_UP if pharmacy.ORDER.can(order, "give_up", "patient") else None


def _headline(order: pharmacy.Order, now: datetime) -> tuple[Words, Words]:
    if order.state in ("delivered", "cancelled", "unfilled", "quarantined", "returned"):
        return Text(zh="现在", en="Now"), ORDER_TAGS[order.state].text
    return Text(zh="预计", en="Expected"), window(order, now)


def _next_of(work: Work, order: pharmacy.Order) -> tuple[str, Words]:
    """Where an order that is over leads to: to a new one only while its prescription can still be filled."""
    rx = f"/prescriptions/{order.prescription_id}"
    if order.state == "delivered":
        return "/medicines", Text(zh="看怎么吃", en="How to take it")
    if order.state not in ("unfilled", "cancelled"):
        return "", ""
    if prescribing.usable_or_none(work, order.prescription_id) is None:
        return rx, Text(zh="看处方", en="See the prescription")
    return f"{rx}/pharmacies", Text(zh="再选一家药房", en="Choose a pharmacy again")


def tracking_view(work: Work, order: pharmacy.Order) -> TrackingView:
    """Where the order stands; the code is shown only while it can be asked for."""
    label, headline = _headline(order, work.now)
    lines = pharmacy.lines_of(work, order.id)
    coded, here = order.state in CODED, f"/orders/{order.id}"
    profile = pharmacy.profile_of(work, order.pharmacy_id) if order.pharmacy_id else None
    out, (next_href, next_action) = _way_out(order, work.now), _next_of(work, order)
    return TrackingView(
        str(order.id), acting_for(work, order.patient_id).person, ORDER_TAGS[order.state], label, headline,
        _meaning(work, order), steps_of(work, order), tuple(drug_of_line(line) for line in lines),
        "/home", code=pharmacy.delivery_code(work, order) if coded else "", cold=_cold(work, order),
        code_blocked=coded and pharmacy.code_is_blocked(order), new_code_action=f"{here}/code" if coded else "",
        pharmacy_phone=profile.phone if profile else "",
        cancel_href=f"{here}/cancel" if out else "", cancel_action=out or "",
        next_href=next_href, next_action=next_action)


@router.get("/orders/{order_id}")
def tracking(order_id: UUID, door: Patient) -> Response:
    """Where it is; an unpaid order leads to the cashier."""
    with door.read() as work:
        order = pharmacy.order_for_patient(work, order_id)
        payment = payments.payment_of(work, "order", order.id)
        if order.state == "placed" and payment is not None and payments.is_waiting_for_patient(payment):
            return see_other(f"/orders/{order_id}/pay")
        return show(door, "tracking", framed(work), tracking_view(work, order))


@router.get("/orders/{order_id}/part")
def tracking_part(order_id: UUID, door: Patient) -> Response:
    """The part that changes on its way."""
    with door.read() as work:
        view = tracking_view(work, pharmacy.order_for_patient(work, order_id))
        return show_part(door, "parts/_tracking", work, f"/orders/{order_id}", view)


@router.get("/orders/{order_id}/cancel")
def cancel_form(order_id: UUID, door: Patient) -> Response:
    """Ask before it is cancelled or given up."""
    with door.read() as work:
        order = pharmacy.order_for_patient(work, order_id)
        out = _way_out(order, work.now)
        if out is None:
            return see_other(f"/orders/{order_id}")
        back = Fact("yes", Text(zh="钱全部退回，原路返回", en="All your money goes back the way it came"))
        view = ConfirmView(
            Text(zh="要取消这一单吗？", en="Cancel this order?") if out is CANCEL
            else Text(zh="不要这一单了吗？", en="Do without this order?"),
            LET_IT_PASS if order.state == "shipped" else CHOOSE_AGAIN,
            out, f"/orders/{order_id}", Text(zh="不取消，返回", en="Keep it, go back"), "cancel", facts=(back,))
        return show(door, "confirm", framed(work), view)


@router.post("/orders/{order_id}/cancel")
def cancel(order_id: UUID, door: Patient) -> Response:
    """Cancel before packing, give up what was set aside, or stop waiting; everything goes back."""
    with door.write() as work:
        if _way_out(pharmacy.order_for_patient(work, order_id), work.now):
            pharmacy.cancel_order(work, order_id)
    return see_other(f"/orders/{order_id}")


@router.post("/orders/{order_id}/code")
def renew_code(order_id: UUID, door: Patient) -> Response:
    """Make a new delivery code when the old one was tried too often or overheard; of an order that is over, none."""
    with door.write() as work:
        if pharmacy.order_for_patient(work, order_id).state in CODED:
            pharmacy.renew_code(work, order_id)
    return see_other(f"/orders/{order_id}")
