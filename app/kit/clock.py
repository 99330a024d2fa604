"""The one place where time comes from: aware UTC."""
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

HOSPITAL_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Whatever can tell the time as aware UTC."""

    def now(self) -> datetime:
        """Return the present moment, timezone UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the machine's time as aware UTC."""
        return datetime.now(UTC)


@dataclass
class ShiftedClock:
    """Runs at the speed of the machine from another moment; demo and test mode only."""

    start: datetime
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """Return the set moment plus the time that went by since."""
        return self.start + (datetime.now(UTC) - self.begun)


@dataclass
class FrozenClock:
    """Stands still until a test moves it."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment that was set."""
        return self.at

    def forward(self, **step: float) -> None:
        """Move on by a `timedelta(**step)`."""
        self.at += timedelta(**step)


def local_date(moment: datetime, zone: ZoneInfo = HOSPITAL_ZONE) -> date:
    """Return the calendar date of an aware `moment` in `zone`."""
    return moment.astimezone(zone).date()


def completed_years(born: date, on: date) -> int:
    """Return the age in completed years; a birthday on 29 February counts from 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def completed_months(born: date, on: date) -> int:
    """Return the age in completed months."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
