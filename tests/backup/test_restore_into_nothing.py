"""An empty folder is enough to restore into: the schema is made first, by the same migrations."""
from pathlib import Path

import pytest

from app.backup import BackupRefused, backup, restore
from app.kit.clock import FrozenClock
from app.migrating import migrate
from app.settings import Settings
from app.wiring import build_house
from app.work import HOUSE, all_of
from consult.api import Message
from tests.live.scene import set_up


@pytest.fixture
def migrated(tmp_path: Path, clock: FrozenClock) -> Settings:
    """An installation that was made by migrations, with a talk in it."""
    settings = Settings(mode="test", data=tmp_path / "here")
    settings.data.mkdir()
    migrate(settings.url)
    house, _ = build_house(settings, clock)
    set_up(house).says("wang", "早上头晕")
    house.database.dispose()
    return settings


def test_an_empty_folder_becomes_the_same_installation(migrated: Settings, tmp_path: Path, clock: FrozenClock) -> None:
    told = backup(migrated, tmp_path / "b.tar.gz")
    assert told.revision
    there = Settings(mode="test", data=tmp_path / "there")
    assert restore(there, tmp_path / "b.tar.gz").rows == told.rows
    house, _ = build_house(there, clock)
    with house.read(HOUSE) as work:
        assert [m.text for m in all_of(work, Message)] == ["早上头晕"]
    house.database.dispose()
    with pytest.raises(BackupRefused, match="not empty"):
        restore(there, tmp_path / "b.tar.gz")


def test_nothing_stays_behind_but_the_installation(migrated: Settings, tmp_path: Path) -> None:
    backup(migrated, tmp_path / "b.tar.gz")
    there = Settings(mode="test", data=tmp_path / "there")
    restore(there, tmp_path / "b.tar.gz")
    assert not [path for path in there.data.iterdir() if path.name.startswith(".restore")]
