"""Who watches what, in this process. A push is a hint; the table is the truth."""
import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol


class Watcher(Protocol):
    """A connection that can be told that a topic changed; `hint` returns at once."""

    def hint(self, topic: str) -> None:
        """Look at `topic` again soon."""
        ...


class Hub:
    """Topics and their watchers; `publish` may be called from any thread."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Watcher]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the event loop that owns the watchers."""
        self._loop = loop

    def watch(self, topic: str, watcher: Watcher) -> None:
        """Let `watcher` hear of `topic`; called in the loop."""
        self._watchers[topic].add(watcher)

    def leave(self, watcher: Watcher) -> None:
        """Forget a closed connection."""
        for topic in [t for t, watchers in self._watchers.items() if watcher in watchers]:
            self._watchers[topic].discard(watcher)
            if not self._watchers[topic]:
                del self._watchers[topic]

    def publish(self, topics: Iterable[str]) -> None:
        """Tell the watchers of this process; safe from worker threads and after the loop ended."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._deliver, list(topics))

    def everything(self) -> None:
        """Tell every watcher to look again: hints may have been lost."""
        self.publish(list(self._watchers))

    def watching(self, topic: str) -> int:
        """How many connections watch a topic."""
        return len(self._watchers.get(topic, ()))

    def _deliver(self, topics: list[str]) -> None:
        for topic in topics:
            for watcher in list(self._watchers.get(topic, ())):
                watcher.hint(topic)
