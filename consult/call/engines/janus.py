"""Janus' video room behind the same interface: a server of its own for more calls than one of our processes carries.

Only we speak to it, over its WebSocket on an address that nobody else reaches; browsers get media from it and nothing
else. Rooms are made by us for each call and forgotten with it.
"""
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from uuid import UUID

from consult.call.engines.janus_line import JanusLine, Refused, Told
from consult.call.engines.problems import EngineAway, NotSending, OfferNotUnderstood

log = logging.getLogger("fuzhen.media")
MOST_PARTIES = 6
MOST_BITS = 500_000
NO_SUCH_ROOM, ROOM_EXISTS, NO_SUCH_FEED, ID_EXISTS = 426, 427, 428, 436
ABSENT = (NO_SUCH_ROOM, NO_SUCH_FEED)
PATIENCE = 50
ENDED = ("hangup", "detached")
Key = tuple[UUID, UUID, UUID | None]    # room, party, and whom it watches; None for what it sends itself


class StillThere(Exception):
    """Janus has not yet let go of an earlier publication."""


def number_of(*ids: UUID) -> int:
    """Janus counts rooms and people: a number of a room, or of a room and a page in it, that nobody can aim at.

    The first 52 bits of SHA-256 (FIPS 180-4), because its numbers pass through JSON; pages draw their ids themselves.
    """
    return int.from_bytes(sha256(b"".join(id.bytes for id in ids)).digest()[:7]) >> 4 or 1


class JanusEngine:
    """Rooms of one Janus server. Handles are known here only: another server of ours does not end them."""

    name = "janus"
    carries = True
    keeps = False

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._lock = threading.RLock()
        self._line: JanusLine | None = None
        self._handles: dict[Key, int] = {}

    def publish(self, room: UUID, party: UUID, offer: str) -> str:
        """Join a call's room and send into it; the room is made when it is not there."""
        self._end(lambda key: key == (room, party, None) or (key[0], key[2]) == (room, party))
        line = self._open()
        self._make(line, room)
        body = {"request": "joinandconfigure", "ptype": "publisher", "room": number_of(room),
                "id": number_of(room, party)}
        for _ in range(PATIENCE):
            with suppress(StillThere):
                return self._begin(line, (room, party, None), body, {"type": "offer", "sdp": offer})
            time.sleep(0.1)     # the one before is on its way out
        raise NotSending

    def watch(self, room: UUID, party: UUID, whom: UUID) -> str:
        """Join it once more, to receive one of the others."""
        self._end(lambda key: key == (room, party, whom))
        body = {"request": "join", "ptype": "subscriber", "room": number_of(room),
                "streams": [{"feed": number_of(room, whom)}]}
        try:
            return self._begin(self._open(), (room, party, whom), body)
        except StillThere:
            raise NotSending from None

    def agree(self, room: UUID, party: UUID, whom: UUID, answer: str) -> None:
        """The way to a watcher is known."""
        with self._lock:
            handle, line = self._handles.get((room, party, whom)), self._line
        if handle is None or line is None:
            raise NotSending
        try:
            line.message(handle, {"request": "start"}, {"type": "answer", "sdp": answer})
        except Refused:
            raise OfferNotUnderstood from None

    def leave(self, room: UUID, party: UUID) -> None:
        """End what a party sends and watches, and what others watch of it."""
        self._end(lambda key: key[0] == room and party in key[1:])

    def close(self, room: UUID) -> None:
        """End everything of a room, and the room."""
        self._end(lambda key: key[0] == room)
        with suppress(EngineAway, Refused):
            line = self._open()
            self._once(line, {"request": "destroy", "room": number_of(room)})

    def sending(self, room: UUID) -> set[UUID]:
        """Who sends right now, as Janus tells it."""
        try:
            told = self._once(self._open(), {"request": "listparticipants", "room": number_of(room)})
            there = {one["id"] for one in told["plugindata"]["data"]["participants"] if one.get("publisher")}
        except Refused as refused:
            if refused.code in ABSENT:
                return set()
            log.error("Janus does not tell who is there: %s", refused)
            raise EngineAway from None
        except KeyError:
            raise EngineAway from None
        with self._lock:
            return {key[1] for key in self._handles if key[0] == room and number_of(room, key[1]) in there}

    def stop(self) -> None:
        """Hang up: Janus ends every connection."""
        with self._lock:
            line, self._line = self._line, None
            self._handles.clear()
        if line is not None:
            line.close()

    # --- the line ---------------------------------------------------------------------------------------------

    def _open(self) -> JanusLine:
        """The line to Janus, made anew when it was cut; then nothing of before is there any more.

        Nobody waits for somebody else's attempt: of two that were made at once the second is hung up.
        """
        with self._lock:
            if self._line is not None and self._line.is_open:
                return self._line
        made = JanusLine(self._url, self._secret, self._heard)
        with self._lock:
            line = self._line
            if line is None or not line.is_open:
                self._handles.clear()
                self._line = made
                return made
        made.close()
        return line

    def _make(self, line: JanusLine, room: UUID) -> None:
        try:
            self._once(line, {"request": "create", "room": number_of(room), "permanent": False, "is_private": True,
                              "publishers": MOST_PARTIES, "bitrate": MOST_BITS, "bitrate_cap": True, "fir_freq": 0,
                              "audiocodec": "opus", "videocodec": "vp8", "record": False})
        except Refused as refused:
            if refused.code != ROOM_EXISTS:
                log.error("Janus makes no room: %s", refused)
                raise EngineAway from None

    def _once(self, line: JanusLine, body: Told) -> Told:
        handle = line.attach()
        try:
            return line.message(handle, body)
        finally:
            line.detach(handle)

    def _begin(self, line: JanusLine, key: Key, body: Told, jsep: Told | None = None) -> str:
        """A handle that says `body`; returns the description that comes of it."""
        handle = line.attach()
        with self._lock:
            self._handles[key] = handle
        try:
            return str(line.message(handle, body, jsep)["jsep"]["sdp"])
        except (Refused, KeyError) as refused:
            self._end(lambda one: one == key)
            if isinstance(refused, Refused) and refused.code in ABSENT:
                raise NotSending from None
            if isinstance(refused, Refused) and refused.code == ID_EXISTS:
                raise StillThere from None
            raise OfferNotUnderstood from None

    def _heard(self, told: Told) -> None:
        """A connection that ended by itself: its handle goes, and with what a party sent everybody's view of it."""
        if told.get("janus") not in ENDED:
            return
        with self._lock:
            ended = next((key for key, handle in self._handles.items() if handle == told.get("sender")), None)
        if ended is not None:
            room, party, whom = ended
            self._end(lambda key: key == ended or (whom is None and key[0] == room and key[2] == party))

    def _end(self, which: Callable[[Key], bool]) -> None:
        with self._lock:
            line = self._line
            keys = [key for key in self._handles if which(key)]
            handles = [self._handles.pop(key) for key in keys]
        for handle in handles:
            with suppress(EngineAway):
                if line is not None:
                    line.detach(handle)
