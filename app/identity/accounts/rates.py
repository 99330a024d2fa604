"""Counters that slow guessing down, in a table so that all processes count together.

A miss is counted in the aftermath of its refusal: the transaction that refused is rolled back, and the
count must not go with it.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from app.identity.accounts.models import RateCounter
from app.identity.problems import SlowDown
from app.kit.problems import Problem
from app.storage import Vault
from app.work import Work

P = TypeVar("P", bound=Problem)


@dataclass(frozen=True)
class Limit:
    """At most `most` in `window`; the window begins with the first one."""

    name: str
    most: int
    window: timedelta

    def key(self, of: str) -> str:
        """The counter's key; `of` is an id or a keyed hash, never a phone number or address."""
        return f"{self.name}:{of}"


SIGN_IN_MISSES = Limit("sign-in", 10, timedelta(minutes=15))
ADDRESS_MISSES = Limit("sign-in-address", 100, timedelta(minutes=15))
CODE_MISSES = Limit("code", 5, timedelta(minutes=10))
CODES_A_DAY = Limit("code-sent", 10, timedelta(days=1))
CODE_PAUSE = Limit("code-pause", 1, timedelta(minutes=1))
CODES_OF_ADDRESS = Limit("code-address", 60, timedelta(hours=1))
PEOPLE_A_DAY = Limit("people", 10, timedelta(days=1))
INVITATIONS_A_DAY = Limit("invited", 10, timedelta(days=1))
INVITATION_MISSES = Limit("invitation", 5, timedelta(hours=1))
SCANS_OF_ADDRESS = Limit("scan-address", 120, timedelta(minutes=15))
SCAN_MISSES = Limit("scan-miss", 20, timedelta(minutes=15))
PIN_MISSES = Limit("pin", 5, timedelta(minutes=15))


def address_key(work: Work, address: str | None) -> str | None:
    """The keyed hash of the network a request came from; None where the address names nobody.

    A loopback address is our own proxy or a program on this machine: limiting it would lock everybody out.
    Of an IPv6 address the first 64 bits count, which is what one customer gets (RFC 6177).
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if found.is_loopback:
        return None
    if isinstance(found, IPv6Address):
        found = ip_address(int(found) >> 64 << 64) if found.ipv4_mapped is None else found.ipv4_mapped
    return work.tool(Vault).blind_index(str(found), "address")


def count_scan(work: Work, address: str | None) -> None:
    """Let one network look up a limited number of public codes, right ones or not. Raises SlowDown."""
    if key := address_key(work, address):
        require_room(work, SCAN_MISSES, key)
        use_up(work, SCANS_OF_ADDRESS, key)


def missed_scan(work: Work, problem: P, address: str | None) -> P:
    """Count a code that did not fit, which only a guesser meets often."""
    key = address_key(work, address)
    return counted(problem, (SCAN_MISSES, key), (SCANS_OF_ADDRESS, key)) if key else problem


def require_room(work: Work, limit: Limit, of: str) -> int:
    """Raise SlowDown when the counter is full; returns how many tries are left."""
    row = work.session.exec(select(RateCounter.window_start, RateCounter.count)
                            .where(col(RateCounter.key) == limit.key(of))).first()
    if row is None or row[0] + limit.window <= work.now:
        return limit.most
    begun, used = row
    if used >= limit.most:
        raise SlowDown.after(int((begun + limit.window - work.now).total_seconds()))
    return limit.most - used


def count(work: Work, limit: Limit, of: str) -> None:
    """Add one, in one statement, so that two processes never lose each other's count."""
    table = RateCounter.__table__  # type: ignore[attr-defined]
    stale = table.c.window_start <= work.now - limit.window
    insert = (sqlite if work.house.database.is_sqlite else postgresql).insert(table)
    work.session.execute(insert.values(key=limit.key(of), window_start=work.now, count=1).on_conflict_do_update(
        index_elements=["key"], set_=_next(table, stale, work.now)))


def _next(table: Any, stale: Any, now: datetime) -> dict[str, Any]:
    return {"count": case((stale, 1), else_=table.c.count + 1),
            "window_start": case((stale, now), else_=table.c.window_start)}


def use_up(work: Work, limit: Limit, of: str) -> None:
    """Take one of the allowed times, or raise SlowDown; for acts that are limited even when they succeed."""
    require_room(work, limit, of)
    count(work, limit, of)


def counted(problem: P, *misses: tuple[Limit, str]) -> P:
    """Let the refusal be counted after its own transaction was rolled back."""
    def aftermath(work: Work) -> None:
        for limit, of in misses:
            count(work, limit, of)

    problem.aftermath = aftermath
    return problem


def forget(work: Work, limit: Limit, of: str) -> None:
    """Start anew after a success."""
    work.session.execute(delete(RateCounter).where(col(RateCounter.key) == limit.key(of)))
