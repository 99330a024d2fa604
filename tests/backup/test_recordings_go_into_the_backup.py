"""A recording that was written down is in the backup, though its file waits for its final name or gets it just then."""
from pathlib import Path

import pytest
from sqlmodel import Session

import app.backup as module
from app.backup import backup, restore
from app.kit.clock import FrozenClock
from app.settings import Settings
from app.storage import Streams
from app.wiring import build_house
from app.work import House
from consult.call.recording.verify import Proof, verify_recordings
from tests.backup.conftest import Empty
from tests.call.test_recordings_are_agreed_kept_and_proven import recorded
from tests.cast import build_hospital


def proof_in(settings: Settings, clock: FrozenClock) -> Proof:
    house, _ = build_house(settings, clock)
    with Session(house.database.reader) as session:
        found = verify_recordings(session, house.tools.get(Streams))
    house.database.dispose()
    return found


@pytest.mark.parametrize("named_meanwhile", [False, True])
def test_a_file_without_its_final_name_goes_along(
        house: House, settings: Settings, empty: Empty, tmp_path: Path, clock: FrozenClock,
        monkeypatch: pytest.MonkeyPatch, named_meanwhile: bool) -> None:
    _, segments = recorded(build_hospital(house), 3)
    waiting = settings.data / "objects" / segments[1].object_key[-2:] / segments[1].object_key
    waiting.rename(waiting.with_suffix(".rec"))
    stranger = waiting.with_name("f" * 32 + ".rec")
    stranger.write_bytes(b"still growing, and no row names it")
    copied = module._copied

    def named_first(growing: Path, settled: Path, copy: Path) -> Path:
        growing.rename(settled)
        return copied(growing, settled, copy)

    if named_meanwhile:
        monkeypatch.setattr(module, "_copied", named_first)
    backup(settings, tmp_path / "b.tar.gz")
    there = empty("sqlite")
    restore(there, tmp_path / "b.tar.gz")
    found = proof_in(there, clock)
    assert (found.whole, found.faults) == (3, [])
    assert not list(there.data.rglob("*.rec"))
