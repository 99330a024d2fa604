"""What the public pages show."""
from dataclasses import dataclass
from datetime import datetime

from prescribing import api as prescribing
from web.pages.patient.views import Drug, Fact, Form, Words


@dataclass(frozen=True)
class VerifyView:
    """A scanned prescription: its answer first, then what must stand on the paper.

    `named`: the pharmacy that dispensed it gave its name itself. `closed`: the paper is believed no more.
    """

    family: str
    icon: str
    kicker: Words
    title: Words
    number: str
    patient: str
    doctor: Words
    house: Words
    signed: datetime | None
    valid_until: datetime | None
    drugs: tuple[Drug, ...]
    fill_href: str = ""
    undo_href: str = ""
    undo_until: datetime | None = None
    problem: Words = ""
    named: bool = False
    closed: bool = False


@dataclass(frozen=True)
class FillView:
    """The step before a paper is marked as dispensed: what is marked, and what that means."""

    back: str
    number: str
    patient: str
    house: Words
    drugs: tuple[Drug, ...]
    means: tuple[Fact, ...]
    form: Form = Form()
    longest: int = prescribing.LONGEST_NAME
