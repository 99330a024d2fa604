"""Pictures and papers of a record for the doctor's pages; every look passes the gate and is written down."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from records import api as records
from web.door import GuardedRoute
from web.fit import Number
from web.pages.staff.desk import Doctor

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.get("/doctor/files/{document_id}/{number}")
def file(document_id: UUID, number: Number, door: Doctor, original: Annotated[bool, Query()] = False) -> Response:
    """One page: the clean copy of a picture, or the original byte for byte as a download."""
    with door.read() as work:
        found = records.document_file(work, document_id, number, original)
    return Response(found.data, headers=found.headers(download=original))
