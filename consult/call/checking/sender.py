"""A browser that sends a copy, played by aiortc: a made-up picture and silence, as real packets."""
import asyncio
import fractions
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from av import VideoFrame


class Picture(VideoStreamTrack):
    """Ten small pictures a second, which change."""

    def __init__(self, size: tuple[int, int] = (320, 240)) -> None:
        super().__init__()
        self.size, self._number, self._begun = size, 0, 0.0

    async def recv(self) -> VideoFrame:
        """The next picture, at its time."""
        if self.readyState != "live":
            raise MediaStreamError
        self._begun = self._begun or time.monotonic()
        await asyncio.sleep(max(0.0, self._begun + self._number / 10 - time.monotonic()))
        frame = VideoFrame(*self.size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([self._number * 9 % 255]) * plane.buffer_size)
        frame.pts, frame.time_base = self._number * 9000, fractions.Fraction(1, 90_000)
        self._number += 1
        return frame


class Sender:
    """One party's sendonly leg."""

    def __init__(self, *tracks: MediaStreamTrack) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        for track in tracks or (AudioStreamTrack(), Picture()):
            self.pc.addTransceiver(track, direction="sendonly")

    async def offer(self) -> str:
        """The offer with every way to reach this end in it."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def take(self, answer: str) -> None:
        """The answer: from now on packets flow."""
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def close(self) -> None:
        """The page is gone."""
        await self.pc.close()
