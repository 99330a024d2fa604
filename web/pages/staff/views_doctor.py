"""Views of the doctor's console and of the forms around one visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from consult.api import AppointmentView
from records.api import Form as ConsentForm
from web.pages.papers import Paper
from web.pages.staff.views import (
    Allergies,
    Broken,
    Choice,
    Diagnosis,
    FieldError,
    Level,
    Medicine,
    Person,
    StaffFrame,
    Verdict,
    Words,
)

VisitState = Literal["waiting", "needs_evidence", "in_progress", "completed", "referred", "abandoned", "declined"]
VisitKind = Literal["follow_up", "first_visit", "advice"]
Judgement = Literal["same", "changed", "first", "unknown"]
ActName = Literal["prescribe", "note", "diagnose", "refer", "finish"]


@dataclass(frozen=True)
class QueueRow:
    """One visit in the queue; `minutes` are left when it is open and waited when it waits."""

    href: str
    patient: Person
    level: Level
    kind: VisitKind
    complaint: Words
    minutes: int
    unread: int = 0
    waits_for: Words = ""
    current: bool = False


@dataclass(frozen=True)
class Queue:
    """The doctor's queue, urgency first; `evidence` waits for a document to be judged."""

    open: tuple[QueueRow, ...] = ()
    waiting: tuple[QueueRow, ...] = ()
    evidence: tuple[QueueRow, ...] = ()
    only: Literal["all", "mine", "first"] = "all"
    broken: Broken | None = None
    licensed: bool = True

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.waiting or self.evidence)


@dataclass(frozen=True)
class VisitHead:
    """The visit in the middle; `ends_at` is when the bought time is over, None when it has no end."""

    id: str
    number: str
    state: VisitState
    kind: VisitKind
    patient: Person
    complaint: Words
    level: Level
    ends_at: datetime | None = None
    patient_online: bool | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "in_progress"


@dataclass(frozen=True)
class TalkCard:
    """A document inside the talk: triage, evidence, prescription, referral."""

    tag: Words
    family: Literal["ok", "wait", "urg", "info", "cold", "line"]
    title: Words
    meta: Words = ""
    lines: tuple[Words, ...] = ()
    href: str = ""
    link: Words = ""


@dataclass(frozen=True)
class TalkLine:
    """One line of the talk; `seq` is its number within the visit, 0 while it is not stored."""

    id: str
    seq: int
    at: datetime
    kind: Literal["text", "photo", "file", "voice", "system", "card"]
    side: Literal["in", "out", "none"] = "none"
    body: Words = ""
    state: Literal["sent", "delivered", "read"] = "sent"
    file_href: str = ""
    file_name: str = ""
    card: TalkCard | None = None
    href: str = ""
    link: Words = ""


@dataclass(frozen=True)
class Talk:
    """The talk up to `last_seq`; `unread_from` is the first number not yet seen, None if all are."""

    lines: tuple[TalkLine, ...]
    last_seq: int
    topic: str
    unread_from: int | None = None
    draft: str = ""
    draft_at: datetime | None = None
    phrases: tuple[Words, ...] = ()
    closed: Words = ""
    cleared: Words = ""


@dataclass(frozen=True)
class TriageSummary:
    """What the questions found; a red flag answered "not sure" stands in `unsure` and never under denied."""

    level: Level
    why: Words
    positive: tuple[Words, ...] = ()
    unsure: tuple[Words, ...] = ()
    denied: int = 0
    at: datetime | None = None
    href: str = ""


@dataclass(frozen=True)
class EvidenceRow:
    title: Words
    state: Literal["waiting", "accepted", "refused", "asked"]
    detail: Words
    href: str


@dataclass(frozen=True)
class Act:
    """One act on the visit; `why_not` says what is missing and makes the button grey."""

    name: ActName
    href: str
    why_not: Words = ""
    is_next: bool = False


@dataclass(frozen=True)
class Ticked:
    """One thing that the doctor may confirm by a tick."""

    name: str
    label: Words
    ticked: bool


@dataclass(frozen=True)
class Judge:
    """The legal question of a follow-up; `basis` is the evidence it is asked about.

    `ask_guardian` asks for a minor whether a guardian is present now; `exceptional` what an exception in force needs.
    """

    action: str
    basis: Words
    answer: Judgement | None = None
    said: Words = ""
    rule: str = "CN-VISIT-01"
    href: str = ""
    ask_guardian: bool = False
    guardian: bool | None = None
    exceptional: tuple[Ticked, ...] = ()


