"""Medicines of today as the record knows them: what a pharmacy delivered and what the patient told us."""
from fastapi import APIRouter, Response

from app.kit.clock import local_date
from app.work import Work
from web.door import GuardedRoute
from web.pages.patient.acting import Acting, Patient, chosen, framed, show
from web.pages.patient.medicine_words import supply_of
from web.pages.patient.views_medicine import MedicinesView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


def medicines_view(work: Work, acting: Acting) -> MedicinesView:
    """What the person takes, each with how; doses are not counted, so nothing is shown as taken."""
    return MedicinesView(acting.person, local_date(work.now), supply=supply_of(work, acting.id))


@router.get("/medicines")
def medicines(door: Patient) -> Response:
    """Medicines of the chosen person."""
    with door.read() as work:
        return show(door, "medicines", framed(work), medicines_view(work, chosen(work, door)))
