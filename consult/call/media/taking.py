"""What is kept of one leg, and when a file begins: rules with the time put in, no socket and no disk.

A file begins when everything that was announced has come, or five seconds later with what has come; pictures begin
with one that needs none before it, and are asked for once a second until then. What comes later than its file begins a
new one. A muxer waits for the kind that does not come: when one kind comes alone for two seconds, it goes on in a file
of its own. Nothing is thrown away while waiting, and a leg of which nothing reaches the disk is told as stalled.
"""
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import av

from consult.call.media.container import blocks
from consult.call.media.webm import RATES, Sample, Webm

PATIENCE = 5.0
ASK = 1.0
STALLED = 5.0
ALONE = 2.0
CUT = 1.0       # nothing of either kind for so long is no sign that one goes on alone
MOST_WAITING = 4000
MOST_BYTES, MOST_BYTES_A_SECOND = 4_000_000, 90_000    # more than any page of ours sends: 112 MB in 20 minutes


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
    kept_at: float | None = None
    refused: int = 0
    taken: int = 0
    _waiting: list[Sample] = field(default_factory=list)
    _offset: dict[str, int] = field(default_factory=dict)
    _webm: Webm | None = None
    _file: Keeping | None = None
    _began: float = 0.0
    _asked: float | None = None
    _running: tuple[str, float] = ("", 0.0)     # the kind that came last, and since when no other came

    def take(self, kind: str, data: bytes, ticks: int, at: float) -> bool:
        """A frame arrived; `ticks` in its own clock, from 0. True when something new is safe on the disk."""
        if self.first_at is None:
            self.first_at = at
        if kind != self._running[0] or self.last_at is None or at - self.last_at >= CUT:
            self._running = kind, at
        self.last_at = at
        self.taken += len(data)
        if kind not in self._offset:
            self._offset[kind] = int((at - self.first_at) * RATES[kind]) - ticks
        sample = Sample(kind, data, max(0, ticks + self._offset[kind]))
        return self._safe(self._put(sample, at), at)

    def _put(self, sample: Sample, at: float) -> bool:
        if self._webm is None:
            return self._wait(sample, at)
        alone = self._is_alone
        if self._fits(sample) and not (alone and sample.is_key):
            return self._write(sample)
        return sample.is_key and self._next(sample, alone)

    def tick(self, now: float) -> bool:
        """Time passes. True when something new is safe on the disk."""
        return self._safe(self._waited(now) and self._open_with_what_came(), now)

    def wants_picture(self, now: float) -> bool:
        """True when a picture that needs none before it should be asked for: once a second until it comes."""
        missing = self._webm is None or not self._webm.picture
        if "video" not in self._offset or not (missing or (self._running[0] == "video" and self._is_alone)):
            return False
        if self._asked is not None and now - self._asked < ASK:
            return False
        self._asked = now
        return True

    def is_stalled(self, now: float) -> bool:
        """Nothing has reached the disk for a while, whatever comes."""
        since = self.first_at if self.kept_at is None else self.kept_at
        return since is not None and now - since >= STALLED

    @property
    def is_too_much(self) -> bool:
        """More has come than a small copy can be: whoever sends it would only fill the disk."""
        if self.first_at is None or self.last_at is None:
            return False
        return self.taken > MOST_BYTES + (self.last_at - self.first_at) * MOST_BYTES_A_SECOND

    def end(self) -> None:
        """The leg is over; what waited is kept too, when it can be."""
        if self._webm is None and self._waiting:
            self._open_with_what_came()
        self._close()

    def _safe(self, kept: bool, at: float) -> bool:
        if kept:
            self.kept_at = at
        return kept

    # --- waiting ----------------------------------------------------------------------------------------------

    def _wait(self, sample: Sample, at: float) -> bool:
        if sample.kind == "audio" or sample.is_key or any(one.kind == "video" for one in self._waiting):
            self._waiting.append(sample)
        come = {one.kind for one in self._waiting}
        if come >= self.expected or len(self._waiting) >= MOST_WAITING:
            return self._open_with_what_came()
        return self._waited(at) and self._open_with_what_came()

    def _waited(self, now: float) -> bool:
        """Long enough for what else was announced."""
        return self._webm is None and self.first_at is not None and now - self.first_at >= PATIENCE

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

    @property
    def _is_alone(self) -> bool:
        """True when the file is for both kinds and only one has come for a while."""
        both = self._webm is not None and self._webm.sound and self._webm.picture
        return bool(both) and self.last_at is not None and self.last_at - self._running[1] >= ALONE

    def _next(self, sample: Sample, alone: bool) -> bool:
        """A kind that this file does not have, or one that goes on alone: this frame begins another file."""
        kept = self._close()
        sound = sample.kind == "audio" or ("audio" in self._offset and not alone)
        self._open(self._moment(sample), sound, sample if sample.kind == "video" else None)
        return self._write(sample) or kept

    def _open(self, moment: float, sound: bool, key: Sample | None) -> None:
        assert self.first_at is not None
        self._file = self.begin(self.first_at + moment, sound, key is not None)
        self._began = moment
        self._webm = Webm(sound, key.size if key else None)

    def _write(self, sample: Sample) -> bool:
        assert self._webm is not None and self._file is not None
        ticks = sample.ticks - int(self._began * RATES[sample.kind])
        try:
            whole = self._webm.add(Sample(sample.kind, sample.data, max(0, ticks)))
        except av.FFmpegError:  # FFmpeg refuses a frame: one frame is lost, never the leg
            self.refused += 1
            return False
        return self._append(self._webm, self._file, whole)

    @staticmethod
    def _append(webm: Webm, file: Keeping, whole: bytes) -> bool:
        """Head or clusters to the disk; True when frames were among them."""
        if not whole:
            return False
        file.append(whole, webm.counts.marks)
        return next(blocks(whole), None) is not None

    def _close(self) -> bool:
        if self._webm is None or self._file is None:
            return False
        webm, file, self._webm, self._file = self._webm, self._file, None, None
        try:        # a disk that takes nothing must not leave a file that is neither open nor closed
            return self._append(webm, file, webm.close())
        finally:
            file.close()
