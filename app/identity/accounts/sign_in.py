"""Sign-in: password for patients, password and authenticator code for staff; one active role a session."""
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from app.events.identity import SignedIn
from app.identity.accounts.models import Account, SessionToken
from app.identity.accounts.queries import account_by_login, session_of
from app.identity.accounts.rates import (
    ADDRESS_MISSES,
    SIGN_IN_MISSES,
    Limit,
    address_key,
    counted,
    forget,
    require_room,
)
from app.identity.accounts.secrets import totp_step, verify_password
from app.identity.accounts.sessions import begin_session
from app.identity.allowed import require_account
from app.identity.problems import SecondCodeNeeded, WrongSecondCode, WrongSignIn
from app.identity.staff.models import Practitioner, StaffRole
from app.kit.problems import NotAllowed
from app.storage import Vault
from app.work import Work, all_of, one_or_none

TOTP = "account.totp"


def sign_in(work: Work, login: str, password: str, totp: str | None = None, role: str | None = None,
            address: str | None = None) -> tuple[SessionToken, str]:
    """Begin a session by phone or user name; `address` is where the request came from.

    Raises WrongSignIn, SecondCodeNeeded, WrongSecondCode, SlowDown. The token is returned this one time.
    """
    counters = _counters(work, login, address)
    for limit, of in counters:
        require_room(work, limit, of)
    holder = _who(work, login, password, counters)
    checked = _check_second_code(work, holder, totp, counters)
    forget(work, *counters[0])
    begun = _begin(work, holder, role, checked)
    work.announce(SignedIn(holder.id, begun[0].role))
    return begun


def switch_role(work: Work, role: str) -> tuple[SessionToken, str]:
    """Go on in another role of the same account, with a new token and the same identity check."""
    holder = work.get(Account, require_account(work), lock=True)
    here = session_of(work)
    begun = _begin(work, holder, role, here.identity_checked_at if here else None)
    work.announce(SignedIn(holder.id, role))
    return begun


def confirm_second_code(work: Work, code: str | None) -> None:
    """Ask the signed-in person of staff for a fresh authenticator code before something that cannot wait
    for the next sign-in. Raises SecondCodeNeeded, WrongSecondCode, SlowDown."""
    holder = work.get(Account, require_account(work), lock=True)
    require_room(work, SIGN_IN_MISSES, str(holder.id))
    _check_second_code(work, holder, code, [(SIGN_IN_MISSES, str(holder.id))])


def _counters(work: Work, login: str, address: str | None) -> list[tuple[Limit, str]]:
    """Count by account where there is one, else by what was typed, and by address: in keyed hashes."""
    vault, found = work.tool(Vault), account_by_login(work, login)
    of = str(found.id) if found else vault.blind_index(login.strip().lower()[:200], "login")
    network = address_key(work, address)
    return [(SIGN_IN_MISSES, of), *([(ADDRESS_MISSES, network)] if network else [])]


def _who(work: Work, login: str, password: str, counters: list[tuple[Limit, str]]) -> Account:
    found = account_by_login(work, login)
    # the lock makes a second use of one authenticator code wait for the first
    holder = work.get(Account, found.id, lock=True) if found else None
    right, fresh = verify_password(password, holder.password_hash if holder else None)
    if holder is None or not right:
        raise counted(WrongSignIn(), *counters)
    if fresh:
        holder.password_hash = fresh
        work.add(holder)
    return holder


def _check_second_code(work: Work, holder: Account, code: str | None,
                       counters: list[tuple[Limit, str]]) -> datetime | None:
    """When the identity was checked: now, by an authenticator code never used before; None for patients."""
    if holder.kind == "patient":
        return None
    if not code:
        raise SecondCodeNeeded
    step = totp_step(work.tool(Vault).open(holder.totp_sealed, TOTP), code, work.now) if holder.totp_sealed else None
    if step is None or step <= holder.totp_last_step:
        raise counted(WrongSecondCode(), *counters)
    holder.totp_last_step = step
    work.add(holder)
    return work.now


def _begin(work: Work, holder: Account, role: str | None, checked: datetime | None) -> tuple[SessionToken, str]:
    if holder.kind == "patient":
        if role not in (None, "patient"):
            raise NotAllowed(role=role)
        return begin_session(work, holder, "patient")
    place = _place(work, holder.id, role)
    own = one_or_none(work, Practitioner, col(Practitioner.account_id) == holder.id)
    seen_as = own.id if own and own.role == place.role else None
    return begin_session(work, holder, place.role, place.organization_id, seen_as, checked)


def _place(work: Work, account_id: UUID, role: str | None) -> StaffRole:
    """The role to act in: the one asked for, else the first given. Raises NotAllowed."""
    places = all_of(work, StaffRole, col(StaffRole.account_id) == account_id)
    fitting = [place for place in places if role is None or place.role == role]
    if not fitting:
        raise NotAllowed(role=role)
    return fitting[0]
