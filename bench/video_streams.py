"""The same streams for every engine: 640×480 at 30 frames a second under 500 kbit/s and a voice, encoded once.

Every picture carries its number as a row of black and white blocks, so that whoever decodes it knows when it was sent.
A sender begins anew with its whole picture when it is asked for one, as a browser makes one.
"""
import asyncio
import time
from fractions import Fraction
from typing import Any

import aiortc.rtcrtpreceiver as receiving
import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from consult.call.media.seams import hear_wishes, only_passed_on

FRAMES, BITS, BLOCK = 300, 9, 16
SILENT = 16     # luma of black


def _numbered(frame: av.VideoFrame, number: int) -> av.VideoFrame:
    plane = frame.planes[0]
    data, stride = bytearray(plane), plane.line_size
    for bit in range(BITS):
        value = 235 if number >> bit & 1 else SILENT
        for row in range(BLOCK):
            at = row * stride + bit * BLOCK
            data[at:at + BLOCK] = bytes([value]) * BLOCK
    plane.update(bytes(data))
    return frame


def number_of(frame: av.VideoFrame) -> int:
    """The number that a decoded picture carries."""
    plane = frame.planes[0]
    row = memoryview(plane)[BLOCK // 2 * plane.line_size:]
    return sum((row[bit * BLOCK * frame.width // 640 + BLOCK // 2] > 125) << bit for bit in range(BITS))


def pictures(size: tuple[int, int], rate: int, bits: int) -> list[bytes]:
    """VP8 frames; only the first needs none before it."""
    coder = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height = size
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 90_000), Fraction(rate)
    coder.bit_rate, coder.gop_size = bits // 2, 100_000    # it takes twice what it is told; what came is printed
    coder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "undershoot-pct": "100",
                     "qmin": "4", "qmax": "63"}
    made: list[bytes] = []
    # The moving card of the test source is drawn small: a face before a wall has no finer lines.
    with av.open(f"testsrc2=size={size[0] // 8}x{size[1] // 8}:rate={rate}", format="lavfi") as source:
        for number, frame in enumerate(source.decode(video=0)):
            if number == FRAMES:
                break
            plain = _numbered(frame.reformat(*size, format="yuv420p"), number)
            plain.pts, plain.time_base = number * 90_000 // rate, Fraction(1, 90_000)
            made += [bytes(one) for one in coder.encode(plain)]
    return made


def sounds() -> list[bytes]:
    """Opus of 20 ms each."""
    coder = av.CodecContext.create("libopus", "w")
    coder.sample_rate, coder.layout, coder.format, coder.bit_rate = 48_000, "stereo", "s16", 32_000
    made: list[bytes] = []
    with av.open("anoisesrc=amplitude=0.05:color=pink:sample_rate=48000", format="lavfi") as source:
        shape = av.AudioResampler(format="s16", layout="stereo", rate=48_000, frame_size=960)
        for frame in source.decode(audio=0):
            for part in shape.resample(frame):
                made += [bytes(one) for one in coder.encode(part)]
            if len(made) >= FRAMES:
                return made[:FRAMES]
    return made


class Sent(MediaStreamTrack):
    """One encoded stream in real time; `at` holds when each number was last sent."""

    def __init__(self, kind: str, frames: list[bytes], rate: int) -> None:
        super().__init__()
        self.kind, self._frames, self._rate = kind, frames, rate
        self._next = self._count = 0
        self._begun = 0.0
        self.at: dict[int, float] = {}

    def again(self) -> None:
        """Somebody wants a whole picture."""
        self._next = 0

    async def recv(self) -> Any:
        """The next frame, at its time."""
        if self.readyState != "live":
            raise MediaStreamError
        self._begun = self._begun or time.monotonic()
        await asyncio.sleep(max(0.0, self._begun + self._count / self._rate - time.monotonic()))
        packet = av.Packet(self._frames[self._next])
        packet.pts = packet.dts = self._count
        packet.time_base = Fraction(1, self._rate)
        self.at[self._next] = time.monotonic()
        self._next = (self._next + 1) % len(self._frames)
        self._count += 1
        return packet


def connection() -> RTCPeerConnection:
    """A party's end."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


class Party:
    """Sends, and watches what others send."""

    def __init__(self, video: list[bytes], audio: list[bytes], rate: int = 30, direction: str = "sendonly") -> None:
        self.pc = connection()
        self.video, self.audio = Sent("video", video, rate), Sent("audio", audio, 50)
        self.views: list[View] = []
        for track, codec in ((self.audio, "opus"), (self.video, "VP8")):
            line = self.pc.addTransceiver(track, direction=direction)
            only_passed_on(line, codec)
            if track.kind == "video":
                hear_wishes(line.sender, self.video.again)

    async def offer(self) -> str:
        """What the engine has to answer."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def take(self, sdp: str) -> None:
        """The answer: packets flow."""
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))


class View:
    """What one party sees of another: pictures decoded, how old each was, and faults of the decoder."""

    def __init__(self, of: Party, pc: RTCPeerConnection | None = None) -> None:
        self.pc, self._of = pc or connection(), of
        self.ages: list[float] = []
        self.sounds = self.faults = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.pc.on("track", lambda track: self._tasks.append(asyncio.ensure_future(self._see(track))))

    async def answer(self, sdp: str) -> str:
        """The answer to an engine's offer."""
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        return str(self.pc.localDescription.sdp)

    async def _see(self, track: Any) -> None:
        try:
            while True:
                frame = await track.recv()
                if track.kind == "audio":
                    self.sounds += 1
                else:
                    sent = self._of.video.at.get(number_of(frame))
                    self.ages.append(time.monotonic() - sent if sent is not None else float("nan"))
        except MediaStreamError:
            return


class Faults:
    """Frames that a decoder of this process could not decode after its first picture."""

    def __init__(self) -> None:
        self.count = 0
        make = receiving.get_decoder
        receiving.get_decoder = lambda codec: _Watched(make(codec), self)


class _Watched:
    def __init__(self, inner: Any, faults: Faults) -> None:
        self._inner, self._faults, self._began = inner, faults, False

    def decode(self, frame: Any) -> Any:
        try:
            made = self._inner.decode(frame)
        except Exception:
            self._faults.count += self._began
            raise
        self._began = self._began or bool(made)
        return made
