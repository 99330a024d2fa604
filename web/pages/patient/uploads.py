"""Files on their way in: kept encrypted before any transaction, and shown through the gate."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, UploadFile

from app.storage import ObjectStore
from records import api as records
from web.door import Door, GuardedRoute
from web.fit import Number
from web.pages.patient.acting import Patient

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
UPLOAD_LIMIT = 24 << 20


def store(door: Door, patient_id: UUID, file: UploadFile) -> records.StoredPage:
    """Check and keep one file. The caller has asked whether the account acts for the patient."""
    objects = door.house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    return records.store_page(objects, patient_id, file.file.read(), file.filename or "")


@router.get("/documents/{document_id}/pages/{page}")
def page(document_id: UUID, page: Number, door: Patient,
         original: Annotated[bool, Query()] = False) -> Response:
    """One page: the clean copy of a picture, or the original byte for byte."""
    with door.read() as work:
        file = records.document_file(work, document_id, page, original)
    return Response(file.data, media_type=file.media_type, headers=file.headers())
