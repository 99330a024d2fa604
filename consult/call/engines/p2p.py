"""Browser to browser: the server passes on what they tell each other (`call_signal`) and holds nothing of it."""
from typing import NoReturn
from uuid import UUID

from consult.call.engines.problems import NotCarried


class DirectEngine:
    """The default: no media on the server but the small copies of a recorded call."""

    name = "p2p"
    carries = False
    keeps = False

    def publish(self, room: UUID, party: UUID, offer: str) -> NoReturn:
        """Nothing is carried here."""
        raise NotCarried

    def watch(self, room: UUID, party: UUID, whom: UUID) -> NoReturn:
        """Nothing is carried here."""
        raise NotCarried

    def agree(self, room: UUID, party: UUID, whom: UUID, answer: str) -> NoReturn:
        """Nothing is carried here."""
        raise NotCarried

    def leave(self, room: UUID, party: UUID) -> None:
        """Nothing was held."""

    def close(self, room: UUID) -> None:
        """Nothing was held."""

    def sending(self, room: UUID) -> set[UUID]:
        """Nobody sends anything to the server."""
        return set()

    def stop(self) -> None:
        """Nothing runs."""
