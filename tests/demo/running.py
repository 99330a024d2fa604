"""A demo server in a thread of the test."""
import re
import threading
from dataclasses import replace
from typing import Any

import httpx
import uvicorn

from app.jobs import JobKinds
from app.settings import Settings
from app.work import House
from app.worker import Worker
from web.demo.cast import members, password
from web.demo.client import Person
from web.site import build_site


class Demo:
    """Server, worker and troupe of one demo; players make no pauses."""

    def __init__(self, house: House, kinds: JobKinds) -> None:
        self.house, self.kinds = house, kinds
        self.settings = house.tools.get(Settings)
        self.base = f"http://127.0.0.1:{self.settings.port}"

    def start(self) -> None:
        """Listen."""
        self.app = build_site(self.house, Worker(self.house, self.kinds), self.settings)
        config = uvicorn.Config(self.app, host="127.0.0.1", port=self.settings.port, ws="websockets-sansio",
                                log_level="error", timeout_graceful_shutdown=2)
        self.server = uvicorn.Server(config)
        started, begin = threading.Event(), self.server.startup

        async def startup(sockets: Any = None) -> None:
            await begin(sockets)
            started.set()

        self.server.startup = startup  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        assert started.wait(20)
        self.troupe.stage = replace(self.troupe.stage, pace=0.0, look=0.3)

    @property
    def troupe(self) -> Any:
        """The players."""
        return self.app.state.troupe

    def stop(self) -> None:
        """End server and worker."""
        self.server.should_exit = True
        self.thread.join(20)

    def browser(self) -> "Browser":
        """A browser with cookies of its own."""
        return Browser(self.base)

    def person(self, key: str) -> Person:
        """One of the cast as a program."""
        who, made = members()[key], Person(self.base)
        return made.sign_in_staff(who.login, password(), who.totp) if who.totp else made.sign_in(who.login, password())


class Browser:
    """As much of a browser as forms need: cookies, the form token, and no scripts."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(base_url=base, timeout=30)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Read a page."""
        return self.http.get(path, headers=headers)

    def post(self, path: str, page: str = "/demo", **fields: str) -> httpx.Response:
        """Send the form of a page."""
        token = re.search(r'name="csrf" value="(\w+)"', self.get(page).text)
        assert token
        return self.http.post(path, data={"csrf": token[1], **fields})

    def become(self, key: str) -> httpx.Response:
        """Click on one of the cast."""
        return self.post("/demo/become", who=key)
