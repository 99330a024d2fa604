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

    `topics` are the live topics of the page; `finds` is False for a role that has nothing to search.
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


@dataclass(frozen=True)
class Choice:
    """One value that can be chosen, with its words; `note` says what follows from it."""

    value: str
    label: Words
    chosen: bool = False
    note: Words = ""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `field` is its name in the form."""

    field: str
    message: Words


@dataclass(frozen=True)
class Person:
    """The patient as staff see them; weight in kilograms with the day it was measured."""

    name: str
    born: date
    sex: Sex
    weight_kg: float | None = None
    weighed_on: date | None = None
    acts_through: Words = ""


@dataclass(frozen=True)
class Allergy:
    substance: Words
    reaction: Words = ""


@dataclass(frozen=True)
class Allergies:
    """`none` was asked and denied; `unknown` was never asked; `unread` cannot be read: both stop signing."""

    state: Literal["known", "none", "unknown", "unread"]
    items: tuple[Allergy, ...] = ()
    source: Words = ""

    @property
    def stops_signing(self) -> bool:
        return self.state in ("unknown", "unread")


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
