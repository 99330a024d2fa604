"""The media process itself: `python -m consult.call.media.process FD`, started and watched by the server."""
import asyncio
import base64
import gc
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import uvloop

from app.kit.logs import start_logging
from app.storage.streams import Streams
from app.storage.vault import Unreadable
from consult.call.media.channel import LONGEST
from consult.call.media.leg import Clock, Leg, segment_of
from consult.call.media.relaying import Relay

log = logging.getLogger("fuzhen.media")
REST = 0.5      # seconds after a leg in which its tasks end


class MediaProcess:
    """Does what the server says, and tells it what became of it; when the server is gone it finishes and goes."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._legs: dict[str, Leg] = {}
        self._relay = Relay()
        self._doing: set[asyncio.Task[None]] = set()
        self._streams: Streams

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Until the server hangs up."""
        try:
            while line := await reader.readline():
                said = json.loads(line)
                if said["do"] == "stop":
                    break
                await self._do(said)
        except (ConnectionError, asyncio.IncompleteReadError):
            log.info("the server is gone")
        for task in self._doing:
            task.cancel()
        ends = await asyncio.gather(*(leg.end() for leg in list(self._legs.values())), self._relay.end(),
                                    return_exceptions=True)
        for error in (one for one in ends if isinstance(one, BaseException)):
            log.error("a leg could not be ended", exc_info=error)
        await self._flush()

    async def _flush(self) -> None:
        try:
            await self._writer.drain()
            self._writer.close()
        except ConnectionError:
            log.debug("nobody hears what was kept; the next process finds it on the disk")

    def _tell(self, told: dict[str, Any]) -> None:
        if told["told"] == "over":
            self._legs.pop(told["leg"], None)
            asyncio.get_running_loop().call_later(REST, gc.collect)     # a connection is a heap of circles
        if not self._writer.is_closing():
            self._writer.write(json.dumps(told).encode() + b"\n")

    async def _do(self, said: dict[str, Any]) -> None:
        what = said["do"]
        if what == "hello":
            self._streams = Streams(Path(said["folder"]), base64.b64decode(said["key"]))
            self._recover()
        elif what in ("open", "keep"):
            self._go(self._open(said))
        elif what == "close":
            leg = self._legs.get(said["leg"])
            if leg is not None:
                self._go(leg.end())
        elif what == "flows":
            self._tell({"told": "answer", "ask": said["ask"], "flows": self._relay.flows(said["room"])})
        else:
            self._go(self._pass_on(said))

    def _go(self, doing: Awaitable[None]) -> None:
        """One does not wait for another's connection."""
        task = asyncio.ensure_future(doing)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _pass_on(self, said: dict[str, Any]) -> None:
        """What concerns the relay."""
        what, room, party = said["do"], said["room"], said.get("party", "")
        if what == "publish":
            await self._answer(said, self._relay.publish(room, party, said["sdp"]))
        elif what == "watch":
            await self._answer(said, self._relay.watch(room, party, said["whom"]))
        elif what == "agree":
            await self._answer(said, self._relay.agree(room, party, said["whom"], said["sdp"]))
        elif what == "leave":
            await self._relay.leave(room, party)
        elif what == "close_room":
            await self._relay.close(room)

    async def _answer(self, said: dict[str, Any], doing: Awaitable[str | None]) -> bool:
        try:
            answer = await doing
        except LookupError:
            self._tell({"told": "refused", "ask": said["ask"], "why": "absent"})
        except Exception as error:  # whatever a browser sends must not end the process for everybody else
            log.warning("an offer was not understood: %s", type(error).__name__)
            self._tell({"told": "refused", "ask": said["ask"], "why": "offer"})
        else:
            self._tell({"told": "answer", "ask": said["ask"], "sdp": answer or ""})
            return True
        return False

    def _recover(self) -> None:
        """What another process left behind when it was killed, or what no server has written down yet."""
        for key in self._streams.left_over():
            try:
                kept = self._streams.recover(key)
            except (Unreadable, OSError) as error:
                log.error("a recording that was left behind cannot be read: %s (%s)", key, type(error).__name__)
                continue
            if kept is None:
                continue    # another process has it
            if kept.marks[:2] == (0, 0):
                self._streams.discard(key)
            else:
                self._tell(segment_of(kept, recovered=True))
        self._tell({"told": "ready"})

    async def _open(self, said: dict[str, Any]) -> None:
        leg = Leg(said["leg"], said["owner"], Clock(said["now_ms"], time.monotonic()), self._streams, self._tell)
        self._legs[leg.name] = leg
        if not await self._answer(said, self._begin(leg, said)):
            await leg.end()

    async def _begin(self, leg: Leg, said: dict[str, Any]) -> str:
        """A leg of its own, or one of what a party sends for the others anyway."""
        if said["do"] == "open":
            return await leg.answer(said["sdp"])
        leg.follow(self._relay.source(said["room"], said["party"]))
        return ""


async def _main(number: int) -> None:
    gc.freeze()     # what was loaded stays: looking for circles at the end of a leg costs little then
    end = socket.socket(fileno=number)
    reader, writer = await asyncio.open_unix_connection(sock=end, limit=LONGEST)
    await MediaProcess(writer).run(reader)


def main() -> None:
    """Interrupts are for the server, which then hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start_logging(logging.WARNING)
    os.umask(0o077)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:     # half the cost of a packet is the loop's
        runner.run(_main(int(sys.argv[1])))


if __name__ == "__main__":
    main()
