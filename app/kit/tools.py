"""A typed bag of what the composition root built: vault, rule books, adapters."""
import importlib
from typing import Any, TypeVar

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


def plugged(name: str, shipped: dict[str, type], port: type[T]) -> T:
    """Make the adapter called `name`: a shipped one, or `module:Class` of the installation, which takes no argument.

    Raises TypeError when it does not offer what the port demands, ImportError or AttributeError when it is not there.
    """
    module, _, attribute = name.partition(":")
    made: Any = shipped[name]() if not attribute else getattr(importlib.import_module(module), attribute)()
    if not isinstance(made, port):
        raise TypeError(f"{name} is no {port.__name__}")
    return made
