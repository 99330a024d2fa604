"""Who may send and see through an engine of ours: only the page that has the call, and only while people talk."""
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from app.kit.problems import NotFound
from app.settings import Settings
from consult import api as consult
from consult.call.engines.carrier import Carrier, engine_of
from consult.call.engines.p2p import DirectEngine
from consult.call.media.keeper import MediaKeeper
from consult.call.problems import CallElsewhere, CallNotAnswered, CallOver
from tests.call.test_a_call_in_a_visit import STRANGERS, entered
from tests.cast import Scene, visit_in_progress


class Remembering(DirectEngine):
    """An engine that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, UUID]] = []

    def publish(self, room: UUID, party: UUID, offer: str) -> str:  # type: ignore[override]
        self.said.append(("publish", party))
        return "answer"

    def leave(self, room: UUID, party: UUID) -> None:
        self.said.append(("leave", party))

    def close(self, room: UUID) -> None:
        self.said.append(("close", room))


def test_a_page_in_the_call_has_a_seat_and_sees_the_other_one(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    mine, theirs = (scene.does(who, consult.seat_in_call, call, page) for who, page in (("wang", wang), ("lin", lin)))
    assert mine.room == theirs.room == call and mine.party != theirs.party
    assert scene.does("wang", consult.seat_in_call, call, wang, lin).whom == theirs.party
    for nobody in (wang, uuid4()):
        with pytest.raises(NotFound):
            scene.does("wang", consult.seat_in_call, call, wang, nobody)


def test_nobody_else_has_one(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    for stranger in STRANGERS:
        with pytest.raises(NotFound):
            scene.does(stranger, consult.seat_in_call, call, wang)
    for page in (lin, uuid4()):
        with pytest.raises(CallElsewhere):
            scene.does("wang", consult.seat_in_call, call, page)
    scene.does("lin", consult.hang_up, call)
    with pytest.raises(CallOver):
        scene.does("wang", consult.seat_in_call, call, wang)


def test_there_is_none_before_the_answer(scene: Scene) -> None:
    call, page = scene.does("lin", consult.ask_to_talk, visit_in_progress(scene).id, "video").id, uuid4()
    scene.does("lin", consult.enter_call, call, page)
    with pytest.raises(CallNotAnswered):
        scene.does("lin", consult.seat_in_call, call, page)


def test_what_is_over_is_let_go(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    engine = Remembering()
    carrier = Carrier(scene.house, engine)
    seats = {who: scene.does(who, consult.seat_in_call, call, page) for who, page in (("wang", wang), ("lin", lin))}
    for seat in seats.values():
        assert carrier.publish(seat, "offer") == "answer"
    carrier.let_go()
    assert [what for what, _ in engine.said] == ["publish", "publish"]
    scene.does("wang", consult.enter_call, call, uuid4())      # another device takes over
    carrier.let_go()
    assert engine.said[2:] == [("leave", seats["wang"].party)]
    scene.does("lin", consult.hang_up, call)
    carrier.let_go()
    carrier.let_go()
    carrier.stop()
    assert engine.said[3:] == [("close", call)]


@pytest.mark.parametrize("name", ["p2p", "relay", "janus"])
def test_the_operator_chooses(name: str, scene: Scene) -> None:
    settings = Settings(mode="test", call_engine=name, janus_secret="s")    # type: ignore[arg-type]
    keeper = MediaKeeper(settings.data, b"k" * 32, lambda *_: None, lambda _: None)
    assert engine_of(settings, keeper).name == name and not keeper.is_running


@pytest.mark.parametrize("wrong", [{"call_engine": "phone"}, {"call_engine": "janus"}, {"janus_url": "http://h"}])
def test_a_choice_that_cannot_work_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(mode="test", **wrong)      # type: ignore[arg-type]


class HangsUpMeanwhile(Remembering):
    """While a page's offer is taken, the call ends, and what is over is let go of."""

    def publish(self, room: UUID, party: UUID, offer: str) -> str:  # type: ignore[override]
        self.meanwhile()
        return super().publish(room, party, offer)


def test_what_comes_while_the_call_ends_is_let_go_too(scene: Scene) -> None:
    _, call, wang, _ = entered(scene)
    engine = HangsUpMeanwhile()
    carrier = Carrier(scene.house, engine)
    seat = scene.does("wang", consult.seat_in_call, call, wang)

    def meanwhile() -> None:
        scene.does("lin", consult.hang_up, call)
        carrier.let_go()

    engine.meanwhile = meanwhile    # type: ignore[attr-defined]
    carrier.publish(seat, "offer")
    carrier.let_go()
    carrier.let_go()
    carrier.stop()
    assert engine.said == [("close", call), ("publish", wang), ("close", call)]
