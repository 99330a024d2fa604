"""Time-ordered identifiers (UUID version 7, RFC 9562)."""
import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def _stamp() -> int:
    """Return 60 bits: milliseconds, then a 12-bit counter, strictly rising within this process."""
    global _last
    with _lock:
        _last = max(_last + 1, (time.time_ns() // 1_000_000) << 12)
        return _last


def uuid7() -> UUID:
    """Return a new UUID that sorts by the time of its making, also within one millisecond."""
    stamp = _stamp()
    milliseconds, counter = stamp >> 12, stamp & 0xFFF
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62
    return UUID(int=value | secrets.randbits(62))


def parse_uuid(text: str) -> UUID | None:
    """Read a UUID from text; None when it is none."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
