"""The job table: every timer, reminder, deadline and outside call is a row with a due time."""
from app.jobs.kinds import JobKind, JobKinds
from app.jobs.table import (
    MOST_ATTEMPTS,
    Job,
    claim,
    count_dead,
    dead_letters,
    enqueue,
    finish,
    hurry,
    next_due,
    release_all,
    renew,
    revive,
)

__all__ = ["MOST_ATTEMPTS", "Job", "JobKind", "JobKinds", "claim", "count_dead", "dead_letters", "enqueue", "finish",
           "hurry", "next_due", "release_all", "renew", "revive"]
