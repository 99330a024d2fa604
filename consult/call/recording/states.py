"""The life cycle of a leg: the small copy of a call that one browser sends us to be kept."""
from app.kit.states import Machine, moves

# What a line does is nobody's act: the house sees it and writes it down.
LEG = Machine.of(
    "recording_leg", "opening",
    moves("run", "opening stalled", "running", "house"),
    moves("stall", "opening running", "stalled", "house"),
    moves("end", "opening running stalled", "over", "house"),
    moves("lose", "opening running stalled", "lost", "house"),
)
LIVE = ("opening", "running", "stalled")
