"""Pure facts of an agreed time: how soon and how far ahead, when it is near, and until when it counts."""
from datetime import datetime, timedelta

SOONEST = timedelta(minutes=5)  # sooner than that one rings
FARTHEST = timedelta(days=7)
NEAR = timedelta(minutes=10)  # both are reminded; a call from then on keeps the time
LATE = timedelta(minutes=30)  # nobody talked until then: the time was missed
MOST = 24  # times proposed in one visit


def may_start(starts_at: datetime, now: datetime) -> bool:
    """Whether a call that begins now keeps the time."""
    return starts_at - NEAR <= now < starts_at + LATE


def next_look(starts_at: datetime, now: datetime) -> datetime:
    """When the house looks again: at the reminder, at the time itself, and when it is over."""
    return next((moment for moment in (starts_at - NEAR, starts_at) if moment > now), starts_at + LATE)
