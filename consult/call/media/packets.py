"""RTP packets as far as passing them on needs it (RFC 3550, RFC 8285, RFC 7741, RFC 4588). Knows no socket."""
import struct
from dataclasses import dataclass
from typing import NamedTuple

from consult.call.media.webm import is_key_frame

HEAD = struct.Struct("!BBHLL")
EXTENSION = struct.Struct("!HH")
ONE_BYTE = 0xBEDE       # the profile of short header extensions
KINDS = 0x7F


class Packet(NamedTuple):
    """One packet, its parts named as in aiortc; `sent_at` is when its sender sent it, as far as that was told."""

    ssrc: int
    payload_type: int
    sequence_number: int
    timestamp: int
    marker: bool
    payload: bytes
    sent_at: int | None = None

    def original(self, ssrc: int, payload_type: int) -> "Packet | None":
        """What is sent a second time (RFC 4588), as it was the first time; None when it is only filling."""
        if len(self.payload) < 2:
            return None
        number = int.from_bytes(self.payload[:2], "big")
        return Packet(ssrc, payload_type, number, self.timestamp, self.marker, self.payload[2:])


def _sent_at(data: bytes, at: int, end: int, name: int) -> int | None:
    """The extension of three bytes that tells when a packet was sent."""
    while at < end:
        told = data[at]
        length = (told & 15) + 1 if told else 0
        if told >> 4 == name and length == 3 and at + 4 <= end:
            return int.from_bytes(data[at + 1:at + 4], "big")
        at += 1 + length
    return None


def read(data: bytes, sent_name: int | None) -> Packet:
    """A packet that was proven; `sent_name` is the number of the extension. Raises ValueError, struct.error."""
    first, second, number, ticks, ssrc = HEAD.unpack_from(data)
    begin, end, sent = HEAD.size + 4 * (first & 15), len(data), None
    if first & 0x10:
        profile, words = EXTENSION.unpack_from(data, begin)
        begin += EXTENSION.size + 4 * words
        if sent_name and profile == ONE_BYTE:
            sent = _sent_at(data, begin - 4 * words, min(begin, end), sent_name)
    if first & 0x20:
        end -= data[-1]
    if not HEAD.size <= begin <= end:
        raise ValueError("a packet is shorter than it says")
    return Packet(ssrc, second & KINDS, number, ticks, second > KINDS, data[begin:end], sent)


def picture_part(payload: bytes) -> tuple[bool, int]:
    """Of a VP8 payload: does a picture begin here, and where its data stands (RFC 7741, section 4.2)."""
    first, at = payload[0], 1
    if first & 0x80:
        told, at = payload[1], 2
        if told & 0x80:
            at += 2 if payload[2] & 0x80 else 1
        at += bool(told & 0x40) + bool(told & 0x30)
    return first & 0x17 == 0x10, at


def begins_whole_picture(payload: bytes) -> bool:
    """A picture begins here that needs none before it."""
    try:
        begins, at = picture_part(payload)
    except IndexError:
        return False
    return begins and is_key_frame(payload[at:at + 10])


@dataclass
class Unwrapped:
    """Counts on where numbers of `bits` begin anew."""

    bits: int
    last: int | None = None

    def of(self, number: int) -> int:
        """The number nearest to the last one."""
        if self.last is None:
            self.last = number
            return number
        half = 1 << self.bits - 1
        self.last += ((number - self.last + half) & (2 * half - 1)) - half
        return self.last
