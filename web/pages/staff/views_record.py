"""View objects of what a doctor does about a record as such: open a closed one in an emergency, enter a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from web.pages.staff.views import Allergies, FieldError, Kidney, StaffFrame
from web.pages.staff.views_doctor import VisitHead


@dataclass(frozen=True)
class EmergencyView:
    """Before a closed record is opened for `hours`; nothing of the patient stands here."""

    frame: StaffFrame
    patient_id: str
    hours: int
    shortest: int
    reason: str = ""
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class KidneyView:
    """The kidney function from a report; nothing is filled in beforehand, what was typed and refused stays.

    `came_from`: rx for the writer of the prescription, to which one goes back.
    """

    frame: StaffFrame
    visit: VisitHead
    allergies: Allergies
    known: Kidney
    came_from: str
    back: str
    today: date
    value: str = ""
    on: str = ""
    source: str = ""
    errors: tuple[FieldError, ...] = ()
