"""The relay: who sends in which room, and who watches whom. Names come from the server, which knows what they mean."""
import asyncio
from typing import Any
from weakref import WeakValueDictionary

from consult.call.media.source import Source
from consult.call.media.watcher import Watcher

MOST_PARTIES = 6


class Relay:
    """Sources by room and party; watchers by room, party and source. A second one of a name replaces the first.

    In a room one change waits for another: ending what has a name and giving the name to the next takes a while.
    """

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], Source] = {}
        self._watchers: dict[tuple[str, str, str], Watcher] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._ending: list[asyncio.Task[None]] = []

    async def publish(self, room: str, party: str, sdp: str) -> str:
        """Receive what a party sends; returns the answer. Raises whatever the library makes of nonsense."""
        async with self._turn(room):
            return await self._publish(room, party, sdp)

    async def _publish(self, room: str, party: str, sdp: str) -> str:
        await self._end_source(room, party)
        if len([key for key in self._sources if key[0] == room]) >= MOST_PARTIES:
            raise ValueError("a room is full")
        source = Source(lambda one: self._source_gone((room, party), one))
        self._sources[room, party] = source
        try:
            return await source.answer(sdp)
        except BaseException:
            await source.end()
            raise

    def source(self, room: str, party: str) -> Source:
        """What a party sends. Raises LookupError when it sends nothing (yet)."""
        source = self._sources[room, party]
        if not source.kinds:
            raise LookupError(party)
        return source

    async def watch(self, room: str, party: str, whom: str) -> str:
        """Begin to send `whom` to `party`; returns an offer. Raises LookupError when `whom` sends nothing (yet)."""
        async with self._turn(room):
            return await self._watch(room, party, whom)

    async def _watch(self, room: str, party: str, whom: str) -> str:
        key = room, party, whom
        if key in self._watchers:
            await self._watchers[key].end()
        source = self.source(room, whom)
        watcher = Watcher(source, lambda one: self._forget(self._watchers, key, one))
        self._watchers[key] = watcher
        try:
            return await watcher.offer()
        except BaseException:
            await watcher.end()
            raise

    async def agree(self, room: str, party: str, whom: str, sdp: str) -> None:
        """The answer of a watcher. Raises LookupError, and what the library raises."""
        watcher = self._watchers[room, party, whom]
        try:
            await watcher.agree(sdp)
        except BaseException:
            await watcher.end()
            raise

    async def leave(self, room: str, party: str) -> None:
        """A party sends and watches no more."""
        async with self._turn(room):
            await self._end_source(room, party)
            await self._end_watchers(lambda key: key[:2] == (room, party))

    async def close(self, room: str) -> None:
        """Everybody leaves."""
        async with self._turn(room):
            for key in [key for key in self._sources if key[0] == room]:
                await self._end_source(*key)
            await self._end_watchers(lambda key: key[0] == room)

    async def end(self) -> None:
        """Every room closes."""
        rooms = {key[0] for key in (*self._sources, *self._watchers)}
        await asyncio.gather(*(self.close(room) for room in rooms), return_exceptions=True)

    def flows(self, room: str) -> list[dict[str, Any]]:
        """Frames so far: of each source what came, of each watcher what was passed on and what was left out."""
        came = [{"party": key[1], "whom": "", "kind": kind, "frames": source.came[kind], "dropped": 0}
                for key, source in self._sources.items() if key[0] == room for kind in source.kinds]
        return came + [{"party": key[1], "whom": key[2], "kind": one.kind, "frames": one.passed, "dropped": one.dropped}
                       for key, watcher in self._watchers.items() if key[0] == room for one in watcher.outlets]

    def _turn(self, room: str) -> asyncio.Lock:
        """Whose turn it is in a room; forgotten when nobody waits."""
        return self._turns.setdefault(room, asyncio.Lock())

    async def _end_source(self, room: str, party: str) -> None:
        source = self._sources.get((room, party))
        if source is not None:
            await source.end()

    def _source_gone(self, key: tuple[str, str], source: Source) -> None:
        """Also by itself: whoever watched it is told by the end of their connection."""
        self._forget(self._sources, key, source)
        for watcher in [one for one in self._watchers.values() if one.source is source]:
            self._ending = [one for one in self._ending if not one.done()]
            self._ending.append(asyncio.get_running_loop().create_task(watcher.end()))

    async def _end_watchers(self, which: Any) -> None:
        for watcher in [one for key, one in self._watchers.items() if which(key)]:
            await watcher.end()
        await asyncio.gather(*self._ending, return_exceptions=True)

    @staticmethod
    def _forget(where: dict[Any, Any], key: Any, one: object) -> None:
        if where.get(key) is one:
            del where[key]
