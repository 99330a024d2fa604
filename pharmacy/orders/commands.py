"""Place an order: the pharmacy, the way, the address that is asked only now, and the payment."""
import secrets
from dataclasses import dataclass
from uuid import UUID

from app.audit import Trace
from app.events.pharmacy import OrderPlaced
from app.identity import api as identity
from app.kit.text import Text
from app.notify import api as notify
from app.payments import api as payments
from app.policy import api as policy
from app.settings import Settings
from app.storage import Vault
from app.work import Work
from pharmacy.orders.facts import settle_sheet, subject_of
from pharmacy.orders.models import Order, OrderLine
from pharmacy.orders.problems import (
    AddressMissing,
    ChannelNotOffered,
    OrderOpenAlready,
    OrderOver,
    PharmacyCannotFill,
)
from pharmacy.orders.queries import ADDRESS, CODE, CONTACT, lines_of, open_order_of, order_for_patient
from pharmacy.orders.states import OPEN
from pharmacy.partners.queries import Option, options_for
from pharmacy.partners.rules import Point
from prescribing import api as prescribing

LONGEST_ADDRESS = 300


@dataclass(frozen=True)
class Destination:
    """Where the parcel goes; asked only now. Empty for pick-up."""

    address: str = ""
    contact: str = ""
    district: str = ""
    place: Point | None = None


def place_order(work: Work, prescription_id: UUID, pharmacy_id: UUID, channel: str, to: Destination) -> Order:
    """Order the whole prescription from one pharmacy and open its payment; the offer follows the money."""
    prescribing.prescription_for(work, prescription_id)
    rx = prescribing.usable_prescription(work, prescription_id)
    identity.require_acting_for(work, rx.patient_id)
    if open_order_of(work, rx.id):
        raise OrderOpenAlready
    prescribing.rely_on(work, rx.id)
    option = _chosen(work, rx, pharmacy_id, to.place)
    _check_destination(option, channel, to)
    order = _new_order(work, rx, option, channel, to)
    policy.insist_allowed(policy.judge(work, "settle", settle_sheet(work, order), subject_of(order)),
                          instead=_subject_of(rx))  # a refused order was never stored
    work.add(order)
    for line, item in zip(option.lines, _open_items(work, rx), strict=True):
        work.add(OrderLine(order_id=order.id, item_id=item.id, drug_id=item.drug_id, product_code=item.product_code,
                           name_zh=item.name_zh, name_en=item.name_en, packs=line.packs, fen=line.fen or 0))
    payments.open_payment(work, "order", order.id, order.patient_id, charges(work, order, pharmacy_id),
                          work.tool(Settings).payment_provider, order.organization_id)
    work.announce(OrderPlaced(order.id, rx.id, rx.patient_id))
    work.hint(f"patient:{rx.patient_id}")
    return order


def _subject_of(rx: prescribing.Prescription) -> policy.Subject:
    return policy.Subject(kind="prescription", id=rx.id, patient_id=rx.patient_id, visit_id=rx.visit_id,
                          prescription_id=rx.id, organization_id=rx.organization_id)


def _open_items(work: Work, rx: prescribing.Prescription) -> list[prescribing.PrescriptionItem]:
    return [item for item in prescribing.items_of(work, rx.id) if item.left_quantity > 0]


def _chosen(work: Work, rx: prescribing.Prescription, pharmacy_id: UUID, place: Point | None) -> Option:
    found = next((o for o in options_for(work, rx, place) if o.pharmacy.id == pharmacy_id), None)
    if found is None or not found.possible:
        raise PharmacyCannotFill(obstacles=[o.model_dump() for o in found.obstacles] if found else [])
    return found


def _check_destination(option: Option, channel: str, to: Destination) -> None:
    """Delivery needs an address within reach; pick-up needs only a phone number."""
    allowed = ("pickup", option.profile.delivery_channel) if option.profile.delivers else ("pickup",)
    if channel not in allowed or (channel != "pickup" and not option.in_reach):
        raise ChannelNotOffered(offered=list(allowed), km=round(option.km, 1) if option.km is not None else None)
    if not to.contact.strip() or (channel != "pickup" and not to.address.strip()):
        raise AddressMissing
    if len(to.address) > LONGEST_ADDRESS or len(to.contact) > 40:
        raise AddressMissing


def _new_order(work: Work, rx: prescribing.Prescription, option: Option, channel: str, to: Destination) -> Order:
    vault = work.tool(Vault)
    delivery = 0 if channel == "pickup" else option.profile.delivery_fee_fen
    return Order(
        number=f"D-{work.now:%y%m}-{secrets.randbelow(10**8):08d}", organization_id=rx.organization_id,
        prescription_id=rx.id, visit_id=rx.visit_id, patient_id=rx.patient_id, account_id=work.actor.account_id,
        channel=channel, chosen_pharmacy_id=option.pharmacy.id, district=to.district,
        latitude=to.place.latitude if to.place else None, longitude=to.place.longitude if to.place else None,
        address_sealed=vault.seal(to.address.strip(), ADDRESS), contact_sealed=vault.seal(to.contact.strip(), CONTACT),
        code_sealed=_sealed_code(work), held_fen=option.drugs_fen + delivery,
        drugs_fen=option.drugs_fen, delivery_fen=delivery, placed_at=work.now,
        arrives_from=option.arrives_from if delivery or channel != "pickup" else option.ready,
        arrives_to=option.arrives_to)


def charges(work: Work, order: Order, pharmacy_id: UUID) -> list[payments.Line]:
    """What the order costs now, line by line; the pharmacy that fills it earns it all."""
    lines = [payments.Line("drug", line.fen, "pharmacy", pharmacy_id) for line in lines_of(work, order.id)]
    if order.delivery_fen:
        lines.append(payments.Line("delivery", order.delivery_fen, "pharmacy", pharmacy_id))
    return lines


def renew_code(work: Work, order_id: UUID) -> Order:
    """Give the patient a new delivery code when the old one was tried too often or overheard."""
    order = order_for_patient(work, order_id, lock=True)
    if order.state not in OPEN:
        raise OrderOver(state=order.state)
    order.code_sealed, order.code_tries = _sealed_code(work), 0
    work.trace(Trace("DeliveryCodeRenewed", ground="own", patient_id=order.patient_id, subject_kind="order",
                     subject_id=order.id))
    if order.pharmacy_id is not None:
        notify.tell_staff(work, order.pharmacy_id, "pharmacy", "order",
                          Text(zh=f"订单 {order.number} 的患者换了新的取药码，旧码不能再用",
                               en=f"The patient of order {order.number} has a new delivery code; the old one is void"),
                          f"/pharmacy/orders/{order.id}")
        work.hint(f"board:{order.pharmacy_id}")
    work.hint(f"order:{order.id}")
    return order


def _sealed_code(work: Work) -> str:
    return work.tool(Vault).seal(f"{secrets.randbelow(10**6):06d}", CODE)
