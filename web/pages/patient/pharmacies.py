"""Choosing a pharmacy, and ordering there: the address is asked only now."""
import math
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.ids import parse_uuid
from app.kit.problems import NotFound, Problem
from app.kit.text import Text, counted
from app.policy import api as policy
from app.settings import Settings
from app.work import Work
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from web.door import Door, GuardedRoute, see_other
from web.fit import Latitude, Longitude
from web.pages.dates import moment_text
from web.pages.patient import views
from web.pages.patient.acting import Patient, account_id, acting_for, framed, mistakes, show
from web.pages.patient.deciding import why_refused
from web.pages.patient.medicine_words import drug_of_item
from web.pages.patient.views import Fact, Line, Tag
from web.pages.patient.views_medicine import OrderView, PharmaciesView, PharmacyOption, Sort

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=300)]
COLD = Tag(Text(zh="全程冷链", en="Cold chain"), "cold", "snowflake")
SHUT = Tag(Text(zh="现在没开门", en="Closed now"), "wait", "clock")
SELF = Tag(Text(zh="只能自取", en="Pick-up only"), "off", "store")
By = Annotated[str, Query(max_length=10)]
Far = dict[UUID, float]     # km to each pharmacy from where the patient is now, where both places are known


def _channel(option: pharmacy.Option) -> str:
    return option.profile.delivery_channel if option.in_reach else "pickup"


def _hours(option: pharmacy.Option, pickup: bool, now: datetime) -> Text:
    if pickup:
        begin = moment_text(option.ready, now)
        return Text(zh=f"{begin.zh} 起", en=_with("from", begin))
    end = moment_text(option.arrives_to, now)
    return Text(zh=f"{end.zh} 前", en=_with("by", end))


def _with(word: str, moment: Text) -> str:
    """In English the word stands before the time, not before the day: today, by 18:30."""
    day, _, time = moment.en.rpartition("\u00a0")
    return f"{day}, {word}\u00a0{time}"


def _open(option: pharmacy.Option) -> Text:
    """Its hours."""
    begin, end = option.profile.opens, option.profile.closes
    if (begin, end) == ("00:00", "24:00"):
        return Text(zh="24 小时", en="24 hours")
    return Text(zh=f"{begin}–{end}", en=f"{begin}–{end}")


def _there(option: pharmacy.Option) -> datetime:
    """When the patient has it at the latest; where it is only picked up, when it is ready."""
    return option.arrives_to if option.in_reach else option.ready


def _far(here: pharmacy.Point | None, found: list[pharmacy.Option]) -> Far:
    """Distances, only when the patient showed where they are: the address is asked after the choice."""
    return {o.pharmacy.id: pharmacy.distance_km(here, pharmacy.Point(o.pharmacy.latitude, o.pharmacy.longitude))
            for o in found if here and o.pharmacy.latitude is not None and o.pharmacy.longitude is not None}


def _km(km: float | None) -> views.Words:
    return Text(zh=f"离您现在约 {km:.1f} 公里", en=f"about {km:.1f} km from where you are") if km is not None else ""


def _orders(far: Far) -> "dict[str, tuple[Text, Callable[[pharmacy.Option], Any], Text]]":
    """The orders that can be chosen."""
    return {**ORDERS, **({"nearest": (*NEAREST, lambda o: far.get(o.pharmacy.id, math.inf), NEAR_WHY)} if far else {})}


NEAREST = (Text(zh="最近", en="Nearest"),)
NEAR_WHY = Text(zh="离您现在最近，所以排第一。药房不能花钱靠前。",
                en="The nearest to where you are, so it stands first. Nobody can pay for it.")
ORDERS: dict[str, tuple[Text, Callable[[pharmacy.Option], Any], Text]] = {
    "soonest": (Text(zh="最快", en="Quickest"), _there,
                Text(zh="送得最快，所以排第一。药房不能花钱靠前。",
                     en="The quickest, so it stands first. Nobody can pay for it.")),
    "cheapest": (Text(zh="最便宜", en="Cheapest"), lambda o: o.total_fen(_channel(o)),
                 Text(zh="总价最低，所以排第一。药房不能花钱靠前。",
                      en="The lowest total, so it stands first. Nobody can pay for it.")),
}


def _best(by: str, option: pharmacy.Option, far: Far, now: datetime) -> views.Words:
    if by == "nearest":
        km = far.get(option.pharmacy.id)
        return Text(zh=f"{km:.1f} 公里", en=f"{km:.1f} km") if km is not None else ""
    if by == "cheapest":
        return f"¥{option.total_fen(_channel(option)) / 100:.2f}"
    return _hours(option, _channel(option) == "pickup", now)


def _why(by: str, place: int, option: pharmacy.Option, first: pharmacy.Option) -> Text:
    if place == 0:
        return NEAR_WHY if by == "nearest" else ORDERS[by][2]
    more = (option.total_fen(_channel(option)) - first.total_fen(_channel(first))) / 100
    word = Text(zh=f"比第一家多付 ¥{more:.2f}", en=f"¥{more:.2f} more than the first")
    less = Text(zh=f"比第一家少付 ¥{-more:.2f}", en=f"¥{-more:.2f} less than the first")
    same = Text(zh="价钱和第一家一样", en="The same price as the first")
    return word if more > 0 else less if more < 0 else same


