"""A file that is refused leaves no bytes behind, one sent twice is kept once, and what a crash left is swept."""
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from starlette.datastructures import UploadFile

from app.kit.ids import uuid7
from app.kit.problems import Problem
from app.retention import api as retention
from app.settings import Settings
from app.storage import ObjectStore
from app.work import Actor, House, Work, all_of
from records import api as records
from tests.cast import Scene, build_hospital, finished_visit, uploaded, visit_in_progress
from web.api import patients
from web.pages.patient.chat import send_file
from web.pages.staff.doctor import console


@dataclass
class DoorOf:
    """Whoever knocks, as an endpoint sees them."""

    scene: Scene
    who: str

    @property
    def house(self) -> House:
        return self.scene.house

    @property
    def actor(self) -> Actor:
        return self.scene.people[self.who]

    @contextmanager
    def read(self) -> Iterator[Work]:
        with self.scene.sees(self.who) as work:
            yield work

    @contextmanager
    def write(self) -> Iterator[Work]:
        with self.scene.by(self.who) as work:
            yield work


@pytest.fixture
def scene(house: House) -> Scene:
    """A hospital with its cast."""
    return build_hospital(house)


def picture(shade: int = 1) -> UploadFile:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (shade, 3, 200)).save(out, "PNG")
    return UploadFile(io.BytesIO(out.getvalue()), filename="a.png")


def files(scene: Scene) -> set[Path]:
    """Everything that lies in the store."""
    return {path for path in (scene.house.tools.get(Settings).data / "objects").rglob("*") if path.is_file()}


def documents(scene: Scene) -> int:
    with scene.sees("house") as work:
        return len(all_of(work, records.Document))


def test_a_talk_that_is_over_keeps_no_file(scene: Scene) -> None:
    visit = finished_visit(scene)
    before = files(scene)
    with pytest.raises(Problem):
        send_file(DoorOf(scene, "wang"), visit.id, picture(), uuid7())
    assert console._send_file(DoorOf(scene, "lin"), visit.id, uuid7(), picture()) is not None
    assert files(scene) == before


@pytest.mark.parametrize("count", [0, 21])
def test_too_many_pages_are_not_even_stored(scene: Scene, count: int) -> None:
    before = files(scene)
    with pytest.raises(records.WrongPages):
        patients.upload(scene.patients["wang"], [picture(n) for n in range(count)], DoorOf(scene, "wang"))
    assert files(scene) == before


def test_a_broken_page_takes_the_ones_before_it_along(scene: Scene) -> None:
    before = files(scene)
    broken = UploadFile(io.BytesIO(b"no picture at all"), filename="b.png")
    with pytest.raises(Problem):
        patients.upload(scene.patients["wang"], [picture(), broken], DoorOf(scene, "wang"))
    assert files(scene) == before


@pytest.mark.invariant(8)
def test_a_file_that_is_sent_again_after_a_lost_answer_is_kept_once(scene: Scene) -> None:
    visit, mine, theirs = visit_in_progress(scene), uuid7(), uuid7()
    first = send_file(DoorOf(scene, "wang"), visit.id, picture(), mine)
    assert console._send_file(DoorOf(scene, "lin"), visit.id, theirs, picture(2)) is None
    kept, stored = documents(scene), files(scene)
    assert send_file(DoorOf(scene, "wang"), visit.id, picture(), mine).id == first.id
    assert console._send_file(DoorOf(scene, "lin"), visit.id, theirs, picture(2)) is None
    assert (documents(scene), files(scene)) == (kept, stored)


def test_what_no_table_names_is_swept_after_a_week_and_nothing_else(scene: Scene) -> None:
    document = uploaded(scene)
    kept = files(scene)
    objects = scene.house.tools.get(ObjectStore)
    records.store_page(objects, scene.patients["wang"], picture().file.read(), "lost.png")
    unfinished = scene.house.tools.get(Settings).data / "objects" / "00" / f"{'0' * 32}.part"
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(b"half")
    for path in files(scene):
        os.utime(path, (scene.clock.now().timestamp(),) * 2)
    assert retention.sweep(scene.house) == 0
    scene.clock.forward(days=8)
    assert retention.sweep(scene.house) == 3 and files(scene) == kept
    assert [entry.facts["files"] for entry in scene.trail("retention_files_swept")] == [3]
    with scene.sees("wang") as work:
        assert records.document_bytes(work, document.id, 1)
