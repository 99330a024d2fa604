"""What can be read in a WebM file without a media library: its clusters, and the place of its length (RFC 9559)."""
import struct
from collections.abc import Iterator

CLUSTER, TIME, SIMPLE, GROUP, BLOCK = b"\x1f\x43\xb6\x75", 0xE7, 0xA3, 0xA0, 0xA1
DURATION = b"\x44\x89\x88"    # an element of 8 bytes


def _number(data: bytes, at: int, mark: bool) -> tuple[int, int]:
    """A number of variable length (RFC 8794, section 4) and where it ends; with its mark for an id."""
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at:at + width], "big")
    return (value if mark else value & ~(1 << 7 * width)), at + width


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, begin and end of every element between two places."""
    while at < end:
        name, at = _number(data, at, mark=True)
        length, at = _number(data, at, mark=False)
        yield name, at, min(at + length, end)
        at += length


def blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Track and time (ms) of every block in the whole clusters of `data`."""
    at = data.find(CLUSTER)
    while 0 <= at < len(data) and data.startswith(CLUSTER, at):
        length, begin = _number(data, at + len(CLUSTER), mark=False)
        at = begin + length
        base = 0
        for name, start, end in _elements(data, begin, at):
            if name == TIME:
                base = int.from_bytes(data[start:end], "big")
            elif name in (SIMPLE, GROUP):
                inner = next((s for n, s, _ in _elements(data, start, end) if n == BLOCK), start) \
                    if name == GROUP else start
                track, here = _number(data, inner, mark=False)
                yield track, base + int.from_bytes(data[here:here + 2], "big", signed=True)


def with_length(head: bytes, ms: int) -> bytes:
    """The first chunk of a file with the length written where the muxer left a place for it."""
    at = head.find(DURATION)
    if at < 0:
        return head
    at += len(DURATION)
    return head[:at] + struct.pack(">d", float(ms)) + head[at + 8:]
