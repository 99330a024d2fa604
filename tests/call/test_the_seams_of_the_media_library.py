"""What we rely on inside aiortc 1.16, place by place: when one of these falls, the pin was moved too carelessly."""
import asyncio
import inspect
import subprocess
import sys
from fractions import Fraction
from importlib.metadata import version

import aioice.ice
import aiortc
import aiortc.codecs
import aiortc.rtcrtpreceiver as receiving
import aiortc.rtcrtpsender as sending
import av
import pylibsrtp
import pytest
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcdtlstransport import RTCDtlsTransport, RtpRouter
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    RtpPacket,
    pack_remb_fci,
    unpack_remb_fci,
)

from consult.call.media.inlet import Inlet
from consult.call.media.seams import (
    MOST_STREAMS,
    Gate,
    ask_again,
    ask_whole_picture,
    at_once,
    chosen_codecs,
    connection,
    counted_streams,
    hear_limits,
    hear_wishes,
    only_passed_on,
    send_past,
    tell_limit,
    waiting_bytes,
)
from consult.call.media.source import inlets

CODECS = {one.name: one for one in (*aiortc.codecs.CODECS["audio"], *aiortc.codecs.CODECS["video"])}


def test_the_version_is_the_one_that_was_looked_at():
    assert version("aiortc").startswith("1.16.") and version("aioice").startswith("0.13.")


def test_a_connection_asks_nobody_outside_for_its_address():
    async def made():
        pc = connection()
        pc.addTransceiver("audio")
        await pc.setLocalDescription(await pc.createOffer())
        servers = [one.sender.transport.transport.iceGatherer._connection.stun_server for one in pc.getTransceivers()]
        await pc.close()
        return servers

    assert asyncio.run(made()) == [None]


# --- what comes in ----------------------------------------------------------------------------------------------


class Way:
    """A transport that remembers what goes out, with the place where datagrams come in."""

    state = "new"

    def __init__(self):
        self.sent, self.inner, self._rtp_router = [], [], RtpRouter()
        self.transport = self._connection = self._rx_srtp = self
        self._protocols = [self]

    async def _send_rtp(self, data):
        self.sent.append(data)

    def datagram_received(self, data, address):
        self.inner.append(data)

    def unprotect(self, data):
        if b"forged" in data:
            raise pylibsrtp.Error(7)
        return data


class Ears:
    """Takes the packets of a line."""

    def __init__(self):
        self.sent_name, self.begun, self.taken = None, [], []

    def begin(self, told):
        self.begun.append(told)

    def take(self, packet, now):
        self.taken.append(packet)


def rtp(payload=b"payload", ssrc=7, payload_type=97):
    return RtpPacket(payload_type=payload_type, sequence_number=5, ssrc=ssrc, payload=payload).serialize()


def test_packets_of_a_line_are_taken_and_everything_else_goes_the_librarys_way():
    class Receiver:
        async def receive(self, told):
            self.transport._rtp_router.register_receiver(self, ssrcs=[7], payload_types=[97])

        async def _handle_rtp_packet(self, packet, arrival_time_ms):
            raise AssertionError("the library would decode it")

    async def passed():
        gate, receiver, ears, way = Gate(), Receiver(), Ears(), Way()
        receiver.transport = way
        gate.open(receiver, ears)
        await receiver.receive("told")
        rest = [b"\x14dtls", b"\x00\x01stun", bytes(RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=7))]
        for data in (rtp(), *rest, rtp(b"forged"), rtp(payload_type=99), rtp(ssrc=8)):
            way.datagram_received(data, ("127.0.0.1", 1))
        await receiver._handle_rtp_packet(RtpPacket.parse(rtp(b"before")), arrival_time_ms=0)
        return ears, way, rest

    ears, way, rest = asyncio.run(passed())
    assert ears.begun == ["told"] and way.inner == rest
    assert [(one.ssrc, one.payload) for one in ears.taken] == [(7, b"payload"), (8, b"payload"),
                                                                     (7, b"before")]


