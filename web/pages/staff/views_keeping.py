"""Views of the office's page about how long things are kept."""
from dataclasses import dataclass
from datetime import datetime

from web.pages.staff.views import FieldError, StaffFrame, Words


@dataclass(frozen=True)
class PeriodRow:
    """One kind: how long, from when, and where the law says so; things and rows of the newest list."""

    words: Words
    kept: Words
    starts: Words
    source: str
    things: int | None = None
    rows: int | None = None


@dataclass(frozen=True)
class ReportRow:
    """One list of what may go; `acts` are the steps that this reader may take now."""

    id: str
    drawn_at: datetime
    state: str
    things: int
    rows: int
    digest: str
    href: str
    acts: tuple[str, ...] = ()
    mine: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class ItemRow:
    kind: Words
    subject: str
    since: datetime | None
    rows: int
    state: str
    why: str


@dataclass(frozen=True)
class HoldRow:
    """A hold in force: about whom (an id, no name), since when, why."""

    id: str
    patient: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class Part:
    """Which part of a long list stands on the page, from 1, with the way to the parts before and after."""

    first: int
    last: int
    total: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class KeepingView:
    frame: StaffFrame
    periods: tuple[PeriodRow, ...]
    reports: tuple[ReportRow, ...]
    holds: tuple[HoldRow, ...]
    items: tuple[ItemRow, ...] = ()
    part: Part = Part(0, 0, 0)
    errors: tuple[FieldError, ...] = ()
    patient: str = ""
    reason: str = ""
    given: tuple[tuple[datetime, Words, tuple[Words, ...], Words], ...] = ()
