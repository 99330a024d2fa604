"""A disk that takes nothing more ends a leg in order: the connection is closed, and the page hears that it is over."""
import asyncio
import errno
import itertools

import pytest

from app.storage.streams import Streams
from consult.call.media import leg as legs
from consult.call.media.process import MediaProcess
from tests.call.frames import SILENCE

FULL = OSError(errno.ENOSPC, "No space left on device")


class Writer:
    """A file on a disk that has room for so many chunks."""

    key = "k"

    def __init__(self, room):
        self.room = room

    def append(self, data, marks):
        self.room -= 1
        if self.room < 0:
            raise FULL

    def close(self):
        raise FULL


class Disk:
    """Where the files of a leg would be; with room None not even one can begin."""

    def __init__(self, room):
        self.room = room

    def create(self, label):
        if self.room is None:
            raise FULL
        return Writer(self.room)


async def feed(leg, frame):
    """Sound without end."""
    for number in itertools.count():
        leg._take("audio", frame, number * 960)
        await asyncio.sleep(0)


async def told_of(room, expected, until, frame=SILENCE):
    """What a leg tells that takes frames as fast as it can, and the state of its connection."""
    told = []
    leg = legs.Leg("leg", "owner", legs.Clock(0, 0.0), Disk(room), told.append)
    leg._taking, leg._stops = legs.Taking(frozenset(expected), leg._begin), [lambda: None]
    leg._go(leg._look_after())
    feeding = asyncio.create_task(feed(leg, frame))
    await asyncio.wait_for(until(leg, told), 30)
    feeding.cancel()
    await asyncio.gather(*leg._tasks, return_exceptions=True)
    return told, leg._pc.connectionState


async def by_itself(leg, told):
    while not any(one["told"] == "over" for one in told):
        await asyncio.sleep(0.01)


async def when_asked(leg, told):
    await asyncio.sleep(0.05)
    await leg.end()


@pytest.mark.parametrize("room", [None, 0, 3])
def test_a_leg_that_cannot_be_written_is_over(room):
    told, state = asyncio.run(told_of(room, {"audio"}, by_itself))
    assert [one["told"] for one in told if one["told"] != "running"] == ["over"] and state == "closed"


def test_a_file_that_cannot_begin_when_its_time_has_come_ends_the_leg(monkeypatch):
    def tick(self, now):
        raise FULL

    monkeypatch.setattr(legs.Taking, "tick", tick)
    monkeypatch.setattr(legs, "TICK", 0.0)      # before so much has come that the file begins by itself
    told, state = asyncio.run(told_of(1 << 30, {"audio", "video"}, by_itself))
    assert [one["told"] for one in told] == ["over"] and state == "closed"


def test_a_leg_that_is_told_to_end_does_so_also_when_its_last_bytes_cannot_be_written():
    told, state = asyncio.run(told_of(None, {"audio", "video"}, when_asked))
    assert [one["told"] for one in told] == ["over"] and state == "closed"


def test_a_leg_that_sends_far_more_than_a_small_copy_is_over():
    told, state = asyncio.run(told_of(1 << 30, {"audio"}, by_itself, b"\xfc" * 20_000))
    assert [one["told"] for one in told] == ["running", "over"] and state == "closed"


def test_one_leg_that_breaks_at_the_end_does_not_keep_the_process_from_telling_the_rest(tmp_path):
    class Broken:
        async def end(self):
            raise FULL

    class Line:
        flushed = False

        async def drain(self):
            self.flushed = True

        def close(self):
            pass

    async def story():
        line, nothing = Line(), asyncio.StreamReader()
        nothing.feed_eof()
        process = MediaProcess(line)
        process._streams, process._legs = Streams(tmp_path, b"k" * 32), {"one": Broken()}
        await process.run(nothing)
        return line.flushed

    assert asyncio.run(story())
