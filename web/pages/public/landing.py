"""The start page, the page for no network, and what a problem's address explains."""
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from app.kit.problems import NotFound, Problem
from web.door import ANYONE, Door, Gate, GuardedRoute, see_other
from web.pages.patient.views_join import ProblemKindView
from web.rendering import STATIC

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Anyone = Annotated[Door, Gate(ANYONE)]


@router.get("/")
def start(door: Anyone) -> Response:
    """The start page; who is signed in as a patient goes on home."""
    with door.read():
        if door.actor.role == "patient":
            return see_other("/home")
    return door.page("public/landing.html")


@router.get("/offline")
def offline(door: Anyone) -> Response:
    """What is shown without a network; nobody's data stands on it."""
    return door.page("public/offline.html")


@router.get("/worker.js")
def worker(door: Anyone) -> Response:
    """The service worker; it stands at the root, because it answers only for what is below its own address."""
    return FileResponse(STATIC / "js" / "worker.js", media_type="text/javascript",
                        headers={"cache-control": "no-cache"})


def kinds_of_problem(kind: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every kind of problem that this process can raise."""
    yield kind
    for child in kind.__subclasses__():
        yield from kinds_of_problem(child)


@router.get("/problems/{slug}")
def explain(slug: str, door: Anyone) -> Response:
    """What a problem's type means, for programs that show its address. Raises NotFound for an unknown one."""
    kind = next((one for one in kinds_of_problem() if one.slug == slug), None)
    if kind is None:
        raise NotFound
    return door.page("public/problem_kind.html", v=ProblemKindView(kind.title, kind.slug, kind.status))
