"""What waits at each place of a desk: the figures of the top bar, which every page of the desk shows."""
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlmodel import col, func, select

from app.identity import api as identity
from app.kit.clock import HOSPITAL_ZONE
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing


def midnight(now: datetime) -> datetime:
    """The beginning of the hospital's day."""
    return now.astimezone(HOSPITAL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _doctor(work: Work) -> dict[str, Any]:
    """Patients in hand and waiting, prescriptions that came back, and calls that somebody has to make."""
    rx = prescribing.Prescription
    returned = select(func.count()).select_from(rx).where(
        rx.practitioner_id == work.actor.practitioner_id, rx.state == "returned").scalar_subquery()
    return {"visits": consult.visits_to_see(work), "rx": returned,
            "calls": consult.call_backs_waiting(identity.hospital_id(work))}


def _pharmacist(work: Work) -> dict[str, Any]:
    """What waits for a review, and what this pharmacist sent back today."""
    review = prescribing.Review
    returned = select(func.count()).select_from(review).where(
        review.pharmacist_id == work.actor.practitioner_id, review.decision == "returned",
        col(review.at) >= midnight(work.now)).scalar_subquery()
    return {"review": prescribing.reviews_waiting(work), "returned": returned}


def _pharmacy(work: Work) -> dict[str, Any]:
    """Offers to answer and orders in hand."""
    return {"board": pharmacy.orders_at_hand(work)}


COUNTED: dict[str, tuple[str, Callable[[Work], dict[str, Any]]]] = {
    "doctor": ("queue", _doctor), "pharmacist": ("review", _pharmacist), "pharmacy": ("board", _pharmacy)}


def counts(work: Work) -> dict[str, int]:
    """What waits by the key of a place; one statement, none for a desk that counts nothing."""
    if work.actor.role == "compliance":
        return {"versions": policy.desk.waiting(work)}
    if work.actor.role not in COUNTED:
        return {}
    asked = COUNTED[work.actor.role][1](work)
    return dict(zip(asked, work.session.exec(sqlalchemy.select(*asked.values())).one(), strict=True))
