"""WebM from encoded VP8 and Opus, given out cluster by cluster (RFC 6386, RFC 7845, RFC 9559). Knows no file.

The muxer writes to memory; what comes out of `add` is the head of the file or one whole cluster, and what it holds is
counted in the cluster itself, because the muxer keeps packets back until it is their turn.
"""
from dataclasses import dataclass, field
from fractions import Fraction

import av

from consult.call.media.container import blocks

RATES = {"audio": 48_000, "video": 90_000}
OPTIONS = {"cluster_time_limit": "1000", "flush_packets": "1"}


def is_key_frame(data: bytes) -> bool:
    """True for a VP8 picture that needs none before it (RFC 6386, section 9.1)."""
    return len(data) >= 10 and data[0] & 1 == 0


@dataclass(frozen=True)
class Sample:
    """One encoded frame; `ticks` in the clock of its kind."""

    kind: str
    data: bytes
    ticks: int

    @property
    def is_key(self) -> bool:
        """Sound always; a picture when it needs none before it."""
        return self.kind == "audio" or is_key_frame(self.data)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that a key frame names."""
        return tuple(int.from_bytes(self.data[at:at + 2], "little") & 0x3FFF for at in (6, 8))  # type: ignore


@dataclass
class Counts:
    """What whole clusters hold: frames of each kind, and the time of the last one in ms."""

    video: int = 0
    audio: int = 0
    ms: int = 0

    @property
    def marks(self) -> tuple[int, int, int]:
        """As the file keeps them with every chunk."""
        return self.video, self.audio, self.ms


class Memory:
    """Where the muxer writes to; it can only ever add."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        """Take what the muxer gives."""
        self.data += data
        return len(data)

    def take(self) -> bytes:
        """Everything so far, and forget it."""
        taken, self.data = bytes(self.data), bytearray()
        return taken


@dataclass
class Webm:
    """One file. `picture` is width and height, None for sound alone."""

    sound: bool
    picture: tuple[int, int] | None
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self._memory = Memory()
        self._file = av.open(self._memory, "w", format="webm", options=OPTIONS)
        self._file.metadata["DURATION"] = "00:00:00.001"    # keeps the place where a reader finds the length
        self._streams = {}
        self._last: dict[str, int] = {}
        if self.sound:
            self._streams["audio"] = self._file.add_mux_stream("libopus", rate=RATES["audio"])
        if self.picture:
            width, height = self.picture
            self._streams["video"] = self._file.add_mux_stream("libvpx", rate=30, width=width, height=height)
        for kind, stream in self._streams.items():
            stream.time_base = Fraction(1, RATES[kind])

    def add(self, sample: Sample) -> bytes:
        """Add a frame whose kind the file has; returns what is whole now, often nothing. A late frame is left out."""
        if sample.ticks <= self._last.get(sample.kind, -1):
            return b""
        self._last[sample.kind] = sample.ticks
        packet = av.Packet(sample.data)
        packet.pts = packet.dts = sample.ticks
        packet.time_base = Fraction(1, RATES[sample.kind])
        packet.is_keyframe = sample.is_key
        packet.stream = self._streams[sample.kind]
        self._file.mux(packet)
        return self._taken()

    def close(self) -> bytes:
        """What was kept back."""
        self._file.close()
        return self._taken()

    def _taken(self) -> bytes:
        if not self._memory.data:
            return b""
        taken = self._memory.take()
        for track, ms in blocks(taken):
            kind = list(self._streams)[track - 1]
            setattr(self.counts, kind, getattr(self.counts, kind) + 1)
            self.counts.ms = max(self.counts.ms, ms)
        return taken
