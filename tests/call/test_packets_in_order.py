"""Packets that come late, twice, or not at all: what is asked for again or given up, and what frames they make."""
import asyncio
import random
import struct
from types import SimpleNamespace

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rate import OveruseEstimator, RateCounter, RemoteBitrateEstimator
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtcpReceiverInfo, RtpPacket, wrap_rtx

from consult.call.media import seams
from consult.call.media.bandwidth import Bandwidth, Counter, Estimator
from consult.call.media.inlet import Inlet
from consult.call.media.order import AGAIN, FAR, FEW, KEPT, MOST_ASKED, PATIENCE, Order
from consult.call.media.packets import Packet, begins_whole_picture, picture_part, read
from consult.call.media.pictures import MOST, Pictures, Sounds
from consult.call.media.seams import MID, SENT_TIME, counter
from tests.call.frames import pictures

NAMES = HeaderExtensionsMap()
NAMES.configure(RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=1, uri=MID),
                                                   RTCRtpHeaderExtensionParameters(id=2, uri=SENT_TIME)]))


def one(number, ticks=0, last=True, payload=b"x"):
    return Packet(7, 96, number & 0xFFFF, ticks, last, payload)


class Line:
    """An order with the numbers that it gave, None for each that it gave up, and what it asked for."""

    def __init__(self, asks=True):
        self.order, self.now, self.given, self.asked = Order(asks=asks), 0.0, [], []

    def come(self, *numbers, after=0.0):
        for number in numbers:
            self.now += after
            at = self.order.add(one(number), self.now)
            if at is not None:
                self.asked += self.order.wanted(self.now)
                ready = self.order.ready(at, one(number), self.now)
                self.given += [got and got.sequence_number for got in ready]
        return self.given


def test_what_comes_in_order_is_given_at_once_also_where_numbers_begin_anew():
    assert Line().come(65_534, 65_535, 0, 1) == [65_534, 65_535, 0, 1]


@pytest.mark.parametrize("come", [(1, 3, 2, 4), (1, 3, 4, 2), (1, 3, 3, 2, 2, 4), (1, 4, 3, 2)])
def test_what_comes_late_or_twice_stands_in_its_place(come):
    line = Line()
    assert line.come(*come) == [1, 2, 3, 4] and line.order.lost == 0


def test_what_is_missing_is_asked_for_at_once_and_again_after_a_while():
    line = Line()
    line.come(65_534, 1)
    assert line.asked == [0, 65_535]
    line.come(2, after=AGAIN / 2)
    assert line.asked == [0, 65_535]
    line.come(3, 65_535, after=AGAIN / 2)
    line.come(4, after=AGAIN)
    assert line.asked == [0, 65_535, 0, 65_535, 0] and line.given == [65_534, 65_535]


def test_what_never_comes_is_given_up_and_told_as_a_gap():
    line = Line()
    line.come(1, 3)
    line.come(4, after=PATIENCE)
    assert line.given == [1, None, 3, 4] and line.order.lost == 1
    line.come(2, 5)
    assert line.given == [1, None, 3, 4, 5]


def test_sound_is_not_asked_for_and_waits_for_a_few_packets_only():
    line = Line(asks=False)
    assert line.come(1, *range(3, 3 + FEW - 1)) == [1] and not line.asked
    assert line.come(2 + FEW) == [1, None, *range(3, 3 + FEW)]


def test_a_leap_is_a_new_beginning_and_what_is_far_too_late_is_nothing():
    line = Line()
    assert line.come(1, 2, 2 + FAR) == [1, 2, None, 2 + FAR] and not line.asked
    assert line.come(*range(3 + FAR, 3 + 2 * FAR), 4, 3 + 2 * FAR)[-1] == 3 + 2 * FAR and None not in line.given[3:]
    assert line.order.at(line.order.place(3 + 2 * FAR - KEPT)) is None


def test_any_order_of_arrival_gives_everything_once_and_in_order():
    for seed in range(50):
        lot, line = random.Random(seed), Line()
        numbers = list(range(1, 200))
        numbers[1:] = sorted(numbers[1:], key=lambda n: n + lot.random() * 20)
        line.come(*numbers, *lot.choices(numbers, k=20))
        assert line.given == list(range(1, 200)), seed


def serialized(**parts):
    packet = RtpPacket(payload_type=96, marker=1, sequence_number=65_535, timestamp=90_000, ssrc=7, payload=b"payload")
    for name, value in parts.items():
        setattr(packet, name, value)
    packet.extensions.mid, packet.extensions.abs_send_time = "0", 0x123456
    return packet


@pytest.mark.parametrize("parts", [{}, {"csrc": [1, 2]}, {"padding_size": 9}, {"payload": b""}])
def test_a_packet_is_read_as_the_library_reads_it(parts):
    packet = serialized(**parts)
    found = read(packet.serialize(NAMES), 2)
    assert found == Packet(7, 96, 65_535, 90_000, True, packet.payload, 0x123456)
    assert read(packet.serialize(NAMES), None).sent_at is None


