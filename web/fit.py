"""What may come in: no character that a database cannot keep, no number that it cannot count.

PostgreSQL keeps no U+0000, and half a character (a lone surrogate) has no bytes at all. People never type them; a
request that carries one anywhere in its address, form or JSON is refused before an endpoint sees it.
"""
import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from app.kit.problems import invalid

HIGHEST = 2**31 - 1
Number = Annotated[int, Field(ge=0, le=HIGHEST)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

UNFIT = re.compile("[\x00\ud800-\udfff]")
SUSPECT = re.compile(rb"\x00|\\u0000|\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")    # what only a closer look can tell
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def require_fit(request: Request) -> None:
    """Refuse a request with an unfit character in its path, query, form (also file names) or JSON. Raises Invalid."""
    words = [("path", request.scope["path"]), *request.query_params.multi_items()]
    if request.headers.get("content-type", "").lower().startswith(FORMS):
        for name, value in (await request.form()).multi_items():
            words.append((name, value if isinstance(value, str) else value.filename or ""))
    elif request.method not in ("GET", "HEAD", "OPTIONS"):
        words += _words_of_json(await request.body())
    for name, value in words:
        if UNFIT.search(name) or UNFIT.search(value):
            raise invalid(UNFIT.sub("", name), "含有无法保存的字符，请删去后再试。",
                          "This holds a character that cannot be kept; please remove it and try again.")


def _words_of_json(body: bytes) -> Iterator[tuple[str, str]]:
    """Names and texts of a JSON body that needs a closer look; what is no JSON is left to who reads it."""
    if not SUSPECT.search(body):
        return
    try:
        waiting: list[tuple[str, Any]] = [("body", json.loads(body))]
    except (ValueError, RecursionError):
        return
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.items())
            yield from ((key, "") for key in value)
        elif isinstance(value, list):
            waiting.extend((name, one) for one in value)
        elif isinstance(value, str):
            yield name, value
