"""The life of a triage: questions are open, then there is a result, which an emergency gives at once."""
from app.kit.states import Machine, moves

TRIAGE = Machine.of(
    "triage", "open",
    moves("finish", "open", "finished", "patient"),
    moves("close_as_emergency", "open", "closed_emergency", "patient"),
    # A slip of the finger must be correctable; what was taken back then counts as not known.
    moves("correct", "finished closed_emergency", "open", "patient"),
)
