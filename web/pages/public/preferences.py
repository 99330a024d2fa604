"""Language and text size: cookies of the browser, which the account remembers from one sign-in to the next."""
from fastapi import Response

from app.identity import api as identity
from app.work import Work
from web.door import Door, is_secure

YEAR = 365 * 24 * 3600


def set_cookie(response: Response, door: Door, name: str, value: str, seconds: int = YEAR) -> None:
    """Set a cookie that scripts cannot read."""
    response.set_cookie(name, value, max_age=seconds, samesite="lax", secure=is_secure(door.request), httponly=True)


def as_account_wishes(response: Response, door: Door, account: identity.Account) -> None:
    """Give the browser the language and the size of the account that has just signed in."""
    set_cookie(response, door, "fuzhen-lang", account.language)
    set_cookie(response, door, "fuzhen-size", account.text_size)


def remember_for_account(work: Work, door: Door) -> None:
    """Keep what this browser shows now for the next sign-in of the account."""
    identity.set_language(work, door.language)
    size = door.request.cookies.get("fuzhen-size", "")
    if size in ("", "elder", "elder-xl"):
        identity.set_text_size(work, size)
