"""Pharmacies to choose from, orders, and the pharmacy's board."""
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.payments import api as payments
from app.work import Work
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.api.schemas import OrderLineOut, OrderOut, PaymentOut
from web.door import ApiGate, Door, GuardedRoute
from web.fit import Latitude, Longitude

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["orders"])
Patient = Annotated[Door, ApiGate("patient")]
Pharmacy = Annotated[Door, ApiGate("pharmacy")]


def option_out(option: pharmacy.Option) -> dict[str, Any]:
    """One pharmacy for the whole prescription."""
    channels = ["pickup", *([option.profile.delivery_channel] if option.profile.delivers else [])]
    return {"pharmacy_id": option.pharmacy.id, "name": option.pharmacy.name, "possible": option.possible,
            "obstacles": list(option.obstacles), "km": None if option.km is None else round(option.km, 2),
            "open_now": option.open_now,
            "arrives_from": option.arrives_from, "arrives_to": option.arrives_to, "channels": channels,
            "drugs_fen": option.drugs_fen, "delivery_fee_fen": option.profile.delivery_fee_fen,
            "cold_chain": option.profile.cold_chain}


@router.get("/prescriptions/{prescription_id}/options")
def options(prescription_id: UUID, door: Patient, latitude: Latitude | None = None,
            longitude: Longitude | None = None) -> list[dict[str, Any]]:
    """Every partner pharmacy against the whole prescription: price, arrival, and the distance from a given place."""
    place = pharmacy.Point(latitude, longitude) if latitude is not None and longitude is not None else None
    with door.read() as work:
        prescribing.prescription_for(work, prescription_id)
        rx = prescribing.usable_prescription(work, prescription_id)
        return [option_out(option) for option in pharmacy.options_for(work, rx, place)]


class OrderIn(BaseModel):
    """The pharmacy, the way, and the address, which is asked only now."""

    prescription_id: UUID
    pharmacy_id: UUID
    channel: str = Field(pattern="^(pickup|hospital_delivery|online_retail)$")
    address: str = Field("", max_length=300)
    contact: str = Field("", max_length=40)
    latitude: Latitude | None = None
    longitude: Longitude | None = None


def order_out(work: Work, order: pharmacy.Order, **private: str | None) -> OrderOut:
    """An order with its lines; what is private is given by the caller who may know it."""
    lines = [OrderLineOut.model_validate(line) for line in pharmacy.lines_of(work, order.id)]
    return OrderOut(**order.model_dump(include=set(OrderOut.model_fields)), lines=lines,
                    box_out=pharmacy.is_box_out(work, order), **private)


@router.post("/orders", status_code=201)
def place_order(body: OrderIn, door: Patient) -> OrderOut:
    """Order and open the payment; the pharmacy is asked when the money is held."""
    place = (pharmacy.Point(body.latitude, body.longitude)
             if body.latitude is not None and body.longitude is not None else None)
    to = pharmacy.Destination(body.address, body.contact, place=place)
    with door.write() as work:
        order = pharmacy.place_order(work, body.prescription_id, body.pharmacy_id, body.channel, to)
        return order_out(work, order, delivery_code=pharmacy.delivery_code(work, order))


@router.get("/orders/{order_id}")
def order(order_id: UUID, door: Annotated[Door, ApiGate("patient", "pharmacy")]) -> OrderOut:
    """An order: the patient's with the delivery code, the pharmacy's with the address."""
    with door.read() as work:
        if door.actor.role == "pharmacy":
            found = pharmacy.order_for_pharmacy(work, order_id)
            address, contact = pharmacy.destination(work, found)
            return order_out(work, found, address=address, contact=contact)
        found = pharmacy.order_for_patient(work, order_id)
        return order_out(work, found, delivery_code=pharmacy.delivery_code(work, found))


@router.get("/patients/{patient_id}/orders")
def orders_of(patient_id: UUID, door: Patient) -> list[OrderOut]:
    """The orders of a person whom the account acts for, newest first."""
    with door.read() as work:
        records.require_readable(work, patient_id, "order")
        return [order_out(work, found) for found in pharmacy.orders_of(work, patient_id)]


@router.get("/orders/{order_id}/payment")
def order_payment(order_id: UUID, door: Patient) -> PaymentOut | None:
    """Where the money of an order is."""
    with door.read() as work:
        pharmacy.order_for_patient(work, order_id)
        found = payments.payment_of(work, "order", order_id)
        return PaymentOut.model_validate(found) if found else None


@router.post("/orders/{order_id}/cancel")
def cancel(order_id: UUID, door: Patient) -> OrderOut:
    """Cancel before packing, give up a parcel that was stopped or came back, or stop waiting for one that is late.

    Everything goes back.
    """
    with door.write() as work:
        return order_out(work, pharmacy.cancel_order(work, order_id))


@router.post("/orders/{order_id}/code")
def renew_code(order_id: UUID, door: Patient) -> OrderOut:
    """Make a new delivery code; the old one is void, and the pharmacy is told that there is another."""
    with door.write() as work:
        found = pharmacy.renew_code(work, order_id)
        return order_out(work, found, delivery_code=pharmacy.delivery_code(work, found))


