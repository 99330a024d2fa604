"""What every way between the parties of a call promises, whichever runs: two and three parties see each other, decoded
without a fault; whoever comes again takes their own place; nonsense harms nobody; who leaves is gone."""
import asyncio
import contextlib
import os
import signal
from uuid import UUID, uuid4

import pytest

from consult.call.engines.janus import JanusEngine
from consult.call.engines.p2p import DirectEngine
from consult.call.engines.problems import EngineAway, NotCarried, NotSending, OfferNotUnderstood
from consult.call.engines.relay import RelayEngine
from tests.call.janus import janus_engine
from tests.call.meeting import Eye, Faults, sender, until
from tests.call.test_the_media_process import Desk
from tests.server import free_port

CARRYING = ("relay", "janus")


class Rooms:
    """An engine with the parties that aiortc plays in one of its rooms."""

    def __init__(self, engine, desk=None):
        self.engine, self.desk, self.room = engine, desk, uuid4()
        self.open = []

    async def publishes(self, party: UUID):
        copy = sender()
        self.open.append(copy)
        await copy.take(await asyncio.to_thread(self.engine.publish, self.room, party, await copy.offer()))
        return copy

    async def watches(self, party: UUID, whom: UUID):
        eye = Eye()
        self.open.append(eye)
        answer = await eye.answer(await self.offered(party, whom))
        await asyncio.to_thread(self.engine.agree, self.room, party, whom, answer)
        return eye

    async def offered(self, party: UUID, whom: UUID):
        """As pages do: ask again while the other one is not connected yet."""
        for _ in range(300):
            try:
                return await asyncio.to_thread(self.engine.watch, self.room, party, whom)
            except NotSending:
                await asyncio.sleep(0.1)
        raise AssertionError("never sent")

    async def leaves(self):
        await asyncio.gather(*(one.close() for one in self.open))


@contextlib.contextmanager
def rooms_of(name, folder):
    if name == "p2p":
        yield Rooms(DirectEngine())
    elif name == "relay":
        desk = Desk(folder / "objects")
        yield Rooms(RelayEngine(desk.keeper), desk)
        desk.keeper.stop()
    else:
        with janus_engine(folder) as engine:
            yield Rooms(engine)


@pytest.fixture(params=["p2p", *CARRYING])
def every(request, tmp_path):
    with rooms_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=CARRYING)
def rooms(request, tmp_path):
    with rooms_of(request.param, tmp_path) as made:
        yield made


def run(story):
    return asyncio.run(story())


def test_an_engine_says_who_it_is_and_ends_what_never_was(every):
    assert (every.engine.name in CARRYING) == every.engine.carries
    every.engine.leave(uuid4(), uuid4())
    every.engine.close(uuid4())
    assert every.engine.sending(uuid4()) == set()


def test_what_is_not_carried_is_refused_in_words():
    engine, room = DirectEngine(), uuid4()
    for act in (lambda: engine.publish(room, uuid4(), "v=0"), lambda: engine.watch(room, uuid4(), uuid4()),
                lambda: engine.agree(room, uuid4(), uuid4(), "v=0")):
        with pytest.raises(NotCarried):
            act()


def test_three_parties_see_and_hear_each_other_without_a_fault(rooms, monkeypatch):
    faults, parties = Faults(monkeypatch), [uuid4() for _ in range(3)]

    async def story():
        for one in parties:
            await rooms.publishes(one)
        eyes = [await rooms.watches(one, other) for one in parties for other in parties if one != other]
        assert rooms.engine.sending(rooms.room) == set(parties)
        await asyncio.gather(*(eye.sees(video=8, audio=20) for eye in eyes))
        await rooms.leaves()
        return [len(eye.colours) for eye in eyes]

    assert min(run(story)) >= 5 and faults.count == 0 and not (faults.early and rooms.engine.name == "relay")


def test_whoever_comes_late_begins_with_a_whole_picture(rooms, monkeypatch):
    faults, (wang, chen, li) = Faults(monkeypatch), [uuid4() for _ in range(3)]

    async def story():
        await rooms.publishes(wang)
        first = await rooms.watches(chen, wang)
        await first.sees(video=10)
        late = await rooms.watches(li, wang)
        await late.sees(video=5)
        await first.sees(video=5)
        await rooms.leaves()

    run(story)
    assert faults.count == 0


def test_whoever_publishes_again_takes_their_own_place(rooms):
    wang, chen = uuid4(), uuid4()

    async def story():
        await rooms.publishes(wang)
        old = await rooms.watches(chen, wang)
        await old.sees(video=3)
        await rooms.publishes(wang)
        await until(lambda: rooms.engine.sending(rooms.room) == {wang})
        await until(lambda: old.pc.connectionState == "closed", lambda: old.pc.connectionState)
        await (await rooms.watches(chen, wang)).sees(video=3)
        await rooms.leaves()

    run(story)


def test_who_leaves_is_gone_and_the_others_go_on(rooms):
    wang, chen = uuid4(), uuid4()

    async def story():
        await rooms.publishes(wang)
        await rooms.publishes(chen)
        eye, other = await rooms.watches(chen, wang), await rooms.watches(wang, chen)
        await asyncio.gather(eye.sees(video=3), other.sees(video=3))
        rooms.engine.leave(rooms.room, chen)
        await until(lambda: rooms.engine.sending(rooms.room) == {wang})
        await until(lambda: "closed" == eye.pc.connectionState == other.pc.connectionState)
        await (await rooms.watches(chen, wang)).sees(video=3)
        rooms.engine.close(rooms.room)
        await until(lambda: rooms.engine.sending(rooms.room) == set())
        await rooms.leaves()

    run(story)


def test_who_sends_nothing_cannot_be_watched(rooms):
    with pytest.raises(NotSending):
        rooms.engine.watch(rooms.room, uuid4(), uuid4())
    with pytest.raises(NotSending):
        rooms.engine.agree(rooms.room, uuid4(), uuid4(), "v=0")


@pytest.mark.parametrize("offer", ["", "v=0", "no words of this protocol"])
def test_nonsense_is_refused_and_harms_nobody(rooms, offer):
    wang, chen = uuid4(), uuid4()

    async def story():
        await rooms.publishes(wang)
        eye = await rooms.watches(chen, wang)
        with pytest.raises(OfferNotUnderstood):
            await asyncio.to_thread(rooms.engine.publish, rooms.room, chen, offer)
        assert rooms.engine.sending(rooms.room) == {wang}
        await eye.sees(video=3)
        await rooms.leaves()

    run(story)


def test_when_what_carries_the_call_is_killed_parties_come_back(rooms):
    wang, chen = uuid4(), uuid4()

    async def story():
        await rooms.publishes(wang)
        await (await rooms.watches(chen, wang)).sees(video=3)
        if rooms.desk is None:
            rooms.engine.server.kill()
        else:
            os.kill(rooms.desk.keeper.pid, signal.SIGKILL)
        await until(lambda: back(rooms.engine, rooms.room))
        await rooms.publishes(wang)
        await (await rooms.watches(chen, wang)).sees(video=3)

    def back(engine, room):
        try:
            return engine.sending(room) == set()
        except EngineAway:
            return False

    run(story)


def test_a_janus_that_is_not_there_or_knows_another_secret_is_away(tmp_path):
    with pytest.raises(EngineAway):
        JanusEngine(f"ws://127.0.0.1:{free_port()}", "s").sending(uuid4())
    with janus_engine(tmp_path) as engine, pytest.raises(EngineAway):
        JanusEngine(f"ws://127.0.0.1:{engine.server.port}", "another").sending(uuid4())
