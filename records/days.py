"""Days that people name: never later than today in the hospital's calendar."""
from datetime import date

from app.kit.clock import local_date
from app.kit.problems import invalid
from app.work import Work


def require_past(work: Work, day: date, field: str) -> date:
    """Return the day. Raises Invalid when it lies in the future."""
    if day > local_date(work.now):
        raise invalid(field, "日期不能晚于今天。", "The date cannot be later than today.")
    return day