def test_what_is_sent_again_is_the_packet_that_was_sent_first():
    again = read(wrap_rtx(serialized(), payload_type=97, sequence_number=5, ssrc=8).serialize(NAMES), 2)
    assert again.original(7, 96) == Packet(7, 96, 65_535, 90_000, True, b"payload")
    assert again._replace(payload=b"").original(7, 96) is None


def test_nonsense_is_refused_and_never_read_past_its_end():
    good, lot = serialized(csrc=[1], padding_size=3).serialize(NAMES), random.Random(3)
    for _ in range(3000):
        data = bytearray(good[:lot.randrange(len(good) + 1)])
        for _ in range(lot.randrange(4)):
            if data:
                data[lot.randrange(len(data))] = lot.randrange(256)
        try:
            read(bytes(data), 2)
        except (ValueError, IndexError, struct.error):
            continue


@pytest.mark.parametrize("parts", [{}, {"picture_id": 5}, {"picture_id": 300, "tl0picidx": 4},
                                   {"tid": (1, 0), "keyidx": 3}, {"picture_id": 300, "tl0picidx": 4, "tid": (0, 1)}])
@pytest.mark.parametrize("start, partition", [(1, 0), (0, 0), (1, 1)])
def test_where_a_pictures_data_begins(parts, start, partition):
    head = bytes(VpxPayloadDescriptor(partition_start=start, partition_id=partition, **parts))
    assert picture_part(head + b"data") == (start == 1 and partition == 0, len(head))
    key, other = pictures(2)
    assert begins_whole_picture(head + key) == (start == 1 and partition == 0)
    assert not begins_whole_picture(head + other) and not begins_whole_picture(head[:1])


