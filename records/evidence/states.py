"""The life cycle of a piece of evidence."""
from app.kit.states import Machine, moves

# A partner hospital's own record is born accepted: its origin is proven. A doctor still confirms it for a visit.
EVIDENCE = Machine.of(
    "evidence", "offered accepted",
    moves("accept", "offered", "accepted", "doctor"),
    moves("confirm", "accepted", "accepted", "doctor"),
    moves("undo_confirm", "accepted", "accepted", "doctor"),
    moves("refuse", "offered accepted", "refused", "doctor"),
    moves("undo", "accepted refused", "offered", "doctor"))
