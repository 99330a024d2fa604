"""The life cycles of a call and of everybody in it. A call ends; the visit around it goes on."""
from app.kit.states import Machine, moves

CALL = Machine.of(
    "call", "ringing",
    moves("answer", "ringing", "talking", "patient doctor"),
    moves("decline", "ringing", "declined", "patient doctor"),
    moves("withdraw", "ringing", "withdrawn", "patient doctor house"),
    moves("miss", "ringing", "missed", "house"),
    moves("hang_up", "talking", "ended", "patient doctor"),
    moves("end", "talking", "ended", "house"),
)
# A line that comes and goes is nobody's act: the house sees it and writes it down.
MEMBER = Machine.of(
    "call_member", "invited",
    moves("enter", "invited away", "here", "house"),
    moves("drop", "here", "away", "house"),
    moves("leave", "invited here away", "gone", "house"),
)
OPEN = ("ringing", "talking")
