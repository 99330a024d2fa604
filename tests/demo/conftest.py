"""A seeded demo with a real server, on the machine's clock; the seed runs once and is copied."""
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs import JobKinds
from app.settings import Settings
from app.wiring import build_house
from app.worker import Worker
from tests.demo.running import Demo
from web.demo.seed import seed


def settings_of(folder: Path, port: int = 8000) -> Settings:
    """A demo whose SQLite file stands in `folder`."""
    return Settings(mode="demo", data=folder, database_url=f"sqlite:///{folder / 'fuzhen.db'}", port=port)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The data folder of a freshly seeded demo."""
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(sqlite_template, folder / "fuzhen.db")
    house, kinds = build_house(settings_of(folder))
    seed(house, Worker(house, kinds))
    house.database.dispose()
    return folder


@pytest.fixture
def demo_settings(seeded: Path, tmp_path: Path) -> Settings:
    """Settings of a copy of the seeded demo, on a free port."""
    folder = tmp_path / "demo"
    shutil.copytree(seeded, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return settings_of(folder, probe.getsockname()[1])


@pytest.fixture
def demo(demo_settings: Settings) -> Iterator[Demo]:
    """A running demo with its worker."""
    house, kinds = build_house(demo_settings)
    assert house.tools.get(JobKinds) is kinds
    running = Demo(house, kinds)
    running.start()
    yield running
    running.stop()
    house.database.dispose()
