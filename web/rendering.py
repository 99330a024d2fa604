"""Jinja for people's pages: both languages, text sizes, hospital time, icons and addresses of assets.

Both languages of a sentence stand side by side in the template, `{{ t('中文', 'English') }}`, instead of in
gettext catalogues: a template then cannot lack one of them, a reviewer reads both together, and a number
or name is escaped in the one place where it is put in. The first two arguments are literals, which a test
checks; texts that come from data are `Text` objects and are escaped like everything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader
from jinja2.exceptions import UndefinedError
from lucide.jinja import lucide
from markupsafe import Markup, escape

from app.kit.text import Text

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
HOSPITAL_ZONE = ZoneInfo("Asia/Shanghai")

Lang = Literal["zh", "en"]
Size = Literal["", "elder", "elder-xl"]
Audience = Literal["public", "patient", "staff"]

SIZES: tuple[Size, ...] = ("", "elder", "elder-xl")
WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")


@dataclass(frozen=True)
class PageContext:
    """What every page needs to know about the reader: language, size, where they are, who is signed in.

    `unread` counts the notices, `unread_visits` those of them that lead to a visit.
    `played` names the outside services that a production only plays. `path` and `query` are the address to
    return to after a change of language or size; it never carries patient text.
    `now` is the moment that "today" is counted from.
    """

    lang: Lang = "zh"
    size: Size = ""
    path: str = "/"
    query: str = ""
    csrf: str = ""
    nonce: str = ""
    account: str | None = None
    demo: bool = False
    played: tuple[str, ...] = ()
    audience: Audience = "public"
    unread: int = 0
    unread_visits: int = 0
    dark: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def html_lang(self) -> str:
        return "zh-CN" if self.lang == "zh" else "en"

    @property
    def html_class(self) -> str:
        desk = "desk" if self.audience == "staff" else ""
        return " ".join(name for name in (self.size, desk, "dark" if self.dark else "") if name)

    @property
    def large(self) -> bool:
        return self.size != ""

    @property
    def other_lang(self) -> Lang:
        return "en" if self.lang == "zh" else "zh"

    @property
    def next_size(self) -> Size:
        return SIZES[(SIZES.index(self.size) + 1) % len(SIZES)]

    def prefs(self, **change: str) -> str:
        """The link that changes one preference and comes back to this page."""
        here = f"{self.path}?{self.query}" if self.query else self.path
        return f"/prefs?{urlencode({**change, 'next': here})}"


current: ContextVar[PageContext] = ContextVar("page")


class Loud(ChainableUndefined):
    """Chaining works, as the form macros need; printing a missing name fails instead of leaving a hole."""

    def __str__(self) -> str:
        raise UndefinedError(f"{self._undefined_name!r} is undefined")

    __html__ = __str__


def spoken(value: Any) -> Any:
    """A `Text` in the reader's language, anything else unchanged; runs on every printed expression."""
    return value.get(current.get().lang) if isinstance(value, Text) else value


def t(zh: str | Text, en: str = "", /, *, one: str = "", **facts: Any) -> Markup:
    """One sentence in the reader's language, with escaped facts; `one` is the English for exactly one `n`."""
    if isinstance(zh, Text):
        return escape(zh.get(current.get().lang))
    english = one if one and str(facts.get("n")) == "1" else en
    chosen = zh if current.get().lang == "zh" else english
    return Markup(chosen).format(**{name: spoken(fact) for name, fact in facts.items()})  # noqa: S704


# --- money, time, age -------------------------------------------------------------------------------------


def money(fen: int, *, short: bool = False) -> str:
    """Fen as yuan with sign and two digits; `short` drops `.00` where only one round price stands."""
    yuan, rest = divmod(abs(fen), 100)
    digits = f"{yuan:,}" if short and rest == 0 else f"{yuan:,}.{rest:02d}"
    return f"{'−' if fen < 0 else ''}¥{digits}"


