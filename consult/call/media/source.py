"""What one party sends in full, for everybody who watches it and for the record; encoded as it came, never decoded."""
import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from consult.call.media.outlet import Outlet
from consult.call.media.seams import (
    ask_whole_picture,
    chosen_codecs,
    connection,
    deliver_at_once,
    limit_source,
    lost_packets,
)
from consult.call.media.webm import is_key_frame

log = logging.getLogger("fuzhen.media")
WISH = 0.5      # a browser is asked for a whole picture no more often, whoever wishes for one
GONE = 20.0     # nothing came for so long that the browser will not come back on this connection
LEAST = 100_000     # bit/s below which nobody's slow line pulls everybody's picture
PASSED_ON = {"audio": "opus", "video": "VP8"}


class Source:
    """The connection on which one browser sends. `gone` is called once, when it is over."""

    def __init__(self, gone: "Callable[[Source], None]") -> None:
        self._pc: RTCPeerConnection = connection()
        self._gone = gone
        self._outlets: list[Outlet] = []
        self._limits: dict[object, int] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._last_at = time.monotonic()
        self._wished = 0.0
        self._over = False
        self.came = {"audio": 0, "video": 0}

    @property
    def kinds(self) -> list[str]:
        """What was announced, sound first."""
        return sorted(one.receiver.track.kind for one in self._pc.getTransceivers() if one.receiver.track is not None)

    async def answer(self, sdp: str) -> str:
        """Take the browser's offer. Raises ValueError for anything but one sound and at most one picture."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        kinds = self.kinds
        if len(set(kinds)) != len(kinds) or not kinds or self._pc.sctp is not None:
            raise ValueError("a party sends one sound and at most one picture")
        self._pc.on("connectionstatechange", self._changed)
        for receiver in self._pc.getReceivers():
            limit_source(receiver, self.lowest_limit)
            deliver_at_once(receiver)
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        told = str(self._pc.localDescription.sdp)
        if any(codec != PASSED_ON[kind] for kind, codec in chosen_codecs(told)):
            raise ValueError("only VP8 and Opus are passed on")
        for receiver in self._pc.getReceivers():
            self._go(self._receive(receiver.track))
        self._go(self._look_after())
        return told

    def tap(self, kind: str) -> Outlet:
        """A watcher's way to what comes of one kind."""
        outlet = Outlet(kind, self.wish, self._untap)
        self._outlets.append(outlet)
        return outlet

    def _untap(self, outlet: Outlet) -> None:
        if outlet in self._outlets:
            self._outlets.remove(outlet)

    def wish(self) -> None:
        """Somebody needs a picture that needs none before it; the browser is asked, but not more often than WISH."""
        now = time.monotonic()
        if not self._over and now - self._wished >= WISH:
            self._wished = now
            self._go(self._ask())

    async def _ask(self) -> None:
        for receiver in self._pc.getReceivers():
            if receiver.track is not None and receiver.track.kind == "video":
                await ask_whole_picture(receiver)

    def limit(self, watcher: object, bits: int | None) -> None:
        """What a watcher's line carries, or None when it watches no more."""
        if bits is None:
            self._limits.pop(watcher, None)
        else:
            self._limits[watcher] = bits

    def lowest_limit(self) -> int | None:
        """The rate that every watcher's line carries, as far as they told, but never under LEAST."""
        return max(LEAST, min(self._limits.values())) if self._limits else None

    async def lost_packets(self) -> int:
        """How many packets never came."""
        return await lost_packets(self._pc.getReceivers())

    async def end(self) -> None:
        """Nothing more is taken; whoever watches hears the end."""
        if self._over:
            return
        self._over = True
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        for outlet in list(self._outlets):
            outlet.stop()
        try:
            await self._pc.close()
        except Exception as error:
            log.error("a connection could not be closed in order", exc_info=error)
        finally:
            self._gone(self)

    # --- what comes -------------------------------------------------------------------------------------------

    def _go(self, doing: Any) -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receive(self, track: Any) -> None:
        try:
            while True:
                packet = await track.recv()
                self._last_at = time.monotonic()
                self.came[track.kind] += 1
                is_key = track.kind == "audio" or is_key_frame(bytes(packet))
                for outlet in tuple(self._outlets):
                    if outlet.kind == track.kind:
                        outlet.put(packet, is_key)
        except MediaStreamError:
            return

    async def _look_after(self) -> None:
        while time.monotonic() - self._last_at < GONE:
            await asyncio.sleep(1.0)
        await self.end()

    async def _changed(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            await self.end()
