"""Two hundred recorded calls on one media process: its memory stays flat, no thread and no file is left behind."""
import asyncio
import os
import statistics
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from app.storage import Streams
from app.work import House
from consult import api as consult
from consult.call.recording.verify import verify_recordings
from tests.call.test_a_recorded_call import Recorded, until
from tests.cast import Scene, build_hospital

CALLS, SECONDS = int(os.environ.get("SOAK_CALLS", "200")), float(os.environ.get("SOAK_SECONDS", "10"))
WARM = max(5, CALLS // 5)       # first calls: libraries load, the allocator takes what it will need
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


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_memory_stays_flat_and_nothing_is_left_behind(scene: Scene, desk: consult.RecordingDesk,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    sizes: list[int] = []
    visit, busy, ours = None, 0, 0
    for number in range(CALLS):
        visit = asyncio.run(one(scene, desk, visit))
        pid = desk.keeper.pid
        assert pid is not None
        sizes.append(memory(pid))
        if number == WARM - 1:
            busy, ours = threads(pid), threading.active_count()
    steady = sizes[WARM:]
    slope = statistics.linear_regression(range(len(steady)), steady).slope
    with capsys.disabled():
        print(f"\n{CALLS} calls of {SECONDS:g} s: memory {sizes[0]} KiB after the first, {steady[0]} after {WARM}, "
              f"{steady[-1]} at the end, slope {slope:+.2f} KiB a call; threads {busy} then {threads(pid)}, "
              f"in the server {ours} then {threading.active_count()}")
    assert slope < FLAT
    assert threads(pid) <= busy and threading.active_count() <= ours
    streams = scene.house.tools.get(Streams)
    with Session(scene.house.database.reader) as session:
        proof = verify_recordings(session, streams)
    assert proof.ok and proof.whole >= 2 * CALLS and not list(streams.folder.rglob("*.rec"))
