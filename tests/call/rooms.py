"""A call in memory: rows that no database knows, and the time."""
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from consult.call import protocol
from consult.call.models import Call, CallMember
from consult.call.protocol import Beat, Room
from consult.call.rules import RING, Description

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
OFFER = Description(type="offer", sdp="v=0")
FLOWS = Beat(flows=True, picture=True)


def ringing(by: str = "doctor") -> Room:
    """The doctor rings; both rows exist."""
    call = Call(visit_id=uuid4(), organization_id=uuid4(), patient_id=uuid4(), kind="video", asked_by=by, asked_at=NOON,
                ring_until=NOON + RING)
    members = [CallMember(call_id=call.id, account_id=uuid4(), side=side) for side in ("patient", "doctor")]
    return Room(call, members, NOON)


def talking() -> tuple[Room, CallMember, CallMember, UUID, UUID]:
    """Both have answered and entered: the room, patient and doctor, and their pages."""
    room, pages = ringing(), (uuid4(), uuid4())
    protocol.answer(room, "patient")
    for member, page in zip(room.members, pages, strict=True):
        protocol.enter(room, member, page)
    return room, *room.members, *pages


def connected() -> tuple[Room, CallMember, CallMember, UUID, UUID]:
    """Both hear each other."""
    room, patient, doctor, p, d = talking()
    protocol.beat(room, patient, p, FLOWS)
    protocol.beat(room, doctor, d, FLOWS)
    return room, patient, doctor, p, d


def later(room: Room, **step: float) -> None:
    room.now += timedelta(**step)
