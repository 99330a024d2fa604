"""Packets in order become frames: pictures whose chain never breaks, and sound as it came. Knows no socket."""
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from consult.call.media.packets import Packet, Unwrapped, picture_part
from consult.call.media.webm import is_key_frame


class Frame(Protocol):
    """Takes one encoded frame: its bytes, and its time in the clock of its codec, from 0."""

    def __call__(self, data: bytes, ticks: int) -> None:
        """The next one."""
        ...


MOST = 2_000_000     # bytes of one picture; a thousand times what calls send, and no more is held for anybody


@dataclass
class Sounds:
    """Each packet is one frame."""

    give: Frame
    _ticks: Unwrapped = field(default_factory=lambda: Unwrapped(32))
    _first: int | None = None

    def add(self, packet: Packet | None) -> None:
        """The next packet; None where one is lost."""
        if packet is not None and packet.payload:
            self._hand_on(packet.payload, packet.timestamp)

    def _hand_on(self, data: bytes, ticks: int) -> None:
        at = self._ticks.of(ticks)
        if self._first is None:
            self._first = at
        self.give(data, at - self._first)


@dataclass
class Pictures(Sounds):
    """Gathers pictures; after a loss the next that is given needs none before it, and is wished for."""

    wish: Callable[[], None] = lambda: None
    _parts: list[bytes] = field(default_factory=list)
    _of: int = 0
    _size: int = 0
    _chained: bool = False

    def add(self, packet: Packet | None) -> None:
        """The next packet; None where one is lost."""
        if packet is None or self._size > MOST:
            self._parts.clear()
            self._size, self._chained = 0, False
            return self.wish()
        if not packet.payload:
            return None
        if self._parts and packet.timestamp != self._of:
            self._whole()
        try:
            begins, at = picture_part(packet.payload)
        except IndexError:
            return None
        if begins and not self._parts:
            self._of, self._size = packet.timestamp, 0
        if begins or self._parts:
            self._parts.append(packet.payload[at:])
            self._size += len(packet.payload)
        if self._parts and packet.marker:
            self._whole()
        return None

    def _whole(self) -> None:
        data, ticks = b"".join(self._parts), self._of
        self._parts.clear()
        self._size = 0
        if self._chained or is_key_frame(data):
            self._chained = True
            self._hand_on(data, ticks)
        else:
            self.wish()
