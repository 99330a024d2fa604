"""An engine or a media process that hangs takes a few threads at most, and after a failure none for a while."""
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.work import all_of
from consult import api as consult
from consult.call.engines import janus_line
from consult.call.engines.carrier import MOST_ACTS, Carrier, Seat
from consult.call.engines.janus import JanusEngine
from consult.call.engines.p2p import DirectEngine
from consult.call.engines.problems import EngineAway, NotSending
from consult.call.engines.turnstile import Turnstile
from consult.call.media.keeper import MediaAway, MediaKeeper
from consult.call.recording import desk as recording_desk
from consult.call.recording.models import RecordingLeg
from tests.call.test_a_call_in_a_visit import entered
from tests.cast import Scene


class Hanging(DirectEngine):
    """Answers nothing before it is let go."""

    def __init__(self) -> None:
        self.freed, self.asked = threading.Event(), threading.Semaphore(0)

    def publish(self, room: UUID, party: UUID, offer: str) -> str:  # type: ignore[override]
        self.asked.release()
        assert self.freed.wait(30)
        return "answer"


@contextlib.contextmanager
def many(count: int, act) -> Iterator[None]:
    """So many threads do it at once."""
    threads = [threading.Thread(target=act, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_whoever_comes_to_a_full_place_is_not_kept_waiting_and_harms_nobody() -> None:
    gate = Turnstile(1, EngineAway)
    with gate.place(), pytest.raises(EngineAway), gate.place():
        raise AssertionError("two at once")
    with gate.place():
        assert True


def test_after_a_failure_nobody_is_let_in_for_a_while_and_another_problem_is_no_failure() -> None:
    now = [100.0]
    gate = Turnstile(2, EngineAway, rest=3.0, clock=lambda: now[0])
    with pytest.raises(NotSending), gate.place():
        raise NotSending
    with pytest.raises(EngineAway), gate.place():
        raise EngineAway
    now[0] += 2.9
    with pytest.raises(EngineAway), gate.place():
        raise AssertionError("let in")
    now[0] += 0.2
    with gate.place(), gate.place():
        assert True


def test_an_engine_that_hangs_holds_a_few_threads_and_the_next_hears_it_at_once(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    engine = Hanging()
    carrier = Carrier(scene.house, engine)
    with many(MOST_ACTS, lambda: carrier.publish(Seat(call, wang), "offer")):
        for _ in range(MOST_ACTS):
            assert engine.asked.acquire(timeout=20)
        for act in (lambda: carrier.publish(Seat(call, lin), "offer"), lambda: carrier.watch(Seat(call, lin, wang)),
                    lambda: carrier.agree(Seat(call, lin, wang), "answer")):
            with pytest.raises(EngineAway):
                act()
        assert not carrier.is_sending(Seat(call, wang))
        engine.freed.set()
    assert carrier.publish(Seat(call, lin), "offer") == "answer"
    carrier.stop()


def test_a_media_process_that_does_not_come_holds_few_threads_and_leaves_no_leg(scene: Scene) -> None:
    _, call, wang, _ = entered(scene)
    desk, freed, asked = consult.RecordingDesk(scene.house), threading.Event(), threading.Semaphore(0)
    assert desk.keeper.patience <= 5.0

    def hangs(*_: object) -> tuple[UUID, UUID, int]:
        asked.release()
        assert freed.wait(30)
        raise MediaAway

    def opens() -> None:
        with pytest.raises(MediaAway):
            desk.open(hangs, "v=0")

    with many(recording_desk.MOST_OPENINGS, opens):
        for _ in range(recording_desk.MOST_OPENINGS):
            assert asked.acquire(timeout=20)
        with pytest.raises(MediaAway):
            desk.open(consult.opening(lambda: scene.by("wang"), call, wang), "v=0")
        freed.set()
    with pytest.raises(MediaAway):      # and nobody tries again at once
        desk.open(consult.opening(lambda: scene.by("wang"), call, wang), "v=0")
    with scene.sees("house") as work:
        assert all_of(work, RecordingLeg, RecordingLeg.call_id == call) == []
    desk.stop()


def test_nobody_waits_long_for_a_process_that_never_gets_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = MediaKeeper(tmp_path, b"k" * 32, lambda *_: None, lambda _: None, patience=0.2)
    monkeypatch.setattr(keeper, "_once", lambda: None)
    begun = time.monotonic()
    with pytest.raises(MediaAway):
        keeper.ask({"do": "flows", "room": ""})
    assert time.monotonic() - begun < 3
    keeper.stop()


def test_while_one_waits_for_a_janus_that_says_nothing_the_engine_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(janus_line, "CONNECT_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:      # takes the call and says nothing
        engine = JanusEngine(f"ws://127.0.0.1:{silent.getsockname()[1]}", "s")

        def asks() -> None:
            with pytest.raises(EngineAway):
                engine.sending(uuid4())

        with many(1, asks):
            silent.settimeout(20)
            taken, _ = silent.accept()
            begun = time.monotonic()
            with pytest.raises(NotSending):
                engine.agree(uuid4(), uuid4(), uuid4(), "answer")
            engine.leave(uuid4(), uuid4())
            assert time.monotonic() - begun < 1
        taken.close()
        engine.stop()
