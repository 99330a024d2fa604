"""The acts of a call, as both sides' pages send them; what a page shows of it comes over its live line."""
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import JSONResponse

from app.kit.ids import parse_uuid
from app.kit.problems import NotFound
from app.work import Work
from consult import api as consult
from web.door import Door, Gate, GuardedRoute, see_other

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Patient = Annotated[Door, Gate("patient")]
Doctor = Annotated[Door, Gate("doctor")]
Word = Annotated[str, Form(max_length=40)]
ACTS: dict[str, Callable[[Work, UUID], consult.Call]] = {
    "answer": consult.answer_call, "decline": consult.decline_call, "hang_up": consult.hang_up}


def _done(door: Door, visit_id: UUID, do: str, kind: str, call: str, back: str) -> Response:
    """Do it and say how the call stands, as the live line says it."""
    with door.write() as work:
        if do == "ask":
            made = consult.ask_to_talk(work, visit_id, kind)
        else:
            made = _act(work, visit_id, do, call)
        seen = consult.call_view(work, made, work.actor.role)
    if "application/json" not in door.request.headers.get("accept", ""):
        return see_other(back)
    told: dict[str, Any] = json.loads(json.dumps(asdict(seen), default=str))
    return JSONResponse({"call": told | {"open": seen.is_open}})


def _act(work: Work, visit_id: UUID, do: str, call: str) -> consult.Call:
    call_id = parse_uuid(call)
    if do not in ACTS or call_id is None:
        raise NotFound
    made = ACTS[do](work, call_id)
    if made.visit_id != visit_id:
        raise NotFound
    return made


@router.post("/visits/{visit_id}/call")
def patient_call(visit_id: UUID, door: Patient, do: Word = "ask", kind: Word = "video", call: Word = "") -> Response:
    """The patient's side asks, answers, says not now, or hangs up."""
    return _done(door, visit_id, do, kind, call, f"/visits/{visit_id}/chat")


@router.post("/doctor/visits/{visit_id}/call")
def doctor_call(visit_id: UUID, door: Doctor, do: Word = "ask", kind: Word = "video", call: Word = "") -> Response:
    """The doctor asks, answers, says not now, or hangs up."""
    return _done(door, visit_id, do, kind, call, f"/doctor/visits/{visit_id}")
