"""The port to a register that knows whether a name and an identity number belong together."""
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.kit.problems import Unavailable


@dataclass(frozen=True)
class RealNameAnswer:
    """What the register said; `reference` is its own number of the answer."""

    matched: bool
    method: str
    reference: str


@runtime_checkable
class RealNameCheck(Protocol):
    """Asks the register. The same `key` gives the same answer and is charged once."""

    def check(self, name: str, id_number: str, key: str) -> RealNameAnswer:
        """Compare name and number. Raises Unavailable when the register does not answer."""
        ...


class StandInRealName:
    """A stand-in without any register behind it; every answer says so in its method.

    It matches every name but two kinds: those that begin with 不符 or "Mismatch" do not match, and for those
    that begin with 断线 or "Offline" the register does not answer.
    """

    method = "stand_in"

    def check(self, name: str, id_number: str, key: str) -> RealNameAnswer:
        """Answer by the name alone."""
        if name.startswith(("断线", "Offline")):
            raise Unavailable
        return RealNameAnswer(not name.startswith(("不符", "Mismatch")), self.method, f"stand-in:{key}"[:100])
