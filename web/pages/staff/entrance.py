"""In and out: staff sign-in with one-time code, sign-out, duty, and search."""
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.problems import NotSignedIn, Problem
from app.kit.text import Text
from app.settings import Settings
from app.work import Work
from web.door import ANYONE, Door, Gate, GuardedRoute, cookie_name, is_secure, see_other, sign_in_cookie
from web.pages.house import local_path
from web.pages.staff import views as v
from web.pages.staff.desk import HOMES, OFFICE, attempt, frame, render_for, show, stopped
from web.pages.staff.searching import find_for

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Anyone = Annotated[Door, Gate(ANYONE)]
STAYS = 12 * 3600
FIELDS = {"second-code-needed": "code", "wrong-second-code": "code", "wrong-sign-in": "password"}


class NotStaff(NotSignedIn):
    """A patient's login at the staff door; nothing is begun."""

    slug = "not-staff"
    title = Text(zh="这里是员工入口，请用患者入口登录", en="This is the staff door; please use the one for patients")


def _house(door: Door) -> Text:
    with door.house.read(door.actor) as work:
        found = identity.organizations(work, "hospital")
    return found[0].name if found else Text(zh="复诊", en="Fuzhen")


def _page(door: Door, next: str, username: str = "", problem: Problem | None = None) -> Response:
    errors = (v.FieldError(FIELDS.get(problem.slug, ""), problem.detail),) if problem else ()
    demo = "/demo" if door.house.tools.get(Settings).mode != "production" else ""
    view = v.SignInView(_house(door), next, username, errors, demo)
    more = {"path": "/staff/sign-in"}
    return render_for(door, "staff/sign_in.html", problem.status if problem else 200, more, view=view)


@router.get("/staff/sign-in")
def sign_in_page(door: Anyone, next: Annotated[str, Query(max_length=300)] = "") -> Response:
    """The staff door."""
    return _page(door, next)


@router.post("/staff/sign-in")
def sign_in(door: Anyone, username: Annotated[str, Form(max_length=100)] = "",
            password: Annotated[str, Form(max_length=200)] = "", code: Annotated[str, Form(max_length=20)] = "",
            next: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Begin a session; the browser keeps one cookie for each role."""
    try:
        with door.write() as work:
            session, token = identity.sign_in(work, username.strip(), password, code.strip() or None, None,
                                              door.address)
            if session.role not in HOMES:
                raise NotStaff
    except Problem as problem:
        return _page(door, next, username, problem)
    response = see_other(_goal(session.role, next))
    sign_in_cookie(response, door.request, session.role, token, STAYS)
    return response


def _goal(role: str, next: str) -> str:
    """Where they wanted to go if that is theirs, else the start page of the role."""
    first = local_path(next).split("?")[0].split("/")[1] if next else ""
    mine = ("admin", "office") if role in OFFICE else (role,)
    return local_path(next) if first in mine else HOMES[role]


def _sign_out(door: Door, everywhere: str) -> Response:
    """End this session, or all of this account."""
    with door.write() as work:
        if everywhere:
            identity.sign_out_everywhere(work)
        else:
            identity.sign_out(work)
    response = see_other("/staff/sign-in")
    response.delete_cookie(cookie_name(door.actor.role, is_secure(door.request)), path="/")
    return response


def _set_duty(door: Door, on: str, next: str) -> Response:
    """Go on or off duty and back to the page."""
    def act(work: Work) -> None:
        identity.set_duty(work, on == "1")

    _, problem = attempt(door, act)
    if problem:
        return stopped(door, problem, HOMES[door.actor.role], "")
    return see_other(local_path(next) if next else HOMES[door.actor.role])


def _find(door: Door, q: str) -> Response:
    """People and orders that the asker may see."""
    with door.read() as work:
        view = v.FindView(frame(work, ""), q, find_for(work, q.strip()))
    return show(door, "staff/find.html", view)


def _places(door: Door, here: str) -> Response:
    """The bar alone, for a page whose line said that something waits or has gone."""
    with door.read() as work:
        around = frame(work, here)
    return render_for(door, "staff/parts/_places.html", frame=around)


def _for_roles(prefix: str, *roles: str) -> None:
    """Search, duty, sign-out and figures under one desk's own addresses: several roles may share a browser."""
    gate = Gate(*roles)

    def bound(act: Callable[..., Response]) -> Callable[..., Response]:
        act.__annotations__["door"] = Annotated[Door, gate]
        return act

    def out(door: Door, everywhere: Annotated[str, Form(max_length=1)] = "") -> Response:
        return _sign_out(door, everywhere)

    def duty(door: Door, on: Annotated[str, Form(max_length=1)] = "",
             next: Annotated[str, Form(max_length=300)] = "") -> Response:
        return _set_duty(door, on, next)

    def search(door: Door) -> Response:
        return _find(door, "")

    def find(door: Door, q: Annotated[str, Form(max_length=80)] = "") -> Response:
        return _find(door, q)       # a name is sent in the body: addresses are kept in histories and logs

    def places(door: Door, here: Annotated[str, Query(max_length=20)] = "") -> Response:
        return _places(door, here)

    router.get(f"{prefix}/parts/places")(bound(places))
    router.post(f"{prefix}/sign-out")(bound(out))
    router.post(f"{prefix}/duty")(bound(duty))
    router.get(f"{prefix}/find")(bound(search))
    router.post(f"{prefix}/find")(bound(find))


for _role in ("doctor", "pharmacist", "pharmacy"):
    _for_roles(f"/{_role}", _role)
_for_roles("/admin", *OFFICE)
