"""Views of the pharmacist: queue, review, decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.pages.staff.views import (
    Allergies,
    Choice,
    Diagnosis,
    FieldError,
    Medicine,
    Person,
    StaffFrame,
    Verdict,
    Words,
)
from web.pages.staff.views_rx import Checks, FindingKind, RxHead, RxState


@dataclass(frozen=True)
class FindingCount:
    kind: FindingKind
    n: int


@dataclass(frozen=True)
class ReviewRow:
    """A prescription that waits; the list never holds one that the reader signed.

    `findings` None: the checks run when it is opened. `reasons_given` counts the findings the doctor answered.
    """

    href: str
    preview_href: str
    waits_since: datetime
    number: str
    patient: Person
    doctor: str
    department: Words
    lines: int
    findings: tuple[FindingCount, ...] | None = ()
    held_by: str = ""
    corrected: bool = False
    chosen: bool = False
    reasons_given: int = 0


@dataclass(frozen=True)
class ReviewFilter:
    href: str
    label: Words
    n: int
    current: bool = False


@dataclass(frozen=True)
class ReviewPreview:
    href: str
    number: str
    patient: Person
    allergies: Allergies
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[Words, ...]
    look_at: tuple[tuple[FindingKind, Words], ...]
    signed: Words
    held_by: str = ""


@dataclass(frozen=True)
class Undo:
    """An own approval that can still be taken back, and until when."""

    action: str
    number: str
    until: datetime


@dataclass(frozen=True)
class ReviewQueueView:
    """Longest wait first; `oldest_since` is None when nothing waits."""

    frame: StaffFrame
    rows: tuple[ReviewRow, ...]
    filters: tuple[ReviewFilter, ...] = ()
    preview: ReviewPreview | None = None
    oldest_since: datetime | None = None
    goal_minutes: int = 10
    undo: Undo | None = None
    denied: tuple[Denied, ...] = ()
    closed: tuple[ClosedPaper, ...] = ()


@dataclass(frozen=True)
class ReviewLine:
    """A line with its checks; `was` is what the version before said, for a corrected prescription."""

    number: int
    name: Words
    note: Words
    how: Words
    state: Literal["passed", "unchecked", "confirm", "stop", "note"]
    n: int = 0
    was: Words = ""


@dataclass(frozen=True)
class PastRx:
    on: date
    words: Words
    by: Words


@dataclass(frozen=True)
class Typed:
    """What the pharmacist had typed when a decision could not be recorded."""

    decision: Literal["", "approve", "return"] = ""
    reasons: tuple[str, ...] = ()
    words: str = ""
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewView:
    """Everything for one decision; `signature_ok` False leaves only "return"."""

    frame: StaffFrame
    id: str
    rx: RxHead
    patient: Person
    allergies: Allergies
    verdict: Verdict | None
    diagnoses: tuple[Diagnosis, ...]
    medicines: tuple[Medicine, ...] | None
    medicines_source: Words
    note: Words
    lines: tuple[ReviewLine, ...]
    checks: Checks
    signed: Words
    signature_ok: bool
    doctor: str
    waits_since: datetime
    reasons: tuple[Choice, ...]
    correct_until: datetime
    held_until: datetime | None = None
    held_by: str = ""
    record_href: str = ""
    past: tuple[PastRx, ...] = ()
    differences: tuple[Words, ...] = ()
    decision: Literal["", "approve", "return"] = ""
    words: str = ""
    errors: tuple[FieldError, ...] = ()
    confirmed: tuple[str, ...] = ()
    long_supply: Words = ""

    @property
    def may_decide(self) -> bool:
        return not self.held_by


@dataclass(frozen=True)
class DecidedRow:
    number: str
    version: int
    patient: Person
    doctor: str
    at: datetime
    state: RxState
    words: Words = ""
    href: str = ""
    undo: Undo | None = None


@dataclass(frozen=True)
class DecidedView:
    frame: StaffFrame
    only_returned: bool
    rows: tuple[DecidedRow, ...]


@dataclass(frozen=True)
class Mark:
    """One time that a paper was marked as dispensed; `taken_off` with its reason when it does not stand any more.

    `box`: no mark but the claim of a partner pharmacy, whose box was sent and never came.
    """

    pharmacy: Words
    at: datetime
    denied: datetime | None = None
    taken_off: datetime | None = None
    reason: Words = ""
    box: bool = False


@dataclass(frozen=True)
class FillingView:
    """A prescription whose paper was marked as dispensed by a pharmacy outside, newest mark first.

    `action` is empty when no mark stands; `phone` is shown when the patient's side says that it is not so;
    `closed` when the paper takes no more marks.
    """

    frame: StaffFrame
    number: str
    patient: str
    doctor: Words
    state: RxState
    marks: tuple[Mark, ...]
    action: str
    phone: str = ""
    reason: str = ""
    closed: bool = False
    errors: tuple[FieldError, ...] = ()

    @property
    def box(self) -> bool:
        """Whether it is about a partner's box: the claim that stands, else the newest."""
        return next((one.box for one in self.marks if one.taken_off is None), self.marks[0].box)


@dataclass(frozen=True)
class ClosedPaper:
    """A prescription that stands, but whose paper takes no more marks."""

    href: str
    number: str


@dataclass(frozen=True)
class Denied:
    """A patient says that marked medicine was not received; `box`: it was sent by a partner and never came."""

    href: str
    number: str
    pharmacy: Words
    at: datetime
    box: bool = False
