"""Where the rows of recordings meet the media process of this server: opens legs, hears of files, ends what should end.

One desk a server. What the process tells is written down in a Work of its own; a file is settled only after its row.
"""
import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from app.storage import Streams
from app.work import HOUSE, House, Work
from consult.call.engines.turnstile import Turnstile
from consult.call.media.keeper import MediaAway, MediaKeeper, Told
from consult.call.recording.commands import (
    begin_leg,
    end_forgotten_legs,
    end_leg,
    keep_segment,
    leg_runs,
    lose_legs,
)
from consult.call.recording.queries import legs_to_end
from consult.visit.models import Visit

log = logging.getLogger("fuzhen.media")
LOOK_SECONDS = 2.0
MOST_OPENINGS = 2       # of the threads that answer requests
READY_SECONDS = 5.0
Opening = Callable[[UUID], tuple[UUID, UUID, int]]     # media process in; leg, patient, hospital's time in ms out


class RecordingDesk:
    """Legs of this server, by their ids."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._streams = house.tools.get(Streams)
        self.keeper = MediaKeeper(self._streams.folder, self._streams.kek, self._heard, self._died, READY_SECONDS)
        self._turnstile = Turnstile(MOST_OPENINGS, MediaAway)
        self._legs: dict[UUID, UUID] = {}       # leg, and the process that receives it
        self._unwritten: deque[tuple[UUID, Told]] = deque()
        self._stop = threading.Event()
        self._looking: threading.Thread | None = None

    def start(self) -> None:
        """At the start of a server: what another one left behind is finished."""
        with self._house.write(HOUSE) as work:
            end_forgotten_legs(work, everyone=self._house.database.is_sqlite)
        if any(self._streams.left_over()):
            self.keeper.start()

    def expect(self) -> None:
        """Somebody agrees: a copy may come soon, and a process takes a moment to start."""
        self.keeper.start()

    def stop(self) -> None:
        """At the end of a server: files are finished, legs are over."""
        self._stop.set()
        self.keeper.stop()

    def open(self, begin: Opening, sdp: str, sent: tuple[UUID, UUID] | None = None) -> tuple[UUID, str]:
        """Write a leg down, then hand the browser's offer to the media process; returns leg and answer.

        With `sent`, the call and the page whose sound and picture the process receives anyway: nothing is sent twice.
        Raises MediaAway, at once when the process is not there or busy; OfferRefused, NothingSent, and what `begin_leg`
        raises. Then the leg is over again.
        """
        with self._turnstile.place():
            return self._open(begin, sdp, sent)

    def _open(self, begin: Opening, sdp: str, sent: tuple[UUID, UUID] | None) -> tuple[UUID, str]:
        process = self.keeper.id
        leg, owner, now_ms = begin(process)
        self._legs[leg] = process
        self._look_after()
        try:
            if sent is None:
                return leg, self.keeper.open(process, leg, owner, sdp, now_ms)
            self.keeper.keep(process, leg, owner, *sent, now_ms)
            return leg, ""
        except Exception:       # whatever it was: nobody may read "recorded" where nothing is received
            self._legs.pop(leg, None)
            with self._house.write(HOUSE) as work:
                end_leg(work, leg)
            raise

    # --- what the process tells -------------------------------------------------------------------------------

    def _heard(self, process: UUID, told: Told) -> None:
        """Write down what was told; what the database does not take now is tried again with the next look."""
        try:
            self._write_down(told)
        except Exception:
            self._unwritten.append((process, told))
            self._look_after()
            raise

    def _write_down(self, told: Told) -> None:
        what = told["told"]
        with self._house.write(HOUSE) as work:
            if what == "segment":
                kept = keep_segment(work, told)
            elif what in ("running", "stalled"):
                leg_runs(work, UUID(told["leg"]), what == "running")
            elif what == "over":
                end_leg(work, UUID(told["leg"]), told["lost"])
        if what == "segment":
            self._settle(told, kept is not None)
        elif what == "over":
            self._legs.pop(UUID(told["leg"]), None)

    def _settle(self, told: Told, known: bool) -> None:
        if known:
            try:
                self._streams.settle(told["key"])
            except OSError as error:    # the row stands, and tells the check when its file is gone
                log.error("a recording cannot be given its name: %s (%s)", told["key"], type(error).__name__)
        else:       # `audit verify` names it until somebody has looked
            log.error("a recording belongs to no leg that is known here: %s", told["key"])

    def _died(self, process: UUID) -> None:
        self._legs = {leg: by for leg, by in self._legs.items() if by != process}
        with self._house.write(HOUSE) as work:
            lost = lose_legs(work, process)
        if lost:
            log.warning("%d copies were lost with the media process; their pages open new ones", lost)

    # --- what should end --------------------------------------------------------------------------------------

    def _look_after(self) -> None:
        if self._looking is None:
            self._looking = threading.Thread(target=self._look, name="recordings", daemon=True)
            self._looking.start()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.end_what_should()
                self.write_down_the_rest()
            except Exception as error:  # the database may be away for a moment; the next look asks again
                log.warning("recordings could not be looked after: %s", type(error).__name__)

    def write_down_the_rest(self) -> None:
        """What could not be written when it was told. What cannot be written now either waits behind the others."""
        for _ in range(len(self._unwritten)):
            self._heard(*self._unwritten.popleft())

    def end_what_should(self) -> None:
        """Ask the process to end every leg whose call is over, whose people agree no more or are signed out."""
        legs = list(self._legs)
        if not legs:
            return
        with self._house.read(HOUSE) as work:
            over = legs_to_end(work, legs)
        for leg in over:
            self.keeper.close(leg)


def opening(write: Callable[[], AbstractContextManager[Work]], call_id: UUID, page: UUID) -> Opening:
    """How a leg is written down: in a Work of whoever may speak for the page."""
    def begin(process: UUID) -> tuple[UUID, UUID, int]:
        with write() as work:
            leg = begin_leg(work, call_id, page, process)
            return leg.id, work.get(Visit, leg.visit_id).patient_id, int(work.now.timestamp() * 1000)

    return begin
