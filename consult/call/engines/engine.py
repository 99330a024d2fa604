"""The interface of every engine. Rooms are calls, parties are pages in a call; that they are is checked before."""
from typing import Protocol
from uuid import UUID


class MediaEngine(Protocol):
    """Brings what each party sends to the others. Every method may be called from any thread and may wait for a while.

    A party publishes once and watches each of the others. All descriptions hold every way to reach their end: nothing
    is added later. A second publication or watching of the same name takes the place of the first, whose connection
    is ended; whoever watched a publication that ended has their connection ended too, and watches anew.
    """

    name: str
    carries: bool   # False: browsers reach each other, and publish, watch and agree raise NotCarried
    keeps: bool     # True: the record is taken from what a party publishes; else its page sends a small copy

    def publish(self, room: UUID, party: UUID, offer: str) -> str:
        """Receive what a party sends; returns the answer. Raises EngineAway, OfferNotUnderstood, NotCarried; NotSending
        while an earlier publication is still on its way out."""
        ...

    def watch(self, room: UUID, party: UUID, whom: UUID) -> str:
        """Begin to send `whom` to `party`; returns an offer. Raises EngineAway, NotSending, NotCarried."""
        ...

    def agree(self, room: UUID, party: UUID, whom: UUID, answer: str) -> None:
        """The answer to that offer. Raises EngineAway, NotSending, OfferNotUnderstood, NotCarried."""
        ...

    def leave(self, room: UUID, party: UUID) -> None:
        """A party sends and watches no more; one that never did is no fault."""
        ...

    def close(self, room: UUID) -> None:
        """Everybody leaves; a room that never was is no fault."""
        ...

    def sending(self, room: UUID) -> set[UUID]:
        """The parties that send right now, as far as this engine carries them. Raises EngineAway."""
        ...

    def stop(self) -> None:
        """The server ends."""
        ...