@router.get("/board")
def board(door: Pharmacy) -> dict[str, list[dict[str, Any]]]:
    """The pharmacy's board."""
    with door.read() as work:
        found = pharmacy.board(work)
    rows = {"offers": found.offers, "in_hand": found.in_hand, "delivered": found.delivered}
    return {name: [{"order_id": r.order.id, "number": r.order.number, "state": r.order.state,
                    "patient_name": r.patient_name, "packs": r.packs, "scanned": r.scanned,
                    "offer_id": r.offer.id if r.offer else None, "deadline": r.offer.deadline if r.offer else None}
                   for r in part] for name, part in rows.items()}


@router.post("/offers/{offer_id}/accept")
def accept_offer(offer_id: UUID, door: Pharmacy) -> OrderOut:
    """Take an order: prescription, stock and money are claimed in one step."""
    with door.write() as work:
        return order_out(work, pharmacy.accept_offer(work, offer_id))


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=200)


@router.post("/offers/{offer_id}/decline")
def decline_offer(offer_id: UUID, body: ReasonIn, door: Pharmacy) -> dict[str, str]:
    """Say no; the next best is asked at once."""
    with door.write() as work:
        pharmacy.decline_offer(work, offer_id, body.reason)
    return {"status": "declined"}


@router.get("/orders/{order_id}/pick-list")
def pick_list(order_id: UUID, door: Pharmacy) -> list[dict[str, Any]]:
    """What to put into the box; codes begin with `pack_prefix` and have 20 digits."""
    with door.read() as work:
        found = pharmacy.order_for_pharmacy(work, order_id)
        return [{"line_id": one.line.id, "name_zh": one.line.name_zh, "name_en": one.line.name_en,
                 "packs": one.line.packs, "codes": list(one.codes), "cold": one.cold,
                 "pack_prefix": prescribing.pack_prefix(one.line.drug_id, one.line.product_code)}
                for one in pharmacy.pick_list(work, found)]


class CodeIn(BaseModel):
    """A scanned or spoken code."""

    code: str = Field(min_length=1, max_length=60)


@router.post("/orders/{order_id}/packs", status_code=201)
def scan(order_id: UUID, body: CodeIn, door: Pharmacy) -> dict[str, UUID]:
    """Put one pack into the box."""
    with door.write() as work:
        return {"id": pharmacy.scan_pack(work, order_id, body.code).id}


@router.post("/orders/{order_id}/pack")
def pack(order_id: UUID, door: Pharmacy) -> OrderOut:
    """Close the box; the policy is asked about dispensing here and now."""
    with door.write() as work:
        return order_out(work, pharmacy.close_parcel(work, order_id))


class CourierIn(BaseModel):
    """Who takes the box."""

    courier: str = Field(min_length=1, max_length=60)


@router.post("/orders/{order_id}/ship")
def ship(order_id: UUID, body: CourierIn, door: Pharmacy) -> OrderOut:
    """Give the box to the courier."""
    with door.write() as work:
        return order_out(work, pharmacy.hand_over(work, order_id, body.courier))


class TemperatureIn(BaseModel):
    """The logger's values of the way so far: °C and minutes."""

    min_c: float
    max_c: float
    max_gap_minutes: float


@router.post("/orders/{order_id}/temperature", status_code=201)
def temperature(order_id: UUID, body: TemperatureIn, door: Pharmacy) -> dict[str, str]:
    """Keep the temperature log of a cold box."""
    with door.write() as work:
        pharmacy.record_temperature(work, order_id, body.min_c, body.max_c, body.max_gap_minutes)
    return {"status": "kept"}


@router.post("/orders/{order_id}/deliver")
def deliver(order_id: UUID, body: CodeIn, door: Pharmacy) -> OrderOut:
    """Hand the box to the patient against the code."""
    with door.write() as work:
        return order_out(work, pharmacy.deliver(work, order_id, body.code))


@router.post("/orders/{order_id}/give-back")
def give_back(order_id: UUID, body: ReasonIn, door: Pharmacy) -> dict[str, str]:
    """Give an accepted order back before packing; the next best is asked."""
    with door.write() as work:
        pharmacy.give_order_back(work, order_id, body.reason)
    return {"status": "given_back"}


@router.post("/orders/{order_id}/quarantine")
def quarantine(order_id: UUID, door: Pharmacy) -> OrderOut:
    """Stop a closed box that is in doubt; its packs never count again, the patient is told."""
    with door.write() as work:
        return order_out(work, pharmacy.quarantine_order(work, order_id))


@router.post("/orders/{order_id}/come-back")
def come_back(order_id: UUID, door: Pharmacy) -> OrderOut:
    """The courier brought the box back; it is given to nobody else, the patient is told.

    Also that of an order that ended while it was on the way (`box_out`): its prescription can be filled again.
    """
    with door.write() as work:
        return order_out(work, pharmacy.return_parcel(work, order_id))


@router.post("/orders/{order_id}/give-up")
def give_up(order_id: UUID, door: Pharmacy) -> OrderOut:
    """Do not replace a box that was stopped or came back; everything goes back to the patient."""
    with door.write() as work:
        return order_out(work, pharmacy.give_up(work, order_id))
