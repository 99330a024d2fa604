"""View objects that several pages of the patient share, and the home page.

A template gets one frozen view object named `v` and never a table row. `Words` is text that is either in both
languages or, like a name or a patient's own sentence, in one. Addresses inside the hospital are plain paths
without patient text. A form posts to its own address unless the view says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from app.kit.text import Text

Words = str | Text
Family = Literal["", "ok", "wait", "urg", "info", "cold", "off", "pri"]
StageState = Literal["done", "now", "todo", "bad"]
FactKind = Literal["yes", "no", "open", "off", "note"]


@dataclass(frozen=True)
class Form:
    """What was typed and what is wrong with it; `errors` maps a field's name to one sentence."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Words] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True)
class Option:
    """One answer of a choice; an exclusive one ("none of these") clears the others."""

    value: str
    label: Words
    hint: Words = ""
    checked: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Person:
    """Whose record this is; `age` is the date of birth or whole years, `initial` stands on the avatar."""

    name: Words
    relation: Words
    initial: Words
    age: date | int | None = None
    tint: str = ""
    href: str = ""
    current: bool = False
    id: str = ""


@dataclass(frozen=True)
class Fact:
    """One thing that was checked, or was not; `open` is decided later by somebody, `off` is not known."""

    kind: FactKind
    text: Words
    note: Words = ""


@dataclass(frozen=True)
class Citation:
    """Words of a rule and where they stand."""

    quote: Words
    source: Words


@dataclass(frozen=True)
class Stage:
    """One of the known steps of a way."""

    name: Words
    state: StageState = "todo"
    note: Words = ""


@dataclass(frozen=True)
class Way:
    """A row that leads somewhere."""

    title: Words
    note: Words
    href: str
    icon: str
    family: Family = ""


@dataclass(frozen=True)
class Line:
    """One line of a bill, in fen."""

    label: Words
    fen: int


@dataclass(frozen=True)
class Tag:
    """A status in one word."""

    text: Words
    family: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Drug:
    """One medicine as the patient reads it: name, what is in the box, how to take it."""

    name: Words
    pack: Words
    how: Words
    quantity: Words = ""
    cold: bool = False


@dataclass(frozen=True)
class Place:
    """Somewhere to be seen in person; unknown distance and hours stay empty, never invented."""

    name: Words
    address: Words
    note: Words = ""
    phone: str = ""
    map_href: str = ""


# --- home -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextStep:
    """The one thing that is due, and where it stands in the whole way."""

    kicker: Words
    icon: str
    title: Words
    text: Words
    action: Words
    href: str
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class DoseDue:
    """One dose of today; posting `dose` to the medicines page marks it as taken."""

    id: str
    name: Words
    how: Words
    due: datetime
    taken: datetime | None = None


@dataclass(frozen=True)
class Coming:
    """Something with a date that is still ahead."""

    on: date
    title: Words
    note: Words
    href: str = ""


@dataclass(frozen=True)
class HomeView:
    """The patient's first page; without a next step it offers to begin."""

    greeting: Words
    people: tuple[Person, ...]
    step: NextStep | None = None
    doses: tuple[DoseDue, ...] = ()
    supply: tuple[Drug, ...] = ()
    coming: tuple[Coming, ...] = ()
    patient_id: str = ""


# --- visits and messages to the person --------------------------------------------------------------------


@dataclass(frozen=True)
class VisitRow:
    """One visit in the list; `status` is the same word everywhere."""

    href: str
    title: Words
    note: Words
    status: Tag
    icon: str = "message-circle"
    unread: bool = False


@dataclass(frozen=True)
class VisitsView:
    open: tuple[VisitRow, ...] = ()
    past: tuple[VisitRow, ...] = ()


@dataclass(frozen=True)
class Notice:
    """One message to the person; it names no health data beyond what the page behind it shows."""

    title: Words
    text: Words
    at: datetime
    href: str = ""
    icon: str = "bell"
    unread: bool = False


@dataclass(frozen=True)
class InboxView:
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class MeView:
    """Settings of the account; phone and identity number are masked."""

    name: Words
    initial: Words
    phone: str
    identity: str
    verified: bool


@dataclass(frozen=True)
class ConfirmView:
    """A page that asks before something that cannot be taken back; `do` is posted with the answer."""

    title: Words
    text: Words
    action: Words
    back: str
    back_label: Words
    do: str = "confirm"
    danger: bool = False
    facts: tuple[Fact, ...] = ()
    reason: bool = False
    form: Form = Form()
