"""What every staff page shows: the frame, the patient, allergies, the verdict, and small choices.

A view is filled by a route and never holds a table row. `Words` is a text in the reader's language or a
`Text` that the page turns into it. Times are aware; an unknown value is None and is shown as not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.kit.text import Text
from web.rendering import local

Words = str | Text
Sex = Literal["male", "female", "unknown"]
Level = Literal["emergency", "urgent", "soon", "routine", "self_care"]
Outcome = Literal["allow", "warn", "evidence", "block"]


def seconds_clock(moment: datetime) -> str:
    """Hours, minutes and seconds at the hospital, where an order within one minute matters."""
    return f"{local(moment):%H:%M:%S}"


def stamp(moment: datetime) -> str:
    """Date and time at the hospital with its zone, for sheets that leave the house."""
    return f"{local(moment):%Y-%m-%d %H:%M:%S} (UTC+8)"


@dataclass(frozen=True)
class Place:
    """One entry of the top bar; `count` is what waits there, None where nothing is counted."""

    href: str
    label: Words
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class StaffFrame:
    """Top bar and foot: whose house, who works, where they may go. `on_duty` is None for roles without duty.

    `topics` are the live topics of the page; `finds` is False for a role that has nothing to search. `desk` opens
    the addresses of duty, search and sign-out, so that roles signed in side by side stay apart. `here` is the key of
    the place; `counted` is the live topic after which the figures of the bar are read again, empty without figures.
    """

    house: Words
    role: Words
    person: str
    home: str
    places: tuple[Place, ...]
    synced_at: datetime
    on_duty: bool | None = None
    finds: bool = True
    topics: tuple[str, ...] = ()
    desk: str = "/staff"
    here: str = ""
    counted: str = ""


@dataclass(frozen=True)
class Choice:
    """One value that can be chosen, with its words; `note` says what follows from it."""

    value: str
    label: Words
    chosen: bool = False
    note: Words = ""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `field` is its name in the form; `href` leads to the reason."""

    field: str
    message: Words
    href: str = ""


@dataclass(frozen=True)
class Kidney:
    """The kidney function as a doctor read it from a report (eGFR, ml/min/1.73 m²); an empty value is not known.

    `old`: too old to go by, so that a dose is checked as if it were not known.
    """

    value: str = ""
    on: date | None = None
    source: str = ""
    old: bool = False


@dataclass(frozen=True)
class Person:
    """The patient as staff see them: `born` is a date, or whole years where a list knows no more; weight in kg.

    Without `kidney` the history was not read, which is not the same as a kidney function that is not known.
    """

    name: str
    born: date | int
    sex: Sex
    weight_kg: float | None = None
    weighed_on: date | None = None
    acts_through: Words = ""
    kidney: Kidney | None = None


@dataclass(frozen=True)
class Allergy:
    substance: Words
    reaction: Words = ""


@dataclass(frozen=True)
class TakenBack:
    """An allergy that the patient's side struck: when it was written down, when and by whom it was struck."""

    id: str
    substance: Words
    reaction: Words
    said: Words


@dataclass(frozen=True)
class Allergies:
    """`none` was asked and denied; `unknown` was never asked; `unsure`: asked, the patient cannot say.

    `unread` cannot be read; `closed` opens with the treatment relation. The last two and never asked stop signing.
    `taken_back` stays in question until somebody confirms it at the address `settle`, where the page offers that.
    """

    state: Literal["known", "none", "unknown", "unsure", "unread", "closed"]
    items: tuple[Allergy, ...] = ()
    source: Words = ""
    taken_back: tuple[TakenBack, ...] = ()
    settle: str = ""

    @property
    def stops_signing(self) -> bool:
        return self.state not in ("known", "none", "unsure")


@dataclass(frozen=True)
class Verdict:
    """A decision of the policy engine in words; `later` is what somebody will decide afterwards.

    `forecast` is True before the visit: it binds nobody. `step` is the missing fact and leads there.
    """

    outcome: Outcome
    title: Words
    reason: Words = ""
    later: tuple[Words, ...] = ()
    href: str = ""
    forecast: bool = False
    step_href: str = ""
    step: Words = ""


@dataclass(frozen=True)
class Medicine:
    name: Words
    how: Words = ""
    note: Words = ""
    self_reported: bool = False
    stopped: bool = False
    unsure: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """A coded diagnosis of this visit; `id` addresses its removal."""

    id: str
    code: str
    name: Words
    main: bool = False


@dataclass(frozen=True)
class Broken:
    """A part that could not be read: what is missing, what that means, and the id that the operator has."""

    what: Words
    meaning: Words
    since: datetime
    ref: str
    retry: str = ""


@dataclass(frozen=True)
class SignInView:
    """The staff door: user name, password and one-time code on one screen."""

    house: Words
    next: str = ""
    username: str = ""
    errors: tuple[FieldError, ...] = ()
    demo_href: str = ""


@dataclass(frozen=True)
class OwnAccountView:
    """Somebody's own account; `signs` shows the PIN, `has_key` that there is one to be replaced."""

    frame: StaffFrame
    here: str
    user_name: str
    signs: bool = False
    has_key: bool = False
    errors: tuple[FieldError, ...] = ()
    said: Words = ""


@dataclass(frozen=True)
class Found:
    kind: Words
    label: Words
    detail: Words
    href: str


@dataclass(frozen=True)
class FindView:
    frame: StaffFrame
    query: str
    found: tuple[Found, ...]


@dataclass(frozen=True)
class StopView:
    """A page that says why nothing was changed: held by a colleague, changed elsewhere, not allowed, gone."""

    frame: StaffFrame
    kind: Literal["held", "changed", "refused", "missing", "failed"]
    title: Words
    detail: Words
    facts: tuple[Words, ...] = ()
    back_href: str = ""
    back: Words = ""
    ref: str = ""
    why_href: str = ""
    go_href: str = ""
    go: Words = ""
