"""The periods, and the arithmetic of calendar years and months."""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import yaml

from app.kit.clock import HOSPITAL_ZONE
from app.kit.text import Text

STALE = timedelta(days=30)
SHORTEST_REASON = 4
MOST = 5000


@dataclass(frozen=True)
class Period:
    """How long one kind is kept, from when, and by which source."""

    kind: str
    months: int
    words: Text
    starts: Text
    source: str


@lru_cache
def periods() -> dict[str, Period]:
    """Every period by its kind, in the order in which things are deleted."""
    told = yaml.safe_load((Path(__file__).parent / "periods.yaml").read_text("utf-8"))
    return {kind: Period(kind, row.get("years", 0) * 12 + row.get("months", 0), Text(**row["words"]),
                         Text(**row["starts"]), row["source"]) for kind, row in told.items()}


def months_before(moment: datetime, months: int) -> datetime:
    """The same hour and day `months` earlier at the hospital; the 31st of a short month is its last day."""
    here = moment.astimezone(HOSPITAL_ZONE)
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    first_of_next = datetime(year + month // 11, month % 12 + 2 if month < 11 else 1, 1, tzinfo=HOSPITAL_ZONE)
    last = (first_of_next - timedelta(days=1)).day
    return here.replace(year=year, month=month + 1, day=min(here.day, last)).astimezone(UTC)
