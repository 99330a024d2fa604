"""Registration, first step: a phone number and the code that proves it; also the way back after a lost password."""
import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.identity.api import SessionToken
from app.kit.problems import Problem
from app.settings import Settings
from app.storage import Vault
from app.work import Work
from web.door import ANYONE, Door, Gate, GuardedRoute, see_other
from web.pages.patient import views
from web.pages.patient.acting import mistakes
from web.pages.patient.views_join import RegisterCodeView, RegisterPhoneView
from web.pages.public.preferences import set_cookie
from web.pages.public.sign_in import entered

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Anyone = Annotated[Door, Gate(ANYONE)]
Field = Annotated[str, Form(max_length=300)]
JOINING = "fuzhen-joining"
PLACE = "register.phone"
QUARTER = 15 * 60


@dataclass(frozen=True)
class Joining:
    """The number that waits for its code; kept sealed in the browser, because it belongs into no address."""

    phone: str
    again: bool

    def sealed(self, door: Door) -> str:
        return door.house.tools.get(Vault).seal(json.dumps([self.phone, self.again]), PLACE)


def joining_of(door: Door) -> Joining | None:
    """What the browser holds; None when it is too old or not ours."""
    sealed = door.request.cookies.get(JOINING, "")
    try:
        return Joining(*json.loads(door.house.tools.get(Vault).open(sealed, PLACE))) if sealed else None
    except (ValueError, TypeError):
        return None


@router.get("/register")
def phone_form(door: Anyone) -> Response:
    """Ask for the phone number."""
    return door.page("public/register_phone.html", "patient", v=RegisterPhoneView())


@router.post("/register")
def send_code(door: Anyone, phone: Field = "", again: Annotated[str, Query(max_length=5)] = "") -> Response:
    """Send a code; the answer is the same for a known and an unknown number."""
    send = identity.reset_code if again else identity.register_code
    try:
        with door.write() as work:
            send(work, phone, door.address)
    except Problem as problem:
        view = RegisterPhoneView(views.Form({"phone": phone}, mistakes(problem, "phone")))
        return door.page("public/register_phone.html", "patient", problem.status, v=view)
    response = see_other("/register/code")
    set_cookie(response, door, JOINING, Joining(phone, bool(again)).sealed(door), QUARTER)
    return response


def _code_page(door: Door, joining: Joining, form: views.Form, status: int = 200) -> Response:
    demo = "/demo" if door.house.tools.get(Settings).mode != "production" else ""
    phone = identity.masked_phone(identity.clean_phone(joining.phone))
    view = RegisterCodeView(phone, demo_inbox=demo, form=form)
    return door.page("public/register_code.html", "patient", status, v=view)


@router.get("/register/code")
def code_form(door: Anyone) -> Response:
    """Ask for the code and a password."""
    joining = joining_of(door)
    return _code_page(door, joining, views.Form()) if joining else see_other("/register")


def _enter(work: Work, door: Door, joining: Joining, code: str,
           password: str) -> tuple[SessionToken, str, identity.Account]:
    """Make the account, or give it a new password, and sign in."""
    if joining.again:
        identity.reset_password(work, joining.phone, code, password)
    else:
        identity.register(work, joining.phone, code, password, door.language)
    session, token = identity.sign_in(work, joining.phone, password, address=door.address)
    if not joining.again and door.request.cookies.get("fuzhen-size") in ("elder", "elder-xl"):
        identity.set_text_size(work, door.request.cookies["fuzhen-size"])
    return session, token, identity.account(work, session.account_id)


@router.post("/register/code")
def enter(door: Anyone, code: Field = "", password: Field = "") -> Response:
    """Prove the number and sign in."""
    joining = joining_of(door)
    if joining is None:
        return see_other("/register")
    try:
        with door.write() as work:
            session, token, account = _enter(work, door, joining, code, password)
    except Problem as problem:
        return _code_page(door, joining, views.Form({}, mistakes(problem, "code")), problem.status)
    response = entered(door, session, token, account, "/home" if joining.again else "/register/name")
    response.delete_cookie(JOINING)
    return response
