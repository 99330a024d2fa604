"""Ask a pharmacy, take its answer, and go on to the next best at no higher price."""
from datetime import datetime, timedelta
from uuid import UUID

from app.events.pharmacy import OfferAccepted, OfferDeclined, OfferLapsed, OfferMade
from app.kit.problems import NotFound
from app.settings import Settings
from app.work import Work, all_of
from pharmacy.delivery.claims import claim, give_back, record_custody
from pharmacy.dispatch.ending import end_order
from pharmacy.dispatch.money import most_fen, settle_order
from pharmacy.dispatch.overdue import watch_promise
from pharmacy.orders.models import Offer, Order
from pharmacy.orders.problems import OfferGone
from pharmacy.orders.queries import lines_of, offers_of, order_for_pharmacy
from pharmacy.orders.states import OFFER, ORDER
from pharmacy.partners.queries import Option, options_for
from pharmacy.partners.rules import Point, next_opening
from prescribing import api as prescribing
from records import api as records

ASKED = ("masked_name", "medicines", "prescription")
TAKEN = ("name", "phone", "medicines", "directions", "prescription")


def offer_first(work: Work, order_id: UUID) -> Offer | None:
    """The money is held: ask the pharmacy that the patient chose. Twice is once."""
    order = work.get(Order, order_id, lock=True)
    return offer_next(work, order) if order.state == "placed" else None


def offer_next(work: Work, order: Order) -> Offer | None:
    """Ask the chosen pharmacy, or else the next best that costs no more; nobody left: unfilled, money back."""
    asked = {offer.pharmacy_id for offer in offers_of(work, order.id)}
    best = next(iter(_candidates(work, order, asked)), None)
    if best is None:
        end_order(work, order, "fail")
        return None
    _reprice(work, order, best)
    ORDER.move(order, "offer", "house")
    deadline = _deadline(work, order, best)
    offer = work.add(Offer(order_id=order.id, pharmacy_id=best.pharmacy.id, rank=len(asked) + 1, made_at=work.now,
                           fen=order.drugs_fen + order.delivery_fen, deadline=deadline))
    work.later("pharmacy.lapse", {"offer_id": str(offer.id)}, f"lapse:{offer.id}", deadline)
    record_custody(work, order.id, "offered", best.pharmacy.id)
    _give(work, order, best.pharmacy.id, "ask_pharmacy", ASKED, "district")
    work.announce(OfferMade(order.id, order.prescription_id, order.patient_id, offer.id, best.pharmacy.id))
    _tell(work, order, best.pharmacy.id)
    return offer


def _give(work: Work, order: Order, pharmacy_id: UUID, purpose: str, fields: tuple[str, ...], where: str) -> None:
    """Write down what the pharmacy learns now; who collects the box gives no address."""
    told = fields if order.channel == "pickup" else (*fields, where)
    records.note_hand_over(work, order.patient_id, pharmacy_id, ("order", order.id), purpose, told)


def _deadline(work: Work, order: Order, option: Option) -> datetime:
    """Minutes count from the opening of a closed pharmacy, and end with the prescription."""
    profile = option.profile
    begins = next_opening(profile.opens, profile.closes, work.now)
    rx = work.get(prescribing.Prescription, order.prescription_id)
    return min(begins + timedelta(minutes=work.tool(Settings).offer_minutes), rx.expires_at or work.now)


def _candidates(work: Work, order: Order, asked: set[UUID]) -> list[Option]:
    """Pharmacies not asked yet that can fill it all, in reach, for at most what the patient agreed to.

    The chosen one first, then those that are open now, then who brings it soonest, then the cheapest.
    """
    rx = prescribing.usable_or_none(work, order.prescription_id)
    if rx is None:
        return []
    known = order.latitude is not None and order.longitude is not None
    place = Point(order.latitude, order.longitude) if known else None  # type: ignore[arg-type]
    most = most_fen(work, order)
    fitting = [o for o in options_for(work, rx, place) if o.possible and o.pharmacy.id not in asked
               and o.total_fen(order.channel) <= most and _reaches(o, order.channel)]
    return sorted(fitting, key=lambda o: (o.pharmacy.id != order.chosen_pharmacy_id, not o.open_now,
                                          o.arrives_to, o.total_fen(order.channel)))


def _reaches(option: Option, channel: str) -> bool:
    if channel == "pickup":
        return True
    return option.in_reach and option.profile.delivery_channel == channel


