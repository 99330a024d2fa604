"""View objects of the medicine: prescription, pharmacies, order, tracking, plan of doses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from markupsafe import Markup

from web.pages.patient.views import Drug, Fact, Family, Form, Line, Person, Stage, Tag, Words


@dataclass(frozen=True)
class FilledView:
    """A pharmacy that is none of ours marked the paper as dispensed; `told` is when the patient said it is not so."""

    pharmacy: str
    at: datetime
    told: datetime | None = None
    deny_href: str = ""


@dataclass(frozen=True)
class TakenOff:
    """A mark that a pharmacy made on the paper and that does not stand any more."""

    pharmacy: str
    at: datetime
    ended: datetime


@dataclass(frozen=True)
class PrescriptionView:
    """A signed prescription as the patient may see it; a draft never becomes one of these.

    `qr` is ready SVG made by the server; it holds no name and no diagnosis. `closed`: its paper takes no more marks.
    `unjudged` speaks against the medicine since the approval.
    """

    person: Person
    family: Family
    icon: str
    kicker: Words
    title: Words
    stages: tuple[Stage, ...]
    drugs: tuple[Drug, ...]
    days: int
    diagnosis: Words
    allergy: Fact
    number: str
    prescriber: Words
    issued: datetime
    valid_until: datetime | None = None
    cautions: tuple[Words, ...] = ()
    pharmacist: Words = ""
    pharmacist_initial: Words = ""
    pharmacist_words: Words = ""
    reviewed: datetime | None = None
    checks: tuple[Fact, ...] = ()
    qr: Markup | None = None
    pdf_href: str = ""
    next_href: str = ""
    action: Words = ""
    ask_href: str = ""
    ask: Words = ""
    back: str = "/home"
    filled: FilledView | None = None
    closed: bool = False
    taken_off: tuple[TakenOff, ...] = ()
    unjudged: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Sort:
    label: Words
    best: Words
    href: str
    current: bool = False


@dataclass(frozen=True)
class PharmacyOption:
    """A pharmacy that has the whole prescription; `why` says honestly why it stands where it stands."""

    id: str
    name: Words
    branch: Words
    pay_fen: int
    drugs_fen: int
    arrives_label: Words
    arrives: Words
    arrives_note: Words
    hours: Words
    why: Words
    tags: tuple[Tag, ...] = ()
    best: bool = False
    distance: Words = ""


@dataclass(frozen=True)
class PharmaciesView:
    """`locate_href` leads to the distances from where the patient is now; empty when they are shown."""

    person: Person
    title: Words
    text: Words
    sorts: tuple[Sort, ...]
    options: tuple[PharmacyOption, ...]
    back: str
    partial: tuple[Words, ...] = ()
    minutes: int = 15
    take_away_href: str = ""
    locate_href: str = ""


@dataclass(frozen=True)
class OrderView:
    """The address, asked only now, and the bill; posting pays. `other_href` switches delivery and pick-up."""

    person: Person
    pharmacy: Words
    arrives: Words
    drugs: tuple[Drug, ...]
    lines: tuple[Line, ...]
    total: int
    rules: tuple[Fact, ...]
    back: str
    pickup: bool = False
    form: Form = Form()
    other_href: str = ""


@dataclass(frozen=True)
class Reading:
    at: datetime
    celsius: float


@dataclass(frozen=True)
class ColdStrip:
    """Temperatures of a parcel within its limits; the finding is a sentence, the chart illustrates it."""

    title: Words
    finding: Words
    readings: tuple[Reading, ...]
    low: float = 2.0
    high: float = 8.0
    ok: bool = True

    def y(self, celsius: float) -> float:
        """Height on the chart: the limits stand at 96 and 36."""
        return round(96 - 60 * (celsius - self.low) / (self.high - self.low), 1)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Places of the readings between 28 and 294, by time."""
        if not self.readings:
            return ()
        first, last = self.readings[0].at, self.readings[-1].at
        whole = max((last - first).total_seconds(), 1)
        return tuple(
            (round(28 + 266 * (reading.at - first).total_seconds() / whole, 1),
             min(max(self.y(reading.celsius), 8), 122))
            for reading in self.readings
        )


@dataclass(frozen=True)
class TrackingView:
    """Where the medicine is; `code` is shown only while a parcel is on its way."""

    order_id: str
    person: Person
    status: Tag
    label: Words
    headline: Words
    text: Words
    steps: tuple[Stage, ...]
    parcel: tuple[Drug, ...]
    back: str
    seq: int = 0
    code: str = ""
    cold: ColdStrip | None = None
    pharmacy_phone: str = ""
    courier_phone: str = ""
    cancel_href: str = ""
    trouble_href: str = ""
    next_href: str = ""
    next_action: Words = ""
    cancel_action: Words = ""
    code_blocked: bool = False
    new_code_action: str = ""


@dataclass(frozen=True)
class Dose:
    """One dose with its amount split from its unit, so that the number can be large."""

    id: str
    name: Words
    verb: Words
    amount: str
    unit: Words
    note: Words
    icon: str = "pill"


@dataclass(frozen=True)
class DayPart:
    """Morning, noon, evening or bedtime with its doses."""

    name: Words
    icon: str
    due: datetime
    state: Literal["done", "now", "later", "missed"]
    doses: tuple[Dose, ...]
    taken: datetime | None = None


@dataclass(frozen=True)
class MedicinesView:
    person: Person
    on: date
    parts: tuple[DayPart, ...] = ()
    warning_title: Words = ""
    warning: Words = ""
    contact: Words = ""
    contact_phone: str = ""
    supply: tuple[Drug, ...] = ()
