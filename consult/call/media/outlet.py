"""Packets of one kind on their way from one party to one watcher: as they came, under names that the watcher knows.

A picture begins with one that needs none before it. Nothing waits here: what the machine cannot send at once is lost as
on any line, and the watcher asks for it again, or for a whole picture.
"""
import asyncio
import secrets
import struct
from collections.abc import Callable
from typing import Any

from aiortc import RTCRtpSender
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtcrtpparameters import RTCRtpSendParameters

from consult.call.media.order import Order
from consult.call.media.packets import HEAD, ONE_BYTE, Packet, begins_whole_picture
from consult.call.media.seams import mid_name, ntp_now, send_packet, sent_time_name

REPAIRS = 256           # packets that a watcher may ask for again at once; each packet that is passed on gives one more


class Names:
    """What the two ends agreed on: numbers of the codec and of its repairs, and the head's extension."""

    def __init__(self, sender: RTCRtpSender, told: RTCRtpSendParameters) -> None:
        self.ssrc, self.again_ssrc = sender._ssrc, sender._rtx_ssrc
        self.kind = int(told.codecs[0].payloadType or 0)
        self.again = next((one.payloadType for one in told.codecs
                           if one.name == "rtx" and one.parameters.get("apt") == self.kind), None)
        sent, mid, name = sent_time_name(told), mid_name(told), told.muxId.encode()
        self.before = bytes([sent << 4 | 2]) if sent else b""
        after = bytes([mid << 4 | len(name) - 1]) + name if mid and 0 < len(name) <= 16 else b""
        length = (4 if sent else 0) + len(after)
        self.after = after + bytes(-length % 4)
        self.extension = struct.pack("!HH", ONE_BYTE, (length + 3) // 4) if length else b""

    def head(self, marker: bool, kind: int, number: int, ticks: int, ssrc: int) -> bytes:
        """The head of a packet that is sent now."""
        sent = (ntp_now() >> 14 & 0xFFFFFF).to_bytes(3, "big") if self.before else b""
        return (HEAD.pack(0x90 if self.extension else 0x80, marker << 7 | kind, number, ticks, ssrc) + self.extension
                + self.before + sent + self.after)


class Outlet(MediaStreamTrack):
    """One kind for one watcher."""

    def __init__(self, kind: str, order: Order, wish: Callable[[], None], gone: "Callable[[Outlet], None]") -> None:
        super().__init__()
        self.kind = kind
        self._order, self._wish, self._gone = order, wish, gone
        self._sender: RTCRtpSender | None = None
        self._names: Names | None = None
        self._first: int | None = None
        self._offset = 0
        self._again = secrets.randbelow(1 << 15)
        self._stopped = asyncio.Event()
        self._last: tuple[int, int, int] = (0, 0, 0)    # the newest packet: its place, its clock, and when it went
        self._repairs = REPAIRS
        self.passed = self.dropped = self.repaired = 0
        self._packets = self._bytes = 0

    def begin(self, sender: RTCRtpSender, told: RTCRtpSendParameters) -> None:
        """The watcher is connected."""
        self._sender, self._names = sender, Names(sender, told)
        self._wish()

    # --- what comes -------------------------------------------------------------------------------------------

    def pass_on(self, at: int, packet: Packet) -> None:
        """A packet came; `at` is its place in the order of what the party sends. Never blocks, never keeps it."""
        if self._names is None:
            return
        if self._first is None:
            self._start(at, packet)
        elif at >= self._first:
            self._send(at, packet, self._names)

    def _start(self, at: int, packet: Packet) -> None:
        """Begin here, when a picture begins here that needs none before it; what follows may have come earlier."""
        assert self._names is not None
        if self.kind == "video" and not begins_whole_picture(packet.payload):
            self.dropped += packet.marker
            return self._wish()
        self._first = at
        self._offset = secrets.randbelow(1 << 15) - at    # low: numbers that soon begin anew are hard to decrypt
        for one in range(at, self._order.highest + 1):
            kept = self._order.at(one)
            if kept is not None:
                self._send(one, kept, self._names)
        return None

    def _send(self, at: int, packet: Packet, names: Names) -> None:
        number = (at + self._offset) & 0xFFFF
        head = names.head(packet.marker, names.kind, number, packet.timestamp, names.ssrc)
        counts = packet.marker or self.kind == "audio"
        if send_packet(self._sender, head + packet.payload):
            self.passed += counts
            self._packets += 1
            self._bytes += len(packet.payload)
            self._repairs = min(REPAIRS, self._repairs + 1)
            if at > self._last[0]:
                self._last = at, packet.timestamp, ntp_now()
        else:
            self.dropped += counts

    async def repair(self, number: int) -> None:
        """The watcher misses a packet; what we miss ourselves goes to it when it comes."""
        if self._repairs == 0 or self._first is None or self._names is None:
            return
        at = self._order.place((number - self._offset) & 0xFFFF)
        packet = self._order.at(at)
        if at < self._first or packet is None:
            return
        self._repairs -= 1
        names, payload = self._names, packet.payload
        kind, ssrc = names.kind, names.ssrc
        if names.again is not None:
            kind, ssrc, payload = names.again, names.again_ssrc, number.to_bytes(2, "big") + payload
            number = self._again = (self._again + 1) & 0xFFFF
        self.repaired += send_packet(self._sender, names.head(packet.marker, kind, number, packet.timestamp, ssrc)
                                     + payload)

    def report(self, told: Any) -> None:
        """Fill in what the library tells the watcher of us: when the last packet went, and how many there were."""
        _, told.rtp_timestamp, told.ntp_timestamp = self._last
        told.packet_count, told.octet_count = self._packets & 0xFFFFFFFF, self._bytes & 0xFFFFFFFF

    # --- its life ---------------------------------------------------------------------------------------------

    async def recv(self) -> Any:
        """The library waits here for frames, of which there are none: packets go past it. Raises MediaStreamError."""
        await self._stopped.wait()
        raise MediaStreamError

    def stop(self) -> None:
        """Nobody wants more of it, or nothing more will come."""
        if self.readyState == "live":
            super().stop()
            self._names = None
            self._stopped.set()
            self._gone(self)
