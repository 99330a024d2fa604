"""Hints between processes: any password is understood, and whatever goes wrong the bus listens again."""
import asyncio
import logging
from typing import Any

import psycopg
import pytest
import sqlalchemy
from psycopg.conninfo import conninfo_to_dict

from web.live import bus


@pytest.mark.parametrize("password", ["a b%c@+d'e\\f", "p a s s", "plain"])
def test_any_password_reaches_the_database_as_it_is(password: str) -> None:
    url = sqlalchemy.URL.create("postgresql+psycopg", "fu zhen", password, "db.example", 5433, "fuzhen",
                                {"sslmode": "require"})
    again = sqlalchemy.make_url(url.render_as_string(hide_password=False))      # as it stands in FUZHEN_DATABASE_URL
    told = conninfo_to_dict(bus._plain_dsn(sqlalchemy.create_engine(again)))
    assert told == {"host": "db.example", "port": "5433", "user": "fu zhen", "password": password, "dbname": "fuzhen",
                    "sslmode": "require"}


def test_every_fault_is_waited_out_and_told_once(monkeypatch: pytest.MonkeyPatch,
                                                 caplog: pytest.LogCaptureFixture) -> None:
    faults = [psycopg.ProgrammingError("odd"), psycopg.ProgrammingError("odd"), OSError("away"), ValueError("no JSON"),
              asyncio.CancelledError()]
    tried: list[str] = []

    async def connect(dsn: str, **_: Any) -> None:
        tried.append(dsn)
        raise faults[len(tried) - 1]

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect)
    monkeypatch.setattr(bus, "PAUSE", 0)
    listening = bus.PostgresBus(sqlalchemy.create_engine("postgresql+psycopg://u:hidden@h/x"))
    with caplog.at_level(logging.WARNING, "fuzhen.bus"), pytest.raises(asyncio.CancelledError):
        asyncio.run(listening.listen(lambda topics: None, lambda: None))
    assert len(tried) == len(faults)
    assert [r.message.rsplit(" ", 1)[-1] for r in caplog.records] == ["ProgrammingError", "OSError", "ValueError"]
    assert "hidden" not in caplog.text
