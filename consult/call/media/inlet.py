"""One kind of what a party sends: packets come in, are asked for again when they are missing, and go to whoever takes.

Packets go on to watchers as soon as they come, also those that come late; frames for the record are made of packets in
their order.
"""
import time
from collections.abc import Callable
from typing import Any

from aiortc import RTCRtpTransceiver
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters

from consult.call.media.bandwidth import Bandwidth
from consult.call.media.order import Order
from consult.call.media.outlet import Outlet
from consult.call.media.packets import Packet
from consult.call.media.pictures import Frame, Pictures, Sounds
from consult.call.media.seams import (
    ask_again,
    ask_whole_picture,
    counted_streams,
    counter,
    sent_time_name,
    tell_limit,
)

WISH = 0.5      # a browser is asked for a whole picture no more often, whoever wishes for one
PASSED_ON = {"audio": "opus", "video": "VP8"}


class Inlet:
    """Takes the packets of one kind. `lowest` is the rate that everybody who watches can bear."""

    def __init__(self, line: RTCRtpTransceiver, lowest: Callable[[], int | None] = lambda: None) -> None:
        self.kind: str = line.kind
        self._line, self._lowest = line, lowest
        self.order = Order(asks=self.kind == "video")
        self.outlets: list[Outlet] = []
        self._records: list[Sounds] = []
        self._bandwidth = Bandwidth() if self.kind == "video" else None
        self._streams: dict[int, Any] = counted_streams(line.receiver)
        self._codecs: dict[int, Any] = {}
        self._repairs: dict[int, int] = {}
        self._repaired: dict[int, int] = {}
        self._ssrc: int | None = None
        self._wished = 0.0
        self.sent_name: int | None = None
        self.last_at = time.monotonic()
        self.frames = 0

    def begin(self, told: RTCRtpReceiveParameters) -> None:
        """What the two ends agreed on."""
        self._codecs = {one.payloadType: one for one in told.codecs if one.name == PASSED_ON[self.kind]}
        self._repairs = {one.payloadType: one.parameters["apt"] for one in told.codecs
                         if one.name == "rtx" and one.parameters.get("apt") in self._codecs}
        self._repaired = {one.rtx.ssrc: one.ssrc for one in told.encodings if one.rtx}
        self.sent_name = sent_time_name(told)

    # --- what comes -------------------------------------------------------------------------------------------

    def take(self, packet: Packet, now: float) -> None:
        """A packet came, proven but otherwise whatever the browser made of it."""
        if packet.payload_type not in self._codecs:
            return self._take_again(packet, now)
        if self._ssrc not in (None, packet.ssrc):
            return None     # a line is one stream
        self._ssrc = packet.ssrc
        self._count(packet, packet.payload_type, now)
        return self._put(packet, now)

    def _take_again(self, packet: Packet, now: float) -> None:
        """One that we asked for once more."""
        kind, ssrc = self._repairs.get(packet.payload_type), self._repaired.get(packet.ssrc)
        if kind is None or ssrc is None or ssrc != self._ssrc:
            return
        self._count(packet, kind, now)
        original = packet.original(ssrc, kind)
        if original is not None:
            self._put(original, now)

    def _count(self, packet: Packet, kind: int, now: float) -> None:
        """For the library's reports, and for the rate that our line carries."""
        self.last_at = now
        stream = self._streams.get(packet.ssrc)
        if stream is None:
            stream = self._streams[packet.ssrc] = counter(self._codecs[kind].clockRate)
        stream.add(packet)
        if self._bandwidth is not None and packet.sent_at is not None:
            told = self._bandwidth.add(packet, now)
            if told is not None:
                self._limit(*told)

    def _limit(self, bits: int, sources: list[int]) -> None:
        """Tell the browser what our line to it carries; watchers that bear less make it less."""
        most = self._lowest()
        tell_limit(self._line, bits if most is None else min(bits, most), sources)

    def _put(self, packet: Packet, now: float) -> None:
        order = self.order
        at = order.add(packet, now)
        if at is None:
            return
        for outlet in self.outlets:
            outlet.pass_on(at, packet)
        if order.missing:
            wanted = order.wanted(now)
            if wanted:
                ask_again(self._line.receiver, packet.ssrc, wanted)
        for one in order.ready(at, packet, now):
            self.frames += one is not None and (one.marker or self.kind == "audio")
            for record in self._records:
                record.add(one)

    # --- who takes --------------------------------------------------------------------------------------------

    def wish(self) -> None:
        """Somebody needs a picture that needs none before it; the browser is asked, but not more often than WISH."""
        now = time.monotonic()
        if self._ssrc is not None and self.kind == "video" and now - self._wished >= WISH:
            self._wished = now
            ask_whole_picture(self._line.receiver, self._ssrc)

    def outlet(self) -> Outlet:
        """A watcher's way to what comes."""
        made = Outlet(self.kind, self.order, self.wish, self.outlets.remove)
        self.outlets.append(made)
        return made

    def record(self, give: Frame) -> Callable[[], None]:
        """Give every frame from now on; returns how that ends, which gives what still waited for a missing one."""
        made = Sounds(give) if self.kind == "audio" else Pictures(give, wish=self.wish)
        self._records.append(made)

        def end() -> None:
            if made in self._records:
                self._records.remove(made)
                for one in self.order.rest():
                    made.add(one)

        return end

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return self.order.lost + len(self.order.missing)
