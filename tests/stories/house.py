"""The hospital of a story: a real server on a fresh copy of the seeded demo, and windows into it."""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.kit.clock import Clock, ShiftedClock, SystemClock
from tests.server import Server
from tests.stories.windows import DESK, PHONE, TELL_WIDE, Window
from web.demo.journey import Journey


@dataclass
class Hospital:
    """A running demo; `window()` opens a browser of its own for each person."""

    server: Server
    browser: Any
    contexts: list[Any] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    clock: Clock = field(default_factory=SystemClock)

    def start(self) -> Hospital:
        """Start the server; a machine that is busy with other tests gets more time."""
        try:
            self.server.start()
        except TimeoutError:
            if self.server.process is None or self.server.process.poll() is not None:
                raise
            self.server.wait_ready(180)
        self.clock = self._its_clock() if self.server.extra.get("FUZHEN_CLOCK") else SystemClock()
        return self

    def _its_clock(self) -> Clock:
        """The server's own time: a set clock begins once its process has started, and that takes its time."""
        told = httpx.get(f"{self.server.url}/healthz", timeout=60).json()["now"]
        return ShiftedClock(datetime.fromisoformat(told))

    def window(self, lang: str = "zh", phone: bool = True, kind: type[Window] = Window, **more: Any) -> Window:
        """A window of a person who has never been here: a phone, or a desk screen."""
        shape = {**(PHONE if phone else DESK), "locale": "en-GB" if lang == "en" else "zh-CN",
                 "timezone_id": "Asia/Shanghai", **more}
        context = self.browser.new_context(**shape)
        context.add_init_script(TELL_WIDE)
        self.contexts.append(context)
        self.windows.append(kind(context.new_page(), self.server.url, lang))
        return self.windows[-1]

    def patient(self, key: str, lang: str = "zh", **more: Any) -> Window:
        """A patient of the cast, signed in, on a phone."""
        return become(self.window(lang, phone=True, **more), key)

    def staff(self, key: str, lang: str = "zh") -> Window:
        """A member of staff, signed in, at a desk."""
        return become(self.window(lang, phone=False), key)

    def walked_to(self, last: str) -> Journey:
        """A person who went through the main job by program up to this step."""
        journey = Journey(self.server.url, random.Random(7), clock=self.clock)
        for line in journey.run():
            assert line["ok"], line
            if line["step"] == last:
                break
        return journey

    def later(self, **step: float) -> None:
        """Time goes by while the server is down; it starts again on the same data."""
        self.server.stop()
        self.server.extra["FUZHEN_CLOCK"] = (datetime.now(UTC) + timedelta(**step)).isoformat()
        self.start()

    def close(self) -> None:
        """End the browsers and the server."""
        for context in self.contexts:
            context.close()
        self.server.stop()

    def screenshots(self, folder: Path) -> None:
        """What every window showed last, for somebody who looks for the cause."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, window in enumerate(self.windows):
            window.page.screenshot(path=folder / f"{number}.png", full_page=True)
            (folder / f"{number}.txt").write_text("\n".join([*window.visited, "faults:", *window.faults]), "utf-8")


def become(window: Window, key: str) -> Window:
    """One click on the page of the demo; who signed in three times just now waits half a minute, as the page says."""
    for _ in range(4):
        with window.expecting(409):
            window.go("/demo").press(f'button[name="who"][value="{key}"]')
        if window.path != "/demo/become":
            return window
        window.page.wait_for_timeout(10_000)
    raise AssertionError(f"{key} is not let in")
