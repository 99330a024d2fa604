"""One line to a Janus server: questions with their answers over its WebSocket, and what it tells by itself.

https://janus.conf.meetecho.com/docs/rest.html (the same messages travel over HTTP and WebSocket).
"""
import json
import logging
import queue
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from consult.call.engines.problems import EngineAway

log = logging.getLogger("fuzhen.media")
ANSWER_SECONDS = 5.0
CONNECT_SECONDS, HANG_UP_SECONDS = 5.0, 1.0
NO_SUCH_SESSION = 458
ALIVE_SECONDS = 20.0    # Janus forgets a session after 60 s of silence
Told = dict[str, Any]


class Refused(Exception):
    """Janus says no; `code` is its own."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}")
        self.code = code


class JanusLine:
    """A session; it ends with the line, and everything in it. `heard` gets what Janus tells by itself."""

    def __init__(self, url: str, secret: str, heard: Callable[[Told], None]) -> None:
        self._secret, self._heard = secret, heard
        self._asks: dict[str, queue.SimpleQueue[Told | None]] = {}
        self._over = threading.Event()
        self._ends = ExitStack()
        try:
            self._socket: ClientConnection = self._ends.enter_context(connect(
                url, subprotocols=[Subprotocol("janus-protocol")], open_timeout=CONNECT_SECONDS,
                close_timeout=HANG_UP_SECONDS, max_size=1 << 20, proxy=None))
        except (OSError, WebSocketException):
            raise EngineAway from None
        threading.Thread(target=self._listen, name="janus", daemon=True).start()
        try:
            self._session = int(self._ask({"janus": "create"})["data"]["id"])
        except (Refused, KeyError) as refused:      # the secret is another one
            self.close()
            log.error("Janus does not let us in: %s", refused)
            raise EngineAway from None
        except EngineAway:              # it took the call and says nothing
            self.close()
            raise
        threading.Thread(target=self._stay, name="janus-alive", daemon=True).start()

    @property
    def is_open(self) -> bool:
        """True until Janus or the way to it is gone."""
        return not self._over.is_set()

    def attach(self) -> int:
        """A new handle of the video room. Raises EngineAway, also when this Janus has no video room for us."""
        try:
            return int(self.ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})["data"]["id"])
        except (Refused, KeyError) as refused:
            log.error("Janus gives no way into its video room: %s", refused)
            raise EngineAway from None

    def detach(self, handle: int) -> None:
        """End a handle and its connection; the answer is not waited for."""
        self._say({"janus": "detach", "session_id": self._session, "handle_id": handle})

    def message(self, handle: int, body: Told, jsep: Told | None = None) -> Told:
        """Say something to the room and hear what comes of it. Raises Refused, EngineAway."""
        told = self.ask({"janus": "message", "handle_id": handle, "body": body, **({"jsep": jsep} if jsep else {})})
        data = told.get("plugindata", {}).get("data", {})
        if "error_code" in data:
            raise Refused(int(data["error_code"]), str(data.get("error", "")))
        return told

    def ask(self, question: Told) -> Told:
        """Ask within the session. Raises Refused, EngineAway, the latter also when Janus has forgotten the session."""
        try:
            return self._ask(question | {"session_id": self._session})
        except Refused as refused:
            if refused.code != NO_SUCH_SESSION:
                raise
            self.close()
            raise EngineAway from None

    def close(self) -> None:
        """Hang up; Janus ends the session."""
        self._over.set()
        self._ends.close()

    def _ask(self, question: Told) -> Told:
        name, waiting = uuid4().hex, queue.SimpleQueue[Told | None]()
        self._asks[name] = waiting
        try:
            self._say(question, name)
            told = waiting.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            raise EngineAway from None
        finally:
            self._asks.pop(name, None)
        if told is None:
            raise EngineAway
        if told["janus"] == "error":
            raise Refused(int(told["error"]["code"]), str(told["error"]["reason"]))
        return told

    def _say(self, said: Told, name: str = "") -> None:
        secret = {"apisecret": self._secret} if self._secret else {}
        try:
            self._socket.send(json.dumps(said | secret | {"transaction": name or uuid4().hex}))
        except (OSError, WebSocketException):
            raise EngineAway from None

    def _listen(self) -> None:
        try:
            for line in self._socket:
                told = json.loads(line)
                if told.get("janus") == "ack":
                    continue    # what comes of it follows
                waiting = self._asks.get(told.get("transaction", ""))
                if waiting is not None:
                    waiting.put(told)
                else:
                    self._heard(told)
        except (OSError, WebSocketException):
            log.info("the line to Janus was cut")
        finally:
            self._over.set()
            for waiting in list(self._asks.values()):
                waiting.put(None)

    def _stay(self) -> None:
        while not self._over.wait(ALIVE_SECONDS):
            try:
                self._say({"janus": "keepalive", "session_id": self._session})
            except EngineAway:
                return
