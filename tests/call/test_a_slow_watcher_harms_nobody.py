"""A watcher whose line takes too little: nothing waits for it in memory, it begins with a whole picture, and what it
misses is sent again from what everybody got."""
import asyncio
from types import SimpleNamespace

import pytest
from aiortc import clock
from aiortc.codecs import CODECS
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpSendParameters

from consult.call.media import outlet as outlets
from consult.call.media.order import Order
from consult.call.media.outlet import Outlet
from consult.call.media.packets import Packet, read
from consult.call.media.seams import MID, SENT_TIME
from tests.call.frames import pictures

KEY, DELTA = (b"\x10" + one for one in pictures(2))
TOLD = RTCRtpSendParameters(codecs=CODECS["video"], muxId="0", headerExtensions=[
    RTCRtpHeaderExtensionParameters(id=1, uri=MID), RTCRtpHeaderExtensionParameters(id=2, uri=SENT_TIME)])
SENDER = SimpleNamespace(_ssrc=50, _rtx_ssrc=51)


class Ends:
    """An outlet of a source, what went out of it, what it wished, and whether it went."""

    def __init__(self, monkeypatch, kind="video"):
        self.sent, self.gone, self.wishes, self.takes = [], [], 0, True
        self.order = Order(asks=True)
        self.outlet = Outlet(kind, self.order, self._wish, self.gone.append)
        monkeypatch.setattr(outlets, "send_packet", self._send)

    def _wish(self):
        self.wishes += 1

    def _send(self, sender, data):
        if self.takes:
            self.sent.append(read(data, 2))
        return self.takes

    def connected(self):
        self.outlet.begin(SENDER, TOLD)
        return self

    def come(self, number, payload=DELTA):
        packet = Packet(7, 120, number & 0xFFFF, number * 3000, True, payload)
        self.outlet.pass_on(self.order.add(packet, 0.0), packet)

    @property
    def numbers(self):
        """Of what went out, counted from the first."""
        return [(one.sequence_number - self.sent[0].sequence_number) & 0xFFFF for one in self.sent]


def test_nothing_goes_before_somebody_is_there_and_then_a_whole_picture_goes_first(monkeypatch):
    ends = Ends(monkeypatch)
    ends.come(1, KEY)
    ends.connected()
    for number in (2, 3):
        ends.come(number)
    assert not ends.sent and ends.wishes >= 1 and ends.outlet.dropped == 2
    ends.come(4, KEY)
    ends.come(5)
    assert [one.payload for one in ends.sent] == [KEY, DELTA] and ends.numbers == [0, 1] and ends.outlet.passed == 2


def test_packets_go_as_they_came_under_names_that_the_watcher_knows(monkeypatch):
    ends = Ends(monkeypatch).connected()
    ends.come(65_535, KEY)
    ends.come(65_536)
    first, second = ends.sent
    assert (first.ssrc, first.payload_type, first.timestamp, first.marker) == (50, TOLD.codecs[0].payloadType,
                                                                              65_535 * 3000, True)
    assert second.sequence_number == first.sequence_number + 1 < 0x8001, "low, so that the first ones may be lost"
    assert ((clock.current_ntp_time() >> 14) - first.sent_at) & 0xFFFFFF < 60 << 18


def test_a_whole_picture_whose_beginning_comes_late_is_sent_with_what_came_before_it(monkeypatch):
    ends = Ends(monkeypatch).connected()
    ends.come(1)
    ends.come(3)
    ends.come(2, KEY)
    assert [one.payload for one in ends.sent] == [KEY, DELTA] and ends.numbers == [0, 1]


def test_what_comes_late_keeps_its_place_and_what_is_missing_leaves_one(monkeypatch):
    ends = Ends(monkeypatch).connected()
    ends.come(1, KEY)
    for number in (3, 4, 2):
        ends.come(number)
    assert ends.numbers == [0, 2, 3, 1]


def test_what_the_watcher_misses_is_sent_again_as_a_repair(monkeypatch):
    ends = Ends(monkeypatch).connected()
    ends.come(1, KEY)
    ends.takes = False
    ends.come(2)
    ends.come(3)
    assert ends.outlet.dropped == 2
    ends.takes = True
    missing = (ends.sent[0].sequence_number + 1) & 0xFFFF
    for number in (missing, missing, missing - 2, missing + 100):
        asyncio.run(ends.outlet.repair(number & 0xFFFF))
    again = ends.sent[1:]
    assert len(again) == ends.outlet.repaired == 2 and {one.ssrc for one in again} == {51}
    assert len({one.sequence_number for one in again}) == 2
    original = again[0].original(50, 120)
    assert (original.sequence_number, original.payload, original.timestamp) == (missing, DELTA, 6000)


def test_a_watcher_that_asks_without_end_gets_no_more_than_a_little_more_than_was_sent(monkeypatch):
    ends = Ends(monkeypatch).connected()
    ends.come(1, KEY)
    number = ends.sent[0].sequence_number
    for _ in range(2 * outlets.REPAIRS):
        asyncio.run(ends.outlet.repair(number))
    assert ends.outlet.repaired == outlets.REPAIRS
    ends.come(2)
    asyncio.run(ends.outlet.repair(number))
    assert ends.outlet.repaired == outlets.REPAIRS + 1


def test_the_report_tells_when_the_last_packet_went_and_how_many_there_were(monkeypatch):
    ends, told = Ends(monkeypatch).connected(), SimpleNamespace()
    ends.outlet.report(told)
    assert (told.ntp_timestamp, told.packet_count) == (0, 0)
    ends.come(1, KEY)
    for number in (3, 2):
        ends.come(number)
    ends.outlet.report(told)
    assert 0 <= (clock.current_ntp_time() - told.ntp_timestamp) >> 32 < 60 and told.rtp_timestamp == 9000
    assert (told.packet_count, told.octet_count) == (3, len(KEY) + 2 * len(DELTA))


@pytest.mark.parametrize("early", [True, False])
def test_the_library_hears_the_end_and_nothing_goes_any_more(monkeypatch, early):
    async def story():
        ends = Ends(monkeypatch).connected()
        if early:
            ends.outlet.stop()
        waiting = asyncio.ensure_future(ends.outlet.recv())
        await asyncio.sleep(0)
        ends.outlet.stop()
        with pytest.raises(MediaStreamError):
            await waiting
        ends.come(1, KEY)
        return ends

    ends = asyncio.run(story())
    assert ends.gone == [ends.outlet] and not ends.sent
