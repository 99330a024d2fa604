"""Pure facts of third people: which roles there are, who may ask whom, and how long a door stands open."""
from datetime import datetime, timedelta

from app.kit.problems import invalid
from app.kit.text import Text
from consult.call.guests.models import CallGuest
from consult.call.guests.states import INSIDE
from consult.call.models import CallMember
from consult.call.rules import OFFLINE

OFFER_HOLDS = timedelta(hours=2)
SESSION_HOLDS = timedelta(hours=4)
MOST_MISSES = 5
MINOR = 18  # years; below, the doctor is shown whether a guardian takes part
MOST_GUESTS = 4  # each browser sends to every other one
ROLES = {
    "relative": Text(zh="家属", en="Relative"), "guardian": Text(zh="监护人", en="Guardian"),
    "interpreter": Text(zh="翻译", en="Interpreter"), "doctor": Text(zh="会诊医生", en="Second doctor"),
}
ASKED_BY = {"patient": ("relative", "guardian", "interpreter"), "doctor": tuple(ROLES)}


def known_role(side: str, role: str) -> str:
    """A role that this side may ask into a call. Raises Invalid."""
    if role not in ASKED_BY[side]:
        raise invalid("role", "请选择要请谁进来。", "Please choose whom to ask in.")
    return role


def clean_name(name: str) -> str:
    """What somebody wants to be called, as everybody in the call will read it. Raises Invalid."""
    cleaned = " ".join(name.split())
    if not 2 <= len(cleaned) <= 40 or not cleaned.isprintable() or any(letter.isdigit() for letter in cleaned):
        raise invalid("name", "请填写您的姓名，医生要看着名字让您进来。",
                      "Please enter your name; the doctor reads it before letting you in.")
    return cleaned


def is_open(guest: CallGuest, now: datetime) -> bool:
    """Whether a link still leads to its door."""
    return guest.state == "offered" and guest.misses < MOST_MISSES and now < guest.expires_at


def is_let_on(guest: CallGuest, now: datetime) -> bool:
    """Whether a session still belongs to somebody at the door or inside."""
    return guest.state in INSIDE and guest.token_until is not None and now < guest.token_until


def takes_part(member: CallMember, now: datetime) -> bool:
    """Somebody is there now and heard the others a moment ago."""
    recent = (member.seen_at, member.heard_at)
    return member.state == "here" and all(at is not None and now - at <= OFFLINE for at in recent)
