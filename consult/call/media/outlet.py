"""Frames of one kind on their way from one party to one watcher: a bounded queue that never breaks a picture's chain.

Pictures begin with one that needs none before it. When a watcher is too slow for what comes, everything that waits is
dropped, and so is what follows until such a picture comes again; it is wished for. Sound drops its oldest frames.
"""
import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

MOST = {"audio": 50, "video": 30}     # one second


class Outlet(MediaStreamTrack):
    """One kind for one watcher. Nothing waits before the first frame is asked for."""

    def __init__(self, kind: str, wish: Callable[[], None], gone: "Callable[[Outlet], None]") -> None:
        super().__init__()
        self.kind = kind
        self._wish, self._gone = wish, gone
        self._waiting: deque[Any] = deque()
        self._come = asyncio.Event()
        self._asked = self._chained = False
        self.passed = self.dropped = 0

    def put(self, packet: Any, is_key: bool) -> None:
        """A frame came. Never blocks and never keeps more than MOST."""
        if not self._asked:
            return
        if len(self._waiting) >= MOST[self.kind]:
            self._overflow()
        if self.kind == "video" and not self._chained:
            if not is_key:
                self.dropped += 1
                return self._wish()
            self._chained = True
        self._waiting.append(packet)
        self._come.set()
        return None

    def _overflow(self) -> None:
        if self.kind == "audio":
            self._waiting.popleft()
            self.dropped += 1
        else:
            self.dropped += len(self._waiting)
            self._waiting.clear()
            self._chained = False

    async def recv(self) -> Any:
        """The next frame, encoded. Raises MediaStreamError when there will be none."""
        if not self._asked:
            self._asked = True
            if self.kind == "video":
                self._wish()
        while not self._waiting:
            self._come.clear()
            await self._live(self._come.wait())
        self.passed += 1
        return self._waiting.popleft()

    async def _live(self, waiting: Any) -> None:
        if self.readyState != "live":
            waiting.close()
            raise MediaStreamError
        await waiting
        if self.readyState != "live":
            raise MediaStreamError

    def stop(self) -> None:
        """Nobody wants more of it, or nothing more will come."""
        if self.readyState == "live":
            super().stop()
            self._waiting.clear()
            self._come.set()
            self._gone(self)
