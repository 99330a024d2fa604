"""Switches outlive a restart; a player waits out every trouble, leaves refusals to people and talks no secrets."""
import json
import logging
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.demo.running import Demo
from web.demo.actors import ROLES, Player, Stage, Switches, Troupe
from web.demo.cast import members
from web.demo.client import ApiFault, until


def fault(status: int, slug: str = "x") -> ApiFault:
    """A refusal of the API."""
    request = httpx.Request("GET", "http://house.test/api/v1/x")
    return ApiFault(httpx.Response(status, json={"slug": slug, "detail": "王建国 头晕"}, request=request))


class Fake(Player):
    """A player whose turns are told beforehand; signs in nowhere."""

    topics = ()
    acts: list[Any] = []

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.turns = 0
        self.heard = threading.Event()
        self._ear.wait = lambda *_: self.heard.wait(0.01)  # type: ignore[method-assign]

    def _sign_in(self) -> None:
        self.person.token = "token"

    def turn(self) -> bool:
        self.turns += 1
        act = self.acts[self.turns - 1] if self.turns <= len(self.acts) else False
        if isinstance(act, Exception):
            raise act
        return bool(act)


def fake(*acts: Any) -> Fake:
    kind = type("Told", (Fake,), {"acts": list(acts)})
    return kind(Stage("http://127.0.0.1:9", pace=0), members()["lin"])


def test_everything_is_off_at_first_and_a_choice_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "switches.json"
    assert Switches(path).read() == dict.fromkeys(ROLES, False)
    Switches(path).write("doctor", True)
    Switches(path).write("patient", True)
    Switches(path).write("patient", False)
    assert Switches(path).read() == {**dict.fromkeys(ROLES, False), "doctor": True}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"doctor": "yes"}', '{"stranger": true}'])
def test_a_damaged_file_means_off(tmp_path: Path, content: str) -> None:
    path = tmp_path / "switches.json"
    path.write_text(content)
    assert Switches(path).read() == dict.fromkeys(ROLES, False)


def test_the_page_switches_a_role_on_and_off(demo: Demo) -> None:
    browser = demo.browser()
    assert 'aria-checked="true"' not in browser.get("/demo").text
    assert browser.post("/demo/switches", role="pharmacist", on="yes").headers["location"] == "/demo#house"
    assert browser.get("/demo").text.count('aria-checked="true"') == 1
    until(lambda: demo.troupe.states()["pharmacist"][1] == "waiting")
    browser.post("/demo/switches", role="pharmacist", on="no")
    assert demo.troupe.states()["pharmacist"] == (False, "off")


def test_what_was_on_plays_again_after_a_restart(demo: Demo) -> None:
    demo.troupe.switch("pharmacist", True)
    until(lambda: demo.troupe.states()["pharmacist"][1] == "waiting")
    demo.stop()
    demo.start()
    until(lambda: demo.troupe.states()["pharmacist"][1] in ("waiting", "idle", "trouble"))
    demo.troupe.switch("pharmacist", False)


def test_only_one_process_plays(tmp_path: Path) -> None:
    parts = {role: (fake().__class__, ("lin",)) for role in ROLES}
    first, second = (Troupe(tmp_path, Stage("http://127.0.0.1:9", pace=0), parts) for _ in range(2))
    first.switch("doctor", True)
    second.begin()
    assert first.states()["doctor"][1] != "off" and second.states()["doctor"] == (True, "off")
    first.stop()


def test_trouble_is_waited_out_and_told_without_words_of_people(
        caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.demo.actors.TROUBLE_SECONDS", 0.01)
    player = fake(fault(503, "unavailable"), KeyError("王建国"), httpx.ConnectError("x"), fault(401), True)
    with caplog.at_level(logging.INFO, "fuzhen.demo"):
        player.start()
        until(lambda: player.turns >= 6)
        player.stop()
        player.join(5)
    told = " ".join(record.getMessage() for record in caplog.records)
    assert "unavailable" in told and "KeyError" in told and "王建国" not in told and "头晕" not in told


def test_a_refusal_is_final_and_a_fault_is_not() -> None:
    player, tried = fake(), []

    def act(status: int) -> Any:
        tried.append(status)
        raise fault(status)

    assert not player.once("visit", lambda: act(409))
    assert not player.once("visit", lambda: act(409))
    assert tried == [409] and player.given_up == {"visit"}
    for status in (401, 429, 500, 503):
        with pytest.raises(ApiFault):
            player.once(f"other-{status}", lambda status=status: act(status))
    assert player.given_up == {"visit"}
    assert player.once("fine", lambda: None)


def test_a_player_leaves_when_asked(demo: Demo) -> None:
    player = fake(*[True] * 3)
    player.start()
    until(lambda: player.state == "waiting")
    player.stop()
    player.join(5)
    assert player.state == "off" and not player._thread.is_alive()


def test_the_file_of_switches_is_plain(tmp_path: Path) -> None:
    Switches(tmp_path / "switches.json").write("pharmacy", True)
    assert json.loads((tmp_path / "switches.json").read_text())["pharmacy"] is True
