"""The life cycle of an agreed time (FHIR R4 AppointmentStatus, where it has a word for it)."""
from app.kit.states import Machine, moves

# One side proposes, the other books or declines. What becomes of a booked time the house sees by itself.
APPOINTMENT = Machine.of(
    "call_appointment", "proposed",
    moves("book", "proposed", "booked", "patient doctor"),
    moves("decline", "proposed", "declined", "patient doctor"),
    moves("cancel", "proposed booked", "cancelled", "patient doctor house"),
    moves("lapse", "proposed", "lapsed", "house"),
    moves("keep", "booked", "fulfilled", "house"),
    moves("miss", "booked", "noshow", "house"),
)
LIVE = ("proposed", "booked")
