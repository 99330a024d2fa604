"""What this room hears of others (nothing: it is among the first), and the jobs that it runs."""
from typing import Any

from app.identity.licences.commands import EXPIRE, expire_licence
from app.identity.people.verification import CHECK_REALNAME, ask_register, record_realname
from app.jobs import JobKind

SUBSCRIPTIONS: dict[Any, Any] = {}
JOB_KINDS = [JobKind(CHECK_REALNAME, record_realname, ask_register), JobKind(EXPIRE, expire_licence)]