def local(moment: datetime) -> datetime:
    """Aware time in the hospital's zone; a naive time is a defect and is refused."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return moment.astimezone(HOSPITAL_ZONE)


def today() -> date:
    return local(current.get().now).date()


def clock(moment: datetime) -> str:
    """Hours and minutes at the hospital."""
    return f"{local(moment):%H:%M}"


def day(value: date | datetime, *, weekday: bool = False, year: bool | None = None) -> str:
    """A date as people write it; the year only when it is not this one, or on request."""
    value = local(value).date() if isinstance(value, datetime) else value
    with_year = value.year != today().year if year is None else year
    if current.get().lang == "zh":
        text = f"{value.year}年" * with_year + f"{value.month}月{value.day}日"
    else:
        text = f"{value.day} {MONTHS[value.month - 1]}" + f" {value.year}" * with_year
    if not weekday:
        return text
    name = WEEKDAYS[current.get().lang][value.weekday()]
    return f"{text} {name}" if current.get().lang == "zh" else f"{name}, {text}"


def month(value: date) -> str:
    """Year and month, for the headings of a timeline."""
    if current.get().lang == "zh":
        return f"{value.year}年{value.month}月"
    return f"{MONTHS[value.month - 1]} {value.year}"


NEAR = {-1: ("昨天", "yesterday"), 0: ("今天", "today"), 1: ("明天", "tomorrow")}


def when(moment: datetime) -> str:
    """A moment at the hospital, with today, tomorrow and yesterday by name."""
    near = NEAR.get((local(moment).date() - today()).days)
    name = near[current.get().lang == "en"] if near else day(moment)
    return f"{name} {clock(moment)}"


def span(start: datetime, end: datetime) -> str:
    """A range of times within one day, such as 14:52–15:07."""
    return f"{clock(start)}–{clock(end)}"


def waited(since: datetime) -> str:
    """How long ago a moment was, in hours and whole minutes; `waited` of clocks.js says the same."""
    hours, minutes = divmod(max(current.get().now - since, timedelta()) // timedelta(minutes=1), 60)
    if current.get().lang == "zh":
        return f"{hours} 小时 " * bool(hours) + f"{minutes} 分"
    return f"{hours} h " * bool(hours) + f"{minutes} min"


def years(born: date | int | None) -> int | None:
    """Whole years of age today; None stays unknown."""
    if not isinstance(born, date):
        return born
    on = today()
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age(born: date | int) -> str:
    """Whole years; months under two years, days under one month."""
    zh = current.get().lang == "zh"
    if isinstance(born, int):
        return f"{born} 岁" if zh else f"{born} years"
    on = today()
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 1:
        days = max((on - born) // timedelta(days=1), 0)
        return f"{days} 天" if zh else f"{days} days"
    if months < 24:
        return f"{months} 个月" if zh else f"{months} months"
    return f"{months // 12} 岁" if zh else f"{months // 12} years"


# --- icons and assets -------------------------------------------------------------------------------------

OWN_ICONS = {
    "unknown": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.2 2.6"/>'
    '<path d="M9.8 9.9a2.3 2.3 0 1 1 3.3 2c-.8.4-1.1.9-1.1 1.6M12 16.3h.01"/>',
    "prescription": '<rect x="4.5" y="3.5" width="15" height="17" rx="1.5"/>'
    '<path d="M8.5 16V8h2.75a2.25 2.25 0 0 1 0 4.5H8.5M11.5 12.5L16 17M16 13l-3.5 4"/>',
    "refund": '<path d="M4 8.5h10.5a5 5 0 0 1 0 10H8M4 8.5L8 4.5M4 8.5l4 4"/>',
}


@lru_cache(maxsize=512)
def icon(name: str, kind: str = "") -> Markup:
    """An inline drawing of 24 units with 1.75 stroke, hidden from screen readers; kinds: s, l."""
    css = f"i i--{kind}" if kind else "i"
    if name in OWN_ICONS:
        svg = f'<svg viewBox="0 0 24 24" fill="none" aria-hidden="true" class="{css}">{OWN_ICONS[name]}</svg>'
        return Markup(svg)  # noqa: S704 - our own drawing
    drawn = lucide(name, size=None, stroke_width=1.75, aria_hidden="true")
    return Markup(str(drawn).replace("<svg ", f'<svg class="{css}" ', 1).replace("\n", ""))  # noqa: S704


@lru_cache(maxsize=256)
def _digest(path: Path, changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file with the hash of its content, so that a browser may keep it for ever."""
    path = STATIC / name
    return f"/static/{quote(name)}?v={_digest(path, path.stat().st_mtime_ns)}"


def csrf() -> Markup:
    """The hidden field that every posting form carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(current.get().csrf)


# --- environment ------------------------------------------------------------------------------------------


def build_environment() -> Environment:
    """Our templates before the form macros of nhsuk-frontend-jinja, which keep their own namespace."""
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), PackageLoader("nhsuk_frontend_jinja")]),
        autoescape=True, undefined=Loud, trim_blocks=True, lstrip_blocks=True, finalize=spoken,
    )
    made.globals.update(
        t=t, money=money, when=when, day=day, month=month, clock=clock, waited=waited, span=span, age=age, years=years,
        icon=icon, asset=asset, csrf=csrf, spoken=spoken, reader=current.get,
    )
    return made


environment = build_environment()


@contextmanager
def reading(context: PageContext) -> Iterator[None]:
    """Everything rendered inside is for this reader."""
    token = current.set(context)
    try:
        yield
    finally:
        current.reset(token)


def render(name: str, context: PageContext, /, **view: Any) -> str:
    """Render one template for one reader; `page` is the context, everything else belongs to the page."""
    with reading(context):
        return environment.get_template(name).render(page=context, **view)
