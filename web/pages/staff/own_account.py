"""Somebody's own account at a desk: the password, and for a doctor the PIN of the signing key."""
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import Work
from web.door import Door, Gate, GuardedRoute
from web.pages.staff import views as v
from web.pages.staff.desk import OFFICE, attempt, frame, prefix_of, show
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Secret = Annotated[str, Form(max_length=200)]
Code = Annotated[str, Form(max_length=20)]
FIELDS = {"wrong-sign-in": "old", "second-code-needed": "code", "wrong-second-code": "code", "slow-down": ""}
NOT_IT = Text(zh="这不是您现在的密码。", en="This is not your present password.")    # sign-in speaks of user names
NOT_TWICE = Text(zh="两次写的不一样，请再写一遍。", en="The two are not the same; please type it again.")
PASSWORD_SET = Text(zh="密码换好了，其他设备都已退出。",
                    en="Your password is changed, and other devices are signed out.")
PIN_SET = Text(zh="签名 PIN 设好了。以前的签名仍然有效。", en="Your signing PIN is set. Earlier signatures still hold.")


def _view(work: Work, errors: tuple[v.FieldError, ...] = (), said: v.Words = "") -> v.OwnAccountView:
    me, own = identity.account(work, work.actor.account_id), None
    if work.actor.role == "doctor":
        own = identity.practitioner(work, work.actor.practitioner_id)
    return v.OwnAccountView(frame(work, ""), f"{prefix_of(work.actor.role)}/account", me.user_name or "",
                            signs=own is not None, has_key=own is not None and own.signing_key_id is not None,
                            errors=errors, said=said)


def _answer(door: Door, problem: Problem | None, said: Text, errors: tuple[v.FieldError, ...] = ()) -> Response:
    """The page again: what was done, or what is wrong beside its field."""
    if problem is not None:
        known = FIELDS.get(problem.slug)
        errors = field_errors(problem, {"password": "new"}) if known is None else (
            v.FieldError(known, NOT_IT if known == "old" else problem.detail),)
    with door.read() as work:
        view = _view(work, errors, "" if errors else said)
    return show(door, "staff/account.html", view, problem.status if problem else 422 if errors else 200, view.here)


def _change(door: Door, old: str, new: str, again: str) -> Response:
    if new != again:
        return _answer(door, None, PASSWORD_SET, (v.FieldError("again", NOT_TWICE),))
    _, problem = attempt(door, lambda work: identity.change_password(work, old, new))
    return _answer(door, problem, PASSWORD_SET)


def _set_pin(door: Door, pin: str, again: str, code: str) -> Response:
    if pin != again:
        return _answer(door, None, PIN_SET, (v.FieldError("pin_again", NOT_TWICE),))

    def act(work: Work) -> Any:
        return identity.set_signing_pin(work, work.actor.practitioner_id, pin, code.strip() or None)

    _, problem = attempt(door, act)
    return _answer(door, problem, PIN_SET)


def _for_roles(prefix: str, *roles: str) -> None:
    """The page under one desk's own address: several roles may share a browser."""
    gate = Gate(*roles)

    def bound(act: Callable[..., Response]) -> Callable[..., Response]:
        act.__annotations__["door"] = Annotated[Door, gate]
        return act

    def own(door: Door) -> Response:
        with door.read() as work:
            view = _view(work)
        return show(door, "staff/account.html", view)

    def password(door: Door, old: Secret = "", new: Secret = "", again: Secret = "") -> Response:
        return _change(door, old, new, again)

    router.get(f"{prefix}/account")(bound(own))
    router.post(f"{prefix}/account/password")(bound(password))


for _role in ("doctor", "pharmacist", "pharmacy"):
    _for_roles(f"/{_role}", _role)
_for_roles("/admin", *OFFICE)


@router.post("/doctor/account/pin")
def signing_pin(door: Annotated[Door, Gate("doctor")], pin: Code = "", pin_again: Code = "",
                code: Code = "") -> Response:
    """The doctor makes a signing key under a PIN of their own."""
    return _set_pin(door, pin.strip(), pin_again.strip(), code)
