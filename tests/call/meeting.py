"""Parties of a call played by aiortc: each sends a picture that changes and counts what it decodes of the others."""
import asyncio
import time
from typing import Any

import aiortc.rtcrtpreceiver as receiving
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

from tests.call.legs import Copy, Picture

PATIENCE = 60.0


class Eye:
    """A connection that only receives, and what came out of its decoders."""

    def __init__(self) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.frames = {"audio": 0, "video": 0}
        self.colours: set[int] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.pc.on("track", lambda track: self._tasks.append(asyncio.ensure_future(self._count(track))))

    async def _count(self, track: Any) -> None:
        try:
            while True:
                frame = await track.recv()
                self.frames[track.kind] += 1
                if track.kind == "video":
                    self.colours.add(bytes(frame.planes[0])[0])
        except MediaStreamError:
            return

    async def answer(self, offer: str) -> str:
        """The answer to an offer of the engine."""
        await self.pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        return str(self.pc.localDescription.sdp)

    async def sees(self, video: int, audio: int = 1) -> None:
        """Until so many more frames have been decoded."""
        want = {"video": self.frames["video"] + video, "audio": self.frames["audio"] + audio}
        await until(lambda: all(self.frames[kind] >= least for kind, least in want.items()), lambda: self.frames)

    async def close(self) -> None:
        await self.pc.close()


async def until(fits: Any, what: Any = lambda: None) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not fits():
        assert time.monotonic() < end, what()
        await asyncio.sleep(0.05)


class Faults:
    """Counts what any decoder of this process could not decode, before its first whole picture and after it."""

    def __init__(self, monkeypatch: Any) -> None:
        self.early = self.count = 0
        make = receiving.get_decoder
        monkeypatch.setattr(receiving, "get_decoder", lambda codec: Counting(make(codec), self))


class Counting:
    """A decoder that is watched."""

    def __init__(self, inner: Any, faults: Faults) -> None:
        self.inner, self.faults, self.began = inner, faults, False

    def decode(self, frame: Any) -> Any:
        try:
            made = self.inner.decode(frame)
        except Exception:
            self.faults.count += self.began
            self.faults.early += not self.began
            raise
        self.began = self.began or bool(made)
        return made


def sender(first: int = 0) -> Copy:
    """A party with sound and a picture."""
    return Copy(AudioStreamTrack(), Picture((320, 240)))
