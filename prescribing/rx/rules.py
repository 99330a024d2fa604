"""Pure decisions about a prescription: its validity, what is shown of a name, what a pharmacy is called."""
import re
from datetime import datetime, time, timedelta

from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.problems import invalid

VALIDITY_MOST = 3
UNDO = timedelta(minutes=10)    # a paper that was marked as filled by mistake
MOST_FILLINGS = 5               # times that one paper can be marked and unmarked
LONGEST_NAME = 60
# The patient reads it: no phone number, however it is spaced or written, and no address to open.
MOST_DIGITS = 5
DIGIT = re.compile(r"[\d〇零一幺二三四五六七八九]")
NOT_A_NAME = re.compile(r"[/\\@<>:：{}]|www|[^\W\d_][.．。｡][^\W\d_]", re.IGNORECASE)
LONGEST_DAYS = 100    # no line is ordered for longer; older prescriptions need not be read


def end_of_validity(signed_at: datetime, days: int) -> datetime:
    """The end of the local day that is `days` after the day of issue (处方管理办法 第18条)."""
    last = local_date(signed_at) + timedelta(days=days + 1)
    return datetime.combine(last, time(), HOSPITAL_ZONE)


def mask_name(name: str) -> str:
    """The first character and stars; enough to tell two people apart, too little to know one."""
    return name[:1] + "*" * max(1, len(name) - 1)


def pharmacy_called(name: str) -> str:
    """The name a pharmacy gives itself, as patient, hospital and the next pharmacy read it. Raises Invalid."""
    cleaned = " ".join(name.split())
    letters, digits = sum(map(str.isalpha, cleaned)), len(DIGIT.findall(cleaned))
    readable = letters >= 2 and len(cleaned) <= LONGEST_NAME and cleaned.isprintable()
    if not readable or digits > MOST_DIGITS or NOT_A_NAME.search(cleaned):
        raise invalid("pharmacy", "请填写药房的名称，不写电话和网址。",
                      "Please enter the name of the pharmacy, without a phone number or web address.")
    return cleaned
