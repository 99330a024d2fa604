"""Who waits for a call: an emergency that left the online way, or danger signs that stayed unclear."""
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from web.door import GuardedRoute, see_other
from web.pages.staff import people
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import Doctor, show
from web.pages.staff.doctor.emergency import path_of
from web.pages.staff.doctor.queueing import doctor_frame

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
EMERGENCY = Text(zh="急症：线上已停，请确认已打 120", en="Emergency: online care has stopped; make sure 120 was called")
UNCLEAR = Text(zh="危险信号没有说清，请问清楚", en="Danger signs stayed unclear; please ask")


def _line(work: Work, triage: consult.Triage) -> d.CallBack:
    grave = triage.level == "emergency"
    return d.CallBack(
        str(triage.id), people.person(identity.patient(work, triage.patient_id)),
        identity.phone_to_call(work, triage.account_id) or "", EMERGENCY if grave else UNCLEAR, grave,
        consult.complaint_title(work, triage), triage.call_back_due or work.now,
        triage.call_back_due is not None and triage.call_back_due < work.now,
        path_of(triage.patient_id) if grave else "")


@router.get("/doctor/call-backs")
def call_backs(door: Doctor) -> Response:
    """Names and numbers, the most urgent first; each look is written down."""
    with door.read() as work:
        found = consult.call_backs_due(work, identity.hospital_id(work))
        view = d.CallBacksView(doctor_frame(work, "calls"), tuple(_line(work, one) for one in found))
    return show(door, "staff/doctor/calls.html", view)


@router.post("/doctor/call-backs/{triage_id}")
def called(triage_id: UUID, door: Doctor) -> Response:
    """The call was made; the line leaves the list."""
    with door.write() as work:
        consult.record_call_back(work, triage_id)
    return see_other("/doctor/call-backs")
