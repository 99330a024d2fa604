"""A seeded house behind the real site: the cast is seeded once, and every test works on a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kit.clock import FrozenClock
from tests.conftest import MORNING
from tests.web.staff_site import Site, open_site, seed_template


@pytest.fixture(scope="session")
def seeded_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a freshly seeded demo on SQLite."""
    return seed_template(sqlite_template, tmp_path_factory.mktemp("seeded-web") / "data", FrozenClock(MORNING))


@pytest.fixture
def site(seeded_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """The site over a copy of the seeded house; the clock stands until the test moves it."""
    folder = tmp_path / "site"
    shutil.copytree(seeded_folder, folder)
    made = open_site(folder, FrozenClock(MORNING))
    yield made
    made.house.database.dispose()
