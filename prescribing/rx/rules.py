"""Pure decisions about a prescription: its validity, what is shown of a name, what a pharmacy is called."""
import re
from datetime import datetime, time, timedelta
from unicodedata import normalize

from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.problems import invalid

VALIDITY_MOST = 3
UNDO = timedelta(minutes=10)    # a paper that was marked as filled by mistake
MOST_FILLINGS = 5               # times that one paper can be marked and unmarked
LONGEST_NAME = 60
# The patient reads it: no phone number, however it is spaced or written, no address to open, nobody to write to.
MOST_DIGITS = 5
TENS = "十百千拾佰仟万萬亿億"  # numeric, and in many names (百姓, 万家): no phone number is read out with them
NOT_A_NAME = re.compile(r"[/\\@<>:{}]|www|[^\W\d_][.。][^\W\d_]", re.IGNORECASE)
# Words that ask to be written to or called, with anything between their signs; 威信 is a county and stays out of them.
ASKS = ("微信 薇信 v信 加微 加薇 加v 扣扣 客服 电话 手机 热线 致电 拨打 联系 私信 退款 "
        "wechat whatsapp telegram viber skype refund")
CONTACT = re.compile("|".join(r"[\W_]*".join(word) for word in ASKS.split()), re.IGNORECASE)
# These only in one piece or as single letters: Wei Xin and New Xinhua are names.
CONTACT_SHORT = re.compile(r"weixin|[vw]x|qq|(?<![a-z])(?:[vw][\W_]+x|q[\W_]+q)(?![a-z])", re.IGNORECASE)
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
    readable = sum(map(str.isalpha, cleaned)) >= 2 and len(cleaned) <= LONGEST_NAME and cleaned.isprintable()
    if not readable or _leads_away(cleaned):
        raise invalid("pharmacy", "请填写药房的名称，不写电话、微信、QQ 和网址。",
                      "Please enter the name of the pharmacy, without a phone number, chat account or web address.")
    return cleaned


def _leads_away(name: str) -> bool:
    """Whether somebody could be called, written to or looked up by it, whatever its signs are disguised as."""
    plain = normalize("NFKC", name)    # ①, ¹, full width and bold become what they look like
    digits = max(sum(sign.isnumeric() and sign not in TENS for sign in text) for text in (name, plain))
    return digits > MOST_DIGITS or any(found.search(plain) for found in (NOT_A_NAME, CONTACT, CONTACT_SHORT))
