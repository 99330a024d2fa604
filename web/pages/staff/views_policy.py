"""Views of the rules: the list, one rule, the hospital's own versions, their replays, and the form that edits one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from web.pages.staff.views import Choice, FieldError, StaffFrame, Words, stamp


@dataclass(frozen=True)
class RuleRow:
    """One rule as a sentence; `sure` is the weakest confidence of its sources: text, summary or unverified."""

    id: str
    href: str
    sentence: Words
    cites: Words
    sure: str
    effect: str
    dates: Words
    layer: Words
    in_force: bool
    chosen: bool = False
    uses: int | None = None


@dataclass(frozen=True)
class RulePage:
    """One rule with everything that stands about it."""

    row: RuleRow
    policy: str
    version: str
    facts: tuple[tuple[str, Words], ...]
    unknown: Words
    zh: str
    en: str
    cites: tuple[tuple[Words, str, Words], ...]
    yaml: str
    own: bool
    judged: int = 0
    how: tuple[tuple[Words, int], ...] = ()


@dataclass(frozen=True)
class Tab:
    """One filter of a list, with its count."""

    href: str
    label: Words
    count: int
    current: bool


@dataclass(frozen=True)
class RulesView:
    frame: StaffFrame
    title: Words
    tabs: tuple[Tab, ...]
    layers: tuple[Tab, ...]
    rows: tuple[RuleRow, ...]
    sha256: str
    chosen: RulePage | None = None


@dataclass(frozen=True)
class VersionRow:
    """One version in a list."""

    id: UUID
    number: int
    state: str
    who: str
    at: datetime
    why: str
    first_day: date | None
    chosen: bool = False

    @property
    def href(self) -> str:
        return f"/admin/rules/versions/{self.id}"


@dataclass(frozen=True)
class VersionsView:
    frame: StaffFrame
    rows: tuple[VersionRow, ...]
    templates: tuple[Choice, ...]
    older: tuple[Choice, ...]
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class Difference:
    rule: str
    what: Words
    before: Words | None
    after: Words | None


@dataclass(frozen=True)
class GateLine:
    """One gate before publication: done, next, todo."""

    state: str
    words: Words


@dataclass(frozen=True)
class Shift:
    """How many decisions go from one verdict to another; `share` in percent of all that were looked at."""

    before: str
    after: str
    count: int
    share: float


@dataclass(frozen=True)
class DepartmentShift:
    """In which department decisions would be made otherwise, and how many patients they are about."""

    department: Words
    count: int
    patients: int
    share: float


@dataclass(frozen=True)
class RuleShift:
    """How many decisions one rule takes from one verdict to another; one that changes none names none."""

    rule: str
    sentence: Words
    before: str
    after: str
    count: int
    patients: int
    share: float


@dataclass(frozen=True)
class ReplayExample:
    """For whom: a decision with the patient's name masked, who decided, and the facts that the rule looks at."""

    href: str
    number: str
    patient: Words
    doctor: Words
    stage: Words
    as_of: date
    facts: tuple[Words, ...]
    before: str
    after: str


@dataclass(frozen=True)
class ReplayChange:
    """One stored decision that would be made otherwise; nobody is named."""

    href: str
    number: str
    stage: Words
    as_of: date
    before: str
    after: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class ChangedCase:
    id: str
    title: Words
    before: str
    after: str
    missing: Words


@dataclass(frozen=True)
class ReplayView:
    """A replay: how far it is, what would change, and for how many people."""

    id: UUID
    state: str
    done: int
    total: int
    changed: int
    unreadable: int
    assumed_from: date
    begun: datetime
    ended: datetime | None
    current: bool
    shifts: tuple[Shift, ...]
    stages: tuple[tuple[Words, int], ...]
    departments: tuple[DepartmentShift, ...]
    patients: int
    staff: int
    stricter: int
    laxer: int
    changes: tuple[ReplayChange, ...]
    rules: tuple[RuleShift, ...]
    examples: tuple[ReplayExample, ...]
    cases_total: int
    cases: tuple[ChangedCase, ...]

    @property
    def href(self) -> str:
        return f"/admin/rules/replays/{self.id}"

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def seconds(self) -> float:
        return (self.ended - self.begun).total_seconds() if self.ended else 0.0


@dataclass(frozen=True)
class VersionView:
    """One version: what it changes, how it was proven, who did what, and what may be done now."""

    frame: StaffFrame
    row: VersionRow
    status: Words
    sha256: str
    rules: tuple[RuleRow, ...]
    against: Words
    others: tuple[Choice, ...]
    differences: tuple[Difference, ...]
    gates: tuple[GateLine, ...]
    people: tuple[tuple[Words, str, datetime | None], ...]
    replay: ReplayView | None
    possible: frozenset[str]
    second_person: bool
    today: date
    wanted: date
    reason: str
    yaml: str
    errors: tuple[FieldError, ...] = ()

    @property
    def id(self) -> UUID:
        return self.row.id

    def moment(self, at: datetime) -> str:
        return stamp(at)


@dataclass(frozen=True)
class ReplayPage:
    """The page of one replay."""

    frame: StaffFrame
    version: VersionRow
    replay: ReplayView
    older_href: str = ""


@dataclass(frozen=True)
class FormField:
    """One field of a form that was made from the schema; `kind`: text, area, date, select, checks, tick."""

    name: str
    label: Words
    kind: str
    value: str = ""
    options: tuple[Choice, ...] = ()
    required: bool = False
    most: int = 200
    suggestions: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name.replace('.', '-')}"


@dataclass(frozen=True)
class ConditionForm:
    """A condition: a comparison with its three fields, or several parts; `path` is where it stands in the form."""

    path: str
    kind: str
    lead: Words
    fields: tuple[FormField, ...] = ()
    parts: tuple[ConditionForm, ...] = ()
    can_drop: bool = False


@dataclass(frozen=True)
class ListedForm:
    """One member of a list of the form: a citation, a parameter, a list."""

    path: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class ExceptionForm:
    """One exception: its own fields, condition and citations."""

    path: str
    fields: tuple[FormField, ...]
    when: ConditionForm
    cites: tuple[ListedForm, ...]


@dataclass(frozen=True)
class RuleForm:
    """One rule of the form with its sentence, where it can be said."""

    path: str
    title: str
    fields: tuple[FormField, ...]
    when: ConditionForm
    cites: tuple[ListedForm, ...]
    exceptions: tuple[ExceptionForm, ...]
    sentence: Words | None
    was: Words | None = None


@dataclass(frozen=True)
class EditView:
    """The form and the YAML of one draft, side by side."""

    frame: StaffFrame
    row: VersionRow
    revision: int
    params: tuple[ListedForm, ...]
    lists: tuple[ListedForm, ...]
    rules: tuple[RuleForm, ...]
    yaml: str
    why: str
    cases: str
    unsaved: bool
    numbers: tuple[str, ...]
    params_known: tuple[str, ...]
    errors: tuple[FieldError, ...] = ()
    fault_line: int = 0
    readable: bool = True
    conflict: bool = False
    facts_known: tuple[str, ...] = ()
