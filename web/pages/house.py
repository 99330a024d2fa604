"""What belongs to no audience: health, preferences of the reader."""
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Response
from sqlalchemy import text

from web.door import ANYONE, Door, Gate, GuardedRoute, is_secure, see_other

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
YEAR = 365 * 24 * 3600


@router.get("/healthz")
def healthz(door: Annotated[Door, Gate(ANYONE)]) -> dict[str, str]:
    """200 when this process can serve: the database answers."""
    with door.house.database.reader.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok"}


def local_path(target: str) -> str:
    """A path on this site, or the start page: redirects never leave us."""
    parts = urlsplit(target)
    safe = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if safe else "/"


@router.get("/prefs")
def prefs(door: Annotated[Door, Gate(ANYONE)], lang: Annotated[str | None, Query(max_length=5)] = None,
          size: Annotated[str | None, Query(max_length=10)] = None,
          next: Annotated[str, Query(max_length=300)] = "/") -> Response:
    """Remember language and text size in this browser and go back to the page."""
    response = see_other(local_path(next))
    for name, value, allowed in (("lang", lang, ("zh", "en")), ("size", size, ("", "elder", "elder-xl"))):
        if value is not None and value in allowed:
            response.set_cookie(f"fuzhen-{name}", value, max_age=YEAR, samesite="lax",
                                secure=is_secure(door.request), httponly=True)
    return response
