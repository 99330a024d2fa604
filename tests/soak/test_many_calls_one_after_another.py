"""Two hundred recorded calls on one media process, between browsers and over the relay: its memory stays flat, and no
thread and no file is left behind."""
import asyncio
import os
import statistics
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session

from app.storage import Streams
from app.work import House
from consult import api as consult
from consult.call.engines.relay import RelayEngine
from consult.call.recording.verify import verify_recordings
from tests.call.test_a_recorded_call import Recorded, until
from tests.call.test_every_engine_keeps_one_contract import Rooms
from tests.call.test_the_media_process import Desk, of
from tests.cast import Scene, build_hospital

CALLS, SECONDS = int(os.environ.get("SOAK_CALLS", "200")), float(os.environ.get("SOAK_SECONDS", "10"))
WARM = max(5, CALLS // 5)       # first calls: libraries load, the allocator takes what it will need
BRIEF = int(os.environ.get("SOAK_BRIEF", "320"))     # short calls before those of the relay, see there
FLAT = 6.0                      # KiB a call; without looking for circles at the end of a leg it was 15


@pytest.fixture
def scene(house: House) -> Scene:
    return build_hospital(house)


@pytest.fixture
def desk(scene: Scene) -> Iterator[consult.RecordingDesk]:
    made = scene.house.tools.get(consult.RecordingDesk)
    made.start()
    yield made
    made.stop()


def memory(pid: int) -> int:
    """KiB of a process that are in the machine's memory."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in told.splitlines() if line.startswith("VmRSS:")).split()[1])


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


async def one(scene: Scene, desk: consult.RecordingDesk, visit: consult.Visit | None) -> consult.Visit:
    """Both copies run for some seconds, one hangs up, both files are written down."""
    call = Recorded(scene, desk, visit)
    before = len(call.files())
    copies = [await call.sends(who) for who in call.pages]
    await until(call.runs)
    await asyncio.sleep(SECONDS)
    scene.does("wang", consult.hang_up, call.call)
    await until(call.over)
    await until(lambda: len(call.files()) >= before + 2)
    for copy in copies:
        await copy.close()
    return call.visit


class Measured:
    """Memory and threads of the media process after each call, printed and judged at the end."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self._threads = self._ours = 0
        self._pid = 0

    def note(self, pid: int | None) -> None:
        """A call is over."""
        assert pid is not None and self._pid in (0, pid), "the process is not the one that began"
        self._pid = pid
        self.sizes.append(memory(pid))
        if len(self.sizes) == WARM:
            self._threads, self._ours = threads(pid), threading.active_count()

    def judge(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Flat, and nothing left."""
        steady = self.sizes[WARM:]
        slope = statistics.linear_regression(range(len(steady)), steady).slope
        with capsys.disabled():
            print(f"\n{name}, {CALLS} calls of {SECONDS:g} s: memory {self.sizes[0]} KiB after the first, {steady[0]} "
                  f"after {WARM}, {steady[-1]} at the end, slope {slope:+.2f} KiB a call; threads {self._threads} then "
                  f"{threads(self._pid)}, in the server {self._ours} then {threading.active_count()}")
        assert slope < FLAT
        assert threads(self._pid) <= self._threads and threading.active_count() <= self._ours


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_memory_stays_flat_and_nothing_is_left_behind(scene: Scene, desk: consult.RecordingDesk,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    measured, visit = Measured(), None
    for _ in range(CALLS):
        visit = asyncio.run(one(scene, desk, visit))
        measured.note(desk.keeper.pid)
    measured.judge("between browsers", capsys)
    streams = scene.house.tools.get(Streams)
    with Session(scene.house.database.reader) as session:
        proof = verify_recordings(session, streams)
    assert proof.ok and proof.whole >= 2 * CALLS and not list(streams.folder.rglob("*.rec"))


async def carried(desk: Desk, seconds: float) -> None:
    """Two parties send to the relay, watch each other and are kept for some seconds; both leave."""
    rooms, parties, legs = Rooms(RelayEngine(desk.keeper), desk), (uuid4(), uuid4()), (uuid4(), uuid4())
    for party in parties:
        await rooms.publishes(party)
    eyes = [await rooms.watches(me, other) for me, other in (parties, parties[::-1])]
    for leg, party in zip(legs, parties, strict=True):
        await asyncio.to_thread(desk.keeper.keep, desk.keeper.id, leg, uuid4(), rooms.room, party, 0)
    for eye in eyes:
        await eye.sees(video=3)
    for leg in legs:
        await asyncio.to_thread(desk.until, of(leg, "running"))
    await asyncio.sleep(seconds)
    for party in parties:
        await asyncio.to_thread(rooms.engine.leave, rooms.room, party)
    for leg in legs:
        await asyncio.to_thread(desk.until, of(leg, "over"))
    await rooms.leaves()
    await until(lambda: rooms.engine.flows(rooms.room) == [])


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_memory_stays_flat_also_over_the_relay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured, desk = Measured(), Desk(tmp_path / "objects")
    try:
        # The event loop remembers the last 2048 addresses that it sent to, some 7 new ones a call: that memory is
        # filled first, or its growth, which ends, would be taken for one that does not.
        for _ in range(BRIEF):
            asyncio.run(carried(desk, 0.5))
        for _ in range(CALLS):
            asyncio.run(carried(desk, SECONDS))
            measured.note(desk.keeper.pid)
        measured.judge("over the relay", capsys)
        assert not desk.died
    finally:
        desk.keeper.stop()
    kept = [one for one in desk.told if one["told"] == "segment"]
    assert len(kept) >= 2 * (BRIEF + CALLS) and {one["kinds"] for one in kept} == {"av"}
