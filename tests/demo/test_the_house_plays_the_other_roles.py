"""With every role switched on, a visit goes from the triage to the medicine at the door by the public API alone."""
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.work import HOUSE
from consult.api import Message, Visit
from pharmacy.api import Order
from tests.demo.running import Demo
from web.demo.client import until

PATIENCE = 90
PEOPLE = ("doctor", "pharmacist", "pharmacy", "patient")


def newest(demo: Demo, model: Any, since: set[UUID]) -> Any:
    """The row that was not there before."""
    with demo.house.read(HOUSE) as work:
        rows = work.session.exec(select(model).where(col(model.id).not_in(since))).all()
    return rows[0] if rows else None


def ids(demo: Demo, model: Any) -> set[UUID]:
    with demo.house.read(HOUSE) as work:
        return set(work.session.exec(select(model.id)).all())


def state(demo: Demo, model: Any, since: set[UUID]) -> str:
    row = newest(demo, model, since)
    return row.state if row else ""


def test_the_house_plays_a_whole_visit_alone(demo: Demo) -> None:
    visits, orders = ids(demo, Visit), ids(demo, Order)
    for role in PEOPLE:
        demo.troupe.switch(role, True)
    until(lambda: state(demo, Visit, visits) == "completed", PATIENCE)
    until(lambda: state(demo, Order, orders) == "delivered", PATIENCE)
    visit = newest(demo, Visit, visits)
    with demo.house.read(HOUSE) as work:
        said = work.session.exec(select(Message.sender).where(Message.visit_id == visit.id)).all()
    assert {"patient", "doctor"} <= set(said)
    assert demo.person("wang").get(f"/visits/{visit.id}/summary")["diagnoses"]
    until(lambda: all(demo.troupe.states()[role][1] in ("waiting", "busy") for role in PEOPLE), 20)
