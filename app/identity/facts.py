"""One fact as rules take it: name, value, where it stands and when it was established."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class KnownFact(NamedTuple):
    """A fact that somebody established; what nobody knows is left out of every list of these."""

    name: str
    value: Any
    source: str
    at: datetime


class Sheet(Protocol):
    """Whatever collects facts; the policy's FactSheet is one."""

    def put(self, name: str, value: Any, *, source: str, at: datetime) -> Any:
        """Take one fact."""
        ...


def put_all(sheet: Sheet, facts: Iterable[KnownFact]) -> None:
    """Write facts onto a sheet."""
    for fact in facts:
        sheet.put(fact.name, fact.value, source=fact.source, at=fact.at)
