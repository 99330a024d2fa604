"""Calls of a visit: ask to talk, answer, say not now, hang up. Sound and picture never pass through here."""
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from consult import api as consult
from web.api.schemas import Out
from web.api.visits import visit_of
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["calls"])
Both = Annotated[Door, ApiGate("patient", "doctor")]


class CallIn(BaseModel):
    """How to talk."""

    kind: str = Field("video", pattern="^(voice|video)$")


class CallOut(Out):
    """A call. `connected_seconds` counts only while both sides heard each other."""

    id: UUID
    visit_id: UUID
    kind: str
    state: str
    asked_by: str
    asked_at: datetime
    ring_until: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    connected_seconds: int


@router.post("/visits/{visit_id}/calls", status_code=201)
def ask_to_talk(visit_id: UUID, body: CallIn, door: Both) -> CallOut:
    """Ring the other side of a running visit; while they ring, this answers."""
    with door.write() as work:
        return CallOut.model_validate(consult.ask_to_talk(work, visit_id, body.kind))


@router.get("/visits/{visit_id}/calls")
def calls(visit_id: UUID, door: Both) -> list[CallOut]:
    """The calls of a visit, oldest first."""
    with door.read() as work:
        found = consult.calls_of(work, visit_of(work, door, visit_id).id)
        return [CallOut.model_validate(call) for call in found]


@router.post("/calls/{call_id}/answer")
def answer(call_id: UUID, door: Both) -> CallOut:
    """Take the call."""
    with door.write() as work:
        return CallOut.model_validate(consult.answer_call(work, call_id))


@router.post("/calls/{call_id}/decline")
def decline(call_id: UUID, door: Both) -> CallOut:
    """Not now; from the side that asked, the wish is taken back."""
    with door.write() as work:
        return CallOut.model_validate(consult.decline_call(work, call_id))


@router.post("/calls/{call_id}/hang-up")
def hang_up(call_id: UUID, door: Both) -> CallOut:
    """End the call; the visit goes on."""
    with door.write() as work:
        return CallOut.model_validate(consult.hang_up(work, call_id))
