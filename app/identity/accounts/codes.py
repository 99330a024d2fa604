"""One-time codes that prove a phone number: sent by a job, kept as a keyed hash, valid once for 10 minutes."""
from datetime import timedelta
from typing import Literal

from sqlmodel import col

from app.identity.accounts.models import OneTimeCode
from app.identity.accounts.queries import phone_index
from app.identity.accounts.rates import (
    CODE_MISSES,
    CODE_PAUSE,
    CODES_A_DAY,
    CODES_OF_ADDRESS,
    address_key,
    counted,
    forget,
    require_room,
    use_up,
)
from app.identity.accounts.rules import clean_phone
from app.identity.accounts.secrets import new_code
from app.identity.problems import WrongCode
from app.storage import Vault
from app.work import Work, one_or_none

VALID = timedelta(minutes=10)
SEND_CODE = "notify.send_code"
PLACE = "sms"
Purpose = Literal["register", "reset"]


def register_code(work: Work, phone: str, address: str | None = None) -> None:
    """Send a code to a phone that wants to register. Raises Invalid, SlowDown."""
    _send(work, clean_phone(phone), "register", address)


def reset_code(work: Work, phone: str, address: str | None = None) -> None:
    """Send a code to a phone whose owner forgot the password; the same silence for unknown numbers."""
    _send(work, clean_phone(phone), "reset", address)


def _send(work: Work, phone: str, purpose: Purpose, address: str | None) -> None:
    index, code = phone_index(work, phone), new_code()
    if network := address_key(work, address):
        use_up(work, CODES_OF_ADDRESS, network)
    use_up(work, CODE_PAUSE, index)
    use_up(work, CODES_A_DAY, index)
    row = _latest(work, index, purpose) or OneTimeCode(phone_index=index, purpose=purpose, code_hash="",
                                                       expires_at=work.now)
    row.code_hash, row.expires_at, row.used_at = _hash(work, index, purpose, code), work.now + VALID, None
    work.add(row)
    forget(work, CODE_MISSES, _who(index, purpose))
    send_code(work, phone, code)


def send_code(work: Work, phone: str, code: str) -> None:
    """Ask the SMS adapter to send `code`; number and code are sealed in the job row."""
    vault = work.tool(Vault)
    work.later(SEND_CODE, {"to": vault.seal(phone, PLACE), "code": vault.seal(code, PLACE)},
               key=f"{SEND_CODE}:{phone_index(work, phone)}:{work.now.isoformat()}")


def prove_phone(work: Work, phone: str, purpose: Purpose, code: str) -> str:
    """Use up the code that was sent; returns the phone's blind index. Raises WrongCode, SlowDown."""
    index = phone_index(work, phone)
    require_room(work, CODE_MISSES, _who(index, purpose))
    row = _latest(work, index, purpose)
    right = row is not None and row.code_hash == _hash(work, index, purpose, "".join(code.split()))
    if row is None or not right or row.used_at is not None or row.expires_at <= work.now:
        raise counted(WrongCode(field="code"), (CODE_MISSES, _who(index, purpose)))
    row.used_at = work.now
    work.add(row)
    forget(work, CODE_MISSES, _who(index, purpose))
    return index


def _latest(work: Work, index: str, purpose: str) -> OneTimeCode | None:
    query = (col(OneTimeCode.phone_index) == index, col(OneTimeCode.purpose) == purpose)
    row = one_or_none(work, OneTimeCode, *query)
    return work.find(OneTimeCode, row.id, lock=True) if row else None


def _who(index: str, purpose: str) -> str:
    return f"{purpose}:{index}"


def _hash(work: Work, index: str, purpose: str, code: str) -> str:
    # a million codes are tried in a second against a plain hash; without the key of the vault they are not
    return work.tool(Vault).blind_index(f"{purpose}:{index}:{code}", "one_time_code")
