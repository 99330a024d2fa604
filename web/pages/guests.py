"""The pages of a third person: link and code, the wait before the door, the call, and the way out."""
import json
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import JSONResponse

from app.identity import api as identity
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import ANYONE, GUEST, Door, Gate, GuardedRoute, cookie_name, is_secure, see_other, sign_in_cookie
from web.pages.calling import Offer, carried
from web.pages.patient import views

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Anyone = Annotated[Door, Gate(ANYONE)]
Doctor = Annotated[Door, Gate("doctor")]
Guest = Annotated[Door, Gate(GUEST)]
Field = Annotated[str, Form(max_length=100)]
HERE = "/guest"


@dataclass(frozen=True)
class JoinView:
    """Link and code: where one is asked to, as whom; a second doctor's name is known."""

    house: Text
    role: Text
    post_href: str
    doctor: Text | None = None
    form: views.Form = field(default_factory=views.Form)
    problem: Text | None = None


@dataclass(frozen=True)
class GuestView:
    """The wait and the call."""

    id: str
    name: str
    role: Text
    doctor: Text
    doctor_title: Text | None
    inside: bool
    recording_form: records.Form | None


@dataclass(frozen=True)
class CheckView:
    relays_href: str = "/guest/check/relays"


# --- link and code ----------------------------------------------------------------------------------------------


def _joined(work: Work, link: str) -> tuple[consult.CallGuest, JoinView]:
    """The invitation of a link, and its page. Raises DoorShut."""
    found = consult.offered_by(work, link)
    me = work.actor.practitioner_id if found.role == "doctor" else None
    desk = "/doctor" if found.role == "doctor" else ""
    return found, JoinView(identity.hospital(work).name, consult.GUEST_ROLES[found.role], f"{desk}/join/{link}",
                           doctor=identity.practitioner(work, me).name if me else None)


def _session_of(door: Door) -> str:
    return door.request.cookies.get(cookie_name(GUEST, is_secure(door.request)), "")


def _asked(door: Door, link: str, second_doctor: bool) -> Response:
    """The form; whoever came by this link already is led to where they are."""
    with door.read() as work:
        if consult.came_by(work, link, _session_of(door)):
            return see_other(HERE)
        found, view = _joined(work, link)
    if (found.role == "doctor") != second_doctor:
        return see_other(view.post_href)
    return door.page("public/guest_join.html", v=view)


def _knocked(door: Door, link: str, code: str, name: str) -> Response:
    try:
        with door.write() as work:
            session = consult.knock(work, link, code, name, door.address)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _again(door, link, code, name, problem)
    response = see_other(HERE)
    sign_in_cookie(response, door.request, GUEST, session, int(consult.GUEST_STAYS.total_seconds()))
    return response


def _again(door: Door, link: str, code: str, name: str, problem: Problem) -> Response:
    """The form once more, with what was wrong at its field."""
    with door.read() as work:
        _, view = _joined(work, link)
    told = problem.facts.get("errors") or [{"field": problem.facts.get("field", ""), "message": None}]
    errors: dict[str, views.Words] = {one["field"]: problem.detail for one in told if one["field"]}
    form = views.Form({"code": code, "name": name}, errors)
    shown = JoinView(view.house, view.role, view.post_href, view.doctor, form, None if errors else problem.detail)
    return door.page("public/guest_join.html", status=problem.status, v=shown)


@router.get("/join/{link}")
def asked(link: str, door: Anyone) -> Response:
    """Code and name of somebody who was sent a link."""
    return _asked(door, link, second_doctor=False)


@router.post("/join/{link}")
def knocked(link: str, door: Anyone, code: Field = "", name: Field = "") -> Response:
    """Come to the door."""
    return _knocked(door, link, code, name)


@router.get("/doctor/join/{link}")
def second_doctor_asked(link: str, door: Doctor) -> Response:
    """The code for a second doctor, who is known by their sign-in."""
    return _asked(door, link, second_doctor=True)


@router.post("/doctor/join/{link}")
def second_doctor_knocked(link: str, door: Doctor, code: Field = "") -> Response:
    """Come to the door as the doctor who is signed in."""
    return _knocked(door, link, code, "")


# --- the door and the call --------------------------------------------------------------------------------------


def _view(work: Work) -> GuestView:
    """What a guest sees; of the visit nothing but its doctor."""
    me = consult.own_place(work)
    doctor = consult.doctor_met(work)
    return GuestView(str(me.id), me.name, consult.GUEST_ROLES[me.role], doctor.name, doctor.title,
                     consult.call_for_guest(work) is not None, consult.recording_form(work))


@router.get("/guest")
def room(door: Guest) -> Response:
    """Before the door or in the call; refused once either is over."""
    with door.read() as work:
        view = _view(work)
    return door.page("public/guest_room.html", v=view)


@router.get("/guest/part")
def part(door: Guest) -> Response:
    """How it stands, for the page that waits."""
    with door.read() as work:
        view = _view(work)
    return door.page("public/_guest_waiting.html", v=view)


@router.get("/guest/check")
def check(door: Guest) -> Response:
    """Try camera, microphone, speaker and line while one waits."""
    with door.read() as work:
        consult.own_place(work)
    return door.page("public/guest_check.html", v=CheckView())


@router.get("/guest/check/relays")
def relays(door: Guest) -> Response:
    """The relays with a password of a few minutes, for the check of the line."""
    with door.read() as work:
        consult.own_place(work)
        servers = consult.relays_to_check(work)
    return JSONResponse({"servers": [asdict(server) for server in servers]})


@router.post("/guest/call")
def act(door: Guest, do: Field = "", call: Annotated[UUID | None, Form()] = None, text: Field = "") -> Response:
    """Agree to the recording of this call, or not, or not any more."""
    with door.write() as work:
        me = consult.call_for_guest(work)
        if me is None or call != me.id or do not in ("record", "do_not_record"):
            raise consult.DoorShut
        agree = do == "record"
        consult.answer_recording(work, me.id, agree, text if agree else None)
        seen = consult.call_for_guest(work)
        assert seen is not None
        told: dict[str, Any] = json.loads(json.dumps(asdict(seen), default=str))
    return JSONResponse({"call": told | {"open": seen.is_open}})


@router.post("/guest/call/media")
def media(door: Guest, do: Field, call: Annotated[UUID, Form()], page: Annotated[UUID, Form()], whom: Field = "",
          sdp: Offer = "") -> Response:
    """The guest's page sends and sees through an engine of ours."""
    return carried(door, None, call, do, page, whom, sdp)


@router.post("/guest/leave")
def leave(door: Guest) -> Response:
    """Go; the others talk on."""
    with door.write() as work:
        consult.leave_as_guest(work)
    response = door.page("public/guest_left.html")
    response.delete_cookie(cookie_name(GUEST, is_secure(door.request)), path="/")
    return response
