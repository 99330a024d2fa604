"""The end of a draft that is not signed."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from prescribing import api as prescribing
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["prescriptions"])
Doctor = Annotated[Door, ApiGate("doctor")]


@router.delete("/prescriptions/{prescription_id}", status_code=204)
def discard(prescription_id: UUID, door: Doctor) -> Response:
    """Throw one's own draft away; a returned prescription that it was to answer waits again."""
    with door.write() as work:
        prescribing.discard_draft(work, prescription_id)
    return Response(status_code=204)
