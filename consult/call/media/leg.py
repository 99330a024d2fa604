"""One leg in the media process: what is kept of a connection of its own, or of one that others watch too."""
import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiortc import RTCPeerConnection, RTCSessionDescription

from app.storage.streams import KeptStream, Streams, StreamWriter
from consult.call.media.inlet import Inlet
from consult.call.media.seams import close, connection
from consult.call.media.source import Source, inlets
from consult.call.media.taking import Taking

log = logging.getLogger("fuzhen.media")
TICK = 0.25
GONE = 20.0     # nothing came for so long that the browser will not come back on this connection
Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Clock:
    """The hospital's time, which may be another than the machine's: told once, then counted on."""

    ms: int
    since: float

    def at(self, moment: float) -> int:
        """The hospital's time in ms at a moment of this machine's steady clock."""
        return self.ms + int((moment - self.since) * 1000)


def label_of(owner: str, leg: str, number: int, at_ms: int, sound: bool, picture: bool) -> str:
    """What stands in plain before a segment: whose, of which leg, which one, since when, and of what kinds."""
    return "/".join((owner, leg, str(number), str(at_ms), ("a" if sound else "") + ("v" if picture else "")))


def segment_of(kept: KeptStream, recovered: bool) -> dict[str, Any]:
    """What the server writes down of a segment."""
    owner, leg, number, at_ms, kinds = kept.label.split("/")
    video, audio, ms = kept.marks
    return {"told": "segment", "leg": leg, "owner": owner, "number": int(number), "at_ms": int(at_ms), "ms": ms,
            "kinds": kinds, "video": video, "audio": audio, "key": kept.key, "sha256": kept.sha256,
            "size": kept.size, "recovered": recovered}


class _File:
    """A segment on the disk; empty ones are thrown away."""

    def __init__(self, streams: Streams, writer: StreamWriter, tell: Tell) -> None:
        self._streams, self._writer, self._tell = streams, writer, tell

    def append(self, data: bytes, marks: tuple[int, int, int]) -> None:
        self._writer.append(data, marks)

    def close(self) -> None:
        kept = self._writer.close()
        if kept.marks[:2] == (0, 0):
            self._streams.discard(kept.key)
        else:
            self._tell(segment_of(kept, recovered=False))


class Leg:
    """Receives what one browser sends, until it goes, falls silent or is told to end."""

    def __init__(self, name: str, owner: str, clock: Clock, streams: Streams, tell: Tell) -> None:
        self.name, self._owner, self._clock, self._streams, self._tell = name, owner, clock, streams, tell
        self._pc: RTCPeerConnection = connection()
        self._source: Source | None = None
        self._inlets: dict[str, Inlet] = {}
        self._stops: list[Callable[[], None]] = []
        self._taking: Taking
        self._tasks: list[asyncio.Task[None]] = []
        self._number = 0
        self._begun = time.monotonic()
        self._runs = self._stalled = self._ends = self._over = self._shut = False

    async def answer(self, sdp: str) -> str:
        """Take the browser's offer and answer it; from then on everything that comes is kept."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        tracks = [one.receiver.track for one in self._pc.getTransceivers() if one.receiver.track is not None]
        if len({track.kind for track in tracks}) != len(tracks) or not tracks or self._pc.sctp is not None:
            raise ValueError("a leg is one sound and at most one picture")
        self._taking = Taking(frozenset(track.kind for track in tracks), self._begin)
        self._pc.on("connectionstatechange", self._changed)
        self._inlets = inlets(self._pc)
        for kind, inlet in self._inlets.items():
            self._stops.append(inlet.record(partial(self._take, kind)))
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        self._go(self._look_after())
        return str(self._pc.localDescription.sdp)

    def follow(self, source: Source) -> None:
        """Keep what a party sends for the others anyway; nothing is sent twice."""
        self._source = source
        self._taking = Taking(frozenset(source.kinds), self._begin)
        self._stops = [source.record(kind, partial(self._take, kind), lambda: self._go(self.end()))
                       for kind in source.kinds]
        self._go(self._look_after())

    def _go(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)

    async def end(self) -> None:
        """Close file and connection, and say so once, whatever the disk or the connection make of it."""
        if self._over:
            return
        self._over = True
        lost = 0
        try:
            lost = self._source.lost_packets if self._source else sum(one.lost for one in self._inlets.values())
            self._finish()
            await close(self._pc)
        except Exception as error:
            log.error("a connection could not be closed in order", exc_info=error)
        finally:
            self._tell({"told": "over", "leg": self.name, "lost": lost})

    def _finish(self) -> None:
        """Nothing more is taken; what came is kept as far as the disk takes it."""
        for task in list(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()
        for stop in self._stops:
            stop()
        self._shut = True
        try:
            if self._stops:
                self._taking.end()
        except Exception as error:
            log.error("the end of a recording was not written", exc_info=error)

    def _begin(self, at: float, sound: bool, picture: bool) -> _File:
        self._number += 1
        label = label_of(self._owner, self.name, self._number, self._clock.at(at), sound, picture)
        return _File(self._streams, self._streams.create(label), self._tell)

    def _take(self, kind: str, data: bytes, ticks: int) -> None:
        """A frame came; whatever the disk makes of it must not reach the connection that others watch too."""
        if self._shut or self._ends:
            return
        try:
            if self._taking.take(kind, data, ticks, time.monotonic()):
                self._safe()
            if self._taking.is_too_much:
                log.warning("a copy that is no small one is not received any more")
                self._ends = True
                self._go(self.end())
        except Exception as error:
            self._ends = True
            self._go(self._give_up(error))

    async def _give_up(self, error: Exception) -> None:
        """A full disk, say, ends the leg and nothing else; the page hears that nothing is kept."""
        log.error("a recording cannot be written", exc_info=error)
        await self.end()

    def _safe(self) -> None:
        """Something is on the disk: whoever did not know that this leg runs is told."""
        if not self._runs or self._stalled:
            self._runs, self._stalled = True, False
            self._tell({"told": "running", "leg": self.name})

    async def _look_after(self) -> None:
        """What time does, until the leg is over."""
        try:
            while not self._over:
                await asyncio.sleep(TICK)
                await self._look(time.monotonic())
        except Exception as error:
            await self._give_up(error)

    async def _look(self, now: float) -> None:
        """Files begin, pictures are asked for, silence is told."""
        if self._taking.tick(now):
            self._safe()
        if self._taking.wants_picture(now):
            self._ask()
        if self._taking.is_stalled(now) and not self._stalled:
            self._stalled = True
            self._tell({"told": "stalled", "leg": self.name})
        if now - (self._taking.last_at or self._begun) > GONE:
            await self.end()

    def _ask(self) -> None:
        if self._source is not None:
            self._source.wish()
        elif "video" in self._inlets:
            self._inlets["video"].wish()

    async def _changed(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            await self.end()