def _option(by: str, place: int, option: pharmacy.Option, first: pharmacy.Option, far: Far,
            now: datetime) -> PharmacyOption:
    home = option.in_reach
    marks = ((COLD, option.profile.cold_chain), (SHUT, not option.open_now), (SELF, not home))
    tags = [tag for tag, holds in marks if holds]
    fee = option.profile.delivery_fee_fen
    note = (Text(zh=f"含运费 ¥{fee / 100:.2f}", en=f"¥{fee / 100:.2f} delivery included") if fee else
            Text(zh="免运费", en="no delivery fee")) if home else Text(zh="自己去取", en="you pick it up")
    return PharmacyOption(
        str(option.pharmacy.id), option.pharmacy.name,
        Text(zh=option.pharmacy.address_zh or "—", en=option.pharmacy.address_en or "—"),
        option.total_fen(_channel(option)), option.drugs_fen,
        Text(zh="送到", en="Arrives") if home else Text(zh="可以去取", en="Pick up"),
        _hours(option, not home, now), note, _open(option), _why(by, place, option, first), tuple(tags), place == 0,
        _km(far.get(option.pharmacy.id)))


def _partial(option: pharmacy.Option) -> Text:
    name = option.pharmacy.name
    return Text(zh=f"{name.zh}：{'，'.join(o.zh for o in option.obstacles)}",
                en=f"{name.en}: {', '.join(o.en for o in option.obstacles)}")


def pharmacies_view(work: Work, rx: prescribing.Prescription, by: str,
                    place: pharmacy.Point | None = None) -> PharmaciesView:
    """Pharmacies that have the whole prescription, in two or three orders; what the others lack.

    `place` is where the patient is now, which need not be where the medicine will be brought: it moves no time.
    """
    found = pharmacy.options_for(work, rx)
    far = _far(place, found)
    orders = _orders(far)
    by = by if by in orders else "soonest"
    where = f"&latitude={place.latitude}&longitude={place.longitude}" if place else ""
    here = f"/prescriptions/{rx.id}"
    possible = sorted((o for o in found if o.possible), key=orders[by][1])
    sorts = tuple(Sort(label, _best(name, min(possible, key=key), far, work.now),
                       f"{here}/pharmacies?by={name}{where}", name == by)
                  for name, (label, key, _) in orders.items()) if possible else ()
    names, count = prescribing.names_of(work, rx.id), len(possible)
    return PharmaciesView(
        acting_for(work, rx.patient_id).person,
        Text(zh=f"{count} 家药房能配齐",
             en=counted(count, "pharmacy has everything", "pharmacies have everything")), names, sorts,
        tuple(_option(by, n, o, possible[0], far, work.now) for n, o in enumerate(possible)), here,
        tuple(_partial(o) for o in found if not o.possible), work.tool(Settings).offer_minutes, here,
        "" if far else f"{here}/pharmacies?by=nearest")


def _usable(work: Work, prescription_id: UUID) -> prescribing.Prescription:
    prescribing.prescription_for(work, prescription_id)
    return prescribing.usable_prescription(work, prescription_id)


@router.get("/prescriptions/{prescription_id}/pharmacies")
def choose(prescription_id: UUID, door: Patient, by: By = "soonest", latitude: Latitude | None = None,
           longitude: Longitude | None = None) -> Response:
    """Who has it, for how much, when, and how far from where the patient is, when they showed it."""
    place = pharmacy.Point(latitude, longitude) if latitude is not None and longitude is not None else None
    with door.read() as work:
        rx = _usable(work, prescription_id)
        order = pharmacy.open_order_of(work, rx.id)
        if order is not None:
            return see_other(f"/orders/{order.id}")
        return show(door, "pharmacies", framed(work), pharmacies_view(work, rx, by, place))


@router.post("/prescriptions/{prescription_id}/pharmacies")
def chosen(prescription_id: UUID, door: Patient,
           picked: Annotated[str, Form(alias="pharmacy", max_length=40)] = "") -> Response:
    """Take the choice along; the address is asked on the next page."""
    found = parse_uuid(picked)
    return see_other(f"/prescriptions/{prescription_id}/order?pharmacy={found}" if found
                     else f"/prescriptions/{prescription_id}/pharmacies")


# --- the order ----------------------------------------------------------------------------------------------

RULES = (
    Fact("yes", Text(zh="没有药房接单：自动全退", en="No pharmacy takes it: all back by itself")),
    Fact("yes", Text(zh="装箱以前您取消：全退", en="You cancel before it is packed: all back")),
    Fact("yes", Text(zh="换到更便宜的药房：差价退回", en="A cheaper pharmacy takes over: the difference comes back")),
)


