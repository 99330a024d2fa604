"""A doctor or pharmacist confirms that the patient's side rightly took an allergy back, with a reason."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.kit.problems import NotFound
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.staff.desk import Doctor, Pharmacist, attempt, stopped

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Reason = Annotated[str, Form(max_length=500)]


def _settle(work: Work, patient_id: UUID, allergy_id: UUID, reason: str) -> None:
    """Raises NotFound for an allergy of another patient than the page is about, and what the command raises."""
    if work.get(records.Allergy, allergy_id).patient_id != patient_id:
        raise NotFound
    records.settle_strike(work, allergy_id, reason)


@router.post("/doctor/visits/{visit_id}/allergies/{allergy_id}")
def by_doctor(visit_id: UUID, allergy_id: UUID, door: Doctor, reason: Reason = "") -> Response:
    """The attending doctor, from the context column of the visit."""
    def act(work: Work) -> None:
        _settle(work, consult.visit_for_doctor(work, visit_id).patient_id, allergy_id, reason)

    return _done(door, attempt(door, act)[1], f"/doctor/visits/{visit_id}", "visits")


@router.post("/pharmacist/reviews/{rx_id}/allergies/{allergy_id}")
def by_pharmacist(rx_id: UUID, allergy_id: UUID, door: Pharmacist, reason: Reason = "") -> Response:
    """The pharmacist who reviews, from the column beside the review."""
    def act(work: Work) -> None:
        _settle(work, prescribing.prescription_for(work, rx_id).patient_id, allergy_id, reason)

    return _done(door, attempt(door, act)[1], f"/pharmacist/reviews/{rx_id}", "review")


def _done(door: Door, problem: Exception | None, here: str, place: str) -> Response:
    return stopped(door, problem, here, place) if problem else see_other(here)  # type: ignore[arg-type]
