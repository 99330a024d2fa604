"""What the public pages show."""
from dataclasses import dataclass
from datetime import datetime

from web.pages.patient.views import Drug, Words


@dataclass(frozen=True)
class VerifyView:
    """A scanned prescription: its answer first, then what must stand on the paper."""

    family: str
    icon: str
    kicker: Words
    title: Words
    number: str
    patient: str
    doctor: Words
    house: Words
    signed: datetime | None
    valid_until: datetime | None
    drugs: tuple[Drug, ...]
