"""Throw a draft away: what it was to answer waits for an answer again, and the visit can be finished without it."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.work import Work
from prescribing import api as prescribing
from web.door import GuardedRoute, see_other
from web.pages.staff.desk import Doctor, attempt, stopped

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.post("/doctor/prescriptions/{rx_id}/discard")
def discard(rx_id: UUID, door: Doctor, sure: Annotated[str, Form(max_length=3)] = "") -> Response:
    """Discard one's own draft; without the tick nothing happens."""
    if sure != "yes":
        return see_other(f"/doctor/prescriptions/{rx_id}")

    def act(work: Work) -> UUID:
        visit_id = prescribing.prescription_for(work, rx_id).visit_id
        prescribing.discard_draft(work, rx_id)
        return visit_id

    visit_id, problem = attempt(door, act)
    return stopped(door, problem, f"/doctor/prescriptions/{rx_id}", "rx") if problem \
        else see_other(f"/doctor/visits/{visit_id}")
