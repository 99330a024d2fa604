"""A watcher that takes too slowly: bounded memory, no broken pictures, and the others as if nothing were."""
import asyncio

import pytest
from aiortc.mediastreams import MediaStreamError

from consult.call.media.outlet import MOST, Outlet

KEY, DELTA = b"key", b"delta"


class Ends:
    """An outlet with what it wished and that it went."""

    def __init__(self, kind="video"):
        self.wishes, self.gone = 0, []
        self.outlet = Outlet(kind, self._wish, self.gone.append)

    def _wish(self):
        self.wishes += 1

    async def begun(self):
        """Somebody takes the first frame as soon as it comes."""
        taking = asyncio.ensure_future(self.outlet.recv())
        await asyncio.sleep(0)
        return taking


def put(outlet, frames):
    for number, is_key in enumerate(frames):
        outlet.put((number, is_key), is_key)


async def drained(outlet):
    return [await outlet.recv() for _ in range(len(outlet._waiting))]


def test_nothing_waits_before_somebody_takes_and_then_a_whole_picture_comes_first():
    async def story():
        ends = Ends()
        put(ends.outlet, [True, False])
        taking = await ends.begun()
        put(ends.outlet, [False, False, True, False])
        return ends, await taking, await drained(ends.outlet)

    ends, first, rest = asyncio.run(story())
    assert (first, rest) == ((2, True), [(3, False)]) and ends.outlet.dropped == 2 and ends.wishes >= 1


def test_an_overflow_drops_up_to_the_next_whole_picture_and_wishes_for_it():
    async def story():
        ends = Ends()
        taking = await ends.begun()
        put(ends.outlet, [True])
        await taking
        wished = ends.wishes
        put(ends.outlet, [False] * (MOST["video"] + 5))
        assert ends.wishes > wished and not ends.outlet._waiting
        put(ends.outlet, [False, True, False])
        return ends, await drained(ends.outlet)

    ends, rest = asyncio.run(story())
    assert rest == [(1, True), (2, False)] and ends.outlet.dropped == MOST["video"] + 6


def test_sound_loses_its_oldest_frames_and_goes_on():
    async def story():
        ends = Ends("audio")
        taking = await ends.begun()
        put(ends.outlet, [True] * (MOST["audio"] + 10))
        return ends, await taking, await drained(ends.outlet)

    ends, first, rest = asyncio.run(story())
    assert first[0] == 10 and len(rest) == MOST["audio"] - 1 and rest[-1][0] == MOST["audio"] + 9 and not ends.wishes


@pytest.mark.parametrize("early", [True, False])
def test_whoever_waits_hears_the_end(early):
    async def story():
        ends = Ends()
        if early:
            ends.outlet.stop()
        taking = await ends.begun()
        ends.outlet.stop()
        with pytest.raises(MediaStreamError):
            await taking
        return ends

    ends = asyncio.run(story())
    assert ends.gone == [ends.outlet]
