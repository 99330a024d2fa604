"""View objects of the visit: forecast, evidence, doctor, payment, waiting room, conversation, summary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from consult.api import AppointmentView
from records.api import Form as ConsentForm
from web.pages.patient.views import Citation, Drug, Fact, Family, Form, Line, Option, Person, Tag, Way, Words
from web.pages.patient.views_join import ConsentItem

Outcome = Literal["likely", "evidence", "first", "advice", "closed"]


@dataclass(frozen=True)
class ForecastView:
    """What the rules say before any money: likely, evidence needed, a first visit, advice only, not online."""

    person: Person
    subject: Words
    outcome: Outcome
    title: Words
    text: Words
    checked: tuple[Fact, ...]
    later: tuple[Fact, ...] = ()
    citations: tuple[Citation, ...] = ()
    footnote: Words = ""
    record: Way | None = None
    ways: tuple[Way, ...] = ()
    others: tuple[Way, ...] = ()
    decided_by: Words = ""
    next_href: str = ""
    in_person_href: str = ""


@dataclass(frozen=True)
class SeenBeforeView:
    """Was this diagnosed in person before? `held` are records that are here already, one to choose."""

    person: Person
    subject: Words
    held: tuple[Option, ...]
    answers: tuple[Option, ...]
    back: str
    form: Form = Form()


@dataclass(frozen=True)
class EvidencePage:
    """One page that arrived; `problem` is what the doctor asked to have taken again."""

    id: str
    number: int
    name: str
    href: str
    thumb: str = ""
    problem: Words = ""


@dataclass(frozen=True)
class EvidenceView:
    """Photos and PDF pages of an in-person diagnosis; files are stored one by one as they arrive."""

    person: Person
    subject: Words
    pages: tuple[EvidencePage, ...]
    back: str
    upload_href: str
    max_mb: int = 10
    max_pages: int = 12
    form: Form = Form()


@dataclass(frozen=True)
class DoctorOption:
    """A doctor, or the first one who is free; `wait` is a range, `seen` how often they met."""

    id: str
    name: Words
    title: Words
    initial: Words
    wait: Words
    fen: int
    first_free: bool = False
    seen: Words = ""
    tint: str = ""
    checked: bool = False


@dataclass(frozen=True)
class ChooseDoctorView:
    person: Person
    subject: Words
    mode: Words
    doctors: tuple[DoctorOption, ...]
    back: str
    form: Form = Form()
    instead: Words = ""


@dataclass(frozen=True)
class CheckVisitView:
    """Check everything before paying: each line can be changed; the refund rule stands with the button."""

    person: Person
    subject: Words
    doctor: Words
    mode: Words
    wait: Words
    lines: tuple[Line, ...]
    total: int
    refunds: tuple[Fact, ...]
    back: str
    doctor_href: str = ""
    triage_href: str = ""
    consent: ConsentItem | None = None
    form: Form = Form()
    record: Way | None = None


@dataclass(frozen=True)
class CashierView:
    """The built-in cashier of the sandbox; no real money moves, and the page says so."""

    title: Words
    payee: Words
    fen: int
    hold: bool
    expires: datetime
    back: str
    form: Form = Form()


@dataclass(frozen=True)
class PayingView:
    """Between our page and the cashier: `state` says what is waited for; `go_href` is the cashier when it is open."""

    state: Literal["opening", "open", "checking", "failed"]
    title: Words
    fen: int
    back: str
    go_href: str = ""
    again_href: str = ""


Shown = Literal["waiting", "called", "expired", "cancelled", "declined", "emergency"]


@dataclass(frozen=True)
class WaitingView:
    """Place and time in the queue; `earliest` and `latest` are a range, never a promise."""

    visit_id: str
    person: Person
    doctor: Words
    mode: Words
    state: Shown
    now: datetime
    deadline: datetime
    held_fen: int
    ahead: int | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    doctor_online: bool = False
    pace: Words = ""
    words: str = ""
    sent: bool = False
    chat_href: str = ""
    doctors_href: str = ""
    seq: int = 0

    @property
    def minutes(self) -> tuple[int, int]:
        """The expected wait as a range of whole minutes."""
        if self.earliest is None or self.latest is None:
            return (0, 0)
        low, high = ((moment - self.now).total_seconds() / 60 for moment in (self.earliest, self.latest))
        return (max(round(low), 0), max(round(high), 1))

    @property
    def bar(self) -> tuple[int, int]:
        """Start and end of the expected time on a rail of 8 to 292, a third longer than the wait."""
        if self.earliest is None or self.latest is None:
            return (8, 8)
        whole = max((self.latest - self.now).total_seconds() * 1.33, 60)
        at = [8 + 284 * (m - self.now).total_seconds() / whole for m in (self.earliest, self.latest)]
        return (round(min(max(at[0], 16), 280)), round(min(max(at[1], 24), 292)))


@dataclass(frozen=True)
class Card:
    """Verdict, prescription or order as a card in the conversation, with a tag and one link."""

    icon: str
    title: Words
    family: Family = ""
    tag: Tag | None = None
    text: Words = ""
    drugs: tuple[Drug, ...] = ()
    href: str = ""
    action: Words = ""


@dataclass(frozen=True)
class Message:
    """One numbered line; `state` is for own lines: sent, delivered, read."""

    seq: int
    kind: Literal["text", "image", "document", "voice", "system", "card"]
    at: datetime
    own: bool = False
    text: Words = ""
    url: str = ""
    name: Words = ""
    seconds: int = 0
    state: Literal["", "sent", "delivered", "read"] = ""
    client_id: str = ""
    card: Card | None = None


@dataclass(frozen=True)
class ChatView:
    """The conversation of one visit. Without `open` it can be read but not written to."""

    visit_id: str
    person: Person
    doctor: Words
    doctor_title: Words
    initial: Words
    status: Tag
    messages: tuple[Message, ...]
    post_href: str
    upload_href: str
    back: str = "/visits"
    open: bool = True
    closed_text: Words = ""
    until: datetime | None = None
    rounds_left: int | None = None
    summary_href: str = ""
    earlier_href: str = ""
    cleared: Words = ""
    call_href: str = ""
    may_call: bool = False
    recording_form: ConsentForm | None = None
    recording_href: str = ""
    call_time: AppointmentView | None = None

    @property
    def last_seq(self) -> int:
        return max((message.seq for message in self.messages), default=0)


@dataclass(frozen=True)
class SummaryView:
    """The visit in plain words, for the patient to keep."""

    person: Person
    doctor: Words
    doctor_title: Words
    finished: datetime
    diagnosis: Words
    found: Words
    advice: tuple[Words, ...]
    danger: tuple[Words, ...]
    drugs: tuple[Drug, ...] = ()
    follow_up: date | None = None
    follow_up_text: Words = ""
    prescription_href: str = ""
    chat_href: str = ""
    back: str = "/visits"
    stopped: tuple[Words, ...] = ()
    next: tuple[Way, ...] = ()
    decided: tuple[Way, ...] = ()
    recording_href: str = ""


@dataclass(frozen=True)
class LetterView:
    """The referral letter for the next doctor."""

    person: Person
    sex: str
    house: Words
    to: Words
    urgency: Words
    at: datetime
    number: str
    complaint: Words
    words: Words
    allergies: Words
    medicines: Words
    doctor: Words
    doctor_title: Words
    back: str
