"""A typed bag of what the composition root built: vault, rule books, adapters."""
from typing import TypeVar

T = TypeVar("T")


class Tools:
    """Hands out one object a type; asking for a missing one is a wiring defect and fails loudly."""

    def __init__(self) -> None:
        self._held: dict[type, object] = {}

    def put(self, kind: type[T], thing: T) -> None:
        """Register `thing` as the one answer for `kind` (a class or a protocol)."""
        self._held[kind] = thing

    def get(self, kind: type[T]) -> T:
        """Return what was registered for `kind`. Raises LookupError when nothing was."""
        if kind not in self._held:
            raise LookupError(f"nothing is wired for {kind.__name__}")
        return self._held[kind]  # type: ignore[return-value]
