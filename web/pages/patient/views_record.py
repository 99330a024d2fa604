"""View objects of the record file: timeline, one entry, documents, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.pages.patient.views import Citation, Fact, Family, Person, Tag, Words


@dataclass(frozen=True)
class Entry:
    """One event of the record; `outside` when it came from another hospital or from the patient."""

    href: str
    icon: str
    at: datetime
    title: Words
    text: Words
    tags: tuple[Tag, ...] = ()
    family: Family = ""
    outside: bool = False


@dataclass(frozen=True)
class EntryMonth:
    month: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class RecordView:
    """The timeline. `allergies` None means never asked, an empty tuple means asked and none known."""

    person: Person
    about: Words
    allergies: tuple[Words, ...] | None
    conditions: tuple[Words, ...]
    months: tuple[EntryMonth, ...]
    confirmed: datetime | None = None
    views_this_month: int = 0
    people: tuple[Person, ...] = ()
    filters: tuple[tuple[Words, str, bool], ...] = ()
    older_href: str = ""


@dataclass(frozen=True)
class Section:
    """A part of an entry: running text, a list, or pairs of name and value."""

    title: Words
    text: Words = ""
    items: tuple[Words, ...] = ()
    pairs: tuple[tuple[Words, Words], ...] = ()


@dataclass(frozen=True)
class Decision:
    """An answer of the rules as it was kept: result, facts, citations, version and hash."""

    family: Family
    icon: str
    kicker: Words
    title: Words
    facts: tuple[Fact, ...]
    citations: tuple[Citation, ...]
    footnote: Words
    href: str = ""


@dataclass(frozen=True)
class KnownFact:
    """A fact that a decision rested on; `value` is None when nobody knew it."""

    name: Words
    value: Words | None
    source: Words
    at: datetime | None


@dataclass(frozen=True)
class DecisionView:
    """One decision for the person it is about: the answer, what would change it, rules and facts."""

    person: Person
    at: datetime
    answer: Decision
    lead: Words
    quiet: int
    remedies: tuple[Words, ...]
    facts: tuple[KnownFact, ...]
    digest: str
    file: str
    back: str
    silence: Words = ""


@dataclass(frozen=True)
class EntryView:
    person: Person
    title: Words
    kind: Words
    at: datetime
    author: Words
    sections: tuple[Section, ...]
    tags: tuple[Tag, ...] = ()
    decision: Decision | None = None
    seal: Words = ""
    files: tuple[tuple[Words, str], ...] = ()
    back: str = "/record"


@dataclass(frozen=True)
class DocumentRow:
    href: str
    title: Words
    note: Words
    status: Tag
    at: datetime
    pdf: bool = False


@dataclass(frozen=True)
class DocumentsView:
    person: Person
    documents: tuple[DocumentRow, ...] = ()
    upload_href: str = "/record/documents/new"


@dataclass(frozen=True)
class Look:
    """One read of the record, or a blocked try: who, when, why, which parts."""

    name: Words
    about: Words
    why: Words
    kind: Literal["seen", "emergency", "blocked"] = "seen"
    initial: Words = ""
    tint: str = ""
    parts: tuple[Words, ...] = ()


@dataclass(frozen=True)
class LookDay:
    on: date
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class GivenAway:
    """Data that went to somebody outside: whom, when, what, what for and on which ground of law."""

    at: datetime
    to: Words
    what: tuple[Words, ...]
    purpose: Words
    basis: Words


@dataclass(frozen=True)
class LooksView:
    person: Person
    month: date
    count: int
    days: tuple[LookDay, ...]
    blocked: int = 0
    older_href: str = ""
    given: tuple[GivenAway, ...] = ()
