"""What our engine says to a Janus, and what it makes of one that refuses or says nothing; played without a Janus."""
import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from websockets.sync.server import ServerConnection, serve

from app.settings import Settings
from consult.call.checking import surroundings
from consult.call.engines.janus import ID_EXISTS, NO_SUCH_ROOM, JanusEngine, number_of
from consult.call.engines.janus_settings import written
from consult.call.engines.problems import EngineAway, NotSending

FORBIDDEN, NO_PLUGIN, UNKNOWN = 403, 460, 499


@contextmanager
def played(attach: int = 0, message: int = 0, says: dict[str, Any] | None = None) -> Iterator[str]:
    """The address of a Janus that refuses to attach, or every message, with that number; else it says `says`."""
    def answer(line: ServerConnection) -> None:
        for word in line:
            asked = json.loads(word)
            told: dict[str, Any] = {"janus": "success", "transaction": asked["transaction"], "data": {"id": 7}}
            if asked["janus"] == "attach" and attach:
                told |= {"janus": "error", "error": {"code": attach, "reason": "no"}}
            elif asked["janus"] == "message":
                told["plugindata"] = {"data": {"error_code": message, "error": "no"} if message else says or {}}
            line.send(json.dumps(told))

    with serve(answer, "127.0.0.1", 0, subprotocols=["janus-protocol"]) as server:      # type: ignore[list-item]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join(10)


def test_no_page_can_be_drawn_to_have_the_number_of_another() -> None:
    room, page = uuid4(), uuid4()
    alike = UUID(int=page.int ^ (1 << 90))      # all that was counted of it, and yet another page
    assert number_of(room, page) != number_of(room, alike)
    assert number_of(room, page) != number_of(uuid4(), page) and number_of(room, page) == number_of(room, page)
    assert all(0 < number_of(uuid4()) < 1 << 52 for _ in range(100))


@contextmanager
def engine_at(url: str) -> Iterator[JanusEngine]:
    engine = JanusEngine(url, "s")
    yield engine
    engine.stop()


@pytest.mark.parametrize("refuses", [{"attach": NO_PLUGIN}, {"attach": FORBIDDEN}, {"message": UNKNOWN},
                                     {"says": {"videoroom": "something else"}}])
def test_a_janus_that_does_not_do_its_work_is_away_and_the_check_says_so(refuses: dict[str, Any],
                                                                         tmp_path: Path) -> None:
    with played(**refuses) as url, engine_at(url) as engine:
        with pytest.raises(EngineAway):
            engine.sending(uuid4())
        given = {"call_engine": "janus", "janus_secret": "s", "janus_url": url}
        found = surroundings.engine_finding(Settings(mode="demo", data=tmp_path, **given))    # type: ignore[arg-type]
        assert found.verdict == "bad" and "no video room" in found.text.en


@pytest.mark.parametrize("code", [NO_PLUGIN, FORBIDDEN])
def test_where_there_is_no_way_into_the_room_every_act_is_told_so(code: int) -> None:
    room, wang, lin = uuid4(), uuid4(), uuid4()
    with played(attach=code) as url, engine_at(url) as engine:
        for act in (lambda: engine.publish(room, wang, "v=0"), lambda: engine.watch(room, wang, lin)):
            with pytest.raises(EngineAway):
                act()
        engine.close(room)


def test_a_room_that_is_not_there_is_empty_and_a_name_that_is_taken_is_asked_for_again() -> None:
    with played(message=NO_SUCH_ROOM) as url, engine_at(url) as engine:
        assert engine.sending(uuid4()) == set()
    with played(message=ID_EXISTS) as url, engine_at(url) as engine, pytest.raises(NotSending):
        engine.watch(uuid4(), uuid4(), uuid4())


def test_the_secret_of_a_janus_is_for_its_owner_alone_also_in_a_folder_that_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "janus"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    (folder / "janus.jcfg").write_text("of before")
    (folder / "janus.jcfg").chmod(0o644)
    written(folder, 8188, "the-secret", tmp_path / "libraries")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and "the-secret" in (folder / "janus.jcfg").read_text()
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
