"""The life cycle of an invitation into the calls of one visit, and of whoever uses it."""
from app.kit.states import Machine, moves

# Only the doctor lets somebody in; a call that ends puts everybody back before the door.
GUEST = Machine.of(
    "call_guest", "offered",
    moves("knock", "offered", "knocking", "guest"),
    moves("admit", "knocking", "admitted", "doctor"),
    moves("refuse", "knocking", "refused", "doctor"),
    moves("send_away", "admitted", "sent_away", "doctor"),
    moves("leave", "knocking admitted", "left", "guest"),
    moves("step_back", "admitted", "knocking", "house"),
    moves("withdraw", "offered knocking", "withdrawn", "patient doctor"),
    moves("expire", "offered knocking admitted", "expired", "house"),
)
WAITING = ("offered", "knocking")
INSIDE = ("knocking", "admitted")
LIVE = (*WAITING, "admitted")
