"""Sessions: begin with a new token at every sign-in, end at sign-out, everywhere if wished."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from app.events.identity import SignedOutEverywhere
from app.identity.accounts.models import Account, SessionToken
from app.identity.accounts.secrets import new_token, token_hash
from app.identity.allowed import require_account
from app.kit.problems import NotSignedIn
from app.work import Actor, Work

PATIENT_STAYS = timedelta(days=30)
STAFF_STAYS = timedelta(hours=12)
KEPT_AFTER_END = timedelta(days=30)


def begin_session(work: Work, holder: Account, role: str, organization_id: UUID | None = None,
                  practitioner_id: UUID | None = None,
                  checked_at: datetime | None = None) -> tuple[SessionToken, str]:
    """Make a session and its token; the browser's earlier session of the same account ends."""
    if work.actor.account_id == holder.id and work.actor.session_id is not None:
        _end(work, col(SessionToken.id) == work.actor.session_id)
    _forget_old(work, holder.id)
    token = new_token()
    stays = PATIENT_STAYS if holder.kind == "patient" else STAFF_STAYS
    begun = work.add(SessionToken(
        token_hash=token_hash(token), account_id=holder.id, role=role, organization_id=organization_id,
        practitioner_id=practitioner_id, created_at=work.now, expires_at=work.now + stays,
        identity_checked_at=checked_at))
    work.actor = Actor(role, holder.id, organization_id, practitioner_id, begun.id, holder.language)
    return begun, token


def sign_out(work: Work) -> None:
    """End the session in which this Work acts. Raises NotSignedIn."""
    if work.actor.session_id is None:
        raise NotSignedIn
    _end(work, col(SessionToken.id) == work.actor.session_id)


def sign_out_everywhere(work: Work) -> None:
    """End every session of the signed-in account, this one too."""
    account_id = require_account(work)
    end_sessions(work, account_id)
    work.announce(SignedOutEverywhere(account_id))


def session_stands(work: Work, session_id: UUID | None) -> bool:
    """Whether a sign-in has neither ended nor run out."""
    found = work.find(SessionToken, session_id) if session_id else None
    return found is not None and found.ended_at is None and found.expires_at > work.now


def standing_sessions(work: Work, session_ids: set[UUID]) -> set[UUID]:
    """Those of several sign-ins that have neither ended nor run out, in one statement."""
    if not session_ids:
        return set()
    return set(work.session.exec(select(SessionToken.id).where(
        col(SessionToken.id).in_(session_ids), col(SessionToken.ended_at).is_(None),
        col(SessionToken.expires_at) > work.now)))


def end_sessions(work: Work, account_id: UUID, but: UUID | None = None, role: str | None = None) -> None:
    """End the sessions of an account, of one role only if named, except one if named."""
    where = [col(SessionToken.account_id) == account_id]
    if but is not None:
        where.append(col(SessionToken.id) != but)
    if role is not None:
        where.append(col(SessionToken.role) == role)
    _end(work, *where)


def _end(work: Work, *where: object) -> None:
    open_ones = (*where, col(SessionToken.ended_at).is_(None))
    work.session.execute(update(SessionToken).where(*open_ones).values(ended_at=work.now))  # type: ignore[arg-type]


def _forget_old(work: Work, account_id: UUID) -> None:
    """Remove what ended long ago, so that the table does not grow for ever."""
    old = col(SessionToken.expires_at) <= work.now - KEPT_AFTER_END
    work.session.execute(delete(SessionToken).where(col(SessionToken.account_id) == account_id, old))
