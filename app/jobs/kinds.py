"""What a job does: an optional effect outside any transaction, then one transaction that records it.

A room lists its kinds as `JOB_KINDS = [JobKind("payments.capture", record=…, effect=…)]`:

* `effect(house, args, key) -> outcome` calls the outside world; it may run twice after a crash, so it
  passes `key` (stable for the job's life) as idempotency key. It reads through `house.read(HOUSE_ACTOR)`.
* `record(work, args, outcome) -> None` runs in the transaction that also deletes the job row, so it
  happens exactly once. Without an effect, outcome is None.

A raised exception leaves the job for another attempt after a growing pause, at most `attempts` times;
then it stands in the dead-letter list that the operator sees.
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class JobKind:
    """One kind of job; see the module for the contract of its two functions."""

    name: str
    record: Callable[[Any, dict[str, Any], Any], None]
    effect: Callable[[Any, dict[str, Any], str], Any] | None = None
    lease: timedelta = timedelta(seconds=30)


class JobKinds:
    """All kinds that the wiring collected, by name."""

    def __init__(self, kinds: Iterable[JobKind] = ()) -> None:
        self._kinds: dict[str, JobKind] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: JobKind) -> None:
        """Register a kind; a second one of the same name is a wiring defect."""
        if kind.name in self._kinds:
            raise ValueError(f"job kind {kind.name} is registered twice")
        self._kinds[kind.name] = kind

    def get(self, name: str) -> JobKind:
        """Return the kind called `name`. Raises LookupError."""
        if name not in self._kinds:
            raise LookupError(f"no job kind is called {name}")
        return self._kinds[name]
