"""Our own small relay in the media process: frames go on as they came, encoded; nothing is computed anew.

Who sends is known only to that process. When it dies every connection ends, the keeper starts another one, and pages
publish and watch anew. It is one process of one server: pages of a call must hang on the same server.
"""
from uuid import UUID

from consult.call.engines.problems import EngineAway, NotSending, OfferNotUnderstood
from consult.call.media.keeper import MediaAway, MediaKeeper, NothingSent, OfferRefused, Told


class RelayEngine:
    """Asks the media process."""

    name = "relay"
    carries = True
    keeps = True

    def __init__(self, keeper: MediaKeeper) -> None:
        self._keeper = keeper

    def publish(self, room: UUID, party: UUID, offer: str) -> str:
        """Have a party's sound and picture received."""
        return self._ask("publish", room, party, sdp=offer)

    def watch(self, room: UUID, party: UUID, whom: UUID) -> str:
        """Have them sent to somebody."""
        return self._ask("watch", room, party, whom=str(whom))

    def agree(self, room: UUID, party: UUID, whom: UUID, answer: str) -> None:
        """The way to a watcher is known."""
        self._ask("agree", room, party, whom=str(whom), sdp=answer)

    def leave(self, room: UUID, party: UUID) -> None:
        """End what a party sends and watches."""
        self._keeper.tell({"do": "leave", "room": str(room), "party": str(party)})

    def close(self, room: UUID) -> None:
        """End everything of a room."""
        self._keeper.tell({"do": "close_room", "room": str(room)})

    def sending(self, room: UUID) -> set[UUID]:
        """Who sends right now."""
        return {UUID(one["party"]) for one in self.flows(room) if not one["whom"]}

    def flows(self, room: UUID) -> list[Told]:
        """Frames of every way in a room: {party, whom, kind, frames, dropped}; `whom` is empty for what came."""
        try:
            return list(self._keeper.ask({"do": "flows", "room": str(room)})["flows"])
        except MediaAway:
            raise EngineAway from None

    def stop(self) -> None:
        """The keeper is stopped by its owner."""

    def _ask(self, what: str, room: UUID, party: UUID, **more: str) -> str:
        try:
            return str(self._keeper.ask({"do": what, "room": str(room), "party": str(party), **more})["sdp"])
        except MediaAway:
            raise EngineAway from None
        except OfferRefused:
            raise OfferNotUnderstood from None
        except NothingSent:
            raise NotSending from None
