"""What belongs to no audience: health, preferences of the reader."""
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Response
from sqlalchemy import text

from app.identity import api as identity
from app.settings import Settings
from web.door import ANYONE, Door, Gate, GuardedRoute, cookie_name, is_secure, same_origin, see_other

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
YEAR = 365 * 24 * 3600


@router.get("/healthz")
def healthz(door: Annotated[Door, Gate(ANYONE)]) -> dict[str, str | list[str]]:
    """200 when this process can serve: the database answers. Names the outside services that are only played, and the
    time by which it lives, which may be another than the machine's in a demo or a test."""
    with door.house.database.reader.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "now": door.house.clock.now().isoformat(),
            "stand_ins": list(door.house.tools.get(Settings).stand_ins)}


def local_path(target: str) -> str:
    """A path on this site, or the start page: redirects never leave us."""
    parts = urlsplit(target)
    safe = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if safe else "/"


def keep_for_account(door: Door, lang: str | None, size: str | None) -> None:
    """Let the account of a signed-in patient show the same at its next sign-in, on any device."""
    if cookie_name("patient", is_secure(door.request)) not in door.request.cookies:
        return
    with door.write() as work:
        if work.actor.role == "patient":
            if lang in ("zh", "en"):
                identity.set_language(work, lang)
            if size in ("", "elder", "elder-xl"):
                identity.set_text_size(work, size)


@router.get("/prefs")
def prefs(door: Annotated[Door, Gate(ANYONE)], lang: Annotated[str | None, Query(max_length=5)] = None,
          size: Annotated[str | None, Query(max_length=10)] = None,
          next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Remember language and text size in this browser, and with the patient's account; then back to the page."""
    response = see_other(local_path(next))
    if same_origin(door.request):   # a link on a foreign page changes nothing that lasts
        keep_for_account(door, lang, size)
    for name, value, allowed in (("lang", lang, ("zh", "en")), ("size", size, ("", "elder", "elder-xl"))):
        if value is not None and value in allowed:
            response.set_cookie(f"fuzhen-{name}", value, max_age=YEAR, samesite="lax",
                                secure=is_secure(door.request), httponly=True)
    return response
