"""View objects of triage: complaint, danger signs, questions, result, emergency, medical history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from web.pages.patient.views import Citation, Fact, Form, Option, Person, Place, Words

Level = Literal["emergency", "urgent", "soon", "routine", "self_care"]
LEVELS: tuple[Level, ...] = ("emergency", "urgent", "soon", "routine", "self_care")


@dataclass(frozen=True)
class ComplaintView:
    """In the patient's words, or from the list; `suggested` are complaints that the words point to."""

    person: Person
    complaints: tuple[Option, ...]
    suggested: tuple[Option, ...] = ()
    form: Form = Form()


@dataclass(frozen=True)
class RedFlagsView:
    """Danger signs on one screen; "none" and "not sure" are answers of their own and nothing is preset.

    `harm` asks which kind it is once the line on poison and self-harm was ticked.
    """

    person: Person
    flags: tuple[Option, ...]
    none: Option
    unsure: Option
    back: str
    form: Form = Form()
    harm: Words = ""
    harm_kinds: tuple[Option, ...] = ()


@dataclass(frozen=True)
class QuestionView:
    """One question a page. `kind` one or many choose among options, number has a unit, text is free."""

    person: Person
    title: Words
    hint: Words
    kind: Literal["one", "many", "number", "text"]
    number: int
    about: int
    back: str
    options: tuple[Option, ...] = ()
    unit: Words = ""
    why: Words = ""
    saved: bool = True
    form: Form = Form()


@dataclass(frozen=True)
class ResultView:
    """The level, why, what was understood, and the danger signs before the buttons."""

    person: Person
    level: Level
    title: Words
    department: Words
    facts: tuple[Fact, ...]
    understood: tuple[tuple[Words, Words], ...]
    danger: Words
    next_href: str
    advice: tuple[Words, ...] = ()
    places: tuple[Place, ...] = ()
    citations: tuple[Citation, ...] = ()
    footnote: Words = ""
    edit_href: str = ""
    reviewed: bool = False


@dataclass(frozen=True)
class EmergencyView:
    """120, what to do meanwhile, where a hospital is. The online way is closed; `crisis` are helplines."""

    person: Person
    reason: Words
    steps: tuple[Words, ...]
    department: Place | None
    back: str
    contact: Words = ""
    contact_phone: str = ""
    crisis: tuple[Place, ...] = ()


@dataclass(frozen=True)
class PlacesView:
    """Where somebody can be seen in person: partner hospitals and clinics."""

    places: tuple[Place, ...]
    back: str = "/home"


@dataclass(frozen=True)
class OurMedicine:
    """A medicine of ours that the record holds and that is still running; a tick says that it was stopped."""

    key: str
    name: Words
    how: Words
    source: Words
    ticked: bool = False


@dataclass(frozen=True)
class AskedMedicine:
    """A medicine that we prescribed and did not bring, or of which the patient did not know whether they take it.

    The answer stands in the form under `field`: yes, no or unknown; without one nothing is confirmed.
    """

    field: str
    name: Words
    how: Words
    source: Words


@dataclass(frozen=True)
class HistoryView:
    """Allergies, medicines, and where they apply pregnancy and weight; asked once, confirmed at each visit.

    Values of `form`: allergies and medicines are yes, no or unknown, the *_list fields are one item a line;
    pregnancy is one of the answers of the history, or empty; weight is in kilograms. `taken_back` are allergies that
    were struck here and that a doctor or pharmacist still asks about; `kidney` is what a doctor read from a report.
    """

    person: Person
    ask_pregnancy: bool = False
    ask_weight: bool = False
    confirmed: datetime | None = None
    back: str = "/home"
    form: Form = Form()
    ours: tuple[OurMedicine, ...] = ()
    asked: tuple[AskedMedicine, ...] = ()
    taken_back: tuple[Words, ...] = ()
    kidney: Words = ""
