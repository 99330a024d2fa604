"""Nobody walks in: every route declares who may use it, and one that does not answers everybody with a refusal."""
import re
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import WebSocketRoute

from app.kit.problems import NotSignedIn
from web import problems
from web.door import ANYONE, GUEST, PROGRAMS, STAFF, ApiGate, Door, Gate, GuardedRoute, gate_of
from web.headers import SafeHeaders
from web.live.hub import Hub
from web.site import routers

ROUTES = [route for router in routers() for route in router.routes]
HTTP = [route for route in ROUTES if not isinstance(route, WebSocketRoute)]
SOCKETS = [route for route in ROUTES if isinstance(route, WebSocketRoute)]
ROLES = {ANYONE, GUEST, "patient", *STAFF, *PROGRAMS}


def test_there_are_routes_to_look_at():
    assert len(HTTP) > 50


@pytest.mark.parametrize("route", HTTP, ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
def test_a_route_declares_who_may_use_it(route):
    assert isinstance(route, GuardedRoute), "its router lacks route_class=GuardedRoute"
    gate = gate_of(route)
    assert gate is not None and gate.roles and set(gate.roles) <= ROLES


@pytest.mark.parametrize("route", HTTP, ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
def test_a_program_brings_a_token_and_a_page_brings_a_form(route):
    assert gate_of(route).bearer == route.path.startswith("/api/")


def test_the_one_socket_asks_who_speaks_in_its_first_frame():
    assert [route.path for route in SOCKETS] == ["/live"]     # its own gate: tests/live


def client_of(router: APIRouter) -> TestClient:
    """A browser before a site that has only these routes."""
    app = FastAPI()
    app.include_router(router)
    app.state.hub = Hub()
    app.state.house = None
    app.add_middleware(SafeHeaders)
    problems.install(app)
    return TestClient(app, headers={"accept": "application/json"})


def test_a_route_without_a_gate_refuses():
    router = APIRouter(route_class=GuardedRoute)
    entered = []

    @router.get("/forgotten")
    def forgotten() -> dict[str, str]:
        entered.append("in")
        return {"secret": "yes"}

    @router.get("/open")
    def remembered(door: Annotated[Door, Gate(ANYONE)]) -> dict[str, str]:
        return {"hello": "all"}

    client = client_of(router)
    answer = client.get("/forgotten")
    assert answer.status_code == 403 and "secret" not in answer.text and entered == []
    assert client.get("/open").json() == {"hello": "all"}


def test_a_route_that_reads_nothing_says_nothing_to_somebody_who_is_not_let_in(monkeypatch):
    def turned_away(door):
        raise NotSignedIn

    monkeypatch.setattr(Door, "knock", turned_away)
    router = APIRouter(route_class=GuardedRoute)
    entered = []

    @router.get("/careless")
    def careless(door: Annotated[Door, ApiGate("doctor")]) -> dict[str, str]:
        entered.append(door.token)
        return {"secret": "yes"}

    client = client_of(router)
    answer = client.get("/careless")
    assert answer.status_code == 401 and entered == []      # nobody: the endpoint does not even begin
    answer = client.get("/careless", headers={"authorization": "Bearer made-up"})
    assert answer.status_code == 401 and "secret" not in answer.text
    monkeypatch.setattr(Door, "knock", lambda door: None)
    assert client.get("/careless", headers={"authorization": "Bearer real"}).json() == {"secret": "yes"}


@pytest.mark.parametrize("route", [r for r in HTTP if ANYONE not in gate_of(r).roles],
                         ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
def test_an_endpoint_does_not_begin_for_somebody_without_a_token(route, monkeypatch):
    begun = []
    monkeypatch.setattr(route.dependant, "call", lambda **given: begun.append(given))
    router = APIRouter(route_class=GuardedRoute)
    router.routes.append(route)
    address = re.sub(r"{[^}]+}", "00000000-0000-7000-8000-000000000000", route.path)
    answer = client_of(router).request(sorted(route.methods)[0], address, follow_redirects=False)
    assert answer.status_code in (401, 403) and begun == []
