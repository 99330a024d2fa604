"""Puts the routes of pages, API and sockets together into one ASGI application."""
import asyncio
import importlib
import pkgutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.staticfiles import StaticFiles

import web.api
import web.live
import web.pages
from app.settings import Settings
from app.work import House
from consult.api import Carrier, RecordingDesk
from web import problems
from web.door import GuardedRoute
from web.headers import SafeHeaders
from web.live.bus import PostgresBus
from web.live.hub import Hub
from web.rendering import STATIC
from web.scheme import OnlySecure

THREADS = 8
BODY_LIMIT = 1 << 20
DESCRIPTION = """The whole way of a visit: register, triage, visit, prescription, review, order, record.
Sign in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer …`.
Problems are `application/problem+json` (RFC 9457) with a stable `slug`."""


def routers() -> Iterator[APIRouter]:
    """Every `router` of the modules below web.api, web.pages and web.live, in the order of their names."""
    for package in (web.api, web.pages, web.live):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            router = getattr(importlib.import_module(found.name), "router", None)
            if isinstance(router, APIRouter):
                yield router


@cache
def _whole() -> APIRouter:
    """Every router in one, put together once a process: to work out what each route takes costs most of a second."""
    whole = APIRouter(route_class=GuardedRoute)
    for router in routers():
        whole.include_router(router)
    return whole


def _start_bus(app: FastAPI, house: House, hub: Hub) -> asyncio.Task[None] | None:
    """Hear hints: from this process on SQLite, from all processes on PostgreSQL."""
    if house.database.is_sqlite:
        house.publish = hub.publish
        return None
    bus = PostgresBus(house.database.writer)
    house.publish = bus.publish
    return asyncio.create_task(bus.listen(hub.publish, hub.everything))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start hub, bus and worker, and what single routers need; stop them when the server ends."""
    house, hub, worker = app.state.house, app.state.hub, app.state.worker
    hub.bind(asyncio.get_running_loop())
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    bus = _start_bus(app, house, hub)
    thread = threading.Thread(target=worker.loop, name="worker", daemon=True)
    if app.state.run_worker:
        thread.start()
    recordings = house.tools.get(RecordingDesk)
    await asyncio.to_thread(recordings.start)
    async with _whole().lifespan_context(app):
        yield
    await asyncio.to_thread(house.tools.get(Carrier).stop)
    await asyncio.to_thread(recordings.stop)
    worker.stop()
    if thread.is_alive():
        await asyncio.to_thread(thread.join, 10)
    if bus:
        bus.cancel()


def build_site(house: House, worker: Any, settings: Settings) -> FastAPI:
    """Build the application of one process around its House."""
    app = FastAPI(title="Fuzhen", version="1", description=DESCRIPTION, lifespan=lifespan, routes=[*_whole().routes],
                  openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.house, app.state.worker, app.state.hub = house, worker, Hub()
    app.state.run_worker = settings.worker or house.database.is_sqlite
    app.router.route_class = GuardedRoute
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT)  # a route may set its own
    app.add_middleware(problems.TooLargeInWords)
    if settings.mode == "production" and settings.origin.startswith("https://"):
        app.add_middleware(OnlySecure)
    app.add_middleware(SafeHeaders)     # the outermost: what another one answers is made safe too
    problems.install(app)
    return app
