"""The acts of a call, as both sides' pages send them; what a page shows of it comes over its live line."""
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import JSONResponse

from app.kit.ids import parse_uuid
from app.kit.problems import NotFound
from app.work import Work
from consult import api as consult
from web.door import Door, Gate, GuardedRoute, see_other
from web.inviting import address_of, decided

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Patient = Annotated[Door, Gate("patient")]
Doctor = Annotated[Door, Gate("doctor")]
Word = Annotated[str, Form(max_length=40)]
Text = Annotated[str, Form(max_length=64)]
Id = Annotated[UUID, Form()]
Offer = Annotated[str, Form(max_length=65_536)]
ACTS: dict[str, Callable[[Work, UUID], consult.Call]] = {
    "answer": consult.answer_call, "decline": consult.decline_call, "hang_up": consult.hang_up,
    "do_not_record": partial(consult.answer_recording, agree=False)}


def _done(door: Door, visit_id: UUID, do: str, kind: str, call: str, text: str, back: str) -> Response:
    """Do it and say how the call stands, as the live line says it."""
    with door.write() as work:
        if do == "ask":
            made = consult.ask_to_talk(work, visit_id, kind)
        else:
            made = _act(work, visit_id, do, call, text)
        seen = consult.call_view(work, made, work.actor.role)
    if do == "record":
        door.house.tools.get(consult.RecordingDesk).expect()
    if "application/json" not in door.request.headers.get("accept", ""):
        return see_other(back)
    told: dict[str, Any] = json.loads(json.dumps(asdict(seen), default=str))
    return JSONResponse({"call": told | {"open": seen.is_open}})


def _act(work: Work, visit_id: UUID, do: str, call: str, text: str) -> consult.Call:
    call_id, acts = parse_uuid(call), {**ACTS, "record": partial(consult.answer_recording, agree=True, sha256=text)}
    if do not in acts or call_id is None:
        raise NotFound
    made = acts[do](work, call_id)
    if made.visit_id != visit_id:
        raise NotFound
    return made


@router.post("/visits/{visit_id}/call")
def patient_call(visit_id: UUID, door: Patient, do: Word = "ask", kind: Word = "video", call: Word = "",
                 text: Text = "") -> Response:
    """The patient's side asks, answers, says not now, hangs up, or says whether the call is recorded."""
    return _done(door, visit_id, do, kind, call, text, f"/visits/{visit_id}/chat")


@router.post("/doctor/visits/{visit_id}/call")
def doctor_call(visit_id: UUID, door: Doctor, do: Word = "ask", kind: Word = "video", call: Word = "",
                text: Text = "") -> Response:
    """The doctor asks, answers, says not now, hangs up, or says whether the call is recorded."""
    return _done(door, visit_id, do, kind, call, text, f"/doctor/visits/{visit_id}")


# --- third people -----------------------------------------------------------------------------------------------

# Whoever may not is told so by the command: the patient's side opens no door.
THIRD: dict[str, Callable[[Work, UUID], consult.CallGuest]] = {
    "withdraw": consult.withdraw_guest, "admit": consult.admit_guest, "refuse": consult.refuse_guest,
    "send_away": consult.send_guest_away}


def _third(door: Door, visit_id: UUID, do: str, role: str, guest: str) -> Response:
    """Ask somebody in: link and code are told this once. Or decide about somebody who was asked."""
    with door.write() as work:
        if do == "invite":
            made = consult.invite_guest(work, visit_id, role)
            return JSONResponse({"guest": str(made.guest.id), "link": address_of(door, made), "code": made.code}, 201)
        act, guest_id = THIRD.get(do), parse_uuid(guest)
        if act is None or guest_id is None:
            raise NotFound
        decided(work, visit_id, guest_id, act)
        return JSONResponse({"done": do})


@router.post("/visits/{visit_id}/call/guests")
def patient_third(visit_id: UUID, door: Patient, do: Word = "invite", role: Word = "", guest: Word = "") -> Response:
    """The patient's side asks a third person in, or takes that back."""
    return _third(door, visit_id, do, role, guest)


