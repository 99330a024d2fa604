"""The way to the cashier and back, for visits and orders; and the built-in cashier, which moves no money."""
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.payments import api as payments
from app.work import Work
from consult import api as consult
from pharmacy import api as pharmacy
from web.api.payments import press
from web.door import Door, GuardedRoute, see_other
from web.pages.patient.acting import Patient, framed, show
from web.pages.patient.views import Form as Typed
from web.pages.patient.views_visit import CashierView, PayingView
from web.pages.patient.visits import ask_again

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
SANDBOXES = ("sandbox", "sandbox_wallet")
CHOICES = {"approve": payments.Choice.PAY, "decline": payments.Choice.DECLINE,
           "lose": payments.Choice.PAY_AND_LOSE_THE_REPLY, "cancel": payments.Choice.NOTHING}
FEE = Text(zh="在线问诊", en="Online visit")
MEDICINE = Text(zh="药费", en="Medicine")


def _state(payment: payments.Payment | None) -> str:
    if payment is None or not (payments.is_waiting_for_patient(payment) or payments.is_secured(payment)):
        return "failed"
    return "open" if payment.next_step else "opening"


def _paying(door: Door, find: Callable[[Work], str], kind: str, payable_id: UUID, to: str, again: str) -> Response:
    """Wait for the cashier, go there once, and come back when the money is held."""
    with door.read() as work:
        restart = find(work)
        payment = payments.payment_of(work, kind, payable_id)
        if payment is not None and payments.is_secured(payment):
            return see_other(to)
        step = payment.next_step if payment and payment.next_step and payment.next_step.startswith("/") else ""
        title = FEE if kind == "visit" else MEDICINE
        state = _state(payment)
        view = PayingView(state, title, payment.fen if payment else 0, again,  # type: ignore[arg-type]
                          step, restart or again)
        return show(door, "paying", framed(work), view)


@router.get("/visits/{visit_id}/pay")
def pay_visit(visit_id: UUID, door: Patient) -> Response:
    """Pay for a visit; then the waiting room."""
    def find(work: Work) -> str:
        visit = consult.visit_for_patient(work, visit_id)
        return ask_again(work, visit) if visit.state == "refused" else ""

    return _paying(door, find, "visit", visit_id, f"/visits/{visit_id}", f"/visits/{visit_id}/cancel")


@router.get("/orders/{order_id}/pay")
def pay_order(order_id: UUID, door: Patient) -> Response:
    """Pay for an order; then its tracking page."""
    def find(work: Work) -> str:
        pharmacy.order_for_patient(work, order_id)
        return ""

    return _paying(door, find, "order", order_id, f"/orders/{order_id}", f"/orders/{order_id}/cancel")


# --- the built-in cashier -----------------------------------------------------------------------------------


def _own(work: Work, ref: str) -> payments.Payment:
    """The payment behind this cashier's page, of somebody whom the account acts for. Raises NotFound."""
    found = next((p for name in SANDBOXES if (p := payments.payment_by_ref(work, name, ref))), None)
    if found is None:
        raise NotFound
    identity.require_acting_for(work, found.patient_id)
    return found


def _back(payment: payments.Payment) -> str:
    room = "visits" if payment.payable_kind == "visit" else "orders"
    return f"/{room}/{payment.payable_id}"


@router.get("/cashier/{ref}")
def cashier(ref: str, door: Patient) -> Response:
    """The stand-in of a bank; a page that was paid already leads on."""
    with door.read() as work:
        payment = _own(work, ref)
        if not payments.is_waiting_for_patient(payment):
            return see_other(f"{_back(payment)}/pay")
        title = FEE if payment.payable_kind == "visit" else MEDICINE
        view = CashierView(title, identity.hospital(work).name, payment.fen, payment.provider == "sandbox",
                           payment.expires_at or payment.created_at, _back(payment), Typed())
        return show(door, "cashier", framed(work), view)


@router.post("/cashier/{ref}")
def answer(ref: str, door: Patient, do: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Do as the button says; the answer comes as a signed notice, as from an outside cashier."""
    with door.read() as work:
        payment = _own(work, ref)
        provider, back = payment.provider, _back(payment)
    if do not in CHOICES:
        raise NotFound
    if do == "cancel":
        return see_other("/home")
    try:
        press(door, provider, ref, CHOICES[do])
    except payments.ProviderRefused:  # pressed twice, or the time is over: what stands is shown
        return see_other(f"{back}/pay")
    return see_other(f"{back}/paid")


@router.get("/{room}/{payable_id}/paid")
def paid(room: str, payable_id: UUID, door: Patient) -> Response:
    """Back from the cashier: wait for its answer, which no browser brings."""
    kinds = {"visits": "visit", "orders": "order"}
    if room not in kinds:
        raise NotFound
    with door.read() as work:
        payment = payments.payment_of(work, kinds[room], payable_id)
        if payment is None:
            raise NotFound
        identity.require_acting_for(work, payment.patient_id)
        if not payments.is_waiting_for_patient(payment):
            return see_other(f"/{room}/{payable_id}" if payments.is_secured(payment) else f"/{room}/{payable_id}/pay")
        title = FEE if room == "visits" else MEDICINE
        view = PayingView("checking", title, payment.fen, f"/{room}/{payable_id}/pay")
        return show(door, "paying", framed(work), view)
