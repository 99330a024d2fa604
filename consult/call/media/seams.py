"""Where we reach into aiortc 1.16 (pinned): packets are taken where they come in and given where they go out, past
tracks, jitter buffers and decoders; connections, keys, routing, reports and feedback stay the library's.

A test holds each of these places to what we rely on.
"""
import asyncio
import logging
import struct
import time
from collections.abc import Callable, Coroutine
from functools import partial
from types import SimpleNamespace
from typing import Any, Protocol

import pylibsrtp
from aiortc import (
    RTCConfiguration,
    RTCDtlsTransport,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
    clock,
)
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters, RTCRtpSendParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpSrPacket,
    is_rtcp,
    pack_remb_fci,
    unpack_remb_fci,
)
from aiortc.sdp import SessionDescription

from consult.call.media.packets import Packet, read

log = logging.getLogger("fuzhen.media")
SENT_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
BEGAN = clock.current_ntp_time() - int(time.monotonic() * (1 << 32))
CLOSING = 2.0       # seconds in which a connection closes
MOST_STREAMS = 16   # of one connection; a browser sends three, and each of them is remembered
MOST_WAITING = 100_000      # bytes that the machine could not send yet; what comes then is lost, as on any line


def connection() -> RTCPeerConnection:
    """A connection that asks nobody in the world for its own address."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


def ntp_now() -> int:
    """Seconds since 1900 as the library counts them, 32 bits before and 32 after the point; no step of the machine's
    clock moves them."""
    return BEGAN + int(time.monotonic() * (1 << 32))


def at_once(doing: Coroutine[Any, Any, Any]) -> None:
    """Run what the library calls asynchronous although it never waits: sending a datagram."""
    try:
        doing.send(None)
    except StopIteration:
        return
    doing.close()
    raise RuntimeError("the library waits where it did not")


# --- what comes in ----------------------------------------------------------------------------------------------


class Hears(Protocol):
    """Takes the packets of one line."""

    sent_name: int | None

    def begin(self, told: RTCRtpReceiveParameters) -> None:
        """What was agreed on."""
        ...

    def take(self, packet: Packet, now: float) -> None:
        """One packet."""
        ...


class Gate:
    """Where the packets of a connection come in. What is no packet of sound or picture goes the library's way."""

    def __init__(self) -> None:
        self._hears: dict[RTCRtpReceiver, Hears] = {}
        self._known: dict[tuple[int, int], Hears] = {}
        self._stands_at: set[RTCDtlsTransport] = set()
        self._sent_name: int | None = None
        self._failed = False

    def open(self, receiver: RTCRtpReceiver, hears: Hears) -> None:
        """Before the connection is made: packets of this receiver go to `hears`."""
        inner = receiver.receive

        async def receive(told: RTCRtpReceiveParameters) -> None:
            hears.begin(told)
            self._hears[receiver] = hears
            self._sent_name = self._sent_name or hears.sent_name
            await inner(told)
            self._stand_at(receiver.transport)

        async def handle(packet: Any, arrival_time_ms: int) -> None:    # what came just before we stood there
            self._hand_on(hears, Packet(packet.ssrc, packet.payload_type, packet.sequence_number, packet.timestamp,
                                        bool(packet.marker), packet.payload, packet.extensions.abs_send_time))

        receiver.receive, receiver._handle_rtp_packet = receive, handle

    def _stand_at(self, transport: RTCDtlsTransport) -> None:
        """Datagrams come in at one of several doors, whichever the two ends found to lead to the other."""
        if transport not in self._stands_at:
            self._stands_at.add(transport)
            for door in transport.transport._connection._protocols:
                door.datagram_received = partial(self._come, transport, door.datagram_received)

    def _come(self, transport: RTCDtlsTransport, inner: Callable[[bytes, Any], None], data: bytes,
              address: Any) -> None:
        if len(data) > 12 and 127 < data[0] < 192 and not is_rtcp(data):
            self._take(transport, data)
        else:
            inner(data, address)

    def _take(self, transport: RTCDtlsTransport, data: bytes) -> None:
        try:
            packet = read(transport._rx_srtp.unprotect(data), self._sent_name)
        except (pylibsrtp.Error, ValueError, IndexError, struct.error):
            return
        hears = self._known.get(packet[:2]) or self._route(transport, packet)
        if hears is not None:
            self._hand_on(hears, packet)

    def _hand_on(self, hears: Hears, packet: Packet) -> None:
        """A fault of ours must not close the socket, which is what the loop makes of an error here."""
        try:
            hears.take(packet, time.monotonic())
        except Exception as error:
            if not self._failed:
                log.error("a packet could not be taken", exc_info=error)
            self._failed = True

    def _route(self, transport: RTCDtlsTransport, packet: Packet) -> Hears | None:
        """Whose packet it is. A stream that nobody announced makes the library remember it as well, so that beyond
        MOST_STREAMS only those go on that it knows already: an inlet takes one stream and its repairs anyway."""
        router = transport._rtp_router
        if packet.ssrc not in router.ssrc_table and len(router.ssrc_table) >= MOST_STREAMS:
            return None
        receiver = router.route_rtp(SimpleNamespace(ssrc=packet.ssrc, payload_type=packet.payload_type))
        hears = self._hears.get(receiver)
        if hears is not None and len(self._known) < MOST_STREAMS:
            self._known[packet.ssrc, packet.payload_type] = hears
        return hears


