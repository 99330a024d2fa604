"""What the media process told is written down sooner or later; what stands nowhere is found by the check."""
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from app.storage import Streams
from app.work import HOUSE, Work, all_of
from consult.call.media import channel
from consult.call.media.channel import Channel
from consult.call.recording import desk as desks
from consult.call.recording import verify
from consult.call.recording.commands import keep_segment
from consult.call.recording.desk import RecordingDesk
from consult.call.recording.models import RecordingLeg, RecordingSegment
from tests.call.test_a_call_in_a_visit import entered
from tests.call.test_recordings_are_agreed_kept_and_proven import PROCESS, agree, leg_of, proof, written
from tests.cast import Scene


@pytest.fixture
def desk(scene: Scene) -> Iterator[RecordingDesk]:
    """The desk of a server, without a media process."""
    made = RecordingDesk(scene.house)
    yield made
    made.stop()


@pytest.fixture
def leg(scene: Scene) -> RecordingLeg:
    """Wang's copy of a call that both agreed to record."""
    _, call, wang, _ = entered(scene)
    agree(scene, call)
    return leg_of(scene, call, wang)


def rows(scene: Scene) -> list[RecordingSegment]:
    with scene.house.read(HOUSE) as work:
        return all_of(work, RecordingSegment)


def growing(scene: Scene, key: str) -> Path:
    return scene.house.tools.get(Streams).folder / key[-2:] / f"{key}.rec"


def refuse(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The database is away for so many attempts."""
    left, keep = [times], desks.keep_segment

    def away(*given: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise OperationalError("insert", {}, Exception("away"))
        return keep(*given)

    monkeypatch.setattr(desks, "keep_segment", away)


def test_what_the_database_did_not_take_is_written_with_a_later_look(
        scene: Scene, desk: RecordingDesk, leg: RecordingLeg, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, times=3)
    told = [written(scene, leg, number) for number in (1, 2)]
    for one in told:
        with pytest.raises(OperationalError):
            desk._heard(PROCESS, one)
    assert rows(scene) == [] and all(growing(scene, one["key"]).exists() for one in told)
    with pytest.raises(OperationalError):
        desk.write_down_the_rest()
    desk.write_down_the_rest()
    desk.write_down_the_rest()
    assert {row.object_key for row in rows(scene)} == {one["key"] for one in told}
    assert not any(growing(scene, one["key"]).exists() for one in told)
    assert proof(scene).faults == []


def test_a_look_of_the_desk_itself_writes_it_down(
        scene: Scene, desk: RecordingDesk, leg: RecordingLeg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "LOOK_SECONDS", 0.05)
    refuse(monkeypatch, times=1)
    with pytest.raises(OperationalError):
        desk._heard(PROCESS, written(scene, leg))
    end = time.monotonic() + 20
    while not rows(scene) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(rows(scene)) == 1


def test_a_file_that_cannot_get_its_name_is_told_to_the_operator_and_found_by_the_check(
        scene: Scene, desk: RecordingDesk, leg: RecordingLeg, caplog: pytest.LogCaptureFixture) -> None:
    told = written(scene, leg)
    growing(scene, told["key"]).unlink()
    desk._heard(PROCESS, told)
    assert "cannot be given its name" in caplog.text
    assert len(rows(scene)) == 1 and len(proof(scene).faults) == 1


def test_the_death_of_one_process_leaves_the_legs_of_the_next(scene: Scene, desk: RecordingDesk) -> None:
    old, new = uuid4(), uuid4()
    desk._legs = {old: PROCESS, new: uuid4()}
    desk._died(PROCESS)
    assert list(desk._legs) == [new]


def test_a_server_that_starts_alone_ends_every_leg_of_the_one_before(scene: Scene, leg: RecordingLeg) -> None:
    again = RecordingDesk(scene.house)
    again.start()
    again.stop()
    alone = scene.house.database.is_sqlite      # on PostgreSQL another server may hold the leg at this moment
    assert scene.row(RecordingLeg, leg.id).state == ("lost" if alone else "opening")


# --- the check ---------------------------------------------------------------------------------------------------


def test_a_row_that_the_trail_never_heard_of_is_a_fault_even_with_a_whole_chain(
        scene: Scene, leg: RecordingLeg, monkeypatch: pytest.MonkeyPatch) -> None:
    told = written(scene, leg)
    monkeypatch.setattr(Work, "announce", lambda work, event: None)
    scene.does("house", keep_segment, told)
    scene.house.tools.get(Streams).settle(told["key"])
    assert proof(scene).faults == [f"recording {rows(scene)[0].id}: the trail never heard of it"]


def test_a_file_of_nobody_known_is_a_fault_once_it_is_late(
        scene: Scene, desk: RecordingDesk, leg: RecordingLeg, caplog: pytest.LogCaptureFixture) -> None:
    told = written(scene, RecordingLeg(id=uuid4(), visit_id=leg.visit_id))
    desk._heard(PROCESS, told)
    assert "belongs to no leg" in caplog.text and rows(scene) == []
    assert proof(scene).faults == []        # it may be on its way to its row
    past = time.time() - verify.LATE - 1
    os.utime(growing(scene, told["key"]), (past, past))
    [fault] = proof(scene).faults
    assert told["key"] in fault


# --- a process that hangs -----------------------------------------------------------------------------------------


def test_an_end_that_takes_nothing_is_cut_and_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "SEND_SECONDS", 1)
    ours, theirs = socket.socketpair()
    line = Channel(ours)
    with pytest.raises(OSError):    # the socket's buffer is full long before
        for _ in range(10_000):
            line.say({"do": "close", "leg": "x" * 10_000})
    with pytest.raises(OSError):
        line.say({"do": "close"})
    theirs.settimeout(5)
    while theirs.recv(1 << 20):     # what was taken before the cut, then the end
        pass
    theirs.close()
