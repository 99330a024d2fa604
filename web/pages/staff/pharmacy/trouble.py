"""What goes wrong after packing: a box in doubt, a box that came back, an order that nobody fills any more."""
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.kit.text import Text
from app.work import Work
from pharmacy import api as pharmacy
from web.door import Door, GuardedRoute, see_other
from web.pages.staff.desk import Pharmacy, attempt, stopped
from web.pages.staff.pharmacy.board import with_error

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Sure = Annotated[str, Form(max_length=3)]
TICK = Text(zh="先打勾确认。", en="Tick the box to confirm.")

SET_ASIDE = Text(zh="这一箱不能给患者了，交给下一家", en="This box cannot be given out; the next pharmacy fills it")


def _do(door: Door, order_id: UUID, sure: str, command: Callable[[Work, UUID], Any]) -> Response:
    """Take the step that was confirmed; without the tick nothing happens."""
    here = f"/pharmacy/orders/{order_id}"
    if sure != "yes":
        return with_error(door, order_id, TICK, 422)
    _, problem = attempt(door, lambda work: command(work, order_id))
    return stopped(door, problem, here, "board") if problem else see_other(here)


@router.post("/pharmacy/orders/{order_id}/quarantine")
def quarantine(order_id: UUID, door: Pharmacy, sure: Sure = "") -> Response:
    """Stop a closed box; a fresh one is packed, or the order is given up."""
    return _do(door, order_id, sure, pharmacy.quarantine_order)


@router.post("/pharmacy/orders/{order_id}/come-back")
def come_back(order_id: UUID, door: Pharmacy, sure: Sure = "") -> Response:
    """The courier brought the box back."""
    return _do(door, order_id, sure, pharmacy.return_parcel)


@router.post("/pharmacy/orders/{order_id}/next")
def next_pharmacy(order_id: UUID, door: Pharmacy, sure: Sure = "") -> Response:
    """Somebody else fills it anew; where nobody can, everything goes back to the patient."""
    return _do(door, order_id, sure, lambda work, order: pharmacy.give_order_back(work, order, SET_ASIDE.zh))


@router.post("/pharmacy/orders/{order_id}/give-up")
def give_up(order_id: UUID, door: Pharmacy, sure: Sure = "") -> Response:
    """Nothing is packed again; everything goes back to the patient."""
    return _do(door, order_id, sure, pharmacy.give_up)
