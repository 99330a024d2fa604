"""Medicines of today as the record knows them: what a pharmacy delivered and what the patient told us."""
from fastapi import APIRouter, Response

from app.kit.clock import local_date
from app.kit.text import Text
from app.work import Work
from prescribing import api as prescribing
from records import api as records
from web.door import GuardedRoute
from web.pages.patient.acting import Acting, Patient, chosen, framed, show
from web.pages.patient.views import Drug, Words
from web.pages.patient.views_medicine import MedicinesView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
NOT_SAID = Text(zh="怎么吃没有记", en="How to take it is not recorded")


def _until(line: records.MedicineLine) -> Words:
    if line.until is None:
        return Text(zh="您报的", en="As you told us")
    return Text(zh=f"到 {line.until:%m-%d}", en=f"until {line.until:%m-%d}")


def medicines_view(work: Work, acting: Acting) -> MedicinesView:
    """What the person takes, each with how; doses are not counted, so nothing is shown as taken."""
    found = records.history_of(work, acting.id).taken_once
    supply = tuple(Drug(prescribing.medicine_name(m.text, m.drug_id), "", m.dose_text or NOT_SAID, _until(m))
                   for m in found)
    return MedicinesView(acting.person, local_date(work.now), supply=supply)


@router.get("/medicines")
def medicines(door: Patient) -> Response:
    """Medicines of the chosen person."""
    with door.read() as work:
        return show(door, "medicines", framed(work), medicines_view(work, chosen(work, door)))
