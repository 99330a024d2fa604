"""Where we reach into aiortc 1.16 (pinned): encoded frames instead of decoded ones, and what watchers wish and bear.

A test holds each of these places to what we rely on. They are taken for the whole process, which is why it is its own.
"""
import asyncio
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import aiortc.rtcrtpreceiver
import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, RTCRtpTransceiver
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, pack_remb_fci, unpack_remb_fci
from aiortc.sdp import SessionDescription


class PassThrough(Decoder):
    """A "decoder" that hands the encoded frame on. It never raises: aiortc's thread would die without a word."""

    def __init__(self, codec: Any) -> None:
        self._base = Fraction(1, codec.clockRate)

    def decode(self, encoded_frame: JitterFrame) -> list[Any]:
        """The frame as a packet, with its time in the clock of its codec from 0; nothing when it is empty."""
        if not encoded_frame.data:
            return []
        packet = av.Packet(encoded_frame.data)
        packet.pts = packet.dts = encoded_frame.timestamp
        packet.time_base = self._base
        return [packet]


def take_encoded() -> None:
    """From now on no track of this process is decoded."""
    aiortc.rtcrtpreceiver.get_decoder = PassThrough


class AtOnce:
    """Stands where a receiver has the queue to its decoding thread: there is nothing to decode, so the frame goes to
    its track at once, and the thread sleeps until the end. Two wake-ups and a lock a frame are saved."""

    def __init__(self, taken: "asyncio.Queue[Any]") -> None:
        self._taken = taken
        self._over = threading.Event()
        self._decoders: dict[str, PassThrough] = {}

    def put(self, task: Any) -> None:
        """A whole frame, or None at the end."""
        if task is None:
            self._over.set()
            return
        codec, frame = task
        if codec.name not in self._decoders:
            self._decoders[codec.name] = PassThrough(codec)
        for packet in self._decoders[codec.name].decode(frame):
            self._taken.put_nowait(packet)

    def get(self) -> None:
        """What the thread waits for: the end, which it hands on."""
        self._over.wait()


def deliver_at_once(receiver: RTCRtpReceiver) -> None:
    """Before the connection is made: frames of this receiver take no way through a thread."""
    receiver._RTCRtpReceiver__decoder_queue = AtOnce(receiver.track._queue)


def connection() -> RTCPeerConnection:
    """A connection that asks nobody in the world for its own address."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def ask_whole_picture(receiver: RTCRtpReceiver) -> None:
    """Ask the browser for a picture that needs none before it (PLI, RFC 4585, section 6.3.1)."""
    for source in receiver.getSynchronizationSources():
        await receiver._send_rtcp_pli(source.source)


async def lost_packets(receivers: list[RTCRtpReceiver]) -> int:
    """How many packets never came, over all tracks."""
    lost = 0
    for receiver in receivers:
        for told in (await receiver.getStats()).values():
            lost += max(0, getattr(told, "packetsLost", 0))
    return lost


def hear_wishes(sender: RTCRtpSender, wish: Callable[[], None]) -> None:
    """A watcher that lost the picture's chain asks its sender for a whole one (PLI, FIR): hand the wish on."""
    sender._send_keyframe = wish


def hear_limits(sender: RTCRtpSender, heard: Callable[[int], None]) -> None:
    """Hear the rate that a watcher's line carries (REMB, draft-alvestrand-rmcat-remb); the rest goes its way."""
    inner = sender._handle_rtcp_packet

    async def handle(packet: Any) -> None:
        bits = told_limit(packet, sender._ssrc)
        if bits is not None:
            heard(bits)
        await inner(packet)

    sender._handle_rtcp_packet = handle


def told_limit(packet: Any, ssrc: int) -> int | None:
    """The rate in bit/s that a packet tells for `ssrc`, None for any other packet."""
    if not isinstance(packet, RtcpPsfbPacket) or packet.fmt != RTCP_PSFB_APP:
        return None
    try:
        bits, sources = unpack_remb_fci(packet.fci)
    except ValueError:
        return None
    return int(bits) if ssrc in sources else None


def limit_source(receiver: RTCRtpReceiver, lowest: Callable[[], int | None]) -> None:
    """The library tells the browser what our line to it carries; watchers that bear less make it less."""
    inner = receiver._send_rtcp

    async def send(packet: Any) -> None:
        most = lowest()
        if most is not None and isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            bits, sources = unpack_remb_fci(packet.fci)
            packet.fci = pack_remb_fci(min(bits, most), sources)
        await inner(packet)

    receiver._send_rtcp = send


def only_passed_on(line: RTCRtpTransceiver, codec: str) -> None:
    """Offer nothing but the codec whose frames are passed on, and its repairs."""
    every = RTCRtpSender.getCapabilities(line.kind).codecs
    line.setCodecPreferences([one for one in every if one.mimeType.split("/")[1] in (codec, "rtx")])


def chosen_codecs(sdp: str) -> list[tuple[str, str]]:
    """Kind and name of the codec that a description puts first in each of its lines; refused lines are left out."""
    lines = [one for one in SessionDescription.parse(sdp).media if one.kind in ("audio", "video") and one.port]
    return [(one.kind, one.rtp.codecs[0].name) for one in lines]
