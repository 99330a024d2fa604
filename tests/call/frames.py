"""Encoded pictures and sound as a browser sends them, and what a player finds in a recording."""
import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av

SILENCE = b"\xfc\xff\xfe"


def pictures(count: int, size: tuple[int, int] = (320, 240), key_every: int = 1000, first: int = 0) -> list[bytes]:
    """VP8 frames of 10 a second; the first is a key frame."""
    coder = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height = size
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 90_000), Fraction(10)
    coder.options = {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"}
    coder.bit_rate, coder.gop_size = 150_000, key_every
    made: list[bytes] = []
    for number in range(first, first + count):
        frame = av.VideoFrame(*size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([(number * 7) % 255]) * plane.buffer_size)
        frame.pts = number * 9000
        made += [bytes(one) for one in coder.encode(frame)]
    return made


@dataclass
class Found:
    """Kinds of streams, decoded frames of each, faults of the decoders, and the length that the file tells (s)."""

    kinds: tuple[str, ...]
    video: int
    audio: int
    faults: int
    seconds: float
    sizes: tuple[tuple[int, int], ...] = ()


def decoded(data: bytes) -> Found:
    """Decode everything, and count what a decoder complains of."""
    counts, faults, sizes = {"video": 0, "audio": 0}, 0, []
    with av.open(io.BytesIO(data)) as file:
        kinds = tuple(sorted(one.type for one in file.streams))
        for packet in file.demux():
            if not packet.size:
                continue
            try:
                for frame in packet.decode():
                    if isinstance(frame, av.VideoFrame) and (frame.width, frame.height) not in sizes:
                        sizes.append((frame.width, frame.height))
                counts[packet.stream.type] += 1
            except av.FFmpegError:
                faults += 1
        seconds = (file.duration or 0) / av.time_base
    return Found(kinds, counts["video"], counts["audio"], faults, seconds, tuple(sizes))


def sound(seconds: float, begin: float = 0.0) -> Iterator[tuple[str, bytes, int, float]]:
    """Opus every 20 ms, as (kind, data, ticks, arrival)."""
    for number in range(round(seconds * 50)):
        yield "audio", SILENCE, number * 960, begin + number * 0.02


def shown(frames: list[bytes], begin: float = 0.0, first: int = 0) -> Iterator[tuple[str, bytes, int, float]]:
    """Pictures every 100 ms, as (kind, data, ticks, arrival)."""
    for number, data in enumerate(frames, first):
        yield "video", data, number * 9000, begin + (number - first) * 0.1
