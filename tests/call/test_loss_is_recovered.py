"""One packet in twenty is lost on each of the two lines, each way: what is missing is sent again, so that the picture
that is watched and the one that is kept are whole. A small relay between the ends drops packets by a seeded lot."""
import asyncio
import random
from fractions import Fraction
from uuid import uuid4

import av
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RTCP_PSFB_APP, RTCP_RTPFB_NACK, RtcpPsfbPacket, RtcpRtpfbPacket, pack_remb_fci, unpack_remb_fci

from bench.video_streams import Party
from consult.call.engines.relay import RelayEngine
from tests.call.frames import SILENCE, decoded
from tests.call.lossy import Line
from tests.call.meeting import Eye, Faults, until
from tests.call.test_the_media_process import WANG, Desk, desk, of

__all__ = ["desk"]

SHARE, RATE, FRAMES = 0.05, 30, 240
ENOUGH = round(0.95 * FRAMES)
NARROW = 321_000    # bit/s that the watcher says its line carries


def noise(count: int) -> list[bytes]:
    """Pictures of some packets each, of which only the first needs none before it."""
    coder, lot = av.CodecContext.create("libvpx", "w"), random.Random(7)
    coder.width, coder.height, coder.pix_fmt = 160, 112, "yuv420p"
    coder.time_base, coder.framerate, coder.bit_rate, coder.gop_size = Fraction(1, RATE), Fraction(RATE), 300_000, 1000
    coder.options = {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"}
    made = []
    for number in range(count):
        frame = av.VideoFrame(160, 112, "yuv420p")
        for plane in frame.planes:
            plane.update(lot.randbytes(plane.buffer_size))
        frame.pts = number
        made += [bytes(one) for one in coder.encode(frame)]
    return made


VIDEO = noise(60)


class Sender(Party):
    """Sends through a line, and counts what it is asked for."""

    def __init__(self, line: Line) -> None:
        super().__init__(VIDEO, [SILENCE], rate=RATE)
        self.line, self.asked_again, self.limits = line, 0, []
        sender = self.pc.getTransceivers()[1].sender
        inner = sender._handle_rtcp_packet

        async def handle(packet):
            if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
                self.asked_again += len(packet.lost)
            elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
                self.limits.append(unpack_remb_fci(packet.fci)[0])
            await inner(packet)

        sender._handle_rtcp_packet = handle


class Watcher(Eye):
    """Watches through a line; notes the time of every picture that could be decoded, and what was sent again."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line, self.pictures, self.again = line, set(), 0

    async def _count(self, track):
        try:
            while True:
                frame = await track.recv()
                self.frames[track.kind] += 1
                if track.kind == "video":
                    self.pictures.add(round(frame.pts * RATE / 90_000))
        except MediaStreamError:
            return

    async def answer(self, offer):
        told = await super().answer(await self.line.from_server(offer))
        receiver = next(one.receiver for one in self.pc.getTransceivers() if one.kind == "video")
        handle, send = receiver._handle_rtp_packet, receiver._send_rtcp

        async def handled(packet, arrival_time_ms):
            self.again += packet.payload_type in self.repairs
            await handle(packet, arrival_time_ms)

        async def sent(packet):
            if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
                packet.fci = pack_remb_fci(NARROW, unpack_remb_fci(packet.fci)[1])
            await send(packet)

        receiver._handle_rtp_packet, receiver._send_rtcp = handled, sent
        return await self.line.from_party(told)

    @property
    def repairs(self):
        lines = self.pc.localDescription.sdp.splitlines()
        return {int(one.split(":")[1].split()[0]) for one in lines if one.startswith("a=rtpmap:") and "rtx" in one}


async def passed_on(desk: Desk, lines: tuple[Line, Line]):
    """A party sends through one line, another watches through the second, and a leg keeps it."""
    engine, room, leg, names = RelayEngine(desk.keeper), uuid4(), uuid4(), (uuid4(), uuid4())
    party, eye = Sender(lines[0]), Watcher(lines[1])
    offer = await lines[0].from_party(await party.offer())
    await party.take(await lines[0].from_server(await asyncio.to_thread(engine.publish, room, names[0], offer)))
    await asyncio.to_thread(desk.keeper.keep, desk.keeper.id, leg, WANG, room, names[0], 0)
    answer = await eye.answer(await asyncio.to_thread(engine.watch, room, names[1], names[0]))
    await asyncio.to_thread(engine.agree, room, names[1], names[0], answer)
    return party, eye, leg


async def story(desk: Desk, lines: tuple[Line, Line]):
    party, eye, leg = await passed_on(desk, lines)
    try:
        await until(lambda: eye.pictures and max(eye.pictures) >= FRAMES + RATE,
                    lambda: (len(eye.pictures), lines[0].far.lost))
        await until(lambda: party.limits and abs(party.limits[-1] - NARROW) < NARROW / 100, lambda: party.limits)
        await until(lambda: eye.frames["video"] >= FRAMES)
    finally:
        desk.keeper.close(leg)
        await asyncio.to_thread(desk.until, of(leg, "over"))
        for one in (eye, party.pc, *lines):
            done = one.close()
            if done is not None:
                await done
    return party, eye, leg


def test_what_is_lost_on_either_line_is_sent_again(desk, monkeypatch):
    faults = Faults(monkeypatch)
    lines = Line(SHARE, seed=11), Line(SHARE, seed=23)
    party, eye, leg = asyncio.run(story(desk, lines))
    assert min(end.lost for line in lines for end in (line.near, line.far)) > 0, "the lines lost nothing"
    assert len(eye.pictures & set(range(FRAMES))) >= ENOUGH and faults.count == 0
    assert party.asked_again > 0 and eye.again > 0
    kept = [decoded(desk.data(one["key"])) for one in desk.until(of(leg, "segment"))]
    assert sum(one.video for one in kept) >= ENOUGH and not any(one.faults for one in kept)
