"""The house's players speak to our own address: they begin when it listens and leave before it closes."""
import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from app.main import Announcing
from app.settings import Settings
from web.pages import demo


def test_players_begin_when_our_address_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def opening(host: str, port: int) -> Any:
        seen.append(f"{host}:{port}")
        if len(seen) < 4:
            raise ConnectionRefusedError
        return None, SimpleNamespace(close=lambda: seen.append("closed"))

    monkeypatch.setattr(asyncio, "open_connection", opening)
    monkeypatch.setattr(demo, "LOOK", 0)
    troupe = SimpleNamespace(begin=lambda: seen.append("begun"))
    asyncio.run(demo._begin(troupe, Settings(mode="demo", host="0.0.0.0", port=8123)))  # type: ignore[arg-type]
    assert seen == ["127.0.0.1:8123"] * 4 + ["closed", "begun"]


def test_players_leave_before_the_server_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    async def closing(self: uvicorn.Server, sockets: Any = None) -> None:
        told.append("closed")

    monkeypatch.setattr(uvicorn.Server, "shutdown", closing)
    app = SimpleNamespace(state=SimpleNamespace(troupe=SimpleNamespace(stop=lambda: told.append("left"))))
    asyncio.run(Announcing(SimpleNamespace(app=app)).shutdown())  # type: ignore[arg-type]
    app.state.troupe = None     # production has none
    asyncio.run(Announcing(SimpleNamespace(app=app)).shutdown())  # type: ignore[arg-type]
    assert told == ["left", "closed", "closed"]
