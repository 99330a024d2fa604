"""Views of the operator's page about calls."""
from dataclasses import dataclass
from datetime import datetime

from web.pages.staff.views import FieldError, StaffFrame, Words


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: ok, warning or bad."""

    check: str
    verdict: str
    text: Words


@dataclass(frozen=True)
class Line:
    """A setting that stands in the environment: what it is, what holds, and its name there."""

    words: Words
    value: Words
    name: str


@dataclass(frozen=True)
class CallsView:
    """`stamp` changes whenever the check does; `recording_fixed`: the environment switches recording off."""

    frame: StaffFrame
    recording: str
    recording_fixed: bool
    picture_kbits: str
    least: int
    most: int
    set_at: datetime | None
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()
    checked_at: datetime | None = None
    checking: bool = False
    lost: bool = False
    stamp: str = ""
    errors: tuple[FieldError, ...] = ()
