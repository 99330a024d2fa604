"""A kept recording as a stream of bytes, whole or in part (RFC 9110, section 14), decrypted on its way out."""
import re
from uuid import UUID

from fastapi.responses import StreamingResponse

from consult import api as consult
from web.door import Door

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def played(door: Door, visit_id: UUID, segment_id: UUID) -> StreamingResponse:
    """The file for whoever may play it; each request passes the gate and is written down. Raises RangeNotThere."""
    with door.read() as work:
        found = consult.playback(work, visit_id, segment_id)
    asked = part_of(door.request.headers.get("range", ""), found.size)
    start, stop = asked or (0, found.size)
    headers = {"accept-ranges": "bytes", "content-length": str(stop - start)}
    if asked:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{found.size}"
    kind = "video/webm" if found.has_picture else "audio/webm"
    return StreamingResponse(found.read(start, stop), 206 if asked else 200, headers, kind)


def part_of(header: str, size: int) -> tuple[int, int] | None:
    """Begin and end (not included) of the one range that is asked for; None asks for everything.

    A header that makes no sense, or asks for several ranges, is passed over (RFC 9110, section 14.2).
    Raises RangeNotThere.
    """
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= stop:
        raise consult.RangeNotThere(size=size)
    return start, stop
