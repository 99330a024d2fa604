"""Views of the operator's page about calls, and of a doctor's time for one."""
from dataclasses import dataclass
from datetime import datetime

from consult.api import AppointmentView
from web.pages.staff.views import Choice, FieldError, StaffFrame, Words
from web.pages.staff.views_doctor import VisitHead


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


@dataclass(frozen=True)
class CallTimePart:
    """The time for a call that stands, if any."""

    visit_id: str
    stands: AppointmentView | None = None


@dataclass(frozen=True)
class CallTimeForm:
    """Propose a time for a call: voice or video, day, time."""

    frame: StaffFrame
    visit: VisitHead
    kinds: tuple[Choice, ...]
    days: tuple[Choice, ...]
    times: tuple[Choice, ...]
    errors: tuple[FieldError, ...] = ()
