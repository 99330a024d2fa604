"""Pages that publish and watch at the same moment leave nothing behind in the media process that has no name."""
import asyncio
from typing import Any

import pytest

from consult.call.media import relaying
from consult.call.media.relaying import Relay


class Slow:
    """A connection that takes its time, to begin and to end; `living` are those that run."""

    living: list["Slow"]

    def __init__(self, *given: Any) -> None:
        *sources, self.gone = given
        self.source, self.over, self.kinds = sources[0] if sources else None, False, ["audio"]
        self.living.append(self)

    async def answer(self, sdp: str) -> str:
        await asyncio.sleep(0.01)
        return "answer"

    async def offer(self) -> str:
        return await self.answer("")

    async def end(self) -> None:
        if not self.over:
            self.over = True
            await asyncio.sleep(0.02)
            self.living.remove(self)
            self.gone(self)


@pytest.fixture
def kinds(monkeypatch):
    """The sources and the watchers that run."""
    found = []
    for name in ("Source", "Watcher"):
        made = type(name, (Slow,), {"living": []})
        monkeypatch.setattr(relaying, name, made)
        found.append(made.living)
    return found


@pytest.mark.parametrize("many", [2, 3, 6])
def test_of_publications_at_once_one_is_left_and_nothing_after_its_end(kinds, many: int) -> None:
    sources, watchers = kinds

    async def story() -> None:
        relay = Relay()
        await relay.publish("room", "wang", "v=0")
        await relay.publish("room", "lin", "v=0")
        await asyncio.gather(*(relay.publish("room", "wang", "v=0") for _ in range(many)))
        assert len(sources) == 2 and relay.source("room", "wang") in sources
        await relay.watch("room", "lin", "wang")
        await asyncio.gather(*(relay.watch("room", "lin", "wang") for _ in range(many)))
        assert len(watchers) == 1
        await relay.close("room")
        assert sources == watchers == [] and not relay._turns

    asyncio.run(story())


def test_who_leaves_while_their_publication_begins_is_gone(kinds) -> None:
    sources, _ = kinds

    async def story() -> None:
        relay = Relay()
        await relay.publish("room", "wang", "v=0")
        again = asyncio.ensure_future(relay.publish("room", "wang", "v=0"))
        await asyncio.sleep(0)
        await relay.leave("room", "wang")
        await again
        assert sources == []

    asyncio.run(story())
