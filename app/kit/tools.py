"""A typed bag of what the composition root built: vault, rule books, adapters."""
import importlib
from typing import Any, TypeVar

T = TypeVar("T")


class NoAdapter(Exception):
    """The adapter that the settings name cannot be used; the text says why."""


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


def plugged(name: str, shipped: dict[str, type], port: type[T]) -> T:
    """Make the adapter called `name`: a shipped one, or `module:Class` of the installation, which takes no argument.

    Raises NoAdapter when it is not there, cannot be made, or does not offer what the port demands.
    """
    module, _, attribute = name.partition(":")
    try:
        made: Any = shipped[name]() if not attribute else getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError) as wrong:
        raise NoAdapter(f"the adapter {name} cannot be made: {wrong}") from wrong
    if not isinstance(made, port):
        raise NoAdapter(f"the adapter {name} is no {port.__name__}")
    return made
