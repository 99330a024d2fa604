"""One connection of a party serves the others and the record: what is kept plays without a fault, also after a kill."""
import asyncio
import os
import signal
from uuid import uuid4

import pytest

from consult.call.engines.relay import RelayEngine
from consult.call.media.keeper import NothingSent
from consult.call.media.source import LEAST, Source
from tests.call.frames import decoded
from tests.call.test_every_engine_keeps_one_contract import Rooms
from tests.call.test_the_media_process import WANG, Desk, desk, of, until_size

__all__ = ["desk"]


async def kept_and_seen(desk: Desk):
    """A party that sends, somebody who sees it, and a leg that keeps it."""
    rooms, (wang, chen), leg = Rooms(RelayEngine(desk.keeper), desk), (uuid4(), uuid4()), uuid4()
    copy = await rooms.publishes(wang)
    eye = await rooms.watches(chen, wang)
    await asyncio.to_thread(desk.keeper.keep, desk.keeper.id, leg, WANG, rooms.room, wang, 1_700_000_000_000)
    await asyncio.to_thread(desk.until, of(leg, "running"))
    await until_size(desk, 6000)
    await eye.sees(video=5)
    return rooms, copy, eye, leg


def whole(desk, leg):
    [kept] = desk.until(of(leg, "segment"))
    found = decoded(desk.data(kept["key"]))
    assert (found.kinds, found.faults) == (("audio", "video"), 0)
    assert (found.video, found.audio) == (kept["video"], kept["audio"]) and found.video >= 10 <= found.audio
    return kept


def test_the_record_ends_when_it_is_told_to_and_the_picture_goes_on(desk):
    async def story():
        rooms, _, eye, leg = await kept_and_seen(desk)
        desk.keeper.close(leg)
        await asyncio.to_thread(desk.until, of(leg, "over"))
        await eye.sees(video=5)
        await rooms.leaves()
        return leg

    assert not whole(desk, asyncio.run(story()))["recovered"]


def test_the_record_ends_with_what_the_party_sends(desk):
    async def story():
        rooms, copy, eye, leg = await kept_and_seen(desk)
        await copy.close()
        await asyncio.to_thread(desk.until, of(leg, "over"))
        await rooms.leaves()
        return leg

    whole(desk, asyncio.run(story()))


def test_a_kill_loses_nothing_that_was_acknowledged(desk):
    async def story():
        _, _, _, leg = await kept_and_seen(desk)
        os.kill(desk.keeper.pid, signal.SIGKILL)
        await asyncio.to_thread(desk.until, of(leg, "segment"))
        return leg

    assert whole(desk, asyncio.run(story()))["recovered"]


def test_what_nobody_sends_cannot_be_kept(desk):
    with pytest.raises(NothingSent):
        desk.keeper.keep(desk.keeper.id, uuid4(), WANG, uuid4(), uuid4(), 0)


def test_the_slowest_line_of_all_watchers_counts_but_never_below_a_floor():
    async def story():
        source = Source(lambda one: None)
        limits = [source.lowest_limit()]
        for watcher, bits in (("a", 400_000), ("b", 250_000), ("c", 20_000), ("c", None), ("b", None)):
            source.limit(watcher, bits)
            limits.append(source.lowest_limit())
        await source.end()
        return limits

    assert asyncio.run(story()) == [None, 400_000, 250_000, LEAST, 250_000, 400_000]
