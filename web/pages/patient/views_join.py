"""View objects of arriving: registration, real name, family, consents, sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.pages.patient.views import Form, Option, Person, Words


@dataclass(frozen=True)
class SignInView:
    form: Form = Form()
    next: str = ""


@dataclass(frozen=True)
class RegisterPhoneView:
    """Step one, a phone number; posting asks for a code."""

    form: Form = Form()


@dataclass(frozen=True)
class RegisterCodeView:
    """The code from the SMS and a password; `demo_inbox` is where the stand-in shows codes."""

    phone: str
    minutes: int = 10
    demo_inbox: str = ""
    form: Form = Form()


@dataclass(frozen=True)
class RealNameView:
    """Step two: name and resident identity number, checked for form and kept encrypted."""

    form: Form = Form()


@dataclass(frozen=True)
class AddPersonView:
    """A child or a parent; `joining` when it is part of registration and may be skipped."""

    relations: tuple[Option, ...]
    joining: bool = False
    form: Form = Form()


@dataclass(frozen=True)
class ConsentItem:
    """One consent with its own tick; `text` is the whole wording, `version` its number, `digest` its hash."""

    name: str
    label: Words
    summary: Words
    text: tuple[Words, ...]
    version: Words
    required: bool = True
    digest: str = ""


@dataclass(frozen=True)
class ConsentsView:
    items: tuple[ConsentItem, ...]
    form: Form = Form()
    next: str = ""


@dataclass(frozen=True)
class FamilyMember:
    person: Person
    born: date
    proof: Words
    can_act: Words
    guardians_href: str = ""


@dataclass(frozen=True)
class FamilyView:
    members: tuple[FamilyMember, ...] = ()


@dataclass(frozen=True)
class Guardian:
    """One account that acts for a person; `end_href` where the reader may end it."""

    name: Words
    bond: Words
    since: datetime
    initial: Words
    mine: bool = False
    end_href: str = ""


@dataclass(frozen=True)
class GuardiansView:
    """Who acts for a person, and until when a code that was given out still lets somebody in."""

    person: Person
    guardians: tuple[Guardian, ...]
    invite_href: str
    open_until: datetime | None = None
    take_back_href: str = ""


@dataclass(frozen=True)
class InviteView:
    """Before a code is made; `choices` for a grown-up without an own account, `mine` for the reader's own record.

    `first`: who alone can make the code for the grown-up themself, where that is somebody else than the reader.
    """

    person: Person
    choices: tuple[Option, ...]
    mine: bool
    back: str
    form: Form = Form()
    first: str = ""


@dataclass(frozen=True)
class CodeView:
    """The code, shown this once, and where it is entered."""

    person: Person
    code: str
    until: datetime
    address: str
    own: bool
    back: str


@dataclass(frozen=True)
class JoinView:
    """Where a code is entered."""

    form: Form = Form()


@dataclass(frozen=True)
class JoiningView:
    """What a code would open, read before one says yes; nothing of the record is in it."""

    code: str
    name: Words
    born: date
    invited_by: Words
    own: bool
    relations: tuple[Option, ...]
    form: Form = Form()


@dataclass(frozen=True)
class ConsentRow:
    """One consent that stands; one that is for a single visit cannot be withdrawn here."""

    form: str
    title: Words
    given: datetime
    withdrawable: bool = True


@dataclass(frozen=True)
class GivenView:
    """The consents of one person."""

    person: Person
    rows: tuple[ConsentRow, ...] = ()


@dataclass(frozen=True)
class ProblemKindView:
    """What one type of problem means; `number` is its HTTP status."""

    title: Words
    slug: str
    number: int
