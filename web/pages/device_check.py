"""The device check of both sides: camera, microphone, speaker and the line, before a call and at any time."""
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from consult import api as consult
from web.door import Door, Gate, GuardedRoute
from web.pages.patient.acting import framed
from web.pages.patient.acting import show as show_patient
from web.pages.staff import views as v
from web.pages.staff.desk import show as show_doctor
from web.pages.staff.doctor.queueing import doctor_frame

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Patient = Annotated[Door, Gate("patient")]
Doctor = Annotated[Door, Gate("doctor")]


@dataclass(frozen=True)
class DoctorCheckView:
    frame: v.StaffFrame


@dataclass(frozen=True)
class PatientCheckView:
    relays_href: str = "/call-check/relays"


@router.get("/call-check")
def patient_check(door: Patient) -> Response:
    """Try camera, microphone, speaker and line on this phone."""
    with door.read() as work:
        return show_patient(door, "call_check", framed(work), PatientCheckView())


@router.get("/doctor/call-check")
def doctor_check(door: Doctor) -> Response:
    """Try camera, microphone, speaker and line at this desk."""
    with door.read() as work:
        view = DoctorCheckView(doctor_frame(work, "visits"))
    return show_doctor(door, "staff/doctor/call_check.html", view)


def _relays(door: Door) -> Response:
    with door.read() as work:
        servers = consult.relays_to_check(work)
    return JSONResponse({"servers": [asdict(server) for server in servers]})


@router.get("/call-check/relays")
def patient_relays(door: Patient) -> Response:
    """The relays with a password of a few minutes, for the check of the line."""
    return _relays(door)


@router.get("/doctor/call-check/relays")
def doctor_relays(door: Doctor) -> Response:
    """The relays with a password of a few minutes, for the check of the line."""
    return _relays(door)
