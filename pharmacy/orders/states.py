"""Life cycles of an order and of one pharmacy's chance to take it."""
from app.kit.states import Machine, moves

ORDER = Machine.of(
    "order", "placed",
    moves("offer", "placed offered accepted quarantined returned", "offered", "house pharmacy"),
    moves("accept", "offered", "accepted", "pharmacy"),
    moves("fail", "placed offered accepted quarantined returned", "unfilled", "house pharmacy"),
    moves("pack", "accepted quarantined", "packed", "pharmacy"),
    moves("ship", "packed", "shipped", "pharmacy"),
    moves("deliver", "packed shipped", "delivered", "pharmacy"),
    moves("quarantine", "packed shipped", "quarantined", "pharmacy house"),
    moves("come_back", "shipped", "returned", "pharmacy"),
    moves("cancel", "placed offered accepted", "cancelled", "patient house"),
    moves("stop_waiting", "packed shipped", "cancelled", "patient house"),
    moves("give_up", "quarantined returned", "cancelled", "patient pharmacy house"),
)

OFFER = Machine.of(
    "offer", "offered",
    moves("accept", "offered", "accepted", "pharmacy"),
    moves("decline", "offered", "declined", "pharmacy"),
    moves("lapse", "offered", "lapsed", "house"),
    moves("withdraw", "offered", "withdrawn", "patient house"),
    moves("give_back", "accepted", "given_back", "pharmacy"),
)

OPEN = ("placed", "offered", "accepted", "packed", "shipped", "quarantined", "returned")
