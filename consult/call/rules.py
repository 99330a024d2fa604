"""Pure facts of a call: its periods, what one browser may tell another, and how a silence is told."""
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from consult.call.models import Call, CallMember

RING = timedelta(seconds=60)  # never an endless ring
QUIET = timedelta(seconds=15)  # a page says every five seconds that it is there; three times missed is away
OFFLINE = timedelta(seconds=45)  # until then the other side reads "reconnecting"
DESERTED = timedelta(minutes=2)  # nobody is there: the call ends
NO_WAY = timedelta(minutes=3)  # both are there and their browsers found no way to each other: the call ends
ABSENT = timedelta(minutes=10)  # one side is there and the other does not come back
CHECK = timedelta(minutes=5)  # how long the password of a device check holds
MINUTE = timedelta(minutes=1)
MOST_SIGNALS = 240  # a minute and page; two browsers need about thirty to find each other
KINDS = ("voice", "video")
Sides = Literal["patient", "doctor"]


PLAIN = r"^[\t\r\n -~]*$"  # what browsers write; nothing else has to be kept by a database


def _plain(most: int) -> StringConstraints:
    return StringConstraints(max_length=most, pattern=PLAIN)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Description(_Strict):
    """An offer or an answer (RFC 8829)."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, _plain(32_768)]


class Candidate(_Strict):
    """One way to reach a browser (RFC 8839), as JavaScript writes it; an empty one says that there are no more."""

    candidate: Annotated[str, _plain(1024)] = ""
    sdpMid: Annotated[str, _plain(64)] | None = None
    sdpMLineIndex: Annotated[int, Field(ge=0, le=64)] | None = None
    usernameFragment: Annotated[str, _plain(256)] | None = None


def body_of(signal: Description | Candidate) -> dict[str, Any]:
    """The signal with its known fields only, as the other page reads it."""
    return {"desc" if isinstance(signal, Description) else "cand": signal.model_dump(exclude_none=True)}


def status_of(member: CallMember, now: datetime, signed_out: bool = False) -> str:
    """How the other side reads somebody: invited, here, reconnecting, offline or gone.

    Nobody reconnects by a session that is over.
    """
    if member.state in ("invited", "gone") or member.seen_at is None:
        return member.state
    if signed_out:
        return "offline"
    silent = now - member.seen_at
    if member.state == "here" and silent <= QUIET:
        return "here"
    return "reconnecting" if silent <= OFFLINE else "offline"


def was_left_ringing(call: Call) -> bool:
    """Whether the other side said no or let it ring to its end; a ring taken back before gave them no chance.

    One that is hung up in the moment before the house sees that its minute is over has rung out, too.
    """
    if call.answered_at is not None or call.ended_at is None:
        return False
    return call.state == "declined" or call.ended_at >= call.ring_until


def patient_showed_up(calls: Sequence[Call]) -> list[datetime]:
    """When the patient rang, though nobody answered, or picked up, though nobody was heard: who does has not left."""
    moments = [call.asked_at if call.asked_by == "patient" else call.answered_at for call in calls]
    return [moment for moment in moments if moment is not None]
