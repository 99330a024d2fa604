"""One watcher of one source: a connection that only sends, with the frames as they came."""
import asyncio
from collections.abc import Callable

from aiortc import RTCPeerConnection, RTCSessionDescription

from consult.call.media.inlet import PASSED_ON
from consult.call.media.outlet import Outlet
from consult.call.media.seams import close, connection, hear_limits, hear_wishes, only_passed_on, send_past
from consult.call.media.source import Source

PATIENCE = 30.0     # a browser that has not connected by then will not


class Watcher:
    """Sends one source to one browser. `gone` is called once, when it is over."""

    def __init__(self, source: Source, gone: "Callable[[Watcher], None]") -> None:
        self.source = source
        self._gone = gone
        self._pc: RTCPeerConnection = connection()
        self.outlets: list[Outlet] = []
        self._late: asyncio.TimerHandle | None = None
        self._over = False

    async def offer(self) -> str:
        """What the browser has to answer: every kind that the source announced."""
        self._pc.on("connectionstatechange", self._changed)
        for kind in self.source.kinds:
            outlet = self.source.outlet(kind)
            self.outlets.append(outlet)
            line = self._pc.addTransceiver(outlet, direction="sendonly")
            only_passed_on(line, PASSED_ON[kind])
            send_past(line.sender, outlet)
            hear_wishes(line.sender, self.source.wish)
            hear_limits(line.sender, self._limit)
        await self._pc.setLocalDescription(await self._pc.createOffer())
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(PATIENCE, lambda: loop.create_task(self._give_up()))
        return str(self._pc.localDescription.sdp)

    async def agree(self, sdp: str) -> None:
        """The browser's answer. Raises whatever the library makes of nonsense."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    def _limit(self, bits: int) -> None:
        self.source.limit(self, bits)

    async def end(self) -> None:
        """No frame more."""
        if self._over:
            return
        self._over = True
        if self._late is not None:
            self._late.cancel()
        self.source.limit(self, None)
        for outlet in self.outlets:
            outlet.stop()
        try:
            await close(self._pc)
        finally:
            self._gone(self)

    async def _give_up(self) -> None:
        if self._pc.connectionState != "connected":
            await self.end()

    async def _changed(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            await self.end()
