"""Pure decisions about a prescription: how long it is valid, and what is shown of a name."""
from datetime import datetime, time, timedelta

from app.kit.clock import HOSPITAL_ZONE, local_date

VALIDITY_MOST = 3


def end_of_validity(signed_at: datetime, days: int) -> datetime:
    """The end of the local day that is `days` after the day of issue (处方管理办法 第18条)."""
    last = local_date(signed_at) + timedelta(days=days + 1)
    return datetime.combine(last, time(), HOSPITAL_ZONE)


def mask_name(name: str) -> str:
    """The first character and stars; enough to tell two people apart, too little to know one."""
    return name[:1] + "*" * max(1, len(name) - 1)
