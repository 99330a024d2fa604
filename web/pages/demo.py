"""The demo page: become anybody of the cast, read the stand-in's text messages, let the house play along.

Not there in production.
"""
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Form, Request, Response

from app.identity import api as identity
from app.notify import api as notify
from app.settings import Settings
from app.work import HOUSE
from web.demo.actors import Troupe
from web.demo.partner import asked_lines, sent_lines
from web.demo.stage import (
    OFFICE,
    PARTNER,
    START,
    become,
    build_troupe,
    cast_list,
    groups,
    member,
    own_host,
    require_demo,
)
from web.door import ANYONE, Door, GateCheck, GuardedRoute, see_other, sign_in_cookie
from web.pages.public.preferences import set_cookie

LOOK = 0.05     # seconds between two looks whether our own port listens


class VisitorGate(GateCheck):
    """For everybody, and bound to the browser alone: other windows may become other people meanwhile."""

    def _token(self, request: Request) -> str | None:
        return None


AtTheDoor = Annotated[Door, Depends(VisitorGate((ANYONE,), bearer=False))]


@asynccontextmanager
async def players(app: FastAPI) -> AsyncIterator[None]:
    """Let the switched-on roles play while the server listens; never in production."""
    settings = app.state.house.tools.get(Settings)
    app.state.troupe = None if settings.mode == "production" else build_troupe(app.state.house, settings)
    opening = asyncio.create_task(_begin(app.state.troupe, settings)) if app.state.troupe else None
    yield
    if opening:
        opening.cancel()
        app.state.troupe.stop()


async def _begin(troupe: Troupe, settings: Settings) -> None:
    """Players speak to our own address: they begin when it answers."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(own_host(settings), settings.port)
            writer.close()
            return troupe.begin()
        await asyncio.sleep(LOOK)


router = APIRouter(route_class=GuardedRoute, include_in_schema=False, lifespan=players)


@router.get("/demo")
def demo(door: AtTheDoor) -> Response:
    """Everybody of the cast, one click to become each."""
    require_demo(door.house)
    troupe = door.request.app.state.troupe
    return door.page("public/demo.html", groups=groups(troupe.states()))


@router.get("/demo/cast.json")
def cast_json(door: AtTheDoor) -> list[dict[str, Any]]:
    """The cast for programs."""
    require_demo(door.house)
    return cast_list()


@router.post("/demo/become")
def become_somebody(door: AtTheDoor, who: Annotated[str, Form(max_length=20)]) -> Response:
    """Sign in as one of the cast, in this browser, beside the other roles."""
    require_demo(door.house)
    found = member(who)
    with door.write() as work:
        token, until = become(work, found, door.address)
        seconds = int((until - work.now).total_seconds())
        holder = identity.account_by_login(work, found.login) if found.role == "patient" else None
        if holder is not None:      # the page that was clicked says in which language they read from now on
            identity.set_language(work, door.language)
    response = see_other(START.get(found.role, OFFICE))
    if holder is not None:      # somebody who needs large text has it from the first page on
        set_cookie(response, door, "fuzhen-size", holder.text_size)
    sign_in_cookie(response, door.request, found.role, token, seconds)
    return response


@router.post("/demo/switches")
def switch(door: AtTheDoor, role: Annotated[Literal["doctor", "pharmacist", "pharmacy", "patient", "partner"], Form()],
           on: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Let the house play a role, or take it back."""
    require_demo(door.house)
    door.request.app.state.troupe.switch(role, on == "yes")
    return see_other("/demo#house")


@router.get("/demo/partner")
def partner(door: AtTheDoor) -> Response:
    """Who asked the partner hospital of the demo for a record, and what its stand-in sent."""
    require_demo(door.house)
    on, state = door.request.app.state.troupe.states()["partner"]
    with door.house.read(HOUSE) as work:
        asked, sent = asked_lines(work, PARTNER), sent_lines(work, PARTNER)
    return door.page("public/demo_partner.html", on=on and state != "off", asked=asked, sent=sent)


@router.get("/demo/sms")
def sms(door: AtTheDoor) -> Response:
    """The text messages that the stand-in kept instead of sending them."""
    require_demo(door.house)
    with door.read() as work:
        shown = notify.sms_inbox(work)
    return door.page("public/demo_sms.html", messages=shown)
