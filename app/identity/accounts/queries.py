"""Who is signed in, and which account a login names."""
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.identity.accounts.models import Account, SessionToken
from app.identity.accounts.rules import MAINLAND_MOBILE, masked_phone
from app.identity.accounts.secrets import token_hash
from app.kit.clock import SystemClock
from app.storage import Vault
from app.work import Actor, Work, one_or_none

PHONE = "account.phone"


def resolve_token(session: Session, token: str, now: datetime | None = None) -> Actor | None:
    """Who holds this token, in one statement; None when it is unknown, ended or expired at `now`."""
    kept = SessionToken
    statement = (select(kept.role, kept.account_id, kept.organization_id, kept.practitioner_id, kept.id,
                        Account.language, kept.expires_at)  # type: ignore[call-overload]
                 .join(Account, col(Account.id) == kept.account_id)
                 .where(col(kept.token_hash) == token_hash(token), col(kept.ended_at).is_(None)))
    row = session.exec(statement).first()
    if row is None or row.expires_at <= (now or SystemClock().now()):
        return None
    return Actor(*row[:6])


def account(work: Work, account_id: UUID) -> Account:
    """One account by id. Raises NotFound."""
    return work.get(Account, account_id)


def phone_index(work: Work, phone: str) -> str:
    """The blind index of an E.164 number."""
    return work.tool(Vault).blind_index(phone, PHONE)


def phone_of(work: Work, holder: Account) -> str | None:
    """The account's phone number in E.164, unsealed; for sending only."""
    return work.tool(Vault).open(holder.phone_sealed, PHONE) if holder.phone_sealed else None


def phone_to_call(work: Work, account_id: UUID) -> str | None:
    """The number under which somebody who waits for a call is reached; the caller writes the look down."""
    return phone_of(work, work.get(Account, account_id))


def masked_phone_of(work: Work, holder: Account) -> str:
    """The account's phone number as pages may show it; empty when there is none."""
    phone = phone_of(work, holder)
    return masked_phone(phone) if phone else ""


def account_by_login(work: Work, login: str) -> Account | None:
    """The account of a phone number or a user name, as people type it."""
    bare = "".join(login.split()).replace("-", "")
    if not bare.isprintable():      # U+0000 and half characters: no account has them, and no database takes them
        return None
    if bare.startswith("+") or MAINLAND_MOBILE.fullmatch(bare):
        phone = bare if bare.startswith("+") else "+86" + bare
        return one_or_none(work, Account, col(Account.phone_index) == phone_index(work, phone))
    return one_or_none(work, Account, col(Account.user_name) == login.strip().lower())


def session_of(work: Work) -> SessionToken | None:
    """The session in which this Work acts."""
    return work.find(SessionToken, work.actor.session_id) if work.actor.session_id else None
