"""`fuzhen video doctor` really tries what a call needs, and what it finds is so."""
import asyncio
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.settings import Settings
from consult.call.checking import recorder, relays, surroundings
from consult.call.media.keeper import MediaAway
from tests.call.janus import SECRET as JANUS_SECRET
from tests.call.janus import janus_engine
from tests.call.relay import SECRET, running_relay
from tests.server import free_port

NOW = datetime.now(UTC)     # the relay is a real one, with the machine's time


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_relay(tmp_path_factory.mktemp("relay")) as port:
        yield port


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(mode="demo", data=tmp_path, **given)


def relay_of(tmp_path: Path, url: str, secret: str = SECRET) -> Any:
    [found] = asyncio.run(relays.relay_findings(settings(tmp_path, turn_urls=[url], turn_secret=secret), NOW))
    assert found.check == url
    return found


@pytest.mark.parametrize("way", ["udp", "tcp"])
def test_a_relay_is_asked_and_carries_a_packet(relay: int, tmp_path: Path, way: str,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"turn:127.0.0.1:{relay}?transport={way}"
    found = relay_of(tmp_path, url)
    assert found.verdict == "warning" and "private" in found.text.en    # 127.0.0.1, which nobody outside reaches
    monkeypatch.setattr(relays, "ip_address", lambda host: SimpleNamespace(is_private=False))
    found = relay_of(tmp_path, url)
    assert found.verdict == "ok" and "refuses a wrong password" in found.text.en


def test_a_relay_with_another_secret_is_told_as_that(relay: int, tmp_path: Path) -> None:
    found = relay_of(tmp_path, f"turn:127.0.0.1:{relay}", secret="another secret of the same length")
    assert found.verdict == "bad" and "static-auth-secret" in found.text.en


def test_a_relay_that_believes_everybody_is_bad(tmp_path: Path) -> None:
    with running_relay(tmp_path, believes=("--no-auth",)) as port:
        found = relay_of(tmp_path, f"turn:127.0.0.1:{port}")
    assert found.verdict == "bad" and "use-auth-secret" in found.text.en


def test_a_relay_that_lets_its_addresses_not_meet_limits_calls(relay: int, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing_comes(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(relays, "SECONDS", 2.0)
    monkeypatch.setattr(relays, "_cross", nothing_comes)
    found = relay_of(tmp_path, f"turn:127.0.0.1:{relay}")
    assert found.verdict == "warning" and "denied-peer-ip" in found.text.en


@pytest.mark.parametrize(("url", "word"), [("turn:127.0.0.1:{port}?transport=udp", "not answer"),
                                           ("turn:127.0.0.1:{port}?transport=tcp", "not answer"),
                                           ("turns:127.0.0.1:{port}", "not answer"),
                                           ("turn:127.0.0.1:port", "not the address"),
                                           ("turn:no-such-host.invalid", "not answer")])
def test_a_relay_that_is_not_there(tmp_path: Path, url: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "SECONDS", 2.0)
    found = relay_of(tmp_path, url.format(port=free_port()))
    assert found.verdict == "bad" and word in found.text.en


def test_no_relay_is_a_warning(tmp_path: Path) -> None:
    assert asyncio.run(relays.relay_findings(settings(tmp_path), NOW)) == [relays.NO_RELAY]
    assert relays.NO_RELAY.verdict == "warning"


@pytest.mark.parametrize(("url", "verdict"), [
    ("https://hospital.example", "ok"), ("", "warning"), ("http://localhost:9000", "warning"),
    ("http://hospital.example", "bad"), ("http://10.1.2.3", "bad")])
def test_browsers_give_a_camera_only_to_https_and_to_their_own_machine(tmp_path: Path, url: str, verdict: str) -> None:
    assert surroundings.address_finding(settings(tmp_path, public_url=url)).verdict == verdict


@pytest.mark.parametrize(("free", "recording", "verdict"), [
    (surroundings.LEAST - 1, "ask", "bad"), (surroundings.LEAST, "ask", "warning"),
    (surroundings.PLENTY - 1, "ask", "warning"), (surroundings.PLENTY, "ask", "ok"), (0, "off", "ok")])
def test_room_for_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, recording: str,
                             verdict: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    found = surroundings.disk_finding(settings(tmp_path, recording=recording))
    assert found.verdict == verdict


@pytest.mark.parametrize(("recording", "verdict"), [("ask", "bad"), ("off", "warning")])
def test_a_media_process_that_does_not_start_is_bad_where_recordings_are_asked_for(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recording: str, verdict: str) -> None:
    def away(*_: Any) -> str:
        raise MediaAway

    monkeypatch.setattr(recorder, "_offered", away)
    found = recorder.recorder_finding(settings(tmp_path, recording=recording))
    assert found.verdict == verdict and not list(tmp_path.iterdir())


def test_a_codec_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recorder.codec_finding().verdict == "ok"
    monkeypatch.setattr(recorder, "CODECS", {"no_such_codec": "VP99"})
    assert recorder.codec_finding().verdict == "bad" and "VP99" in recorder.codec_finding().text.en


def test_the_command_makes_a_real_recording_and_tells_by_its_status(tmp_path: Path,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZHEN_MODE", "demo")
    monkeypatch.setenv("FUZHEN_DATA", str(tmp_path / "not" / "made yet"))
    fine = CliRunner().invoke(app, ["video", "doctor", "--json"])
    told = {one["check"]: one for one in json.loads(fine.stdout)["findings"]}
    assert fine.exit_code == 0 and told["recorder"]["verdict"] == "ok" and told["relay"]["verdict"] == "warning"
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".rec" or "doctor" in path.name]
    monkeypatch.setenv("FUZHEN_PUBLIC_URL", "http://hospital.example")
    ill = CliRunner().invoke(app, ["video", "doctor"])
    assert ill.exit_code == 1 and "BAD      address" in ill.stdout and "Calls do not work" in ill.stdout


def test_the_engine_is_told_and_a_janus_is_really_asked(tmp_path: Path) -> None:
    def found(**given: Any) -> Any:
        return surroundings.engine_finding(settings(tmp_path, **given))

    assert found().verdict == "ok" and "browser to browser" in found().text.en
    assert found(call_engine="relay").verdict == "warning"
    away = found(call_engine="janus", janus_secret="s", janus_url=f"ws://127.0.0.1:{free_port()}")
    assert away.verdict == "bad" and "no calls" in away.text.en
    with janus_engine(tmp_path) as engine:
        url = f"ws://127.0.0.1:{engine.server.port}"
        assert found(call_engine="janus", janus_secret=JANUS_SECRET, janus_url=url).verdict == "ok"
        assert found(call_engine="janus", janus_secret="another", janus_url=url).verdict == "bad"
