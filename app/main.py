"""The server of one process: settings in, a listening site out."""
import asyncio
import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from app.kit.logs import start_logging
from app.opening import open_house
from app.settings import Settings
from app.worker import Worker
from web.site import build_site


def build_app(settings: Settings) -> FastAPI:
    """Build house, worker and site of one process. Raises CannotOpen."""
    house, kinds = open_house(settings)
    worker = Worker(house, kinds)
    app = build_site(house, worker, settings)
    return app


class AnotherServer(RuntimeError):
    """SQLite is served by one process; a second one would wait and fail in turns."""


@contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process. Raises AnotherServer."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherServer(f"another server already uses {folder}") from error
        yield


class Announcing(uvicorn.Server):
    """Says where it listens as soon as it can serve; what uses our own address ends before that closes."""

    why = ""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Remember which signal came first, then end."""
        self.why = self.why or f": {signal.Signals(sig).name}"
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list | None = None) -> None:
        """Start listening, then print the address."""
        await super().startup(sockets)
        if self.started:
            print(f"Fuzhen is ready: {self.config.app.state.where}", flush=True)  # noqa: T201

    async def shutdown(self, sockets: list | None = None) -> None:
        """Say why it ends, let the players of the demo leave, then close."""
        with suppress(OSError):     # whoever read the ready line may be gone, and the rest must close all the same
            print(f"Fuzhen stops{self.why}", flush=True)  # noqa: T201
        troupe = getattr(self.config.app.state, "troupe", None)
        if troupe is not None:
            await asyncio.to_thread(troupe.stop)
        await super().shutdown(sockets)


def where(settings: Settings) -> str:
    """The address people use, the one this process is bound to, and in the demo where to begin."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    told = f"{settings.origin}, bound to {host}:{settings.port}"
    return told + f"; begin at {settings.origin}/demo" if settings.mode == "demo" else told


def serve(settings: Settings) -> None:
    """Serve until interrupted; on SQLite the only process on its data folder."""
    start_logging()
    app = build_app(settings)
    app.state.where = where(settings)
    config = server_config(settings, app)
    if app.state.house.database.is_sqlite:
        with only_server(settings.data):
            Announcing(config).run()
    else:
        Announcing(config).run()


def server_config(settings: Settings, app: FastAPI) -> uvicorn.Config:
    """How connections are held; only the named proxies are believed about the caller and https."""
    return uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="uvloop", http="httptools", ws="websockets-sansio",
        ws_per_message_deflate=False, ws_max_size=64 * 1024, ws_ping_interval=20, ws_ping_timeout=20,
        timeout_keep_alive=75,      # longer than what clients and proxies keep: they hang up, never we in mid-request
        timeout_graceful_shutdown=10, proxy_headers=True, forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        log_level="warning", log_config=None)
