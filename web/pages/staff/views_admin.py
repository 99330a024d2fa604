"""Views for administration and proof: licence files, audit trail, the page of one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.pages.staff.views import Choice, FieldError, Outcome, StaffFrame, Words, seconds_clock, stamp

LicenceState = Literal["submitted", "verified", "suspended", "expired"]


@dataclass(frozen=True)
class LicenceRow:
    """One doctor's licence file; `years` is None when nobody has entered it."""

    href: str
    name: str
    title: Words
    specialties: tuple[Words, ...]
    number: str
    years: int | None
    places: tuple[Words, ...]
    valid_until: date | None
    state: LicenceState
    chosen: bool = False


@dataclass(frozen=True)
class LicenceLine:
    name: Words
    value: Words
    source: Words
    checked: bool


@dataclass(frozen=True)
class LicencesView:
    frame: StaffFrame
    rows: tuple[LicenceRow, ...]
    chosen: LicenceRow | None = None
    lines: tuple[LicenceLine, ...] = ()
    acts: tuple[str, ...] = ()
    reason: Words = ""
    errors: tuple[FieldError, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """The signed head of the trail; `root` in hex."""

    size: int
    root: str
    signed_at: datetime | None

    @property
    def signed(self) -> str:
        return stamp(self.signed_at) if self.signed_at else ""


@dataclass(frozen=True)
class Verification:
    """The last check of the whole trail; `found` says what differs and from which entry."""

    at: datetime
    entries: int
    ok: bool
    found: tuple[Words, ...] = ()
    milliseconds: int = 0


@dataclass(frozen=True)
class TrailRow:
    """One entry; `ground` is the reason that allowed or refused it."""

    seq: int
    at: datetime
    who: Words
    role: Words
    what: Words
    ground: Literal["treats", "task", "consent", "own", "job", "break_glass", "refused", "duty"]
    detail: Words = ""
    href: str = ""
    chosen: bool = False

    @property
    def seconds(self) -> str:
        return seconds_clock(self.at)


@dataclass(frozen=True)
class TrailEntry:
    seq: int
    at: datetime
    event: str
    words: Words
    leaf: str
    facts: tuple[tuple[str, str], ...]
    included: bool | None

    @property
    def moment(self) -> str:
        return stamp(self.at)


@dataclass(frozen=True)
class AuditView:
    """The trail with its checkpoint; clinical content is never shown here."""

    frame: StaffFrame
    checkpoint: Checkpoint | None
    verification: Verification | None
    rows: tuple[TrailRow, ...]
    days: date
    query: str = ""
    kinds: tuple[Choice, ...] = ()
    entry: TrailEntry | None = None
    older_href: str = ""


@dataclass(frozen=True)
class DecidedRule:
    """A rule on the decision page; `cites` are citations with how sure we are of each."""

    rule: str
    says: Words
    result: Literal["not_fired", "satisfied", "excepted", "fired", "unknown"]
    here: Words
    cites: tuple[Words, ...]


@dataclass(frozen=True)
class DecidedFact:
    """A fact with its source; `value` is None when it was unknown, which is never read as no."""

    name: Words
    value: Words | None
    source: Words
    at: datetime | None

    @property
    def moment(self) -> str:
        return stamp(self.at)[:16] if self.at else ""


@dataclass(frozen=True)
class Remedied:
    """What would free one rule."""

    rule: str
    how: Words


@dataclass(frozen=True)
class QuietRule:
    """A rule that was judged and had nothing to say."""

    rule: str
    says: Words


@dataclass(frozen=True)
class DecisionView:
    """One decision that can be printed: title, reason, rules, facts, version and hash."""

    house: Words
    number: str
    at: datetime
    outcome: Outcome
    title: Words
    lead: Words
    rules: tuple[DecidedRule, ...]
    quiet_rules: tuple[QuietRule, ...]
    facts: tuple[DecidedFact, ...]
    made_by: Words
    policy: Words
    policy_hash: str
    trail: Words
    file_href: str
    back_href: str
    forecast: bool = False
    printed: Words = ""
    silence: Words = ""
    remedies: tuple[Remedied, ...] = ()

    @property
    def moment(self) -> str:
        return stamp(self.at)
