"""The server's side of the media process: starts it when a first leg comes, starts it again when it dies, asks it.

It knows no table: what the process tells goes to `heard`, and each death to `died`.
"""
import base64
import itertools
import logging
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from app.kit.problems import Unavailable
from app.kit.text import Text
from consult.call.media.channel import Channel

log = logging.getLogger("fuzhen.media")
ANSWER_SECONDS = 20.0
READY_SECONDS = 20.0
FIRST_REST, LONGEST_REST, STEADY = 0.2, 30.0, 60.0
NEEDED = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"})
NEEDED_BY_PYTHON = "PYTHON"
Told = dict[str, Any]


def environment() -> dict[str, str]:
    """What the process is started with: it reads packets from outside, so no key and no password stands there."""
    return {name: value for name, value in os.environ.items() if name in NEEDED or name.startswith(NEEDED_BY_PYTHON)}


class MediaAway(Unavailable):
    """The media process is not there right now; it is started again by itself."""

    slug = "media-away"
    title = Text(zh="录像暂时开不了，通话不受影响", en="Recording is not possible right now; the call goes on")


class OfferRefused(Unavailable):
    """The browser's offer holds nothing that can be kept."""

    slug = "offer-refused"
    status = 422
    title = Text(zh="这个浏览器的录像开不了，通话不受影响", en="This browser cannot be recorded; the call goes on")


class NothingSent(Unavailable):
    """Nobody of this name sends anything (yet)."""

    slug = "nothing-sent"
    status = 409
    title = Text(zh="对方还没有接通", en="The other side is not connected yet")


class MediaKeeper:
    """One media process of this server, while it is wanted. `id` names the one that lives now, or the next one.

    `patience`: so many seconds somebody who asks waits for a process that is being started.
    """

    def __init__(self, folder: Path, key: bytes, heard: Callable[[UUID, Told], None],
                 died: Callable[[UUID], None], patience: float = READY_SECONDS) -> None:
        self._hello = {"do": "hello", "folder": str(folder.resolve()), "key": base64.b64encode(key).decode()}
        self._heard, self._died, self.patience = heard, died, patience
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._channel: Channel | None = None
        self._asks: dict[int, queue.SimpleQueue[Told | None]] = {}
        self._numbers = itertools.count(1)
        self.id = uuid4()
        self.pid: int | None = None

    # --- for the server ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Have a process from now on; a second time changes nothing."""
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._live, name="media", daemon=True)
                self._thread.start()

    @property
    def is_running(self) -> bool:
        """True once it was wanted."""
        return self._thread is not None

    def stop(self) -> None:
        """Let the process finish its files and go."""
        self._stop.set()
        self._ready.set()
        channel, thread = self._channel, self._thread
        if channel is not None:
            self._say_quietly({"do": "stop"})
        if thread is not None:
            thread.join(10)

    def await_ready(self, process: UUID) -> None:
        """Wait for `process`, started if need be. Raises MediaAway, also when it died meanwhile."""
        self.start()
        if not self._ready.wait(self.patience) or self._stop.is_set() or process != self.id:
            raise MediaAway

    def open(self, process: UUID, leg: UUID, owner: UUID, sdp: str, now_ms: int) -> str:
        """Hand a browser's offer to `process`; returns the answer. Raises MediaAway, OfferRefused."""
        return str(self.ask({"do": "open", "leg": str(leg), "owner": str(owner), "sdp": sdp, "now_ms": now_ms},
                            process)["sdp"])

    def keep(self, process: UUID, leg: UUID, owner: UUID, room: UUID, party: UUID, now_ms: int) -> None:
        """Keep what a party of the relay sends, as a leg. Raises MediaAway, NothingSent."""
        self.ask({"do": "keep", "leg": str(leg), "owner": str(owner), "room": str(room), "party": str(party),
                  "now_ms": now_ms}, process)

    def ask(self, question: Told, process: UUID | None = None) -> Told:
        """Ask `process`, or whichever lives now or next. Raises MediaAway, OfferRefused, NothingSent."""
        self.await_ready(process or self.id)
        number, waiting = next(self._numbers), queue.SimpleQueue[Told | None]()
        self._asks[number] = waiting
        try:
            self._say(question | {"ask": number})
            told = waiting.get(timeout=ANSWER_SECONDS)
        except (OSError, queue.Empty):
            raise MediaAway from None
        finally:
            self._asks.pop(number, None)
        if told is None:
            raise MediaAway
        if told["told"] == "refused":
            raise NothingSent if told["why"] == "absent" else OfferRefused
        return told

    def tell(self, said: Told) -> None:
        """Say something that needs no answer; a process that is gone has forgotten what it is about."""
        self._say_quietly(said)

    def close(self, leg: UUID) -> None:
        """End a leg of the process that lives now; one that is gone has ended already."""
        self._say_quietly({"do": "close", "leg": str(leg)})

    def _say(self, told: Told) -> None:
        if self._channel is None:
            raise OSError
        self._channel.say(told)

    def _say_quietly(self, told: Told) -> None:
        try:
            self._say(told)
        except OSError:
            log.debug("the media process is not there to hear %s", told["do"])

    # --- the life of the process ------------------------------------------------------------------------------

    def _live(self) -> None:
        """Start it, listen to it, start it again: at once at first, later after longer and longer rests."""
        rest = FIRST_REST
        while not self._stop.is_set():
            begun = time.monotonic()
            self._once()
            if self._stop.is_set():
                return
            rest = FIRST_REST if time.monotonic() - begun > STEADY else min(LONGEST_REST, rest * 2)
            log.warning("the media process died; started again in %.1f s", rest)
            self._stop.wait(rest)

    def _once(self) -> None:
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-m", "consult.call.media.process", str(theirs.fileno())], pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL, cwd=Path(__file__).parents[3], env=environment())
        theirs.close()
        self.pid = process.pid
        try:
            self._say_quietly(self._hello)
            for told in self._channel.hear():
                self._take(told)
        finally:
            self._end(process)

    def _take(self, told: Told) -> None:
        if told["told"] == "ready":
            self._ready.set()
        elif told["told"] in ("answer", "refused"):
            waiting = self._asks.get(told["ask"])
            if waiting is not None:
                waiting.put(told)
        else:
            self._report(lambda: self._heard(self.id, told))

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        self._ready.clear()
        if self._channel is not None:
            self._channel.close()
        self._channel, self.pid = None, None
        for waiting in list(self._asks.values()):
            waiting.put(None)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        gone, self.id = self.id, uuid4()
        self._report(lambda: self._died(gone))

    def _report(self, tell: Callable[[], None]) -> None:
        """A fault in writing something down must not end the listening; the file stays and is told again."""
        try:
            tell()
        except Exception as error:
            log.error("what the media process told was not kept: %s", type(error).__name__, exc_info=error)