def sent_time_name(told: RTCRtpReceiveParameters | RTCRtpSendParameters) -> int | None:
    """The number of the extension that tells when a packet was sent."""
    return next((int(one.id) for one in told.headerExtensions if one.uri == SENT_TIME and one.id < 15), None)


def mid_name(told: RTCRtpSendParameters) -> int | None:
    """The number of the extension that tells of which line a packet is."""
    return next((int(one.id) for one in told.headerExtensions if one.uri == MID and one.id < 15), None)


def counted_streams(receiver: RTCRtpReceiver) -> dict[int, StreamStatistics]:
    """Counts of each stream, of which the library's reports to the browser are made."""
    streams: dict[int, StreamStatistics] = receiver._RTCRtpReceiver__remote_streams
    return streams


class Counts(StreamStatistics):
    """Counts that always fit into a report (RFC 3550, section 6.4.1), whatever a browser makes of its times.

    A report that cannot be written ends the library's task, and with it any hope of closing the connection.
    """

    @property
    def jitter(self) -> int:
        return min(int(super().jitter), 0xFFFFFFFF)

    @property
    def fraction_lost(self) -> int:
        return min(int(super().fraction_lost), 0xFF)


def counter(rate: int) -> StreamStatistics:
    """Counts of a stream with this clock."""
    return Counts(rate)


async def close(pc: RTCPeerConnection) -> None:
    """Close a connection, within CLOSING: what is stuck in the library holds nobody else."""
    try:
        await asyncio.wait_for(pc.close(), CLOSING)
    except TimeoutError:
        log.error("a connection did not close within %s s", CLOSING)
    except Exception as error:
        log.error("a connection could not be closed in order", exc_info=error)


def ask_again(receiver: RTCRtpReceiver, ssrc: int, numbers: list[int]) -> None:
    """Ask the browser for packets that did not come (NACK, RFC 4585, section 6.2.1)."""
    at_once(receiver._send_rtcp_nack(ssrc, numbers))


def ask_whole_picture(receiver: RTCRtpReceiver, ssrc: int) -> None:
    """Ask the browser for a picture that needs none before it (PLI, RFC 4585, section 6.3.1)."""
    at_once(receiver._send_rtcp_pli(ssrc))


def tell_limit(line: RTCRtpTransceiver, bits: int, ssrcs: list[int]) -> None:
    """Tell the browser the rate that it may send (REMB, draft-alvestrand-rmcat-remb)."""
    at_once(line.receiver._send_rtcp(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=line.sender._ssrc, media_ssrc=0,
                                                    fci=pack_remb_fci(bits, ssrcs))))


# --- what goes out ----------------------------------------------------------------------------------------------


class Sends(Protocol):
    """Gives the packets of one line."""

    def begin(self, sender: RTCRtpSender, told: RTCRtpSendParameters) -> None:
        """What was agreed on."""
        ...

    async def repair(self, number: int) -> None:
        """The watcher misses a packet."""
        ...

    def report(self, told: Any) -> None:
        """Fill in a report."""
        ...


def send_past(sender: RTCRtpSender, sends: Sends) -> None:
    """Before the connection is made: `sends` gives packets itself, repairs them, and knows what there is to report."""
    begin, tell = sender.send, sender._send_rtcp

    async def send(told: RTCRtpSendParameters) -> None:
        await begin(told)
        sends.begin(sender, told)

    async def send_rtcp(packets: list[Any]) -> None:
        for packet in packets:
            if isinstance(packet, RtcpSrPacket):
                sends.report(packet.sender_info)
        await tell(packets)

    sender.send, sender._send_rtcp, sender._retransmit = send, send_rtcp, sends.repair


def send_packet(sender: RTCRtpSender | None, data: bytes) -> bool:
    """Encrypt and send a packet; False when the line is not there or takes nothing."""
    if sender is None or waiting_bytes(sender.transport) > MOST_WAITING:
        return False
    try:
        at_once(sender.transport._send_rtp(data))
    except (ConnectionError, pylibsrtp.Error, ValueError):
        return False
    return True


def waiting_bytes(transport: RTCDtlsTransport) -> int:
    """What the machine could not send yet."""
    pair = transport.transport._connection._nominated.get(1)
    return int(pair.protocol.transport.get_write_buffer_size()) if pair is not None else 0


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
    except (ValueError, struct.error):
        return None
    return int(bits) if ssrc in sources else None


# --- what is agreed on ------------------------------------------------------------------------------------------


def only_passed_on(line: RTCRtpTransceiver, codec: str) -> None:
    """Offer nothing but the codec whose frames are passed on, and its repairs."""
    every = RTCRtpSender.getCapabilities(line.kind).codecs
    line.setCodecPreferences([one for one in every if one.mimeType.split("/")[1] in (codec, "rtx")])


def chosen_codecs(sdp: str) -> list[tuple[str, str]]:
    """Kind and name of the codec that a description puts first in each of its lines; refused lines are left out."""
    lines = [one for one in SessionDescription.parse(sdp).media if one.kind in ("audio", "video") and one.port]
    return [(one.kind, one.rtp.codecs[0].name) for one in lines]