@router.post("/doctor/visits/{visit_id}/call/guests")
def doctor_third(visit_id: UUID, door: Doctor, do: Word = "invite", role: Word = "", guest: Word = "") -> Response:
    """The doctor asks a third person in, lets them in or not, sends them away, or takes the invitation back."""
    return _third(door, visit_id, do, role, guest)


def _require_of(work: Work, visit_id: UUID | None, call_id: UUID) -> None:
    """Raise NotFound for a call of another visit than the one that the address names."""
    if visit_id is not None and work.get(consult.Call, call_id).visit_id != visit_id:
        raise NotFound


def copy_opened(door: Door, visit_id: UUID, call_id: UUID, page: UUID, sdp: str) -> dict[str, str]:
    """Have a page's small copy received and kept; returns the leg and the answer to its offer."""
    desk, sent = door.house.tools.get(consult.RecordingDesk), None
    with door.read() as work:
        _require_of(work, visit_id, call_id)
    if not sdp and door.house.tools.get(consult.Carrier).engine.keeps:     # what is carried anyway is not sent twice
        with door.write() as work:
            seat = consult.seat_in_call(work, call_id, page)
        sent = seat.room, seat.party
        if not door.house.tools.get(consult.Carrier).is_sending(seat):
            return {"leg": "", "sdp": ""}       # the page asks again
    leg, answer = desk.open(consult.opening(door.write, call_id, page), sdp, sent)
    return {"leg": str(leg), "sdp": answer}


def carried(door: Door, visit_id: UUID | None, call_id: UUID, do: str, page: UUID, whom: str, sdp: str,
            ) -> JSONResponse:
    """A page sends through us, or wants to see another page of the call through us; a guest's address has no visit."""
    carrier, other = door.house.tools.get(consult.Carrier), parse_uuid(whom)
    if do not in ("publish", "watch", "agree") or (do == "publish") != (other is None):
        raise NotFound
    with door.write() as work:
        _require_of(work, visit_id, call_id)
        seat = consult.seat_in_call(work, call_id, page, other)
    try:
        return JSONResponse({"sdp": _carry(carrier, seat, do, sdp)})
    except (consult.NotSending, consult.EngineAway) as problem:     # pages ask again: nothing went wrong
        return JSONResponse({"sdp": "", "waits": problem.slug})


def _carry(carrier: consult.Carrier, seat: consult.Seat, do: str, sdp: str) -> str:
    if do == "publish":
        return carrier.publish(seat, sdp)
    if do == "watch":
        return carrier.watch(seat)
    carrier.agree(seat, sdp)
    return ""


@router.post("/visits/{visit_id}/call/media")
def patient_media(visit_id: UUID, door: Patient, do: Word, call: Id, page: Id, whom: Word = "",
                  sdp: Offer = "") -> Response:
    """The patient's page sends and sees through an engine of ours."""
    return carried(door, visit_id, call, do, page, whom, sdp)


@router.post("/doctor/visits/{visit_id}/call/media")
def doctor_media(visit_id: UUID, door: Doctor, do: Word, call: Id, page: Id, whom: Word = "",
                 sdp: Offer = "") -> Response:
    """The doctor's page sends and sees through an engine of ours."""
    return carried(door, visit_id, call, do, page, whom, sdp)


@router.post("/visits/{visit_id}/call/copy")
def patient_copy(visit_id: UUID, door: Patient, call: Id, page: Id, sdp: Offer = "") -> Response:
    """The patient's page sends a copy of its sound and picture to be kept."""
    return JSONResponse(copy_opened(door, visit_id, call, page, sdp))


@router.post("/doctor/visits/{visit_id}/call/copy")
def doctor_copy(visit_id: UUID, door: Doctor, call: Id, page: Id, sdp: Offer = "") -> Response:
    """The doctor's page sends a copy of its sound and picture to be kept."""
    return JSONResponse(copy_opened(door, visit_id, call, page, sdp))