def _reprice(work: Work, order: Order, option: Option) -> None:
    """The lines and totals are those of the pharmacy that is asked now; never above what was agreed."""
    prices = {line.item_id: line.fen or 0 for line in option.lines}
    for line in lines_of(work, order.id):
        line.fen = prices[line.item_id]
    order.drugs_fen = option.drugs_fen
    order.delivery_fen = option.total_fen(order.channel) - option.drugs_fen
    pickup = order.channel == "pickup"
    order.arrives_from, order.arrives_to = option.ready if pickup else option.arrives_from, option.arrives_to


def _offer_for_me(work: Work, offer_id: UUID) -> tuple[Offer, Order]:
    """Lock order, then offer; an offer to another pharmacy does not exist for this one."""
    found = work.get(Offer, offer_id)
    if work.actor.role != "pharmacy" or found.pharmacy_id != work.actor.organization_id:
        raise NotFound
    order = work.get(Order, found.order_id, lock=True)
    offer = work.get(Offer, offer_id, lock=True)
    if offer.state != "offered" or order.state != "offered" or work.now >= offer.deadline:
        raise OfferGone(state=offer.state if offer.state != "offered" else "lapsed")
    return offer, order


def accept_offer(work: Work, offer_id: UUID) -> Order:
    """Take the order: the claim on the prescription, the stock and the money, in one step; exactly one wins."""
    offer, order = _offer_for_me(work, offer_id)
    OFFER.move(offer, "accept", work.actor.role)
    offer.answered_at = work.now
    order.pharmacy_id = offer.pharmacy_id
    ORDER.move(order, "accept", work.actor.role)
    claim(work, order, offer)
    _give(work, order, offer.pharmacy_id, "fill_order", TAKEN, "address")
    settle_order(work, order)
    watch_promise(work, order, offer)
    work.announce(OfferAccepted(order.id, order.prescription_id, order.patient_id, offer.id, offer.pharmacy_id))
    _tell(work, order, offer.pharmacy_id)
    return order


def decline_offer(work: Work, offer_id: UUID, reason: str) -> Order:
    """Say no with a reason; the next best pharmacy is asked at once and the patient is told."""
    offer, order = _offer_for_me(work, offer_id)
    OFFER.move(offer, "decline", work.actor.role)
    offer.answered_at, offer.reason = work.now, reason.strip()[:200]
    work.announce(OfferDeclined(order.id, order.prescription_id, order.patient_id, offer.id, offer.pharmacy_id))
    _tell(work, order, offer.pharmacy_id)
    offer_next(work, order)
    return order


def lapse_offer(work: Work, offer_id: UUID) -> None:
    """The pharmacy was silent until the deadline: the next best is asked."""
    found = work.find(Offer, offer_id)
    if found is None:
        return
    order = work.get(Order, found.order_id, lock=True)
    offer = work.get(Offer, offer_id, lock=True)
    if offer.state != "offered" or work.now < offer.deadline:
        return
    OFFER.move(offer, "lapse", "house")
    offer.answered_at = work.now
    work.announce(OfferLapsed(order.id, order.prescription_id, order.patient_id, offer.id, offer.pharmacy_id))
    _tell(work, order, offer.pharmacy_id)
    if order.state == "offered":
        offer_next(work, order)


def give_order_back(work: Work, order_id: UUID, reason: str) -> Order:
    """The pharmacy cannot go on: the claim is reversed and the next best is asked, or else the money goes back."""
    order = order_for_pharmacy(work, order_id, lock=True)
    if not ORDER.can(order, "offer", work.actor.role):
        ORDER.move(order, "offer", work.actor.role)
    for offer in all_of(work, Offer, Offer.order_id == order.id, Offer.state == "accepted"):
        OFFER.move(offer, "give_back", work.actor.role)
        offer.reason = reason.strip()[:200]
        work.announce(OfferDeclined(order.id, order.prescription_id, order.patient_id, offer.id, offer.pharmacy_id))
    former = order.pharmacy_id
    give_back(work, order, "given_back")
    order.pharmacy_id = None
    work.session.flush()
    _tell(work, order, former)
    offer_next(work, order)
    return order


def _tell(work: Work, order: Order, pharmacy_id: UUID | None) -> None:
    for topic in (f"order:{order.id}", f"board:{pharmacy_id}", f"patient:{order.patient_id}"):
        work.hint(topic)
