"""The engine of this house, and what it must let go of: a call that is over, somebody who went or is signed out.

The rows say who is in a call; an engine only knows connections. Every two seconds the one is held against the other.
"""
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from app.settings import Settings
from app.work import HOUSE, House, Work, all_of
from consult.call.engines.engine import MediaEngine
from consult.call.engines.janus import JanusEngine
from consult.call.engines.p2p import DirectEngine
from consult.call.engines.problems import EngineAway
from consult.call.engines.relay import RelayEngine
from consult.call.engines.turnstile import Turnstile
from consult.call.guests.queries import without_session
from consult.call.media.keeper import MediaKeeper
from consult.call.models import Call, CallMember
from consult.call.states import OPEN

log = logging.getLogger("fuzhen.media")
LOOK_SECONDS = 2.0
MOST_ACTS = 3       # of the threads that answer requests; the others are for the rest of the hospital


@dataclass(frozen=True)
class Seat:
    """Which page acts in which call, and whose sound and picture it wants, if anybody's.

    Parties of an engine are pages: after a reload nobody is shown what the page before still sends.
    """

    room: UUID
    party: UUID
    whom: UUID | None = None


def engine_of(settings: Settings, keeper: MediaKeeper) -> MediaEngine:
    """The engine that the operator chose."""
    if settings.call_engine == "relay":
        return RelayEngine(keeper)
    if settings.call_engine == "janus":
        return JanusEngine(settings.janus_url, settings.janus_secret.get_secret_value())
    return DirectEngine()


class Carrier:
    """One of a server. Only places that were checked come here; an engine that is full or away is not waited for."""

    def __init__(self, house: House, engine: MediaEngine) -> None:
        self._house, self.engine = house, engine
        self._turnstile = Turnstile(MOST_ACTS, EngineAway)
        self._seats: set[tuple[UUID, UUID]] = set()     # calls and their pages that came here
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._looking: threading.Thread | None = None

    def publish(self, seat: Seat, offer: str) -> str:
        """Receive what a page sends; returns the answer. Raises what the engine raises."""
        with self._turnstile.place(), self._noted(seat):
            return self.engine.publish(seat.room, seat.party, offer)

    def watch(self, seat: Seat) -> str:
        """Begin to send somebody to a page; returns an offer. Raises what the engine raises."""
        assert seat.whom is not None
        with self._turnstile.place(), self._noted(seat):
            return self.engine.watch(seat.room, seat.party, seat.whom)

    def agree(self, seat: Seat, answer: str) -> None:
        """The answer of a page to that offer. Raises what the engine raises."""
        assert seat.whom is not None
        with self._turnstile.place():
            self.engine.agree(seat.room, seat.party, seat.whom, answer)

    def is_sending(self, seat: Seat) -> bool:
        """Whether this page's sound and picture reach us right now."""
        try:
            with self._turnstile.place():
                return seat.party in self.engine.sending(seat.room)
        except EngineAway:
            return False

    def stop(self) -> None:
        """The server ends."""
        self._stop.set()
        self.engine.stop()

    @contextmanager
    def _noted(self, seat: Seat) -> Iterator[None]:
        """Noted before, in case it never ends, and after: a look in between has let go of less than there is now."""
        self._note(seat)
        try:
            yield
        finally:
            self._note(seat)

    def _note(self, seat: Seat) -> None:
        with self._lock:
            self._seats.add((seat.room, seat.party))
            if self._looking is None:
                self._looking = threading.Thread(target=self._look, name="carrier", daemon=True)
                self._looking.start()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.let_go()
            except EngineAway:
                continue
            except Exception as error:  # the database may be away for a moment; the next look asks again
                log.warning("calls could not be looked after: %s", type(error).__name__)

    def let_go(self) -> None:
        """Close the rooms of calls that are over; end what pages send and see that do not have the call any more."""
        with self._lock:
            noted = set(self._seats)
        rooms = {room for room, _ in noted}
        if not rooms:
            return
        with self._house.read(HOUSE) as work:
            open_rooms = {call.id for call in all_of(work, Call, col(Call.id).in_(rooms), col(Call.state).in_(OPEN))}
            there = _pages_of(work, open_rooms)
        with self._lock:
            self._seats -= noted - there    # before the acts: whoever comes meanwhile is noted for the next look
        try:
            for room in rooms - open_rooms:
                self.engine.close(room)
            for room, page in noted - there:
                if room in open_rooms:
                    self.engine.leave(room, page)
        except Exception:
            with self._lock:
                self._seats |= noted - there
            raise


def _pages_of(work: Work, rooms: set[UUID]) -> set[tuple[UUID, UUID]]:
    """Calls and the pages of everybody in them: not of who was sent away, nor of anybody whose session is over."""
    members = all_of(work, CallMember, col(CallMember.call_id).in_(rooms))
    over = without_session(work, members)
    return {(one.call_id, one.page) for one in members
            if one.page is not None and one.state != "gone" and one.id not in over}
