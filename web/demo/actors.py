"""The house plays: one thread for each person of a role that is switched on, through the public API alone.

A player only reacts to what exists, one act at a time and at a human pace; what the API refuses is left to
people. Switches are kept in `demo/switches.json` of the data folder, so they outlive a restart.
"""
import fcntl
import json
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from app.kit.clock import Clock, SystemClock
from web.demo.cast import Member, password, players
from web.demo.client import ApiFault, Person

log = logging.getLogger("fuzhen.demo")
ROLES = ("doctor", "pharmacist", "pharmacy", "patient", "partner")
LOOK_SECONDS, TROUBLE_SECONDS = 5.0, 3.0


@dataclass(frozen=True)
class Stage:
    """Where and how the house plays. `pace` stretches every pause (0: none, for tests).

    `door` is the person at the door who says the code, `tongue` the language of the account that asked for a visit.
    """

    base_url: str
    pace: float = 1.0
    door: Callable[[str], str | None] = lambda order_id: None
    tongue: Callable[[str], str] = lambda visit_id: "zh"
    partner_key: Callable[[str], str] = lambda partner: ""
    asked: Callable[[str], set[str]] = lambda partner: set()
    look: float = LOOK_SECONDS
    clock: Clock = field(default_factory=SystemClock)


class Ear:
    """Hears over the live line that something happened; without the line the player looks now and then."""

    def __init__(self, base_url: str) -> None:
        self._url = "ws" + base_url.removeprefix("http") + "/live"
        self._socket: ClientConnection | None = None
        self._topics: tuple[str, ...] = ()

    def wait(self, token: str, topics: tuple[str, ...], seconds: float) -> None:
        """Return when something happened on a topic, or after `seconds`."""
        try:
            if self._socket is None or topics != self._topics:
                self._open(token, topics)
                return
            self._socket.recv(seconds)
            while True:
                self._socket.recv(0.05)
        except TimeoutError:
            return
        except (ConnectionClosed, InvalidHandshake, OSError):
            self.close()

    def _open(self, token: str, topics: tuple[str, ...]) -> None:
        self.close()
        self._socket = connect(self._url, compression=None, open_timeout=5, legacy=True)
        self._socket.send(json.dumps({"type": "hello", "token": token, "topics": dict.fromkeys(topics, 0)}))
        self._topics = topics

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None


class Player(ABC):
    """One person played by the house. A subclass says what they do next in `turn`."""

    def __init__(self, stage: Stage, member: Member) -> None:
        self.stage, self.member = stage, member
        self.person = Person(stage.base_url, now=lambda: stage.clock.now().timestamp())
        self.given_up: set[str] = set()
        self.state = "idle"
        self._ear = Ear(stage.base_url)
        self._stop = threading.Event()
        self._dice = Random(member.key)  # noqa: S311 – pauses, not secrets
        self._thread = threading.Thread(target=self._run, name=f"demo-{member.key}", daemon=True)

    @property
    @abstractmethod
    def topics(self) -> tuple[str, ...]:
        """What tells this person that something happened."""

    @abstractmethod
    def turn(self) -> bool:
        """Do at most one thing; False when there is nothing to do."""

    def start(self) -> None:
        """Begin to play."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the player to leave; it does after what it has in hand."""
        self._stop.set()
        self.state = "off"

    def join(self, seconds: float) -> None:
        """Wait for the player's end."""
        self._thread.join(seconds)

    def rest(self, seconds: float) -> None:
        """Take as long as a person would, with a little chance in it."""
        self._stop.wait(seconds * self.stage.pace * self._dice.uniform(0.7, 1.3))

    def once(self, key: str, act: Callable[[], Any]) -> bool:
        """Do something that may be refused; a refusal is final for this `key`. True when it was done now."""
        if key in self.given_up:
            return False
        try:
            act()
        except ApiFault as fault:
            if fault.status in (401, 429) or fault.status >= 500:
                raise
            log.info("%s leaves something to people: %s", self.member.role, fault.slug)
            self.given_up.add(key)
            return False
        return True

    def _run(self) -> None:
        """Play until told to stop; trouble of any kind is waited out and never reaches the server."""
        while not self._stop.is_set():
            try:
                self._sign_in()
                self._play()
            except Exception as fault:  # a player must outlive restarts, refusals and its own mistakes
                self._wait_out(fault)
        self._ear.close()
        self.person.http.close()

    def _wait_out(self, fault: Exception) -> None:
        if self._stop.is_set():
            return
        told = fault.slug if isinstance(fault, ApiFault) else type(fault).__name__
        log.warning("player %s waits: %s", self.member.role, told)
        if isinstance(fault, ApiFault) and fault.status == 401:
            self.person.token = ""
        self.state = "trouble"
        self._stop.wait(TROUBLE_SECONDS)

    def _sign_in(self) -> None:
        if self.person.token:
            return
        if self.member.totp:
            self.person.sign_in_staff(self.member.login, password(), self.member.totp)
        else:
            self.person.sign_in(self.member.login, password())

    def _play(self) -> None:
        while not self._stop.is_set():
            if self.turn():
                self.state = "busy"
                self.rest(2.5)
            else:
                self.state = "waiting"
                self._ear.wait(self.person.token, self.topics, self.stage.look)


class Switches:
    """Which roles the house plays, in a file of the data folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, bool]:
        """Every role and whether it is on; off where nothing was said."""
        try:
            told = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            told = {}
        return {role: isinstance(told, dict) and told.get(role) is True for role in ROLES}

    def write(self, role: str, on: bool) -> None:
        """Remember a choice; the file is replaced whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".part")
        partial.write_text(json.dumps({**self.read(), role: on}))
        partial.replace(self._path)


class Troupe:
    """All players of one installation; of several server processes the first one plays."""

    def __init__(self, folder: Path, stage: Stage, parts: dict[str, tuple[type[Player], tuple[str, ...]]]) -> None:
        self.stage, self.switches = stage, Switches(folder / "switches.json")
        self._parts = parts
        self._lock_path = folder / "players.lock"
        self._playing: dict[str, list[Player]] = {}
        self._file: Any = None
        self._guard = threading.Lock()

    def begin(self) -> None:
        """Start every role whose switch is on."""
        for role, on in self.switches.read().items():
            if on:
                self._start(role)

    def switch(self, role: str, on: bool) -> None:
        """Remember the choice and begin or end the role's play."""
        self.switches.write(role, on)
        self._start(role) if on else self._end(role)

    def states(self) -> dict[str, tuple[bool, str]]:
        """Role by role: is it switched on, and what its players do: off, waiting, busy or trouble."""
        return {role: (on, self._state(role)) for role, on in self.switches.read().items()}

    def stop(self) -> None:
        """End every play; the switches stay as they are."""
        for role in list(self._playing):
            self._end(role)
        with self._guard:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _state(self, role: str) -> str:
        told = {player.state for player in self._playing.get(role, [])}
        return next((state for state in ("busy", "trouble", "waiting", "idle") if state in told), "off")

    def _start(self, role: str) -> None:
        with self._guard:
            if role in self._playing or not self._alone():
                return
            kind, keys = self._parts[role]
            self._playing[role] = [kind(self.stage, players()[key]) for key in keys]
            for player in self._playing[role]:
                player.start()

    def _end(self, role: str) -> None:
        with self._guard:
            for player in self._playing.pop(role, []):
                player.stop()

    def _alone(self) -> bool:
        """Only one process of an installation plays."""
        if self._file is None:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            file = self._lock_path.open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            self._file = file
        return True
