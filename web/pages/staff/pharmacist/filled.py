"""A paper that a pharmacy outside marked as dispensed: who, when, and the way back when it was not so."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work
from prescribing import api as prescribing
from web.door import GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff import views_review as r
from web.pages.staff.desk import Pharmacist, attempt, show, stopped
from web.pages.staff.pharmacist.queue import pharmacist_frame

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
USABLE = ("approved", "partly_redeemed")
PAGE = "staff/pharmacist/filled.html"
WHY = Text(zh="请写明怎么核实的", en="Please say how you found out")
UNDONE = {"undone": Text(zh="药房自己撤销", en="undone by the pharmacy"),
          "came_back": Text(zh="箱子回到药房了", en="the box is back at the pharmacy")}


def filling_view(work: Work, rx_id: UUID, reason: str = "", errors: tuple[v.FieldError, ...] = ()) -> r.FillingView:
    """Every mark, newest first; the phone only where the patient's side waits for an answer."""
    rx, marks = prescribing.marked_filling(work, rx_id)
    stands = next((one for one in marks if one.reversed_at is None), None)
    return r.FillingView(
        pharmacist_frame(work, topics=("review", f"rx:{rx.id}")), rx.number, identity.patient(work, rx.patient_id).name,
        identity.practitioner(work, rx.practitioner_id).name, rx.state,  # type: ignore[arg-type]
        tuple(_mark(work, one) for one in reversed(marks)),
        f"/pharmacist/filled/{rx.id}/give-back" if stands else "",
        _phone(work, rx.patient_id) if stands and stands.denied_at else "", reason,
        rx.state in USABLE and prescribing.is_paper_closed(work, rx.id), errors)


def _mark(work: Work, made: prescribing.Redemption) -> r.Mark:
    return r.Mark(prescribing.claimed_by(work, made), made.at, made.denied_at, made.reversed_at,
                  UNDONE.get(made.reversed_reason, made.reversed_reason), box=made.pharmacy_id is not None)


def _phone(work: Work, patient_id: UUID) -> str:
    """Under which number somebody who acts for the patient is reached."""
    return next((found for who in identity.guardian_of(work, patient_id)
                 if (found := identity.phone_to_call(work, who.id))), "")


@router.get("/pharmacist/filled/{rx_id}")
def filled(rx_id: UUID, door: Pharmacist) -> Response:
    """Who marked it as dispensed, and what the patient says."""
    with door.read() as work:
        view = filling_view(work, rx_id)
    return show(door, PAGE, view)


@router.post("/pharmacist/filled/{rx_id}/give-back")
def give_back(rx_id: UUID, door: Pharmacist, reason: Annotated[str, Form(max_length=200)] = "") -> Response:
    """It was not dispensed: it can be filled again, and the patient is told."""
    here = f"/pharmacist/filled/{rx_id}"
    if not reason.strip():
        with door.read() as work:
            view = filling_view(work, rx_id, reason, (v.FieldError("reason", WHY),))
        return show(door, PAGE, view, 422, here)
    _, problem = attempt(door, lambda work: prescribing.give_filling_back(work, rx_id, reason))
    return stopped(door, problem, here, "review") if problem else see_other(here)
