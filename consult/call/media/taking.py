"""What is kept of one leg, and when a file begins: rules with the time put in, no socket and no disk.

A file begins when everything that was announced has come, or five seconds later with what has come; pictures begin
with one that needs none before it, and are asked for once a second until then. What comes later than its file begins a
new one. Nothing is thrown away while waiting, and a leg that goes silent is told as stalled.
"""
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import av

from consult.call.media.webm import RATES, Sample, Webm

PATIENCE = 5.0
ASK = 1.0
STALLED = 5.0
MOST_WAITING = 4000


class Keeping(Protocol):
    """A file of one segment."""

    def append(self, data: bytes, marks: tuple[int, int, int]) -> None:
        """Keep a head or a whole cluster, and what the file holds with it."""
        ...

    def close(self) -> object:
        """That was all."""
        ...


Begin = Callable[[float, bool, bool], Keeping]


@dataclass
class Taking:
    """One leg. `begin(at, sound, picture)` makes the file of a new segment that starts at the moment `at`."""

    expected: frozenset[str]
    begin: Begin
    first_at: float | None = None
    last_at: float | None = None
    refused: int = 0
    _waiting: list[Sample] = field(default_factory=list)
    _offset: dict[str, int] = field(default_factory=dict)
    _webm: Webm | None = None
    _file: Keeping | None = None
    _began: float = 0.0
    _asked: float | None = None

    def take(self, kind: str, data: bytes, ticks: int, at: float) -> bool:
        """A frame arrived; `ticks` in its own clock, from 0. True when something new is safe on the disk."""
        if self.first_at is None:
            self.first_at = at
        self.last_at = at
        if kind not in self._offset:
            self._offset[kind] = int((at - self.first_at) * RATES[kind]) - ticks
        sample = Sample(kind, data, max(0, ticks + self._offset[kind]))
        if self._webm is None:
            return self._wait(sample, at)
        if self._fits(sample):
            return self._write(sample)
        return sample.is_key and self._next(sample)

    def tick(self, now: float) -> bool:
        """Time passes. True when something new is safe on the disk."""
        waited = self.first_at is not None and now - self.first_at >= PATIENCE
        return bool(self._webm is None and waited and self._open_with_what_came())

    def wants_picture(self, now: float) -> bool:
        """True when a picture that needs none before it should be asked for: once a second until it comes."""
        if "video" not in self._offset or (self._webm is not None and self._webm.picture):
            return False
        if self._asked is not None and now - self._asked < ASK:
            return False
        self._asked = now
        return True

    def is_stalled(self, now: float) -> bool:
        """Nothing has come for a while."""
        return self.last_at is not None and now - self.last_at >= STALLED

    def end(self) -> None:
        """The leg is over; what waited is kept too, when it can be."""
        if self._webm is None and self._waiting:
            self._open_with_what_came()
        self._close()

    # --- waiting ----------------------------------------------------------------------------------------------

    def _wait(self, sample: Sample, at: float) -> bool:
        if sample.kind == "audio" or sample.is_key or any(one.kind == "video" for one in self._waiting):
            self._waiting.append(sample)
        come = {one.kind for one in self._waiting}
        if come >= self.expected or len(self._waiting) >= MOST_WAITING:
            return self._open_with_what_came()
        return self.tick(at)

    def _open_with_what_came(self) -> bool:
        if not self._waiting:
            return False
        waiting, self._waiting = sorted(self._waiting, key=self._moment), []
        key = next((one for one in waiting if one.kind == "video"), None)
        self._open(self._moment(waiting[0]), any(one.kind == "audio" for one in waiting), key)
        return any([self._write(one) for one in waiting])

    def _moment(self, sample: Sample) -> float:
        """Seconds since the leg began."""
        return sample.ticks / RATES[sample.kind]

    # --- files ------------------------------------------------------------------------------------------------

    def _fits(self, sample: Sample) -> bool:
        assert self._webm is not None
        return self._webm.sound if sample.kind == "audio" else bool(self._webm.picture)

    def _next(self, sample: Sample) -> bool:
        """A kind that this file does not have: its first frame begins another file."""
        self._close()
        self._open(self._moment(sample), "audio" in self._offset, sample if sample.kind == "video" else None)
        return self._write(sample)

    def _open(self, moment: float, sound: bool, key: Sample | None) -> None:
        assert self.first_at is not None
        self._began = moment
        self._webm = Webm(sound, key.size if key else None)
        self._file = self.begin(self.first_at + moment, sound, key is not None)

    def _write(self, sample: Sample) -> bool:
        assert self._webm is not None and self._file is not None
        ticks = sample.ticks - int(self._began * RATES[sample.kind])
        try:
            whole = self._webm.add(Sample(sample.kind, sample.data, max(0, ticks)))
        except av.FFmpegError:  # FFmpeg refuses a frame: one frame is lost, never the leg
            self.refused += 1
            return False
        if whole:
            self._file.append(whole, self._webm.counts.marks)
        return bool(whole)

    def _close(self) -> None:
        if self._webm is None or self._file is None:
            return
        whole = self._webm.close()
        if whole:
            self._file.append(whole, self._webm.counts.marks)
        self._file.close()
        self._webm = self._file = None
