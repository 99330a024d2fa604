"""Pure decisions of the gate: what a task opens, when a relation holds, how entries are grouped."""
from datetime import datetime, timedelta

from records.file.models import Treatment

# Which role works on a task, and which parts of the record it opens. A part that is new stays closed until it stands
# here. What was recorded of a talk, who looked, and what was ordered where is no matter of a pharmacist's review.
TASK_ROLE = {"review": "pharmacist", "evidence": "doctor", "partner_record": "partner"}
TASK_SCOPE: dict[str, frozenset[str]] = {
    "review": frozenset({"timeline", "entry", "conditions", "history", "evidence", "document", "triage", "visit",
                         "note", "prescription", "prescriptions", "decision"}),
    "evidence": frozenset({"evidence", "document"}), "partner_record": frozenset({"evidence"})}

# House rule: long enough for an emergency, too short to browse; each further hour needs a reason again.
BREAK_GLASS_TIME = timedelta(hours=1)
SHORTEST_REASON = 10

# The chips above the timeline; a kind that stands in none of them is shown under "all" only.
GROUPS = {
    "visits": ("triage", "visit", "note", "diagnosis", "referral", "evidence", "partner_record"),
    "tests": ("report", "examination"),
    "medicines": ("prescription", "review", "order", "dispense", "delivery", "medicine"),
    "documents": ("document", "image"),
}


def in_force(relation: Treatment, now: datetime) -> bool:
    """True from `since` on, until the moment before `until`."""
    return relation.since <= now and (relation.until is None or now < relation.until)


def task_opens(kind: str, role: str, what: str) -> bool:
    """True when a task of this kind lets this role read `what`; unknown kinds open nothing."""
    return TASK_ROLE.get(kind) == role and what in TASK_SCOPE[kind]


def kinds_of(chip: str) -> tuple[str, ...]:
    """The kinds of entry behind a chip's name, or the one kind itself."""
    return GROUPS.get(chip, (chip,))
