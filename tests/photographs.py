"""Scenes are photographed: what many tests begin with is walked through the commands twice and then brought back.

`@remembered` is for the steps of `tests.cast`. A photograph is shown only when nothing was written since the scene was
opened, other than by remembered steps with the same plain arguments; every other call walks the whole way.
"""
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

from app.jobs import JobKinds
from app.settings import Settings
from app.work import House
from app.worker import Worker
from tests.databases import Scratch
from tests.hospital import Scene

Story = tuple[Any, ...]
KEPT = ("objects", "witness")


@dataclass(frozen=True)
class Page:
    """Where a scene stands: the steps that led here, the writes and the time until then."""

    story: Story
    writes: int
    at: datetime


@dataclass(frozen=True)
class Photograph:
    """What a step left: rows under a name, files in a folder, the time, the people, and the row it gave back."""

    name: str
    files: Path
    at: datetime
    scene: Scene
    given: tuple[type, UUID] | None


ALBUM: dict[Story, Photograph] = {}
ASKED: Counter[Story] = Counter()


def opened(build: Callable[[House], Scene]) -> Callable[[House], Scene]:
    """The first step: it makes the scene itself."""
    @wraps(build)
    def photographed(house: House) -> Scene:
        scratch = Scratch.of.get(house.database.reader)
        if scratch is None or scratch.writes:
            return build(house)
        story = (id(scratch), scratch.made, build.__name__, house.clock.now())
        if photograph := ALBUM.get(story):
            scene = replace(photograph.scene, house=house, worker=Worker(house, house.tools.get(JobKinds)))
            _show(scratch, scene, photograph)
        else:
            scene = build(house)
            _keep(scratch, scene, story, None)
        scene.page = Page(story, scratch.writes, house.clock.now())
        return scene
    return photographed


def remembered(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step that leads a scene on and gives back one row."""
    @wraps(step)
    def photographed(scene: Scene, *args: Any, **more: Any) -> Any:
        scratch = Scratch.of.get(scene.house.database.reader)
        call = (step.__name__, *args, *sorted(more.items()))
        page: Page | None = scene.page
        if scratch is None or page is None or not _plain(args, more) or _moved_on(scratch, scene, page):
            return step(scene, *args, **more)
        story = (*page.story, call)
        if photograph := ALBUM.get(story):
            _show(scratch, scene, photograph)
            given = scene.row(*photograph.given)
        else:
            given = step(scene, *args, **more)
            _keep(scratch, scene, story, (type(given), given.id))
        scene.page = Page(story, scratch.writes, scene.house.clock.now())
        return given
    return photographed


def _plain(args: tuple[Any, ...], more: dict[str, Any]) -> bool:
    return all(isinstance(value, str | int | bool | None) for value in (*args, *more.values()))


def _moved_on(scratch: Scratch, scene: Scene, page: Page) -> bool:
    return (scratch.writes, scene.house.clock.now()) != (page.writes, page.at)


def _data(scene: Scene) -> Path:
    return scene.house.tools.get(Settings).data


def _keep(scratch: Scratch, scene: Scene, story: Story, given: tuple[type, UUID] | None) -> None:
    """Photograph it when it is asked for the second time."""
    ASKED[story] += 1
    if ASKED[story] < 2:
        return
    name, files = f"photograph_{len(ALBUM)}", Path(mkdtemp(prefix="fuzhen-photograph-"))
    scratch.take(name)
    for kept in KEPT:
        if (_data(scene) / kept).exists():
            shutil.copytree(_data(scene) / kept, files / kept)
    people = replace(scene, people=dict(scene.people), patients=dict(scene.patients),
                     pharmacies=dict(scene.pharmacies), page=None)
    ALBUM[story] = Photograph(name, files, scene.house.clock.now(), people, given)


def _show(scratch: Scratch, scene: Scene, photograph: Photograph) -> None:
    scratch.show(photograph.name)
    for kept in photograph.files.iterdir():
        shutil.rmtree(_data(scene) / kept.name, ignore_errors=True)
        shutil.copytree(kept, _data(scene) / kept.name)
    scene.people, scene.patients, scene.pharmacies = (
        dict(photograph.scene.people), dict(photograph.scene.patients), dict(photograph.scene.pharmacies))
    scene.clock.at = photograph.at
