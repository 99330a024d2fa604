"""Packets of one stream put in order again, and which of them to ask for once more. Knows no socket and no clock."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from consult.call.media.packets import Packet

KEPT = 512          # packets that can be sent again, and wait for one that is missing
AGAIN = 0.1         # seconds until a packet is asked for once more
PATIENCE = 1.5      # seconds after which one that is missing is given up
FEW = 8             # later packets after which one is given up that cannot be asked for
MOST_ASKED = 128    # numbers asked for at a time: more at once is no loss on the way, and asking costs the line
FAR = 256           # a gap so large is no loss but a new beginning


@dataclass
class Missing:
    """A packet that did not come: since when, and when it was asked for last."""

    since: float
    asked: float = float("-inf")


@dataclass
class Order:
    """One stream. `asks`: what is missing can be asked for, and is waited for by time; otherwise by later packets."""

    asks: bool
    next: int | None = None
    highest: int = -1
    lost: int = 0
    asked: int = 0
    missing: dict[int, Missing] = field(default_factory=dict)
    _broken: bool = False
    _looked: float = float("-inf")
    _kept: list[tuple[int, Packet] | None] = field(default_factory=lambda: [None] * KEPT)

    def place(self, number: int) -> int:
        """The number, counted on where it begins anew."""
        if self.next is None:
            return number + 0x10000     # what was sent before the first that came has a place too
        return self.highest + ((number - self.highest + 0x8000) & 0xFFFF) - 0x8000

    def add(self, packet: Packet, now: float) -> int | None:
        """Keep a packet; returns its place, or None when it was there already or is older than what is kept."""
        at = self.place(packet.sequence_number)
        kept = self._kept[at % KEPT]
        if kept is not None and (kept[0] == at or self.highest - at >= FAR):
            return None
        if self.next is None or at - self.highest >= FAR:
            self._begin(at)
        elif at > self.highest + 1:
            self._miss(at, now)
        else:
            self.missing.pop(at, None)
        self.highest = max(self.highest, at)
        self._kept[at % KEPT] = (at, packet)
        return at

    def _miss(self, at: int, now: float) -> None:
        """What lies before `at` did not come; what is older than anything kept is not waited for any more."""
        for one in range(self.highest + 1, at):
            self.missing[one] = Missing(now)
        self._looked = float("-inf")
        while (oldest := next(iter(self.missing))) <= at - KEPT:
            del self.missing[oldest]
            self.lost += 1

    def _begin(self, at: int) -> None:
        """The first packet, or one so far from the others that nothing between is waited for."""
        self.lost += len(self.missing)
        self.missing.clear()
        self._broken = self.next is not None
        self.highest = self.next = at

    def ready(self, at: int, packet: Packet, now: float) -> Iterable[Packet | None]:
        """What is next in order, now that `packet` was kept; None stands for packets that will not come any more."""
        if at == self.next == self.highest and not self.missing and not self._broken:
            self.next = at + 1
            return (packet,)
        return self._rest(now)

    def _rest(self, now: float) -> Iterator[Packet | None]:
        if self._broken:
            self._broken = False
            yield None
        if self.missing:
            self._give_up(now)
        while self.next is not None and self.next <= self.highest and self.next not in self.missing:
            packet = self.at(self.next)
            self.next += 1
            yield packet

    def rest(self) -> list[Packet | None]:
        """At the end: what came and still waits, None for each that did not come."""
        return [] if self.next is None else [self.at(place) for place in range(self.next, self.highest + 1)]

    def _give_up(self, now: float) -> None:
        for at in [at for at, one in self.missing.items() if self._is_late(at, one, now)]:
            del self.missing[at]
            self.lost += 1

    def _is_late(self, at: int, one: Missing, now: float) -> bool:
        return now - one.since >= PATIENCE if self.asks else self.highest - at >= FEW

    def wanted(self, now: float) -> list[int]:
        """Numbers to ask for now; nothing is looked through for every packet that comes."""
        if not self.asks or now - self._looked < AGAIN / 4:
            return []
        self._looked = now
        due = [at for at, one in self.missing.items() if now - one.asked >= AGAIN][:MOST_ASKED]
        for at in due:
            self.missing[at].asked = now
        self.asked += len(due)
        return sorted(at & 0xFFFF for at in due)

    def at(self, place: int) -> Packet | None:
        """The packet of a place, while it is kept."""
        kept = self._kept[place % KEPT]
        return kept[1] if kept is not None and kept[0] == place else None
