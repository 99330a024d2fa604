"""Where we reach into aiortc 1.16 (pinned): encoded frames instead of decoded ones, and a wish for a whole picture.

A test holds each of these places to what we rely on. They are taken for the whole process, which is why it is its own.
"""
from fractions import Fraction
from typing import Any

import aiortc.rtcrtpreceiver
import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtcconfiguration import RTCBundlePolicy


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
