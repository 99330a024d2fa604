"""The five levels of urgency; fixed in code and never tuned to a test set."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from app.kit.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable


class Level(StrEnum):
    """How soon a person needs to be seen, in falling urgency."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"
    SELF_CARE = "self_care"

    @property
    def number(self) -> int:
        """1 for an emergency to 5 for self-care."""
        return _ORDER.index(self) + 1

    @property
    def name_text(self) -> Text:
        """One word for badges and scales."""
        return _NAMES[self]

    @property
    def headline(self) -> Text:
        """The sentence that a patient reads first."""
        return _HEADLINES[self]

    @property
    def may_go_online(self) -> bool:
        """An emergency closes booking and payment; every other level keeps them open."""
        return self is not Level.EMERGENCY

    @property
    def online_only_bridges(self) -> bool:
        """An urgent case needs a place to be seen today; an online visit only fills the time until then."""
        return self is Level.URGENT

    def raised(self, limit: Level) -> Level:
        """One level more urgent, but not beyond the limit."""
        if self.number <= limit.number:
            return self
        return _ORDER[self.number - 2]


_ORDER = (Level.EMERGENCY, Level.URGENT, Level.SOON, Level.ROUTINE, Level.SELF_CARE)

_NAMES = {
    Level.EMERGENCY: Text(zh="急救", en="Emergency"),
    Level.URGENT: Text(zh="今天", en="Today"),
    Level.SOON: Text(zh="尽快", en="Soon"),
    Level.ROUTINE: Text(zh="常规", en="Routine"),
    Level.SELF_CARE: Text(zh="在家", en="At home"),
}

_HEADLINES = {
    Level.EMERGENCY: Text(zh="请马上拨打 120", en="Call 120 now"),
    Level.URGENT: Text(zh="请今天当面看医生", en="See a doctor in person today"),
    Level.SOON: Text(zh="请在 24–48 小时内看医生", en="See a doctor within 24–48 hours"),
    Level.ROUTINE: Text(zh="可以预约在线看诊", en="An online visit at a time that suits you is fine"),
    Level.SELF_CARE: Text(zh="可以先在家休养，或问药师", en="You can look after this at home, or ask a pharmacist"),
}


def most_urgent(levels: Iterable[Level]) -> Level:
    """The highest urgency among the levels; there must be at least one."""
    return min(levels, key=lambda level: level.number)