def test_streams_that_nobody_announced_are_not_remembered_without_end_and_those_announced_go_on():
    gate, ears, way, receiver = Gate(), Ears(), Way(), object()
    gate._hears[receiver] = ears
    way._rtp_router.register_receiver(receiver, ssrcs=[7, 8], payload_types=[97, 98])
    for ssrc in range(1000, 3000):
        gate._take(way, rtp(ssrc=ssrc))
    assert len(gate._known) <= MOST_STREAMS and len(way._rtp_router.ssrc_table) == MOST_STREAMS
    assert len(ears.taken) == MOST_STREAMS - 2
    for ssrc, kind in ((7, 97), (8, 98), (7, 97), (1000, 97)):
        gate._take(way, rtp(ssrc=ssrc, payload_type=kind))
    assert [one.ssrc for one in ears.taken[-4:]] == [7, 8, 7, 1000]


def test_many_announced_streams_all_go_on_though_not_all_are_remembered():
    gate, ears, way, receiver = Gate(), Ears(), Way(), object()
    gate._hears[receiver] = ears
    announced = list(range(100, 140))
    way._rtp_router.register_receiver(receiver, ssrcs=announced, payload_types=[97])
    for ssrc in (*announced, *announced):
        gate._take(way, rtp(ssrc=ssrc))
    assert [one.ssrc for one in ears.taken] == announced * 2 and len(gate._known) == MOST_STREAMS


def test_the_places_where_a_packet_passes_are_where_we_stand():
    """Each is an attribute that the library looks up when it needs it, so that ours is found there."""
    assert "self.receiver.data_received(data, " in inspect.getsource(aioice.ice.StunProtocol.datagram_received)
    assert "self._protocols += host_protocols" in inspect.getsource(aioice.ice.Connection.get_component_candidates)
    connects = inspect.getsource(aiortc.RTCPeerConnection._RTCPeerConnection__connect)
    assert "transceiver.receiver.receive(" in connects and "transceiver.sender.send(" in connects
    assert "await self._send_rtcp(packets)" in inspect.getsource(sending.RTCRtpSender._run_rtcp)
    assert "self.__remote_streams.items()" in inspect.getsource(receiving.RTCRtpReceiver._run_rtcp)
    assert "await receiver._handle_rtp_packet(packet, arrival_time_ms=arrival_time_ms)" in inspect.getsource(
        RTCDtlsTransport._handle_rtp_data)
    assert "self._rx_srtp = Session(" in inspect.getsource(RTCDtlsTransport._setup_srtp)


class Line:
    """A transceiver with a fake way."""

    kind = "video"

    def __init__(self):
        self.way = Way()
        self.sender, self.receiver = aiortc.RTCRtpSender("video", self.way), aiortc.RTCRtpReceiver("video", self.way)
        self.receiver._set_rtcp_ssrc(self.sender._ssrc)


def test_what_is_asked_of_a_browser_goes_out_at_once():
    async def asked():
        line = Line()
        ask_again(line.receiver, 7, [3, 65_535])
        ask_whole_picture(line.receiver, 7)
        tell_limit(line, 300_000, [7])
        return line.way.sent

    again, whole, limit = asyncio.run(asked())
    assert RtcpRtpfbPacket.parse(again[4:], again[0] & 0x1F).lost == [3, 65_535]
    assert RtcpPsfbPacket.parse(whole[4:], whole[0] & 0x1F).fmt == RTCP_PSFB_PLI
    bits, sources = unpack_remb_fci(RtcpPsfbPacket.parse(limit[4:], limit[0] & 0x1F).fci)
    assert abs(bits - 300_000) < 3000 and sources == [7]


@pytest.mark.parametrize("lowest, expected", [(None, 900_000), (300_000, 300_000), (2_000_000, 900_000)])
def test_what_a_source_may_send_is_never_more_than_its_watchers_bear(lowest, expected):
    async def said():
        line = Line()
        Inlet(line, lambda: lowest)._limit(900_000, [7])
        return line.way.sent

    [limit] = asyncio.run(said())
    bits, sources = unpack_remb_fci(RtcpPsfbPacket.parse(limit[4:], limit[0] & 0x1F).fci)
    assert abs(bits - expected) < expected / 100 and sources == [7]


