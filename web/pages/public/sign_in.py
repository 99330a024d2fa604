"""Sign in and out. A new sign-in never carries over whom the last person acted for."""
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.identity.api import SessionToken
from app.kit.problems import NotAllowed, NotSignedIn, TooMany
from app.kit.text import Text
from app.work import Work
from web.door import ANYONE, Door, Gate, GuardedRoute, cookie_name, is_secure, see_other, sign_in_cookie
from web.pages.house import local_path
from web.pages.patient import views
from web.pages.patient.acting import CHOSEN, Patient
from web.pages.patient.views_join import SignInView
from web.pages.public.preferences import as_account_wishes, remember_for_account

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Anyone = Annotated[Door, Gate(ANYONE)]
Field = Annotated[str, Form(max_length=300)]
STAFF_DOOR = Text(zh="这是工作人员的账号，请从首页下面的员工入口登录",
                  en="This is an account of staff; please use the staff sign-in at the foot of the start page")


@router.get("/sign-in")
def form(door: Anyone, next: Annotated[str, Query(max_length=300)] = "") -> Response:
    """Phone number and password."""
    return door.page("public/sign_in.html", v=SignInView(next=next))


def entered(door: Door, session: SessionToken, token: str, account: identity.Account, to: str) -> Response:
    """The browser after a sign-in: its cookie, its preferences, and nobody chosen."""
    response = see_other(to)
    seconds = int((session.expires_at - door.house.clock.now()).total_seconds())
    sign_in_cookie(response, door.request, "patient", token, seconds)
    as_account_wishes(response, door, account)
    response.delete_cookie(CHOSEN)
    return response


def _sign_in(work: Work, door: Door, phone: str, password: str) -> tuple[SessionToken, str, identity.Account]:
    session, token = identity.sign_in(work, phone, password, address=door.address, role="patient")
    return session, token, identity.account(work, session.account_id)


@router.post("/sign-in")
def sign_in(door: Anyone, phone: Field = "", password: Field = "", next: Field = "") -> Response:
    """Begin a session; one answer for a wrong number and a wrong password."""
    try:
        with door.write() as work:
            session, token, account = _sign_in(work, door, phone, password)
    except (NotSignedIn, NotAllowed, TooMany) as problem:
        staff = problem.slug in ("second-code-needed", "not-allowed")
        errors: dict[str, views.Words] = {"phone": STAFF_DOOR if staff else problem.detail}
        view = SignInView(views.Form({"phone": phone}, errors), next)
        return door.page("public/sign_in.html", status=problem.status if problem.status == 429 else 422, v=view)
    return entered(door, session, token, account, local_path(next) if next else "/home")


@router.post("/sign-out")
def sign_out(door: Patient, where: Field = "here") -> Response:
    """End this session, or every session of the account."""
    with door.write() as work:
        remember_for_account(work, door)
        (identity.sign_out_everywhere if where == "everywhere" else identity.sign_out)(work)
    response = see_other("/")
    response.delete_cookie(cookie_name("patient", is_secure(door.request)), path="/")
    response.delete_cookie(CHOSEN)
    response.headers["clear-site-data"] = '"cache"'
    return response
