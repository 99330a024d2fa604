"""Hints between processes on PostgreSQL: NOTIFY after the commit, LISTEN with a re-read after every gap."""
import asyncio
import json
import logging
from collections.abc import Callable

import psycopg
from sqlalchemy import Engine, text

log = logging.getLogger("fuzhen.bus")
CHANNEL = "fuzhen"
MOST = 7000


def _plain_dsn(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


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
        while True:
            try:
                dsn = _plain_dsn(self._engine)
                async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    on_gap()
                    async for note in connection.notifies():
                        topics = json.loads(note.payload)
                        on_gap() if topics == ["*"] else on_topics(topics)
            except psycopg.OperationalError:
                await asyncio.sleep(0.3)
