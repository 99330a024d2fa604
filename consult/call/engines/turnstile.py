"""Few at once, and nobody for a while after a failure: what hangs must not hold every request of the hospital."""
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.kit.problems import Problem

REST_SECONDS = 3.0


class Turnstile:
    """`most` acts at once; whoever comes then, or soon after an act failed with `away`, hears `away` at once."""

    def __init__(self, most: int, away: type[Problem], rest: float = REST_SECONDS,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._away, self._rest, self._clock = away, rest, clock
        self._shut_until = clock()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one act. Raises `away` without waiting when there is none."""
        if self._clock() < self._shut_until or not self._places.acquire(blocking=False):
            raise self._away
        try:
            yield
        except self._away:
            self._shut_until = self._clock() + self._rest
            raise
        finally:
            self._places.release()