@dataclass(frozen=True)
class Context:
    """The right pane: allergies first, then the verdict, medicines, triage, evidence and acts."""

    patient: Person
    allergies: Allergies
    verdict: Verdict | None = None
    judge: Judge | None = None
    medicines: tuple[Medicine, ...] | None = None
    medicines_source: Words = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    triage: TriageSummary | None = None
    evidence: tuple[EvidenceRow, ...] = ()
    acts: tuple[Act, ...] = ()
    record_href: str = ""
    kidney_href: str = ""
    broken: Broken | None = None
    medicines_closed: bool = False


@dataclass(frozen=True)
class ConsoleView:
    """The console; without `visit` the middle says what will happen and offers the next useful work."""

    frame: StaffFrame
    queue: Queue
    visit: VisitHead | None = None
    talk: Talk | None = None
    context: Context | None = None
    decline_reasons: tuple[Choice, ...] = ()
    accept_why_not: Words = ""
    recording_form: ConsentForm | None = None
    recording_href: str = ""
    call_time: AppointmentView | None = None


@dataclass(frozen=True)
class NoteFields:
    history: str = ""
    assessment: str = ""
    advice: str = ""
    red_flags: str = ""
    next_step: str = ""

    @property
    def filled(self) -> int:
        parts = (self.history, self.assessment, self.advice, self.red_flags, self.next_step)
        return sum(bool(part.strip()) for part in parts)


@dataclass(frozen=True)
class IcdHit:
    """A code found; the name is cut at the match; `stops` says that it is an emergency."""

    code: str
    before: str
    hit: str
    after: str
    other: str = ""
    note: Words = ""
    stops: bool = False


@dataclass(frozen=True)
class NoteView:
    frame: StaffFrame
    visit: VisitHead
    allergies: Allergies
    talk: Talk
    note: NoteFields
    saved_at: datetime | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    judge: Judge | None = None
    query: str = ""
    hits: tuple[IcdHit, ...] = ()
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class DocumentPage:
    """One page; `text` is the content of a page that is neither picture nor PDF, `paper` the same to be read."""

    number: int
    href: str
    media_type: str
    text: str = ""
    paper: Paper | None = None


@dataclass(frozen=True)
class EvidenceForm:
    """What the doctor reads from the document; None means not answered yet."""

    name_matches: bool | None = None
    in_person: bool | None = None
    institution: str = ""
    diagnosed_on: date | None = None
    code: str = ""
    code_name: Words = ""


@dataclass(frozen=True)
class EvidenceView:
    """The original beside the decision; `decided` closes the form and says what was decided."""

    frame: StaffFrame
    id: str
    patient: Person
    allergies: Allergies
    title: Words
    uploaded: Words
    pages: tuple[DocumentPage, ...]
    page: int
    digest: str
    to_prove: Words
    form: EvidenceForm
    reasons: tuple[Choice, ...]
    place: int = 1
    total: int = 1
    next_href: str = ""
    back_href: str = "/doctor"
    decided: Words = ""
    still_scanned: bool = False
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class ReferView:
    """Stop the visit online and send the patient to be seen in person."""

    frame: StaffFrame
    visit: VisitHead
    allergies: Allergies
    reasons: tuple[Choice, ...]
    urgencies: tuple[Choice, ...]
    organizations: tuple[Choice, ...]
    money: Words
    summary: str = ""
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class Missing:
    words: Words
    href: str


@dataclass(frozen=True)
class CallBack:
    """Somebody who waits for a call, with the number."""

    id: str
    patient: Person
    phone: str
    why: Words
    emergency: bool
    complaint: Words
    due: datetime
    late: bool
    emergency_href: str = ""


@dataclass(frozen=True)
class CallBacksView:
    frame: StaffFrame
    rows: tuple[CallBack, ...]


@dataclass(frozen=True)
class FinishView:
    """The explicit end; `missing` must be empty before it can be done."""

    frame: StaffFrame
    visit: VisitHead
    allergies: Allergies
    missing: tuple[Missing, ...]
    summary: tuple[Words, ...]
    outcomes: tuple[Choice, ...]
    errors: tuple[FieldError, ...] = ()
    patient_left: bool = False


@dataclass(frozen=True)
class RecordEntry:
    at: datetime
    kind: Words
    title: Words
    text: Words = ""
    by: Words = ""
    href: str = ""


@dataclass(frozen=True)
class RecordView:
    """One patient's record file as a doctor in a treatment relation reads it; the reading is written down."""

    frame: StaffFrame
    patient: Person
    allergies: Allergies
    entries: tuple[RecordEntry, ...]
    ground: Words
    back_href: str
    older_href: str = ""
    until: datetime | None = None
    medicines: tuple[Medicine, ...] | None = None
    medicines_source: Words = ""
