"""A slow socket is let go and holds up nobody; on PostgreSQL every process hears what any process stored."""
import asyncio
import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from starlette.datastructures import Headers

from app.settings import Settings
from app.wiring import build_house
from tests.live.scene import Scene, Site
from web.live.hub import Hub
from web.live.socket import Line


class Stuck:
    """A socket that hears everything and takes nothing."""

    def __init__(self, scene: Scene, frames: list[dict]) -> None:
        hub = Hub()
        self.app = SimpleNamespace(state=SimpleNamespace(house=scene.house, hub=hub, worker=SimpleNamespace(
            wake=lambda: None)))
        self.headers, self.cookies = Headers({}), {}
        self.url = SimpleNamespace(scheme="ws")
        self.frames = [json.dumps(frame) for frame in frames]
        self.closed: int | None = None

    async def receive(self) -> dict[str, Any]:
        if not self.frames:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        return {"type": "websocket.receive", "text": self.frames.pop(0)}

    async def send_text(self, text: str) -> None:
        await asyncio.Event().wait()

    async def close(self, code: int) -> None:
        self.closed = code


def test_a_line_that_takes_no_answers_is_closed_with_1013(scene: Scene) -> None:
    hello = {"type": "hello", "topics": {scene.topic: 0}, "token": "token-of-wang"}
    socket = Stuck(scene, [hello, *[{"type": "ping"}] * 200])

    async def live() -> None:
        await asyncio.wait_for(Line(socket, "patient").run(), 20)  # type: ignore[arg-type]

    asyncio.run(live())
    assert socket.closed == 1013
    assert socket.frames, "it was let go before everything was heard"


def test_a_slow_line_holds_up_nobody(site: Site, scene: Scene) -> None:
    slow, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    for n in range(50):
        scene.says("lin", f"{n}" * 1000)  # the slow side reads nothing of it
    assert lin.messages(50)[-1] == 50
    assert slow.messages(50) == list(range(1, 51))


@pytest.mark.postgres
def test_every_process_hears_what_any_process_stored(site: Site, scene: Scene, settings: Settings, clock: Any) -> None:
    if scene.house.database.is_sqlite:
        pytest.skip("SQLite is served by one process")
    house, _ = build_house(settings, clock)
    other = Site(house)
    try:
        wang, lin = site.follow("wang", scene.topic), other.follow("lin", scene.topic)
        wang.say(type="send", topic=scene.topic, client_id=str(uuid4()), text="从一个进程到另一个")
        assert wang.next("ack")["seq"] == 1
        assert lin.messages(1) == [1]
        lin.say(type="receipt", topic=scene.topic, seq=1, state="read")
        assert wang.next("receipt")["state"] == "read"
        lin.say(type="typing", topic=scene.topic)
        assert wang.next("typing")["topic"] == scene.topic
    finally:
        other.stop()
        house.database.dispose()
