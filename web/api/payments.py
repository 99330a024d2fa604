"""The sandbox cashier as a program sees it, and the inbox of provider notices."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.identity import api as identity
from app.kit.problems import Conflict, NotFound
from app.kit.text import Text
from app.payments import api as payments
from app.work import Work
from web.api.schemas import PaymentOut
from web.door import ANYONE, ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["payments"])
Patient = Annotated[Door, ApiGate("patient")]


def own_payment(work: Work, payment_id: UUID) -> payments.Payment:
    """A payment for somebody whom the account acts for; anything else is NotFound."""
    found = work.find(payments.Payment, payment_id)
    if found is None:
        raise NotFound
    identity.require_acting_for(work, found.patient_id)
    return found


@router.get("/payments/{payment_id}")
def payment(payment_id: UUID, door: Patient) -> PaymentOut:
    """One payment attempt."""
    with door.read() as work:
        return PaymentOut.model_validate(own_payment(work, payment_id))


class CashierClosed(Conflict):
    """A choice was made at this cashier's page already, or its time is over; the payment's state tells which."""

    slug = "cashier-closed"
    title = Text(zh="这一页已经付过或已过期，请看付款的状态",
                 en="This page was answered already or its time is over; look at the payment's state")


class ChoiceIn(BaseModel):
    """What the payer does at the sandbox cashier."""

    choice: payments.Choice = payments.Choice.PAY


@router.post("/payments/{payment_id}/sandbox", status_code=202)
def sandbox_choice(payment_id: UUID, body: ChoiceIn, door: Patient) -> dict[str, str]:
    """Pay or decline at the built-in cashier; the state follows by its signed notice."""
    with door.read() as work:
        found = own_payment(work, payment_id)
        if not found.provider.startswith("sandbox") or not found.provider_ref:
            raise NotFound
    try:
        press(door, found.provider, found.provider_ref, body.choice)
    except payments.ProviderRefused as refused:
        raise CashierClosed from refused
    return {"status": "told"}


def press(door: Door, provider: str, ref: str, choice: payments.Choice) -> None:
    """Press a button of the sandbox cashier, which posts its signed notice as an outside one would."""
    notice = door.house.tools.get(payments.Cashiers).get(provider).press(ref, choice)  # type: ignore[attr-defined]
    if notice is not None:
        take_notice(door, provider, notice.raw, dict(notice.headers)).check()


def take_notice(door: Door, provider: str, raw: bytes, headers: dict[str, str]) -> payments.Receipt:
    """Verify a notice, keep it, and let a job apply it; returns what became of it."""
    event = door.house.tools.get(payments.Cashiers).get(provider).parse_webhook(raw, headers)
    with door.write() as work:
        return payments.receive_webhook(work, event)


@router.post("/webhooks/{provider}", status_code=200)
async def webhook(provider: str, request: Request, door: Annotated[Door, ApiGate(ANYONE)]) -> Response:
    """Notices of a payment provider; the raw bytes are verified before anything is read from them."""
    raw = await request.body()
    receipt = await run_in_threadpool(take_notice, door, provider, raw, dict(request.headers))
    receipt.check()
    return Response(receipt.status, media_type="text/plain")
