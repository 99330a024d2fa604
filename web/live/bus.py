"""Hints between processes on PostgreSQL: NOTIFY after the commit, LISTEN with a re-read after every gap."""
import asyncio
import json
import logging
from collections.abc import Callable

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text

log = logging.getLogger("fuzhen.bus")
CHANNEL = "fuzhen"
MOST = 7000
PAUSE = 0.3


def _plain_dsn(engine: Engine) -> str:
    """The address as libpq reads it. It takes no + for a space, so each part is given by itself."""
    url = engine.url
    told = {"host": url.host, "port": url.port, "user": url.username, "password": url.password,
            "dbname": url.database, **url.query}
    return make_conninfo(**{key: value for key, value in told.items() if value is not None})  # type: ignore[arg-type]


class PostgresBus:
    """Sends topics to all processes of the installation, this one included."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(self, topics: list[str]) -> None:
        """Notify in a statement of its own; a lost hint is made good by the next look."""
        payload = json.dumps(topics)
        if len(payload) > MOST:
            payload = json.dumps(["*"])
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT pg_notify(:channel, :payload)"),
                                   {"channel": CHANNEL, "payload": payload})
                connection.commit()
        except Exception as error:  # the transaction is committed already; only the hint is lost
            log.warning("hint lost: %s", type(error).__name__)

    async def listen(self, on_topics: Callable[[list[str]], None], on_gap: Callable[[], None]) -> None:
        """Hear hints until cancelled; after every (re)connection everything is looked at again."""
        told: type[Exception] | None = None
        while True:
            try:
                dsn = _plain_dsn(self._engine)
                async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    told = None
                    on_gap()
                    async for note in connection.notifies():
                        topics = json.loads(note.payload)
                        on_gap() if topics == ["*"] else on_topics(topics)
            except Exception as error:  # whatever it was: without this loop no screen hears of anything
                if type(error) is not told:     # once for a kind of fault, not three times a second
                    told = type(error)
                    log.warning("hints of other processes are not heard, trying again: %s", told.__name__)
                await asyncio.sleep(PAUSE)
