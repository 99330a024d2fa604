"""Partner hospitals: the patient asks one for the record, its program sends it as FHIR R4."""
import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from records import api as records
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["partners"])
Patient = Annotated[Door, ApiGate("patient")]
Partner = Annotated[Door, ApiGate("partner")]
RECORD_LIMIT = records.LARGEST_RECORD + 1024


class AskIn(BaseModel):
    """Which partner hospital."""

    institution_id: UUID


@router.post("/patients/{patient_id}/record-requests", status_code=201)
def ask(patient_id: UUID, body: AskIn, door: Patient) -> dict[str, Any]:
    """Ask a connected partner hospital for the record; for a week it sees who asks, and may send."""
    with door.write() as work:
        task = records.ask_partner(work, patient_id, body.institution_id)
    return {"id": task.id, "institution_id": task.holder_id, "opened_at": task.opened_at}


@router.delete("/patients/{patient_id}/record-requests/{institution_id}", status_code=204)
def stop(patient_id: UUID, institution_id: UUID, door: Patient) -> None:
    """Take it back."""
    with door.write() as work:
        records.stop_asking(work, patient_id, institution_id)


@router.get("/partner/requests")
def requests(door: Partner) -> list[dict[str, Any]]:
    """For a partner hospital's program: who asked it for their record; the patient reads that it was told."""
    with door.write() as work:
        return [{"id": one.request.id, "name": one.name, "id_number": one.id_number,
                 "opened_at": one.request.opened_at} for one in records.open_requests(work)]


async def sent_bytes(request: Request) -> bytes:
    """The body as it came; its size is limited by the route."""
    return await request.body()


@router.post("/partner/requests/{request_id}/record", status_code=201, max_body_size=RECORD_LIMIT)
def send(request_id: UUID, door: Partner, raw: Annotated[bytes, Depends(sent_bytes)]) -> dict[str, Any]:
    """Send a FHIR R4 Bundle with one Condition, Encounter and Composition; the same bytes again change nothing."""
    with door.write() as work:
        piece = records.receive_record(work, request_id, raw)
        return {"id": piece.id, "state": piece.state, "diagnosis_code": piece.diagnosis_code,
                "diagnosed_on": piece.diagnosed_on, "sha256": hashlib.sha256(raw).hexdigest()}
