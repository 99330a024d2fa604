"""Views of the prescription writer, its checks and the signature."""

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

RxState = Literal[
    "draft",
    "signed",
    "approved",
    "returned",
    "superseded",
    "partly_redeemed",
    "redeemed",
    "revoked",
    "expired",
]
FindingKind = Literal["stop", "confirm", "unchecked", "precaution", "note", "policy"]
FINDING_ORDER: tuple[FindingKind, ...] = ("stop", "confirm", "unchecked", "precaution", "note", "policy")


@dataclass(frozen=True)
class RxHead:
    id: str
    number: str
    version: int
    state: RxState
    saved_at: datetime


@dataclass(frozen=True)
class Part:
    """A piece of a found name; `hit` pieces are why it matched and are underlined."""

    text: str
    hit: bool = False


@dataclass(frozen=True)
class DrugHit:
    """A drug found; `online` is "unchecked" when no table says whether it may be prescribed online."""

    drug_id: str
    name: tuple[Part, ...]
    pinyin: tuple[Part, ...]
    pack: Words
    online: Literal["yes", "no", "unchecked"]
    why: Words = ""
    duplicate_of: Words = ""


@dataclass(frozen=True)
class LineRule:
    """A fact that the policy demands of a line, such as the reason for more than seven days."""

    title: Words
    field: str
    options: tuple[Choice, ...]
    citation: Words


@dataclass(frozen=True)
class RxLine:
    """One line; `dose` and `quantity` are decimal numbers as text, `days` is None until written.

    A `pending` line is kept nowhere yet; `drug_id` is what its form sends along.
    """

    id: str
    number: int
    name: Words
    latin: Words
    dose: str
    dose_unit: str
    frequencies: tuple[Choice, ...]
    routes: tuple[Choice, ...]
    timings: tuple[Choice, ...]
    days: int | str | None
    quantity: str
    quantity_unit: Words
    packs: Words = ""
    short: Words = ""
    guide: Words = ""
    guide_source: Words = ""
    rule: LineRule | None = None
    before: Words = ""
    open: bool = False
    wording: str = ""
    errors: tuple[FieldError, ...] = ()
    pending: bool = False
    drug_id: str = ""
    quantity_hint: Words = ""


@dataclass(frozen=True)
class Question:
    """What the rules want to know and only the doctor can say; `name` is the form field, nothing is preset."""

    name: str
    words: Words
    options: tuple[Choice, ...]


@dataclass(frozen=True)
class Handled:
    words: Words
    by: str
    at: datetime


@dataclass(frozen=True)
class Finding:
    """What a check found. `key` addresses it; `needs` says whether it must be answered before signing.

    A stop has no override; a finding with `reasons` needs one of them.
    """

    key: str
    kind: FindingKind
    title: Words
    text: Words
    needs: bool = False
    reasons: tuple[Choice, ...] = ()
    handled: Handled | None = None
    href: str = ""
    link: Words = ""
    words_needed: bool = False
    holds: bool = False

    @property
    def is_open(self) -> bool:
        return self.kind == "stop" or (self.needs and self.handled is None)


@dataclass(frozen=True)
class Passed:
    """A check that ran and found nothing; `covers` says what it looked at. It is never called safe."""

    title: Words
    covers: Words


@dataclass(frozen=True)
class Checks:
    at: datetime
    findings: tuple[Finding, ...]
    passed: tuple[Passed, ...]
    versions: Words = ""
    running: bool = False

    @property
    def in_order(self) -> tuple[Finding, ...]:
        """Not handled first, inside by weight."""
        return tuple(sorted(self.findings, key=lambda f: (not f.is_open, FINDING_ORDER.index(f.kind))))

    def count(self, *kinds: FindingKind) -> int:
        return sum(finding.kind in kinds for finding in self.findings)

    @property
    def open(self) -> int:
        return sum(finding.is_open for finding in self.findings)


@dataclass(frozen=True)
class Validity:
    """How long the prescription can be filled, in days from today; more than one day needs a note."""

    days: Choice
    options: tuple[Choice, ...]
    until: date
    note: str = ""


@dataclass(frozen=True)
class Returned:
    """Why the pharmacist sent it back; `deadline` is when the correction window closes."""

    by: str
    at: datetime
    reasons: tuple[Words, ...]
    words: str
    lines: tuple[int, ...]
    deadline: datetime


@dataclass(frozen=True)
class PreviousRx:
    """The last prescription; taking it over fills a draft that is checked like any other."""

    on: date
    words: Words
    action: str


@dataclass(frozen=True)
class WriterView:
    """The writer; `missing` says in words what still stands before the signature, `missing_n` how many things it is."""

    frame: StaffFrame
    rx: RxHead
    visit_href: str
    patient: Person
    allergies: Allergies
    verdict: Verdict | None
    diagnoses: tuple[Diagnosis, ...]
    medicines: tuple[Medicine, ...] | None
    medicines_source: Words
    lines: tuple[RxLine, ...]
    checks: Checks
    validity: Validity
    certificate: Words
    missing: tuple[Words, ...] = ()
    missing_href: str = ""
    most_lines: int = 5
    previous: PreviousRx | None = None
    returned: Returned | None = None
    query: str = ""
    hits: tuple[DrugHit, ...] = ()
    changed: Words = ""
    errors: tuple[FieldError, ...] = ()
    questions: tuple[Question, ...] = ()
    long_supply: LineRule | None = None
    missing_n: int = 0

    @property
    def is_written(self) -> bool:
        """True when every line that stands there is kept."""
        return bool(self.lines) and not any(line.pending or line.errors for line in self.lines)

    @property
    def can_sign(self) -> bool:
        return not self.missing and bool(self.lines) and not self.checks.running
    kidney_href: str = ""


@dataclass(frozen=True)
class FrozenLine:
    name: Words
    how: Words
    days: int
    quantity: Words
    wording: Words = ""


@dataclass(frozen=True)
class SignView:
    """What is about to be signed; `digest` is the page's own, so that a draft that changed meanwhile is not signed."""

    frame: StaffFrame
    rx: RxHead
    patient: Person
    allergies: Allergies
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[FrozenLine, ...]
    valid_from: date
    valid_until: date
    validity_note: Words
    reasons: tuple[Words, ...]
    digest: str
    certificate: Words
    server_time: datetime
    errors: tuple[FieldError, ...] = ()
    demo_pin: str = ""


@dataclass(frozen=True)
class PrescriptionRow:
    href: str
    number: str
    version: int
    patient: Person
    state: RxState
    at: datetime
    lines: Words
    note: Words = ""


@dataclass(frozen=True)
class PrescriptionsView:
    frame: StaffFrame
    rows: tuple[PrescriptionRow, ...]


@dataclass(frozen=True)
class PrescriptionView:
    """A prescription after the signature: read only; a returned one can be answered with a new version."""

    frame: StaffFrame
    rx: RxHead
    patient: Person
    allergies: Allergies
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[FrozenLine, ...]
    valid_until: date
    digest: str
    signed: Words
    reviewed: Words
    decision_href: str
    back_href: str
    returned: Returned | None = None
    may_revise: bool = False
    may_revoke: bool = False
    errors: tuple[FieldError, ...] = ()
