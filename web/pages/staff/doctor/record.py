"""One patient's record file, for a doctor in a treatment relation; every look is written down."""
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.identity import api as identity
from app.kit.text import Text
from records import api as records
from web.door import Door, GuardedRoute
from web.pages.staff import people
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import Doctor, show
from web.pages.staff.doctor.emergency import closed
from web.pages.staff.doctor.queueing import doctor_frame

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = 40
GROUNDS = {"treats": Text(zh="诊疗关系", en="treatment"), "task": Text(zh="任务", en="task"),
           "break_glass": Text(zh="紧急查阅", en="break-glass")}
KINDS: dict[str, Text] = {
    "triage": Text(zh="分诊", en="Triage"), "visit": Text(zh="就诊", en="Visit"), "note": Text(zh="病历", en="Note"),
    "diagnosis": Text(zh="诊断", en="Diagnosis"), "referral": Text(zh="转诊", en="Referral"),
    "evidence": Text(zh="凭证", en="Evidence"), "partner_record": Text(zh="外院记录", en="Partner record"),
    "prescription": Text(zh="处方", en="Prescription"), "review": Text(zh="审方", en="Review"),
    "dispense": Text(zh="配药", en="Dispense"), "document": Text(zh="资料", en="Document"),
    "order": Text(zh="订单", en="Order"), "medicine": Text(zh="用药", en="Medicine"),
}
LINKS = {"evidence": "/doctor/evidence/{id}", "prescription": "/doctor/prescriptions/{id}",
         "document": "/doctor/files/{id}/1"}


@router.get("/doctor/patients/{patient_id}/record")
def record(patient_id: UUID, door: Doctor, before: Annotated[str, Query(max_length=40)] = "",
           visit: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The time line, newest first."""
    last, back = None, "/doctor"
    with suppress(ValueError):
        last = UUID(before)
    with suppress(ValueError):
        back = f"/doctor/visits/{UUID(visit)}"
    try:
        return _open(door, patient_id, last, visit, back)
    except records.RecordClosed:
        return closed(door, patient_id, back)


def _open(door: Door, patient_id: UUID, last: UUID | None, visit: str, back: str) -> Response:
    """The time line on the ground that the doctor has. Raises RecordClosed."""
    with door.read() as work:
        ground = records.require_readable(work, patient_id, "timeline")
        lines = records.timeline(work, patient_id, last, PAGE)
        history, patient = records.history_of(work, patient_id), identity.patient(work, patient_id)
        older = f"?before={lines[-1].id}&visit={visit}" if len(lines) == PAGE else ""
        view = d.RecordView(doctor_frame(work), people.person(patient, history), people.allergies(history),
                            tuple(_entry(line) for line in lines), GROUNDS.get(ground, ground), back, older,
                            records.emergency_until(work, patient_id), people.taken(work, history),
                            people.medicines_source(history))
    return show(door, "staff/doctor/record.html", view, path=f"/doctor/patients/{patient_id}/record")


def _entry(line: records.EntryLine) -> d.RecordEntry:
    link = LINKS.get(line.source_kind, "")
    return d.RecordEntry(line.at, KINDS.get(line.kind, line.kind), line.title, line.summary or "",
                         href=link.format(id=line.source_id))
