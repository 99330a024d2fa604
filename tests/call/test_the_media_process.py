"""The media process: packets of two parties are kept; a kill loses nothing acknowledged, and calls go on."""
import asyncio
import os
import signal
import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.storage.streams import Streams
from consult.call.media.keeper import MediaAway, MediaKeeper, OfferRefused
from tests.call.frames import decoded
from tests.call.legs import Copy, Picture

KEY = b"m" * 32
WANG = uuid4()
PATIENCE = 60.0


class Desk:
    """A keeper with everything that it was told."""

    def __init__(self, folder: Path) -> None:
        self.streams = Streams(folder, KEY)
        self.told: list[dict[str, Any]] = []
        self.died: list[UUID] = []
        self._news = threading.Condition()
        self.keeper = MediaKeeper(folder, KEY, self._heard, self._died)

    def _heard(self, who: UUID, told: dict[str, Any]) -> None:
        with self._news:
            self.told.append(told)
            self._news.notify_all()

    def _died(self, who: UUID) -> None:
        with self._news:
            self.died.append(who)
            self._news.notify_all()

    def until(self, fits: Any) -> Any:
        """Wait until something that was told fits, and return all that do."""
        with self._news:
            assert self._news.wait_for(lambda: any(map(fits, self.told)), PATIENCE), self.told
            return [one for one in self.told if fits(one)]

    def until_died(self) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.died, PATIENCE)

    def data(self, key: str) -> bytes:
        reader = self.streams.open(key)
        return b"".join(reader.read(0, reader.size))

    def ask(self, leg: UUID, offer: str, now_ms: int = 0) -> str:
        """Hand an offer to whichever process lives now or next."""
        return self.keeper.open(self.keeper.id, leg, WANG, offer, now_ms)

    async def opened(self, copy: Copy) -> UUID:
        """A leg that runs."""
        leg = uuid4()
        answer = await asyncio.to_thread(self.ask, leg, await copy.offer(), 1_700_000_000_000)
        await copy.take(answer)
        await asyncio.to_thread(self.until, of(leg, "running"))
        return leg


def of(leg: UUID, told: str) -> Any:
    """Something told of a leg."""
    return lambda one: one.get("leg") == str(leg) and one["told"] == told


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "objects")
    yield made
    made.keeper.stop()


async def until_size(desk: Desk, least: int) -> None:
    """Until every growing file holds at least so many bytes on the disk."""
    for _ in range(int(PATIENCE * 10)):
        sizes = [path.stat().st_size for path in desk.streams.folder.rglob("*.rec")]
        if sizes and min(sizes) >= least:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(sizes)


def test_two_parties_are_kept_each_in_its_own_files(desk):
    async def story():
        copies = [Copy(), Copy()]
        legs = [await desk.opened(copy) for copy in copies]
        await until_size(desk, 6000)
        for leg in legs:
            desk.keeper.close(leg)
        for leg in legs:
            await asyncio.to_thread(desk.until, of(leg, "over"))
        for copy in copies:
            await copy.close()
        return legs

    legs = asyncio.run(story())
    for leg in legs:
        [kept] = desk.until(of(leg, "segment"))
        found = decoded(desk.data(kept["key"]))
        assert (found.kinds, found.faults) == (("audio", "video"), 0)
        assert (found.video, found.audio) == (kept["video"], kept["audio"]) and found.video >= 10 <= found.audio
        assert kept["owner"] == str(WANG) and not kept["recovered"] and kept["at_ms"] >= 1_700_000_000_000
        assert desk.streams.open(kept["key"]).kept().sha256 == kept["sha256"]


def test_a_killed_process_loses_nothing_that_it_had_acknowledged_and_another_goes_on(desk):
    async def story():
        copy = Copy()
        leg = await desk.opened(copy)
        await until_size(desk, 6000)
        os.kill(desk.keeper.pid, signal.SIGKILL)
        await asyncio.to_thread(desk.until_died)
        await asyncio.to_thread(desk.until, of(leg, "segment"))
        again = Copy()
        other = await desk.opened(again)
        for one in (copy, again):
            await one.close()
        return leg, other

    leg, other = asyncio.run(story())
    [kept] = desk.until(of(leg, "segment"))
    found = decoded(desk.data(kept["key"]))
    assert kept["recovered"] and found.faults == 0
    assert (found.video, found.audio) == (kept["video"], kept["audio"]) and found.video >= 10
    assert other != leg and desk.died


def test_what_was_written_down_is_not_told_again(desk, tmp_path):
    async def story():
        copy = Copy()
        leg = await desk.opened(copy)
        await copy.close()
        await asyncio.to_thread(desk.until, of(leg, "over"))
        return leg

    leg = asyncio.run(story())
    [kept] = desk.until(of(leg, "segment"))
    desk.keeper.stop()
    again = Desk(tmp_path / "objects")
    again.keeper.await_ready(again.keeper.id)
    assert [one["key"] for one in again.until(of(leg, "segment"))] == [kept["key"]]
    again.streams.settle(kept["key"])
    again.keeper.stop()
    third = Desk(tmp_path / "objects")
    third.keeper.await_ready(third.keeper.id)
    third.keeper.stop()
    assert third.told == [] and third.streams.open(kept["key"]).kept().sha256 == kept["sha256"]


@pytest.mark.parametrize("offer", ["", "v=0", "no words of this protocol"])
def test_an_offer_without_sense_is_refused_and_the_process_lives(desk, offer):
    desk.keeper.await_ready(desk.keeper.id)
    pid = desk.keeper.pid
    with pytest.raises(OfferRefused):
        desk.ask(uuid4(), offer)
    assert desk.keeper.pid == pid and not desk.died


def test_the_process_is_not_told_the_secrets_of_the_server(desk, monkeypatch):
    secrets = {"FUZHEN_MASTER_KEY": "secret-of-the-house", "FUZHEN_DATABASE_URL": "postgresql://u:secret@h/d",
               "PGPASSWORD": "secret-of-the-database"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    desk.keeper.await_ready(desk.keeper.id)
    found = Path(f"/proc/{desk.keeper.pid}/environ").read_bytes().decode()
    assert "PATH=" in found and "secret" not in found and "FUZHEN_" not in found


def test_two_pictures_at_once_are_refused(desk):
    async def story():
        copy = Copy(Picture(), Picture())
        with pytest.raises(OfferRefused):
            desk.ask(uuid4(), await copy.offer())
        await copy.close()

    asyncio.run(story())


def test_nothing_is_asked_of_a_keeper_that_stopped(desk):
    desk.keeper.stop()
    with pytest.raises(MediaAway):
        desk.ask(uuid4(), "")


def test_nothing_is_handed_to_a_process_that_died_meanwhile(desk):
    desk.keeper.await_ready(gone := desk.keeper.id)
    os.kill(desk.keeper.pid, signal.SIGKILL)
    desk.until_died()
    with pytest.raises(MediaAway):
        desk.keeper.open(gone, uuid4(), WANG, "", 0)