def test_a_library_that_began_to_wait_where_it_did_not_is_noticed():
    with pytest.raises(RuntimeError):
        at_once(asyncio.sleep(1))


class Encoded(MediaStreamTrack):
    """Frames that somebody encoded, fifty a second."""

    def __init__(self, kind):
        super().__init__()
        self.kind, self.number = kind, 0

    async def recv(self):
        await asyncio.sleep(0.02)
        packet = av.Packet(b"\x10\x00\x00" + bytes([self.number % 256]) * 20)
        packet.pts, packet.time_base, self.number = self.number, Fraction(1, 50), self.number + 1
        return packet


def test_a_whole_connection_gives_its_frames_and_the_library_reports_them_to_their_sender():
    """Also that what the library calls asynchronous never waits on a real line: `at_once` would say so."""
    async def passed():
        party, ours, frames = aiortc.RTCPeerConnection(), connection(), {"audio": [], "video": []}
        for kind, codec in (("audio", "opus"), ("video", "VP8")):
            only_passed_on(party.addTransceiver(Encoded(kind), direction="sendonly"), codec)
        await party.setLocalDescription(await party.createOffer())
        await ours.setRemoteDescription(party.localDescription)
        made = inlets(ours)
        for kind, inlet in made.items():
            inlet.record(lambda data, ticks, kind=kind: frames[kind].append(data))
        await ours.setLocalDescription(await ours.createAnswer())
        await party.setRemoteDescription(ours.localDescription)
        senders = {one.kind: one.sender for one in party.getTransceivers()}

        async def reported(sender):
            return [one for one in (await sender.getStats()).values() if one.type == "remote-inbound-rtp"]

        while not all([len(frames[kind]) > 5 and await reported(senders[kind]) for kind in frames]):
            await asyncio.sleep(0.05)
        made["video"].wish()
        receiver = ours.getTransceivers()[0].receiver
        counts, waiting = counted_streams(receiver), waiting_bytes(receiver.transport)
        lost = [one.packetsLost for kind in frames for one in await reported(senders[kind])]
        await asyncio.gather(party.close(), ours.close())
        return frames, counts, waiting, lost

    frames, counts, waiting, lost = asyncio.run(asyncio.wait_for(passed(), 60))
    for kind in frames:
        assert frames[kind][:5] == [b"\x10\x00\x00" + bytes([number]) * 20 for number in range(5)], kind
    assert len(counts) == 1 and waiting == 0 and lost == [0, 0]


# --- what goes out ----------------------------------------------------------------------------------------------


def told(fmt, ssrc, fci=b""):
    return RtcpPsfbPacket(fmt=fmt, ssrc=1, media_ssrc=ssrc, fci=fci)


class Mouth:
    """Gives the packets of a line."""

    def __init__(self):
        self.repaired = []

    async def repair(self, number):
        self.repaired.append(number)

    def report(self, told):
        told.packet_count = 12


def test_a_sender_asks_for_repairs_and_lets_its_reports_be_filled_in():
    async def asked():
        way, mouth = Way(), Mouth()
        sender = aiortc.RTCRtpSender("video", way)
        send_past(sender, mouth)
        await sender._handle_rtcp_packet(RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=sender._ssrc,
                                                         lost=[5, 9]))
        await sender._send_rtcp([RtcpSrPacket(sender._ssrc, RtcpSenderInfo(0, 0, 0, 0))])
        return mouth, way.sent

    mouth, [report] = asyncio.run(asked())
    assert mouth.repaired == [5, 9] and RtcpSrPacket.parse(report[4:], 0).sender_info.packet_count == 12


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


@pytest.mark.parametrize("name, base", [("VP8", 90_000), ("opus", 48_000)])
def test_a_sender_of_the_bench_packs_an_encoded_frame_as_it_is(name, base):
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
