"""Pure facts of recordings: who must have agreed, and the chain over the files of a visit."""
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import rfc8785

from consult.call.models import CallMember
from consult.call.protocol import SIDES
from consult.call.recording.models import RecordingAnswer, RecordingSegment

FORM = "call_recording"
FIRST = "0" * 64    # stands before the first file of a visit
CHAINED = ("visit_id", "call_id", "leg_id", "seq", "number", "side", "started_at", "ended_at", "has_picture",
           "video_packets", "audio_packets", "recovered", "object_key", "sha256", "size", "previous")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value


def link_of(segment: RecordingSegment) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of what is known of a file, with the link before it."""
    return hashlib.sha256(rfc8785.dumps({name: _plain(getattr(segment, name)) for name in CHAINED})).hexdigest()


def chain_faults(segments: Sequence[RecordingSegment]) -> Iterable[str]:
    """What is wrong with the rows of one visit, in the order of their numbers."""
    previous = FIRST
    for expected, one in enumerate(segments, 1):
        if one.seq != expected:
            yield f"recording {expected} of visit {one.visit_id} is gone (next is {one.seq})"
            return
        if one.previous != previous or one.link != link_of(one):
            yield f"recording {one.seq} of visit {one.visit_id}: its row was changed"
        previous = one.link


def parties(members: Iterable[CallMember]) -> list[CallMember]:
    """Everybody who can be heard in the call: both sides once they came, a third person from the moment they are let in
    until they go."""
    return [one for one in members if (one.entered_at is not None if one.side in SIDES else one.state != "gone")]


def answer_of(members: Iterable[CallMember], answers: Iterable[RecordingAnswer]) -> str:
    """What all parties together say: agreed, refused, or asking while somebody has not said anything."""
    said = {one.account_id: one.agreed for one in answers}
    heard = parties(members)
    if any(said.get(one.account_id) is False for one in heard):
        return "refused"
    everybody = {one.side for one in heard} >= {"patient", "doctor"}
    return "agreed" if everybody and all(said.get(one.account_id) for one in heard) else "asking"
