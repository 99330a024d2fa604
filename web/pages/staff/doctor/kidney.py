"""The kidney function: a doctor enters the eGFR of a report, with its day, so that doses can be checked by it."""
from contextlib import suppress
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import Invalid, invalid
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_record as n
from web.pages.staff.desk import Doctor, attempt, show, stopped
from web.pages.staff.doctor.context import head
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = "staff/doctor/kidney.html"
NAMES = {"egfr": "value", "egfr_on": "on", "egfr_source": "source"}
Back = Annotated[str, Query(max_length=10)]
Word = Annotated[str, Form(max_length=200)]


def _back(visit_id: UUID, back: str) -> str:
    """To the prescription, if one came from there, else to the visit."""
    return f"/doctor/visits/{visit_id}/prescription" if back == "rx" else f"/doctor/visits/{visit_id}"


def _view(work: Work, visit_id: UUID, back: str, typed: tuple[str, str, str],
          errors: tuple[v.FieldError, ...]) -> n.KidneyView:
    visit = consult.visit_for_doctor(work, visit_id)
    patient, history = identity.patient(work, visit.patient_id), records.history_of(work, visit.patient_id)
    return n.KidneyView(doctor_frame(work), head(work, visit, patient), people.allergies(history),
                        people.kidney(history), "rx" if back == "rx" else "", _back(visit_id, back),
                        local_date(work.now), *typed, errors)


def _page(door: Door, visit_id: UUID, back: str, typed: tuple[str, str, str] = ("", "", ""),
          errors: tuple[v.FieldError, ...] = (), status: int = 200) -> Response:
    with door.read() as work:
        view = _view(work, visit_id, back, typed, errors)
    return show(door, PAGE, view, status, f"/doctor/visits/{visit_id}/kidney")


@router.get("/doctor/visits/{visit_id}/kidney")
def kidney_form(visit_id: UUID, door: Doctor, back: Back = "") -> Response:
    """What is known, and the fields for a report."""
    return _page(door, visit_id, back)


def _number(text: str) -> float:
    """A number as people type it. Raises Invalid."""
    with suppress(ValueError):
        return float(text.strip().replace("，", ".").replace(",", "."))
    raise invalid("egfr", "请照报告填写数值，例如 58。", "Please enter the number of the report, for example 58.")


def _day(text: str) -> date:
    """The day of the test. Raises Invalid."""
    with suppress(ValueError):
        return date.fromisoformat(text.strip())
    raise invalid("egfr_on", "请填写化验的日期。", "Please enter the day of the test.")


@router.post("/doctor/visits/{visit_id}/kidney")
def save(visit_id: UUID, door: Doctor, back: Word = "", value: Word = "", on: Word = "", source: Word = "",
         do: Word = "") -> Response:
    """Keep it, or take a wrong one back; open drafts are checked by it at once."""
    def act(work: Work) -> None:
        patient_id = consult.visit_for_doctor(work, visit_id).patient_id
        if do == "strike":
            records.strike_egfr(work, patient_id)
        else:
            records.save_egfr(work, patient_id, _number(value), _day(on), source)

    _, problem = attempt(door, act)
    if isinstance(problem, Invalid):
        return _page(door, visit_id, back, (value, on, source), field_errors(problem, NAMES), 422)
    return stopped(door, problem, _back(visit_id, back), "visits") if problem else see_other(_back(visit_id, back))
