"""The life cycle of a visit. Only the doctor's "finish" completes it; a hang-up or a reload never does."""
from app.kit.states import Machine, moves

VISIT = Machine.of(
    "visit", "requested",
    moves("wait", "requested", "waiting", "house"),
    moves("ask_evidence", "requested", "needs_evidence", "house"),
    moves("refuse", "requested needs_evidence waiting", "refused", "house"),
    moves("add_evidence", "needs_evidence", "waiting", "patient house"),
    moves("accept", "waiting", "in_progress", "doctor"),
    moves("decline", "waiting", "declined", "doctor"),
    moves("expire", "requested needs_evidence waiting", "expired", "house"),
    moves("cancel", "requested needs_evidence waiting", "cancelled", "patient"),
    moves("finish", "in_progress", "completed", "doctor"),
    moves("refer", "in_progress", "referred", "doctor"),
    moves("abandon", "in_progress", "abandoned", "doctor house"),
    moves("lapse", "in_progress", "expired", "house"),
)

OPEN = ("requested", "needs_evidence", "waiting", "in_progress")
UNSEEN = ("refused", "declined", "expired", "cancelled")     # ended before a doctor began: the triage stays good
MONEY_BACK = ("refused", "declined", "expired", "cancelled", "referred")
