"""A seeded house behind the real site, and people who walk through its pages by their forms."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyotp
import sqlalchemy
from fastapi.testclient import TestClient
from httpx import Response

from app.jobs import JobKinds
from app.kit.clock import FrozenClock
from app.settings import Settings
from app.wiring import build_house
from app.work import House
from app.worker import Worker
from web.demo.cast import cast, password
from web.demo.seed import seed
from web.site import build_site


@dataclass
class Form:
    """One form of a page as a browser would send it."""

    action: str
    method: str
    values: dict[str, Any] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page with the values that stand in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.inside: Form | None = None
        self.area: str | None = None
        self.select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(given.get("action", ""), given.get("method", "get"))
            self.found.append(self.inside)
        elif self.inside is not None and tag == "input" and given.get("name"):
            self._input(given)
        elif self.inside is not None and tag in ("textarea", "select"):
            self.area, self.select = (given["name"], None) if tag == "textarea" else (None, given["name"])
            self.inside.values.setdefault(given["name"], "")
        elif self.inside is not None and tag == "option" and self.select and "selected" in given:
            self.inside.values[self.select] = given["value"]

    def _input(self, given: dict[str, str]) -> None:
        assert self.inside is not None
        if given.get("type") in ("radio", "checkbox"):
            if "checked" in given:
                self.inside.values[given["name"]] = given["value"]
        elif given.get("type") != "file":
            self.inside.values[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area and self.inside is not None:
            self.inside.values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None


@dataclass
class Page:
    """What a browser got."""

    reply: Response

    @property
    def html(self) -> str:
        return self.reply.text

    @property
    def words(self) -> str:
        """The page without mark-up, in one line."""
        bare = re.sub(r"(?s)<(script|style|svg|template).*?</\1>", " ", self.html)
        return " ".join(re.sub(r"<[^>]+>", " ", bare).split())

    @property
    def path(self) -> str:
        return self.reply.url.path

    def form(self, action: str) -> Form:
        """The first form whose address ends so."""
        found = [one for one in Forms(self.html).found if one.action.endswith(action)]
        assert found, f"no form to {action} on {self.path} ({self.reply.status_code}): {self.words[:400]}"
        return found[0]

    def link(self, ends: str) -> str:
        """The first address that ends so."""
        found = [one for one in re.findall(r'href="([^"]+)"', self.html) if one.split("#")[0].endswith(ends)]
        assert found, f"no link to {ends} on {self.path}"
        return str(found[0])


class Browser:
    """One person's browser: it follows redirects and keeps its cookies."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.http = TestClient(site.app, base_url="http://testserver", follow_redirects=True)

    def open(self, path: str) -> Page:
        return Page(self.http.get(path, headers={"accept": "text/html"}))

    def post(self, page: Page, action: str, files: Any = None, **values: Any) -> Page:
        """Fill in a form of a page and send it."""
        form = page.form(action)
        return Page(self.http.post(form.action, data={**form.values, **values}, files=files,
                                   headers={"accept": "text/html"}))

    def sign_in(self, name: str, next: str = "") -> Page:
        """Through the staff door, with a fresh one-time code."""
        self.site.clock.forward(seconds=31)
        rows = {**cast()["staff"], **cast()["pharmacies"]}
        code = pyotp.TOTP(rows[name]["totp"]).at(self.site.clock.now())
        page = self.open(f"/staff/sign-in?next={next}")
        return self.post(page, "/staff/sign-in", username=name, password=password(), code=code)


@dataclass
class Site:
    """The site over a seeded house whose clock a test moves."""

    app: Any
    house: House
    worker: Worker
    clock: FrozenClock
    browsers: dict[str, Browser] = field(default_factory=dict)

    def run(self) -> None:
        """Let the worker do what is due."""
        self.worker.run_until_idle()

    def as_(self, name: str) -> Browser:
        """A member of staff, signed in once."""
        if name not in self.browsers:
            browser = Browser(self)
            assert browser.sign_in(name).reply.status_code == 200
            self.browsers[name] = browser
        return self.browsers[name]

    def stranger(self) -> Browser:
        return Browser(self)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Every statement that the databases of the house run inside the block."""
        seen: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        engines = {self.house.database.reader, self.house.database.writer}
        for engine in engines:
            sqlalchemy.event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in engines:
                sqlalchemy.event.remove(engine, "before_cursor_execute", note)


def open_site(folder: Path, clock: FrozenClock) -> Site:
    """Build house, worker and site on the database of a folder."""
    settings = Settings(mode="test", data=folder, worker=False)
    house, kinds = build_house(settings, clock)
    worker = Worker(house, house.tools.get(JobKinds))
    app = build_site(house, worker, settings)
    return Site(app, house, worker, clock)


def seed_template(template: Path, folder: Path, clock: FrozenClock) -> Path:
    """A data folder with the cast of the demo in it, to be copied for every test."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "fuzhen.db")
    site = open_site(folder, clock)
    seed(site.house, site.worker)
    site.run()
    site.house.database.dispose()
    return folder
