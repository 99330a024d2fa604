"""Days and moments as people write them, in both languages, for what is put together before a page is drawn."""
from datetime import date, datetime

from app.kit.clock import local_date
from app.kit.text import Text, dated
from web.rendering import HOSPITAL_ZONE, MONTHS

NEAR = {-1: Text(zh="昨天", en="yesterday"), 0: Text(zh="今天", en="today"), 1: Text(zh="明天", en="tomorrow")}


def day_text(on: date, today: date) -> Text:
    """A day; the year only where it is not this one."""
    if on.year != today.year:
        return dated(on)
    return Text(zh=f"{on.month}月{on.day}日", en=f"{on.day} {MONTHS[on.month - 1]}")


def moment_text(at: datetime, now: datetime) -> Text:
    """A day and a time that no line breaks apart; yesterday, today and tomorrow by name."""
    here, today = at.astimezone(HOSPITAL_ZONE), local_date(now)
    day = NEAR.get((here.date() - today).days) or day_text(here.date(), today)
    return Text(zh=f"{day.zh}\u00a0{here:%H:%M}", en=f"{day.en}\u00a0{here:%H:%M}")
