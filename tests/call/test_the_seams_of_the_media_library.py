"""What we rely on inside aiortc 1.16, place by place: when one of these falls, the pin was moved too carelessly."""
import asyncio
import inspect
import queue
import subprocess
import sys
import threading
from fractions import Fraction
from importlib.metadata import version

import aiortc
import aiortc.codecs
import aiortc.rtcrtpreceiver as receiving
import av
import pytest
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    pack_remb_fci,
    unpack_remb_fci,
)

from consult.call.media.seams import (
    PassThrough,
    ask_whole_picture,
    chosen_codecs,
    connection,
    deliver_at_once,
    hear_limits,
    hear_wishes,
    limit_source,
    only_passed_on,
    take_encoded,
)

CODECS = {one.name: one for one in (*aiortc.codecs.CODECS["audio"], *aiortc.codecs.CODECS["video"])}


@pytest.fixture
def encoded():
    kept = receiving.get_decoder
    take_encoded()
    yield
    receiving.get_decoder = kept


def test_the_version_is_the_one_that_was_looked_at():
    assert version("aiortc").startswith("1.16.")


def test_the_receiving_thread_asks_for_its_decoder_by_a_name_of_its_module(encoded):
    """It must hand our packets on to the track as they are, in order, and end with None."""
    async def passed():
        given, taken = queue.Queue(), asyncio.Queue()
        for number, data in enumerate((b"first", b"", b"second")):
            given.put((CODECS["VP8"], JitterFrame(data=data, timestamp=number * 9000)))
        given.put(None)
        thread = threading.Thread(target=receiving.decoder_worker,
                                  args=(asyncio.get_running_loop(), given, taken, threading.Event()))
        thread.start()
        return [await asyncio.wait_for(taken.get(), 20) for _ in range(3)]

    first, second, end = asyncio.run(passed())
    assert [(bytes(one), one.pts) for one in (first, second)] == [(b"first", 0), (b"second", 18_000)] and end is None


def test_a_receiver_has_its_queue_where_frames_are_taken_at_once():
    """Put in the loop and on the track in the same breath; the end goes through the thread, as the library does it."""
    async def passed():
        receiver = receiving.RTCRtpReceiver("video", Way())
        receiver._track = receiving.RemoteStreamTrack("video")
        assert isinstance(receiver._RTCRtpReceiver__decoder_queue, queue.Queue)
        deliver_at_once(receiver)
        given, taken = receiver._RTCRtpReceiver__decoder_queue, receiver.track._queue
        thread = threading.Thread(target=receiving.decoder_worker,
                                  args=(asyncio.get_running_loop(), given, taken, threading.Event()))
        thread.start()
        for number, data in enumerate((b"first", b"", b"second")):
            given.put((CODECS["VP8"], JitterFrame(data=data, timestamp=number * 9000)))
        at_once = [taken.get_nowait() for _ in range(taken.qsize())]
        given.put(None)
        thread.join(20)
        return [bytes(one) for one in at_once], await asyncio.wait_for(taken.get(), 20)

    assert asyncio.run(passed()) == ([b"first", b"second"], None)
    assert "self.__decoder_queue.put((codec, encoded_frame))" in inspect.getsource(
        receiving.RTCRtpReceiver._handle_rtp_packet)


@pytest.mark.parametrize("name, rate", [("VP8", 90_000), ("opus", 48_000)])
def test_a_frame_keeps_its_bytes_and_the_clock_of_its_codec(name, rate):
    [packet] = PassThrough(CODECS[name]).decode(JitterFrame(data=b"frame", timestamp=960))
    assert isinstance(packet, av.Packet) and bytes(packet) == b"frame"
    assert (packet.pts, packet.dts, packet.time_base.denominator) == (960, 960, rate)


def test_a_decoder_has_one_duty():
    assert issubclass(PassThrough, Decoder) and Decoder.__abstractmethods__ == {"decode"}


def test_a_receiver_can_ask_for_a_whole_picture():
    assert list(inspect.signature(receiving.RTCRtpReceiver._send_rtcp_pli).parameters) == ["self", "media_ssrc"]

    class Receiver:
        def __init__(self):
            self.asked = []

        def getSynchronizationSources(self):
            return [receiving.RTCRtpSynchronizationSource(timestamp=None, source=7)]

        async def _send_rtcp_pli(self, ssrc):
            self.asked.append(ssrc)

    one = Receiver()
    asyncio.run(ask_whole_picture(one))
    assert one.asked == [7]


def test_a_connection_asks_nobody_outside_for_its_address():
    async def made():
        pc = connection()
        pc.addTransceiver("audio")
        await pc.setLocalDescription(await pc.createOffer())
        servers = [one.sender.transport.transport.iceGatherer._connection.stun_server for one in pc.getTransceivers()]
        await pc.close()
        return servers

    assert asyncio.run(made()) == [None]


