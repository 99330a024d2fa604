"""Life cycles of a report of what may go, and of each thing that it names."""
from app.kit.states import Machine, moves

REPORT = Machine.of(
    "retention_report", "drawn",
    moves("vouch", "drawn", "drawn", "compliance admin"),
    moves("confirm", "drawn", "confirmed", "compliance admin"),
    moves("drop", "drawn confirmed running", "dropped", "compliance admin operator"),
    moves("run", "confirmed", "running", "compliance admin operator house"),
    moves("finish", "running", "done", "house"),
)

ITEM = Machine.of(
    "retention_item", "named",
    moves("begin", "named", "erasing", "house"),
    moves("finish", "erasing", "erased", "house"),
    moves("spare", "named", "spared", "house"),
)
