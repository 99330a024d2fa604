"""Search at a desk: whole names and the last signs of a number, only among what is already the asker's."""
from typing import Any

from sqlmodel import col, or_, select

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.pages.staff.views import Found

SHORTEST = 4
FOUND = "read:search"
MOST = 20
VISIT, RX, ORDER = Text(zh="就诊", en="visit"), Text(zh="处方", en="prescription"), Text(zh="订单", en="order")


def find_for(work: Work, query: str) -> tuple[Found, ...]:
    """What the signed-in person finds; nothing for an empty question."""
    search = {"doctor": _of_doctor, "pharmacist": _of_pharmacist, "pharmacy": _of_pharmacy}.get(work.actor.role)
    return tuple(search(work, query)) if search and query else ()


def _asks(number: Any, name: Any, query: str) -> Any:
    """A whole name, or at least four last signs of a number."""
    ends = col(number).endswith(query, autoescape=True) if len(query) >= SHORTEST else False
    return or_(col(name) == query, ends)


def _of_doctor(work: Work, query: str) -> list[Found]:
    visit, patient = consult.Visit, identity.Patient
    rows = work.session.exec(
        select(visit, patient.name).join(patient, col(patient.id) == col(visit.patient_id))
        .where(visit.practitioner_id == work.actor.practitioner_id, _asks(visit.number, patient.name, query))
        .order_by(col(visit.requested_at).desc()).limit(MOST)).all()
    records.note_seen(work, FOUND, [records.Listed(row.patient_id, "visit", row.id) for row, _ in rows])
    found = [Found(VISIT, name, row.number, f"/doctor/visits/{row.id}") for row, name in rows]
    return found + _prescriptions(work, query, "/doctor/prescriptions", prescribing.Prescription.practitioner_id
                                  == work.actor.practitioner_id)


def _of_pharmacist(work: Work, query: str) -> list[Found]:
    rx = prescribing.Prescription
    ours = rx.organization_id == work.actor.organization_id
    made = prescribing.Redemption
    marked = select(made.prescription_id).where(col(made.pharmacy_id).is_(None))     # also one that was taken off
    return [*_prescriptions(work, query, "/pharmacist/reviews", rx.state == "signed", ours),
            *_prescriptions(work, query, "/pharmacist/filled", col(rx.id).in_(marked), ours)]


def _prescriptions(work: Work, query: str, base: str, *mine: Any) -> list[Found]:
    rx, patient = prescribing.Prescription, identity.Patient
    rows = work.session.exec(
        select(rx, patient.name).join(patient, col(patient.id) == col(rx.patient_id))
        .where(*mine, col(rx.state) != "discarded", _asks(rx.number, patient.name, query))
        .order_by(col(rx.id).desc()).limit(MOST)).all()
    records.note_seen(work, FOUND, [records.Listed(row.patient_id, "prescription", row.id) for row, _ in rows])
    return [Found(RX, name, row.number, f"{base}/{row.id}") for row, name in rows]


def _of_pharmacy(work: Work, query: str) -> list[Found]:
    order, patient = pharmacy.Order, identity.Patient
    rows = work.session.exec(
        select(order, patient.name).join(patient, col(patient.id) == col(order.patient_id))
        .where(order.pharmacy_id == work.actor.organization_id, _asks(order.number, patient.name, query))
        .order_by(col(order.id).desc()).limit(MOST)).all()
    records.note_seen(work, FOUND, [records.Listed(row.patient_id, "order", row.id) for row, _ in rows])
    return [Found(ORDER, name, row.number, f"/pharmacy/orders/{row.id}") for row, name in rows]