class Way:
    """A transport that only remembers what goes out."""

    state = "new"

    def __init__(self):
        self.sent = []

    async def _send_rtp(self, data):
        self.sent.append(data)


def told(fmt, ssrc, fci=b""):
    return RtcpPsfbPacket(fmt=fmt, ssrc=1, media_ssrc=ssrc, fci=fci)


def test_a_sender_asks_by_a_method_of_its_own_for_the_whole_picture_that_a_watcher_wants():
    async def wishes():
        sender, heard = aiortc.RTCRtpSender("video", Way()), []
        hear_wishes(sender, lambda: heard.append("wish"))
        for fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
            await sender._handle_rtcp_packet(told(fmt, sender._ssrc))
        await sender._handle_rtcp_packet(RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=sender._ssrc, lost=[]))
        return heard

    assert asyncio.run(wishes()) == ["wish", "wish"]


def test_a_sender_hears_what_the_line_of_its_watcher_carries_and_still_hears_the_rest():
    async def limits():
        sender, heard, wishes = aiortc.RTCRtpSender("video", Way()), [], []
        hear_wishes(sender, lambda: wishes.append("wish"))
        hear_limits(sender, heard.append)
        for bits, ssrcs in ((300_000, [sender._ssrc]), (100_000, [sender._ssrc + 1])):
            await sender._handle_rtcp_packet(told(RTCP_PSFB_APP, 0, pack_remb_fci(bits, ssrcs)))
        await sender._handle_rtcp_packet(told(RTCP_PSFB_APP, 0, b"nonsense"))
        await sender._handle_rtcp_packet(told(RTCP_PSFB_PLI, sender._ssrc))
        return heard, wishes

    [bits], wishes = asyncio.run(limits())
    assert abs(bits - 300_000) < 3000 and wishes == ["wish"]


@pytest.mark.parametrize("lowest, expected", [(None, 900_000), (300_000, 300_000), (2_000_000, 900_000)])
def test_what_the_library_tells_a_source_is_never_more_than_its_watchers_bear(lowest, expected):
    async def said():
        receiver, way = receiving.RTCRtpReceiver("video", Way()), None
        way = receiver.transport
        limit_source(receiver, lambda: lowest)
        receiver._set_rtcp_ssrc(5)
        await receiver._send_rtcp(told(RTCP_PSFB_APP, 0, pack_remb_fci(900_000, [7])))
        await receiver._send_rtcp_pli(7)
        return [RtcpPsfbPacket.parse(one[4:], one[0] & 0x1F) for one in way.sent]

    limit, wish = asyncio.run(said())
    bits, sources = unpack_remb_fci(limit.fci)
    assert abs(bits - expected) < expected / 100 and sources == [7] and wish.fmt == RTCP_PSFB_PLI


def test_a_receiver_tells_limits_by_the_method_that_is_taken():
    handles = inspect.getsource(receiving.RTCRtpReceiver._handle_rtp_packet)
    assert "fci=pack_remb_fci(*remb)" in handles and "await self._send_rtcp(rtcp_packet)" in handles


@pytest.mark.parametrize("name, base", [("VP8", 90_000), ("opus", 48_000)])
def test_a_sender_packs_an_encoded_frame_as_it_is(name, base):
    encoder = aiortc.codecs.get_encoder(CODECS[name])
    packet = av.Packet(b"\x00" * 30)
    packet.pts, packet.time_base = 960, Fraction(1, base)
    payloads, timestamp = encoder.pack(packet)
    assert payloads[-1].endswith(b"\x00" * 30) and timestamp == 960
    assert "self.__encoder.pack(data)" in inspect.getsource(aiortc.RTCRtpSender._next_encoded_frame)


def test_only_the_codec_that_is_passed_on_is_offered():
    async def offered():
        pc = connection()
        for kind, codec in (("audio", "opus"), ("video", "VP8")):
            only_passed_on(pc.addTransceiver(kind, direction="sendonly"), codec)
        await pc.setLocalDescription(await pc.createOffer())
        await pc.close()
        return pc.localDescription.sdp

    sdp = asyncio.run(offered())
    assert chosen_codecs(sdp) == [("audio", "opus"), ("video", "VP8")] and "H264" not in sdp and "PCMU" not in sdp


def test_the_server_itself_never_loads_the_media_library():
    program = ("import sys, app.main, app.cli, app.wiring; app.wiring.import_models(); "
               "from web.site import routers; list(routers()); "
               "print(*sorted({'aiortc', 'av'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"\n"
