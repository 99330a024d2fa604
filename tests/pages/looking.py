"""A browser that looks at pages and tells what is wrong with them."""
from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from tests.browser import ARGUMENTS, chromium
from tests.pages.examples import PHONE, Example
from tests.pages.world import World

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECKS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
OURS = ("data", "blob", "about")
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OUTSIDE = """() => [...document.body.querySelectorAll('*')].find(
    e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)?.outerHTML.slice(0, 160)"""
TALL = "document.documentElement.scrollHeight"


@dataclass
class Look:
    """One tab and what it heard while a page was open."""

    page: Any
    base: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in OURS and parts.netloc != urlsplit(self.base).netloc:
            self.faults.append(f"foreign: {request.url}")


@dataclass
class Eye:
    """Chromium with a context for each person, language, size and width.

    It works in a thread of its own, because another browser of the same process may be open in the thread of the test.
    """

    world: World
    tabs: dict[tuple[str, str, str, int], Look] = field(default_factory=dict)
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def look(self, example: Example, lang: str, size: str) -> list[str]:
        """What is wrong with this page; nothing is an empty list."""
        return self.thread.submit(self._look, example, lang, size).result()

    def shoot(self, example: Example, lang: str, size: str, height: int = 0) -> bytes:
        """A picture of the page from its top to its end, in a window at least so high."""
        return self.thread.submit(self._shoot, example, lang, size, height).result()

    def watch(self, example: Example, act: Callable[[], object], arrives: str) -> list[str]:
        """Open a page, let something happen outside, wait until the page went on by itself; what was wrong."""
        def watching() -> list[str]:
            tab, _ = self._open(example, "zh", "")
            act()
            tab.page.wait_for_url(re.compile(arrives))
            return tab.faults

        return self.thread.submit(watching).result()

    def close(self) -> None:
        """End the browser and the thread."""
        self.thread.submit(self._close).result()
        self.thread.shutdown()

    # --- in the thread of the browser --------------------------------------------------------------------

    @cached_property
    def _chromium(self) -> Any:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        return self._playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)

    @cached_property
    def _axe(self) -> Any:
        from axe_playwright_python.sync_playwright import Axe

        return Axe()

    def _close(self) -> None:
        if "_chromium" in self.__dict__:
            self._chromium.close()
            self._playwright.stop()

    def _tab(self, example: Example, lang: str, size: str) -> Look:
        key = (example.who, lang, size, example.width)
        if key not in self.tabs:
            phone = {"is_mobile": True, "has_touch": True} if example.width == PHONE else {}
            context = self._chromium.new_context(
                viewport=self._window(example), reduced_motion="reduce", timezone_id="Asia/Shanghai",
                locale="en-GB" if lang == "en" else "zh-CN", **phone)
            given = {**self.world.cookies[example.who], "fuzhen-lang": lang, **({"fuzhen-size": size} if size else {})}
            context.add_cookies([{"name": name, "value": value, "url": self.world.base}
                                 for name, value in given.items()])
            self.tabs[key] = Look(context.new_page(), self.world.base)
            self.tabs[key].page.set_default_timeout(60_000)
        return self.tabs[key]

    def _window(self, example: Example) -> dict[str, int]:
        return {"width": example.width, "height": 844 if example.width == PHONE else 900}

    def _open(self, example: Example, lang: str, size: str) -> tuple[Look, int]:
        """The page in a window of ordinary height; faults from here on are its own."""
        tab = self._tab(example, lang, size)
        tab.page.set_viewport_size(self._window(example))
        tab.page.goto("about:blank")
        tab.faults.clear()
        reply = tab.page.goto(self.world.base + self.world.fill(example.path))
        return tab, reply.status

    def _unroll(self, tab: Look, example: Example, least: int = 0) -> None:
        """A window as high as the page: no bar covers anything then."""
        height = max(tab.page.evaluate(TALL), self._window(example)["height"], least)
        tab.page.set_viewport_size({"width": example.width, "height": min(height, 12_000)})

    def _look(self, example: Example, lang: str, size: str) -> list[str]:
        tab, status = self._open(example, lang, size)
        found = [] if status < 400 else [f"status {status}"]
        shown = tab.page.evaluate("document.documentElement.lang")
        found += [] if shown.startswith(lang) else [f"lang is {shown}"]
        over = tab.page.evaluate(WIDE)
        found += [f"{over} px too wide: {tab.page.evaluate(OUTSIDE)}"] if over > 0 else []
        self._unroll(tab, example)
        for one in self._axe.run(tab.page, options=CHECKS).response["violations"]:
            found += [f"{one['id']}: {node['html'][:160]}" for node in one["nodes"][:3]]
        return found + tab.faults

    def _shoot(self, example: Example, lang: str, size: str, height: int) -> bytes:
        tab, status = self._open(example, lang, size)
        if status >= 400:
            raise LookupError(f"{status} {example.path}")
        self._unroll(tab, example, height)
        return bytes(tab.page.screenshot(full_page=True))
