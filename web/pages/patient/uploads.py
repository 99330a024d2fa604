"""Files on their way in: kept encrypted before any transaction, and shown through the gate."""
from contextlib import AbstractContextManager
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


def stored(door: Door, patient_id: UUID, files: list[UploadFile]) -> AbstractContextManager[list[records.StoredPage]]:
    """Check and store files around the Work that keeps them. The caller has asked whether the account may.

    What is refused, by the check or by the Work, leaves no bytes behind.
    """
    objects = door.house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    return records.stored_pages(objects, patient_id, ((file.file.read(), file.filename or "") for file in files))


@router.get("/documents/{document_id}/pages/{page}")
def page(document_id: UUID, page: Number, door: Patient,
         original: Annotated[bool, Query()] = False) -> Response:
    """One page: the clean copy of a picture, or the original byte for byte."""
    with door.read() as work:
        file = records.document_file(work, document_id, page, original)
    return Response(file.data, media_type=file.media_type, headers=file.headers())
