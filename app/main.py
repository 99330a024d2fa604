"""The server of one process: settings in, a listening site out."""
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from app.kit.logs import start_logging
from app.settings import Settings
from app.wiring import build_house
from app.worker import Worker
from web.site import build_site


def build_app(settings: Settings) -> FastAPI:
    """Build house, worker and site of one process."""
    house, kinds = build_house(settings)
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
    """Says where it listens as soon as it can serve."""

    async def startup(self, sockets: list | None = None) -> None:
        """Start listening, then print the address."""
        await super().startup(sockets)
        if self.started:
            print(f"Fuzhen is ready: {self.config.app.state.origin}", flush=True)  # noqa: T201


def serve(settings: Settings) -> None:
    """Serve until interrupted; on SQLite the only process on its data folder."""
    start_logging()
    app = build_app(settings)
    app.state.origin = settings.origin
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="uvloop", http="httptools", ws="websockets-sansio",
        ws_per_message_deflate=False, ws_max_size=64 * 1024, ws_ping_interval=20, ws_ping_timeout=20,
        timeout_keep_alive=75,      # longer than what clients and proxies keep: they hang up, never we in mid-request
        timeout_graceful_shutdown=10, proxy_headers=True, forwarded_allow_ips="127.0.0.1", server_header=False,
        log_level="warning", log_config=None)
    if app.state.house.database.is_sqlite:
        with only_server(settings.data):
            Announcing(config).run()
    else:
        Announcing(config).run()