class Shown:
    """Frames that were made, and how often a whole picture was wished for."""

    def __init__(self):
        self.frames, self.wishes = [], 0
        self.made = Pictures(lambda data, ticks: self.frames.append((data, ticks)), wish=self._wish)

    def _wish(self):
        self.wishes += 1

    def send(self, data, ticks, parts=3, without=None):
        size = max(1, -(-len(data) // parts))
        pieces = [data[at:at + size] for at in range(0, len(data), size)]
        for number, piece in enumerate(pieces):
            head = bytes(VpxPayloadDescriptor(partition_start=int(number == 0), partition_id=0, picture_id=9))
            gone = number == without
            self.made.add(None if gone else one(number, ticks, number == len(pieces) - 1, head + piece))


KEY, FIRST, SECOND = pictures(3)


def test_pictures_are_gathered_from_their_packets_and_timed_from_the_first():
    shown = Shown()
    for data, ticks in ((KEY, 0xFFFF_FFFF), (FIRST, 2999), (SECOND, 5999)):
        shown.send(data, ticks)
        shown.made.add(one(0, ticks, False, b""))      # filling
    assert shown.frames == [(KEY, 0), (FIRST, 3000), (SECOND, 6000)] and not shown.wishes


def test_after_a_gap_nothing_is_given_before_a_whole_picture_which_is_wished_for():
    shown = Shown()
    shown.send(KEY, 0)
    shown.send(FIRST, 3000, parts=2, without=1)
    shown.send(SECOND, 6000)
    assert shown.frames == [(KEY, 0)] and shown.wishes >= 2
    shown.send(KEY, 9000)
    shown.send(FIRST, 12_000)
    assert shown.frames == [(KEY, 0), (KEY, 9000), (FIRST, 12_000)]


def test_a_picture_without_an_end_ends_where_the_next_begins():
    shown = Shown()
    shown.made.add(one(1, 0, False, b"\x10" + KEY))
    shown.send(FIRST, 3000)
    assert shown.frames == [(KEY, 0), (FIRST, 3000)]


def test_sound_is_given_packet_by_packet_past_what_is_lost():
    frames = []
    sounds = Sounds(lambda data, ticks: frames.append((data, ticks)))
    for packet in (one(1, 960), None, one(3, 2880), one(4, 2880, payload=b"")):
        sounds.add(packet)
    assert frames == [(b"x", 0), (b"x", 1920)]


def test_what_a_line_carries_is_counted_as_the_library_counts_it():
    for seed in range(20):
        lot, now = random.Random(seed), 1000
        ours, theirs = Counter(1000, 8000), RateCounter(1000, 8000)
        for _ in range(400):
            now += lot.choice([0, 1, 3, 15, 40, 400, 1500])
            assert ours.rate(now) == theirs.rate(now)
            if lot.random() < 0.02:
                ours.reset()
                theirs.reset()
            value = lot.randrange(1200)
            ours.add(value, now)
            theirs.add(value, now)


def test_the_shortest_time_between_pictures_is_the_librarys():
    ours, theirs, lot = Estimator(), OveruseEstimator(), random.Random(5)
    for _ in range(300):
        value = lot.uniform(0, 100)
        assert ours.update_min_frame_period(value) == theirs.update_min_frame_period(value)


def test_the_rate_that_is_told_is_about_what_the_library_tells_packet_by_packet():
    ours, theirs, told = Bandwidth(), RemoteBitrateEstimator(), {"ours": [], "theirs": []}
    lot, now = random.Random(9), 1000.0
    for number in range(900):
        sent, now = number / 30, 1000.0 + number / 30 + lot.random() * 0.004 + max(0, number - 600) * 0.004
        for part in range(3):
            packet = one(number * 3 + part, payload=bytes(700))._replace(sent_at=int(sent * (1 << 18)) + part * 100)
            told["ours"].append(ours.add(packet, now))
            told["theirs"].append(theirs.add(int(now * 1000), packet.sent_at, 700, 7))
    rates = {who: [one for one in given if one] for who, given in told.items()}
    assert len(rates["ours"]) >= 20 and rates["ours"][-1][1] == [7]
    for part in (len(rates["theirs"]) // 3, -1):      # free at first, then the line fills up
        at = rates["theirs"][part][0]
        assert abs(rates["ours"][part][0] - at) < at * 0.15, (rates["ours"], rates["theirs"])


# --- what one sender may cost everybody -------------------------------------------------------------------------


def test_gaps_without_end_are_waited_for_no_further_than_packets_are_kept() -> None:
    order, asked, most = Order(asks=True), 0, 0
    for n in range(400):
        packet = Packet(1, 96, n * 255 & 0xFFFF, n, False, b"\x10")
        at = order.add(packet, n / 1000)
        wanted = order.wanted(n / 1000)
        asked, most = asked + len(wanted), max(most, len(wanted))
        assert at is not None
        list(order.ready(at, packet, n / 1000))
        assert len(order.missing) <= KEPT
    assert most <= MOST_ASKED and asked < 400 * MOST_ASKED
    assert order.lost + len(order.missing) == 399 * 254


def test_what_is_missing_is_asked_for_at_once_whatever_was_asked_before() -> None:
    order = Order(asks=True)
    for number in (0, 2):
        order.add(Packet(1, 96, number, 0, False, b"\x10"), 0.0)
    assert order.wanted(0.0) == [1]
    order.add(Packet(1, 96, 4, 0, False, b"\x10"), 0.001)
    assert order.wanted(0.001) == [3]
    assert order.wanted(0.002) == [] and order.wanted(0.11) == [1, 3]


def test_a_picture_that_never_ends_is_dropped_and_a_whole_one_wished_for() -> None:
    given: list[int] = []
    wishes: list[None] = []
    pictures = Pictures(lambda data, ticks: given.append(len(data)), wish=lambda: wishes.append(None))
    pictures.add(Packet(1, 96, 0, 7, False, b"\x10" + bytes(1200)))
    for n in range(1, 4000):
        pictures.add(Packet(1, 96, n, 7, False, b"\x00" + bytes(1200)))
        assert sum(map(len, pictures._parts)) <= MOST + 1201
    assert wishes and not given
    pictures.add(Packet(1, 96, 4000, 8, True, b"\x10" + bytes(20)))    # a key frame, as its first bit says
    assert given == [20]


def test_counts_fit_into_a_report_whatever_times_a_browser_writes() -> None:
    counts = counter(48000)
    for number in range(400):
        counts.add(Packet(1, 96, number, 0xFFFFFFFF * (number % 2), True, b"x"))
    counts._jitter_q4 = (1 << 37)    # where alternating times drive it within seconds
    info = RtcpReceiverInfo(1, counts.fraction_lost, counts.packets_lost, counts.max_seq, counts.jitter, 0, 0)
    assert counts.jitter == 0xFFFFFFFF and len(bytes(info)) == 24


def test_a_connection_that_never_closes_holds_nobody() -> None:
    class Stuck:
        async def close(self) -> None:
            await asyncio.Event().wait()

    seams.CLOSING, before = 0.05, seams.CLOSING
    try:
        asyncio.run(asyncio.wait_for(seams.close(Stuck()), 5))    # type: ignore[arg-type]
    finally:
        seams.CLOSING = before


def test_what_waits_behind_a_missing_packet_is_kept_when_the_record_ends() -> None:
    given: list[int] = []
    inlet = Inlet(SimpleNamespace(kind="video", receiver=SimpleNamespace(_RTCRtpReceiver__remote_streams={})))
    stop = inlet.record(lambda data, ticks: given.append(ticks))
    key, more = b"\x10" + bytes(20), b"\x10\x01" + bytes(20)
    for number in (*range(20), *range(21, 60)):    # what is asked for again does not come in time
        at = inlet.order.add(packet := Packet(1, 96, number, number, True, key if number in (0, 25) else more), 0.0)
        for one_ready in inlet.order.ready(at, packet, 0.0):
            inlet._records[0].add(one_ready)
    assert len(given) == 20
    stop()
    assert given == [*range(20), *range(25, 60)]    # from a picture on that needs none before it
    stop()
    assert len(given) == 55
