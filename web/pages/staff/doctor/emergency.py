"""Emergency access: a record that is closed to a doctor, and how it opens for an hour with a reason."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.kit.problems import NotFound
from app.kit.text import Text
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff import views_record as n
from web.pages.staff.desk import Doctor, attempt, frame, show, stopped
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.stops import BACK, field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = "staff/doctor/emergency.html"
CLOSED = Text(zh="这份病历现在没有向您打开", en="This record is not open to you now")
WHY_CLOSED = Text(zh="您和这位患者现在没有诊疗关系，也没有要办的任务。这次打开已经记下，患者能看到。",
                  en="You do not treat this patient now, and no task of yours needs it. This attempt is written down "
                     "and the patient sees it.")
WAYS = (Text(zh="不急：请患者再约您，或请接诊的医生看。",
             en="If it can wait: the patient asks for a visit, or the doctor who treats them looks."),
        Text(zh="人命关天、来不及等：可以紧急查看一小时，要写原因。",
             en="If a life is at stake and nobody can be asked: emergency access for one hour, with a reason."))
OPEN = Text(zh="紧急查看…", en="Emergency access…")


def path_of(patient_id: UUID) -> str:
    """The page that says what emergency access does."""
    return f"/doctor/patients/{patient_id}/emergency"


def closed(door: Door, patient_id: UUID, back: str) -> Response:
    """The record stays closed: why, what to do if it can wait, and the way in if it cannot."""
    with door.read() as work:
        around = frame(work, "visits")
    view = v.StopView(around, "missing", CLOSED, WHY_CLOSED, WAYS, back, BACK, go_href=path_of(patient_id), go=OPEN)
    return show(door, "staff/stop.html", view, NotFound.status, back)


def _form(door: Door, patient_id: UUID, reason: str, errors: tuple[v.FieldError, ...] = (),
          status: int = 200) -> Response:
    """Nothing of the patient stands here, not even whether there is one."""
    with door.read() as work:
        hours = int(records.BREAK_GLASS_TIME.total_seconds() // 3600)
        view = n.EmergencyView(doctor_frame(work), str(patient_id), hours, records.SHORTEST_REASON, reason, errors)
    return show(door, PAGE, view, status, path_of(patient_id))


@router.get("/doctor/patients/{patient_id}/emergency")
def emergency_form(patient_id: UUID, door: Doctor) -> Response:
    """What it does, before it is done."""
    return _form(door, patient_id, "")


@router.post("/doctor/patients/{patient_id}/emergency")
def open_in_emergency(patient_id: UUID, door: Doctor,
                      reason: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Open the record for an hour; the patient and guardians are told at once."""
    _, problem = attempt(door, lambda work: records.break_glass(work, patient_id, reason))
    if isinstance(problem, records.ReasonNeeded):
        return _form(door, patient_id, reason, field_errors(problem), 422)
    if problem:
        return stopped(door, problem, "/doctor", "visits")
    return see_other(f"/doctor/patients/{patient_id}/record")
