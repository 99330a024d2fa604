"""What happens in triage, the waiting room and the visit."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class TriageFinished(Event):
    triage_id: UUID
    patient_id: UUID
    level: str


@dataclass(frozen=True)
class VisitEvent(Event):
    """Every event of a visit names the visit and the patient."""

    visit_id: UUID
    patient_id: UUID


class VisitRequested(VisitEvent):
    """The patient asked for a visit."""


class VisitWaiting(VisitEvent):
    """The payment is held and the patient is in the waiting room."""


class VisitAccepted(VisitEvent):
    """A doctor took the patient; the fee is captured now."""


class VisitDeclined(VisitEvent):
    """The doctor declined; everything goes back."""


class VisitRefused(VisitEvent):
    """The rules or the cashier refused the visit; everything goes back."""


class VisitExpired(VisitEvent):
    """Nobody answered in time; everything goes back."""


class VisitCancelled(VisitEvent):
    """The patient cancelled before a doctor took the visit; everything goes back."""


@dataclass(frozen=True)
class VisitReferred(VisitEvent):
    """The doctor stopped the visit online; everything goes back and a referral is written.

    `condition_changed`: what was prescribed in the visit no longer fits, and ends with it.
    """

    condition_changed: bool = False


class VisitAbandoned(VisitEvent):
    """The patient left and did not come back; the rule shown before paying applies."""


class VisitCompleted(VisitEvent):
    """The doctor finished the visit."""


@dataclass(frozen=True)
class MessageSent(Event):
    visit_id: UUID
    patient_id: UUID
    message_id: UUID
    seq: int
    sender_role: str


@dataclass(frozen=True)
class FollowUpJudged(Event):
    visit_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class DiagnosisRecorded(Event):
    visit_id: UUID
    patient_id: UUID
    condition_id: UUID


@dataclass(frozen=True)
class CallAsked(Event):
    """One side of a visit (`asked_by`: patient or doctor) wants to talk by voice or video."""

    visit_id: UUID
    patient_id: UUID
    call_id: UUID
    kind: str
    asked_by: str


@dataclass(frozen=True)
class CallAnswered(Event):
    visit_id: UUID
    patient_id: UUID
    call_id: UUID


@dataclass(frozen=True)
class CallEnded(Event):
    """A call is over, as `state` says; `seconds` is how long both heard each other. The visit goes on."""

    visit_id: UUID
    patient_id: UUID
    call_id: UUID
    state: str
    seconds: int


@dataclass(frozen=True)
class CallTimeEvent(Event):
    """What became of a time for a call; `side` did it (patient, doctor or house). `starts_at` is ISO 8601 in UTC."""

    visit_id: UUID
    patient_id: UUID
    appointment_id: UUID
    side: str
    kind: str
    starts_at: str


class CallTimeProposed(CallTimeEvent):
    """One side proposed it to the other."""


class CallTimeAgreed(CallTimeEvent):
    """The other side took it."""


class CallTimeReminded(CallTimeEvent):
    """It is near, or now; both sides are told."""


@dataclass(frozen=True)
class CallTimeOver(CallTimeEvent):
    """It will not be: `state` is declined, cancelled, lapsed or noshow; `was` is how it stood before."""

    state: str
    was: str


@dataclass(frozen=True)
class RecordingAgreed(Event):
    """A party (`side`: patient, doctor or guest) agrees to the recording of calls in this visit."""

    visit_id: UUID
    patient_id: UUID
    call_id: UUID
    side: str


@dataclass(frozen=True)
class RecordingRefused(Event):
    """A party does not want to be recorded, or not any more."""

    visit_id: UUID
    patient_id: UUID
    call_id: UUID
    side: str


@dataclass(frozen=True)
class RecordingKept(Event):
    """A file of a recording is whole; `link` is its place in the chain of the visit's files."""

    visit_id: UUID
    patient_id: UUID
    segment_id: UUID
    seq: int
    link: str


@dataclass(frozen=True)
class GuestEvent(Event):
    """What happened with a third person (`role`: relative, guardian, interpreter, doctor) of the calls of a visit."""

    visit_id: UUID
    patient_id: UUID
    guest_id: UUID
    role: str


class GuestInvited(GuestEvent):
    """A side of the visit made a link; nobody has come yet."""


class GuestKnocked(GuestEvent):
    """Somebody came by link and code and waits to be let in."""


class GuestAdmitted(GuestEvent):
    """The doctor let them into the call."""


class GuestRefused(GuestEvent):
    """The doctor did not let them in."""


class GuestSentAway(GuestEvent):
    """The doctor ended their part in the call."""


class GuestLeft(GuestEvent):
    """They left by themselves."""


class GuestTimedOut(GuestEvent):
    """Their session was over while they were at the door or inside."""


class GuestWithdrawn(GuestEvent):
    """A side took the invitation back."""


class GuestCodeMissed(GuestEvent):
    """Somebody had the link and not its code; the fifth time the link is shut."""
