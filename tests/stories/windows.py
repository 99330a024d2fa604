"""A window of one person's browser, which notices by itself everything that a page must never do."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error

from web.demo.client import Person

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1440, "height": 900}}
TRIES = 3
PATIENCE = 60_000  # ms that something may take to show by itself
ROLES = ("patient", "doctor", "pharmacist", "pharmacy")
OURS = ("data", "blob", "about")
# A page that can be moved sideways says so in the console, where the window hears it.
TELL_WIDE = """addEventListener('load', () => {
  const say = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return;
    const out = [...document.body.querySelectorAll('*')].find(e => e.getBoundingClientRect().right > clientWidth + 1);
    console.error(`wider than the window: ${scrollWidth} > ${clientWidth}`, location.pathname, out?.outerHTML);
  };
  say();
  document.addEventListener('live:part', () => requestAnimationFrame(say));
});"""


@dataclass
class Window:
    """One tab; `lang` is zh or en, `faults` what must not have happened, `visited` the pages that were opened."""

    page: Any
    base: str
    lang: str = "zh"
    faults: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not (self.expected and "status of" in message.text):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in OURS and parts.netloc != urlsplit(self.base).netloc:
            self.faults.append(f"foreign: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.request.is_navigation_request():
            self.visited.append(urlsplit(response.url).path)
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Refusals that the story is about are no faults."""
        self.expected = set(statuses)
        yield
        self.expected = set()

    @contextmanager
    def during_an_outage(self) -> Iterator[None]:
        """The server is killed inside: what the browser says about lost connections is no fault; script errors are."""
        yield
        lost = re.compile(r"^console: .*(ERR_|WebSocket|Failed to load|Failed to fetch)")
        self.faults[:] = [fault for fault in self.faults if not lost.match(fault)]

    def program(self) -> Person:
        """The API with the sign-in of this window, to look at what the pages do not print."""
        person = Person(self.base)
        person.token = next(c["value"] for c in self.page.context.cookies()
                            if c["name"].startswith("fuzhen-") and c["name"].removeprefix("fuzhen-") in ROLES)
        return person

    def t(self, zh: str, en: str) -> str:
        """The words in the language of this window."""
        return en if self.lang == "en" else zh

    def go(self, path: str) -> Window:
        """Open a page of ours; a refusal that nobody expects ends the story at once."""
        reply = next((reply for left in reversed(range(TRIES)) if (reply := self._opened(path, left))), None)
        assert not reply or reply.status < 400 or reply.status in self.expected, f"{reply.status} {path}"
        return self

    def _opened(self, path: str, left: int) -> Any:
        """The answer of the page; None when the page before, which had begun to read itself again, came in between.

        Whoever presses a link there is safe (test_a_press_is_not_lost); an address from outside races with it. On a
        busy machine the driver at times does not hear that it lost and waits for ever (2 of 300 such races, with a page
        of ours that had long loaded): a page that really hangs does so at every try.
        """
        try:
            reply = self.page.goto(self.base + path, timeout=PATIENCE / 2)
        except Error as cut:
            if not re.search("interrupted by another navigation|ERR_ABORTED|Timeout" if left
                             else "interrupted by another navigation|ERR_ABORTED", cut.message):
                raise
            return None
        came = reply and (reply.request.redirected_from or urlsplit(reply.url).path == urlsplit(self.base + path).path)
        return reply if came and urlsplit(self.page.url).path == urlsplit(reply.url).path else None

    @property
    def path(self) -> str:
        """Where the window is now."""
        return urlsplit(self.page.url).path

    def one(self, selector: str, text: str | None = None) -> Any:
        """The first element that matches and carries the text."""
        found = self.page.locator(selector)
        return (found.filter(has_text=text) if text else found).first

    def has(self, selector: str, text: str | None = None) -> bool:
        """True when it stands on the page now."""
        return self.one(selector, text).count() > 0

    def sees(self, selector: str, text: str | None = None) -> Any:
        """Wait until it is visible."""
        found = self.one(selector, text)
        found.wait_for(state="visible")
        return found

    def press(self, selector: str, text: str | None = None) -> Window:
        """Press a link or button and wait for the page that follows."""
        with self.page.expect_navigation(wait_until="load"):
            self.one(selector, text).click()
        return self

    def press_in(self, selector: str, text: str | None = None) -> Window:
        """Press something that changes this page without leaving it."""
        self.one(selector, text).click()
        return self

    def fill(self, selector: str, value: str) -> Window:
        """Type into a field."""
        self.one(selector).fill(value)
        return self

    def tick(self, selector: str, text: str | None = None) -> Window:
        """Choose a radio button or tick a box, on its label as a finger does."""
        found = self.one(selector, text)
        found.wait_for(state="attached")
        label = self.page.locator(f'label[for="{found.get_attribute("id")}"]')
        if not found.is_checked():
            (label if label.count() else found.locator("xpath=ancestor-or-self::*[self::label][1]")).click()
        assert found.is_checked(), f"{selector} cannot be chosen"
        return self

    def pick(self, name: str, value: str) -> Window:
        """Choose one radio button or checkbox by name and value."""
        return self.tick(f'input[name="{name}"][value="{value}"]')

    def arrives(self, pattern: str) -> Window:
        """Wait until the window has come to an address by itself or by a press."""
        self.page.wait_for_url(re.compile(pattern))
        self.page.wait_for_load_state("load")
        return self

    def marks(self) -> None:
        """Set a mark that only a reload takes away."""
        self.page.evaluate("window.storyMark = true")

    def was_not_reloaded(self) -> bool:
        """True while the mark of this page still stands."""
        return bool(self.page.evaluate("window.storyMark === true"))

    def clean(self) -> None:
        """Nothing happened that must not happen."""
        assert self.faults == [], "\n".join([*self.faults, f"last page: {self.path}"])


class Keyboard(Window):
    """A window whose person has no mouse: everything is reached by Tab and done by Enter, Space and arrows."""

    MOST_TABS = 120

    def focus(self, found: Any, same: str = "e => e === document.activeElement") -> None:
        """Press Tab until it has the focus."""
        for _ in range(self.MOST_TABS):
            if found.evaluate(same):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never comes to it: {self.path} {found}")

    def press(self, selector: str, text: str | None = None) -> Window:
        found = self.one(selector, text)
        found.wait_for(state="visible")
        self.focus(found)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        return self

    def press_in(self, selector: str, text: str | None = None) -> Window:
        self.focus(self.one(selector, text))
        self.page.keyboard.press("Enter")
        return self

    def fill(self, selector: str, value: str) -> Window:
        self.focus(self.one(selector))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(value)
        return self

    def tick(self, selector: str, text: str | None = None) -> Window:
        found = self.one(selector, text)
        if found.get_attribute("type") == "radio":
            self.focus(found, "e => document.activeElement.type === 'radio' && document.activeElement.name === e.name")
            self._walk_to(found)
        else:
            self.focus(found)
        if not found.is_checked():
            self.page.keyboard.press("Space")
        assert found.is_checked()
        return self

    def _walk_to(self, found: Any) -> None:
        """Arrow down within the group of radio buttons."""
        for _ in range(self.MOST_TABS):
            if found.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError("the arrows never come to it")
