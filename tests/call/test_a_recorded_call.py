"""A call of two parties from their agreement to the playback, with real packets and the real media process."""
import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from app.storage import Streams
from app.work import all_of
from consult import api as consult
from consult.call.media.keeper import OfferRefused
from consult.call.recording.models import RecordingLeg, RecordingSegment
from consult.call.recording.verify import verify_recordings
from tests.call.frames import decoded
from tests.call.legs import Copy
from tests.call.test_a_call_in_a_visit import entered
from tests.cast import Scene

PATIENCE = 60.0


@pytest.fixture
def desk(scene: Scene) -> Iterator[consult.RecordingDesk]:
    made = scene.house.tools.get(consult.RecordingDesk)
    made.start()
    made.keeper.patience = 20.0     # a machine full of tests is slow to start a process
    yield made
    made.stop()


async def until(true: Any) -> Any:
    """Ask again until it is so."""
    for _ in range(int(PATIENCE * 5)):
        found = await asyncio.to_thread(true)
        if found:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(true)


class Recorded:
    """Wang and Dr Lin in a call, agreed, with a copy each."""

    def __init__(self, scene: Scene, desk: consult.RecordingDesk, visit: consult.Visit | None = None) -> None:
        self.scene, self.desk = scene, desk
        self.visit, self.call, *pages = entered(scene, visit)
        self.pages = dict(zip(("wang", "lin"), pages, strict=True))
        for who in self.pages:
            scene.does(who, consult.answer_recording, self.call, True)

    def state(self) -> str:
        with self.scene.sees("wang") as work:
            return consult.call_view(work, work.get(consult.Call, self.call), "patient").recording.state

    def runs(self) -> bool:
        return self.state() == "running"

    def files(self) -> list[RecordingSegment]:
        with self.scene.sees("house") as work:
            return all_of(work, RecordingSegment, RecordingSegment.visit_id == self.visit.id)

    def over(self) -> bool:
        with self.scene.sees("house") as work:
            legs = all_of(work, RecordingLeg, RecordingLeg.call_id == self.call)
        return {leg.state for leg in legs} <= {"over", "lost"}

    async def sends(self, who: str) -> Copy:
        """A page opens its copy."""
        copy = Copy()
        begin = consult.opening(lambda: self.scene.by(who), self.call, self.pages[who])
        _, answer = await asyncio.to_thread(self.desk.open, begin, await copy.offer())
        await copy.take(answer)
        return copy

    def grown(self) -> bool:
        sizes = [path.stat().st_size for path in self.scene.house.tools.get(Streams).folder.rglob("*.rec")]
        return len(sizes) == 2 and min(sizes) > 5000


async def story(call: Recorded) -> None:
    """Recorded, killed, recorded again, one takes the agreement back."""
    copies = [await call.sends(who) for who in call.pages]
    await until(call.runs)
    await until(call.grown)
    os.kill(call.desk.keeper.pid, signal.SIGKILL)      # type: ignore[arg-type]
    await until(lambda: not call.runs())
    copies += [await call.sends(who) for who in call.pages]
    await until(call.runs)
    await until(lambda: len(call.files()) == 2 and call.grown())
    call.scene.does("wang", consult.answer_recording, call.call, False)
    await until(call.over)
    await until(lambda: len(call.files()) == 4)
    for copy in copies:
        await copy.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)     # what is asked of the database has its own tests
def test_both_sides_are_kept_also_across_a_kill_and_a_no_ends_it(scene: Scene, desk: consult.RecordingDesk) -> None:
    call = Recorded(scene, desk)
    asyncio.run(story(call))
    files = sorted(call.files(), key=lambda one: one.seq)
    assert [one.recovered for one in files].count(True) == 2 and {one.side for one in files} == {"patient", "doctor"}
    assert scene.row(consult.Call, call.call).state == "talking" and call.state() == "refused"
    for one in files:
        found = decoded(play(scene, call.visit.id, one.id))
        assert (found.kinds, found.faults) == (("audio", "video"), 0)
        assert (found.video, found.audio) == (one.video_packets, one.audio_packets) and found.video >= 8
        assert found.seconds == pytest.approx((one.ended_at - one.started_at).total_seconds(), abs=0.01)
    with Session(scene.house.database.reader) as session:
        proof = verify_recordings(session, scene.house.tools.get(Streams))
    assert proof.ok and proof.whole == 4


def play(scene: Scene, visit: UUID, segment: UUID) -> bytes:
    """As a player reads it: a little of the head first, then the rest."""
    with scene.sees("wang") as work:
        found = consult.playback(work, visit, segment)
    parts = [b"".join(found.read(start, stop)) for start, stop in ((0, 100), (100, 1500), (1500, found.size))]
    assert b"".join(parts) == b"".join(found.read(0, found.size)) and len(b"".join(parts)) == found.size
    return b"".join(parts)


def test_an_offer_without_sense_leaves_no_leg_open(scene: Scene, desk: consult.RecordingDesk) -> None:
    call = Recorded(scene, desk)
    with pytest.raises(OfferRefused):
        desk.open(consult.opening(lambda: scene.by("wang"), call.call, call.pages["wang"]), "no offer")
    assert call.over() and call.state() == "agreed"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_copy_that_another_one_follows_is_received_no_longer(scene: Scene, desk: consult.RecordingDesk) -> None:
    call = Recorded(scene, desk)

    async def story() -> str:
        old, new = await call.sends("wang"), await call.sends("wang")
        await until(lambda: old.pc.connectionState == "closed")
        state = str(new.pc.connectionState)
        for copy in (old, new):
            await copy.close()
        return state

    assert asyncio.run(story()) != "closed"
