"""What one party sends in full, for everybody who watches it and for the record; encoded as it came, never decoded."""
import asyncio
import time
from collections.abc import Callable

from aiortc import RTCPeerConnection, RTCSessionDescription

from consult.call.media.inlet import PASSED_ON, Inlet
from consult.call.media.outlet import Outlet
from consult.call.media.pictures import Frame
from consult.call.media.seams import Gate, chosen_codecs, close, connection

TICK = 1.0
GONE = 20.0     # nothing came for so long that the browser will not come back on this connection
LEAST = 100_000     # bit/s below which nobody's slow line pulls everybody's picture


class Source:
    """The connection on which one browser sends. `gone` is called once, when it is over."""

    def __init__(self, gone: "Callable[[Source], None]") -> None:
        self._pc: RTCPeerConnection = connection()
        self._gone = gone
        self._inlets: dict[str, Inlet] = {}
        self._limits: dict[object, int] = {}
        self._ends: list[Callable[[], None]] = []
        self._look: asyncio.Task[None] | None = None
        self._begun = time.monotonic()
        self._over = False

    @property
    def kinds(self) -> list[str]:
        """What was announced, sound first; nothing before it was."""
        return sorted(self._inlets)

    @property
    def came(self) -> dict[str, int]:
        """Frames of each kind so far."""
        return {kind: inlet.frames for kind, inlet in self._inlets.items()}

    async def answer(self, sdp: str) -> str:
        """Take the browser's offer. Raises ValueError for anything but one sound and at most one picture."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        kinds = [one.kind for one in self._pc.getTransceivers() if one.receiver.track is not None]
        if len(set(kinds)) != len(kinds) or not kinds or self._pc.sctp is not None:
            raise ValueError("a party sends one sound and at most one picture")
        self._pc.on("connectionstatechange", self._changed)
        self._inlets = inlets(self._pc, self.lowest_limit)
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        told = str(self._pc.localDescription.sdp)
        if any(codec != PASSED_ON[kind] for kind, codec in chosen_codecs(told)):
            raise ValueError("only VP8 and Opus are passed on")
        self._look = asyncio.get_running_loop().create_task(self._look_after())
        return told

    def outlet(self, kind: str) -> Outlet:
        """A watcher's way to what comes of one kind."""
        return self._inlets[kind].outlet()

    def record(self, kind: str, give: Frame, over: Callable[[], None]) -> Callable[[], None]:
        """Give every frame of one kind from now on, and say when there will be none; returns how that ends."""
        stop = self._inlets[kind].record(give)
        self._ends.append(over)

        def end() -> None:
            stop()
            if over in self._ends:
                self._ends.remove(over)

        return end

    def wish(self) -> None:
        """Somebody needs a picture that needs none before it."""
        if "video" in self._inlets and not self._over:
            self._inlets["video"].wish()

    def limit(self, watcher: object, bits: int | None) -> None:
        """What a watcher's line carries, or None when it watches no more."""
        if bits is None:
            self._limits.pop(watcher, None)
        else:
            self._limits[watcher] = bits

    def lowest_limit(self) -> int | None:
        """The rate that every watcher's line carries, as far as they told, but never under LEAST."""
        return max(LEAST, min(self._limits.values())) if self._limits else None

    @property
    def lost_packets(self) -> int:
        """How many packets never came."""
        return sum(one.lost for one in self._inlets.values())

    async def end(self) -> None:
        """Nothing more is taken; whoever watches hears the end."""
        if self._over:
            return
        self._over = True
        if self._look is not None and self._look is not asyncio.current_task():
            self._look.cancel()
        for inlet in self._inlets.values():
            for outlet in list(inlet.outlets):
                outlet.stop()
        for over in list(self._ends):
            over()
        try:
            await close(self._pc)
        finally:
            self._gone(self)

    async def _look_after(self) -> None:
        while time.monotonic() - max([self._begun, *(one.last_at for one in self._inlets.values())]) < GONE:
            await asyncio.sleep(TICK)
        await self.end()

    async def _changed(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            await self.end()


def inlets(pc: RTCPeerConnection, lowest: Callable[[], int | None] = lambda: None) -> dict[str, Inlet]:
    """By kind, what takes the packets that come on a connection."""
    gate, made = Gate(), {}
    for line in pc.getTransceivers():
        if line.receiver.track is not None:
            made[line.kind] = Inlet(line, lowest)
            gate.open(line.receiver, made[line.kind])
    return made
