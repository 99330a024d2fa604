"""The job table: every timer, reminder, deadline and outside call is a row with a due time."""
from app.jobs.kinds import JobKind, JobKinds
from app.jobs.table import Job, claim, dead_letters, enqueue, finish, next_due, renew, revive

__all__ = ["Job", "JobKind", "JobKinds", "claim", "dead_letters", "enqueue", "finish", "next_due", "renew", "revive"]