def _find(work: Work, rx: prescribing.Prescription, pharmacy_id: UUID) -> pharmacy.Option:
    found = next((o for o in pharmacy.options_for(work, rx) if o.pharmacy.id == pharmacy_id and o.possible), None)
    if found is None:
        raise NotFound
    return found


def _order_view(work: Work, rx: prescribing.Prescription, option: pharmacy.Option, pickup: bool,
                form: views.Form) -> OrderView:
    fee = 0 if pickup else option.profile.delivery_fee_fen
    lines = [Line(Text(zh="药费", en="Medicine"), option.drugs_fen)]
    lines += [Line(Text(zh="运费", en="Delivery"), fee)] if fee else []
    here = f"/prescriptions/{rx.id}"
    other = f"{here}/order?pharmacy={option.pharmacy.id}{'' if pickup else '&pickup=1'}"
    return OrderView(
        acting_for(work, rx.patient_id).person, option.pharmacy.name, _hours(option, pickup, work.now),
        tuple(drug_of_item(i) for i in prescribing.items_of(work, rx.id)), tuple(lines), option.drugs_fen + fee, RULES,
        f"{here}/pharmacies", pickup, form, other if option.in_reach else "")


def _blank(work: Work, rx: prescribing.Prescription) -> views.Form:
    phone = identity.phone_of(work, identity.account(work, account_id(work))) or ""
    return views.Form({"recipient": identity.patient(work, rx.patient_id).name, "phone": phone.removeprefix("+86")})


@router.get("/prescriptions/{prescription_id}/order")
def order_form(prescription_id: UUID, door: Patient, pharmacy_id: Annotated[UUID, Query(alias="pharmacy")],
               pickup: bool = False) -> Response:
    """Address and contact, and the bill."""
    with door.read() as work:
        rx = _usable(work, prescription_id)
        option = _find(work, rx, pharmacy_id)
        view = _order_view(work, rx, option, pickup or not option.in_reach, _blank(work, rx))
        return show(door, "order", framed(work), view)


NEEDED = {"recipient": Text(zh="请填收药的人", en="Please say who receives it"),
          "phone": Text(zh="请填手机号", en="Please give a phone number"),
          "area": Text(zh="请填省、市、区", en="Please give province, city and district"),
          "street": Text(zh="请填街道、门牌、房间", en="Please give street, number and room")}


def _address(form: dict[str, str], pickup: bool) -> str:
    """One line for the label: who, where, and a word to the courier."""
    where = "" if pickup else f"{form['area']} {form['street']}"
    note = f"（{form['note']}）" if form["note"] and not pickup else ""
    return f"{form['recipient']}，{where}{note}" if where else form["recipient"]


def _missing(form: dict[str, str], pickup: bool) -> dict[str, views.Words]:
    wanted = ("recipient", "phone") if pickup else tuple(NEEDED)
    found: dict[str, views.Words] = {name: NEEDED[name] for name in wanted if not form[name]}
    if "phone" not in found:
        try:
            identity.clean_phone(form["phone"])
        except Problem as problem:
            found["phone"] = problem.detail
    return found


@router.post("/prescriptions/{prescription_id}/order")
def order(prescription_id: UUID, door: Patient, pharmacy_id: Annotated[UUID, Query(alias="pharmacy")],
          pickup: bool = False, recipient: Field = "", phone: Field = "", area: Field = "", street: Field = "",
          note: Field = "") -> Response:
    """Order and go to the cashier; the pharmacy is asked when the money is held."""
    form = {name: value.strip() for name, value in (("recipient", recipient), ("phone", phone), ("area", area),
                                                    ("street", street), ("note", note))}
    try:
        with door.write() as work:
            rx = _usable(work, prescription_id)
            option = _find(work, rx, pharmacy_id)
            by_hand = pickup or not option.in_reach
            errors = _missing(form, by_hand)
            if errors:
                view = _order_view(work, rx, option, by_hand, views.Form(form, errors))
                return show(door, "order", framed(work), view, 422)
            to = pharmacy.Destination(_address(form, by_hand), form["phone"], form["area"][:40])
            made = pharmacy.place_order(work, rx.id, pharmacy_id, "pickup" if by_hand else _channel(option), to)
            return see_other(f"/orders/{made.id}/pay")
    except policy.StepRefused as problem:
        return why_refused(problem)
    except Problem as problem:
        if problem.slug == "order-open-already":
            return see_other(f"/prescriptions/{prescription_id}/pharmacies")
        if problem.status != 422:
            raise
        return _again(door, prescription_id, pharmacy_id, pickup, views.Form(form, mistakes(problem, "street")))


def _again(door: Door, prescription_id: UUID, pharmacy_id: UUID, pickup: bool, form: views.Form) -> Response:
    """The same page with what was typed and what the command refused."""
    with door.read() as work:
        rx = _usable(work,
            prescription_id)
        view = _order_view(work, rx, _find(work, rx, pharmacy_id), pickup, form)
        return show(door, "order", framed(work), view, 422)
