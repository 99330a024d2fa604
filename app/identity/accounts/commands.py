"""Accounts: register, change and reset the password, how the pages look."""
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.events.identity import AccountRegistered
from app.identity.accounts.codes import prove_phone
from app.identity.accounts.models import Account
from app.identity.accounts.queries import PHONE, phone_index
from app.identity.accounts.rates import SIGN_IN_MISSES, counted, forget, require_room
from app.identity.accounts.rules import clean_phone, require_good_password, require_language
from app.identity.accounts.secrets import hash_password, verify_password
from app.identity.accounts.sessions import end_sessions
from app.identity.allowed import require_account
from app.identity.problems import PhoneTaken, WrongCode, WrongSignIn
from app.kit.problems import invalid
from app.storage import Vault
from app.work import Work, one_or_none

TEXT_SIZES = ("", "elder", "elder-xl")


def register(work: Work, phone: str, code: str, password: str, language: str) -> Account:
    """Make a patient's account for a phone that the code has proven. Raises WrongCode, PhoneTaken, Invalid."""
    phone, language = clean_phone(phone), require_language(language)
    require_good_password(password, phone[-8:], phone.removeprefix("+86"))
    index = prove_phone(work, phone, "register", code)
    if one_or_none(work, Account, col(Account.phone_index) == index) is not None:
        raise PhoneTaken
    try:
        made = work.add(Account(
            kind="patient", phone_sealed=work.tool(Vault).seal(phone, PHONE), phone_index=index,
            password_hash=hash_password(password), language=language, created_at=work.now))
    except IntegrityError as error:  # two requests with one code at the same moment
        raise PhoneTaken from error
    work.announce(AccountRegistered(made.id))
    return made


def change_password(work: Work, old: str, new: str) -> None:
    """Set a new password after the old one; every other session ends. Raises WrongSignIn, Invalid."""
    holder = work.get(Account, require_account(work), lock=True)
    require_room(work, SIGN_IN_MISSES, str(holder.id))
    right, _ = verify_password(old, holder.password_hash)
    if not right:
        raise counted(WrongSignIn(field="old"), (SIGN_IN_MISSES, str(holder.id)))
    require_good_password(new, holder.user_name or "")
    holder.password_hash = hash_password(new)
    work.add(holder)
    end_sessions(work, holder.id, but=work.actor.session_id)


def reset_password(work: Work, phone: str, code: str, password: str) -> None:
    """Set a new password for a phone that the code has proven; every session ends. Raises WrongCode, Invalid."""
    phone = clean_phone(phone)
    require_good_password(password, phone[-8:])
    holder = one_or_none(work, Account, col(Account.phone_index) == phone_index(work, phone))
    prove_phone(work, phone, "reset", code)
    if holder is None:  # only the owner of the phone learns this, and only as "ask for a code and register"
        raise WrongCode(field="phone")
    holder.password_hash = hash_password(password)
    work.add(holder)
    forget(work, SIGN_IN_MISSES, str(holder.id))
    end_sessions(work, holder.id)


def set_language(work: Work, language: str) -> Account:
    """Remember the language of the signed-in person. Raises Invalid."""
    holder = work.get(Account, require_account(work), lock=True)
    holder.language = require_language(language)
    return work.add(holder)


def set_text_size(work: Work, size: str) -> Account:
    """Remember the text size of the signed-in person. Raises Invalid."""
    if size not in TEXT_SIZES:
        raise invalid("text_size", "没有这个字号。", "There is no such text size.")
    holder = work.get(Account, require_account(work), lock=True)
    holder.text_size = size
    return work.add(holder)
