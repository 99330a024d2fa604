"""Nothing is heard; two jobs: delete what a report named, and shred its files."""
from typing import Any

from app.jobs import JobKind
from app.retention.commands import ERASE, SHRED, erase, shred, shredded

SUBSCRIPTIONS: dict[Any, Any] = {}
JOB_KINDS = [JobKind(ERASE, erase), JobKind(SHRED, shredded, shred)]
