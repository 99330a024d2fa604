"""What stands on every page is read in one statement, whatever the number of rows."""
from datetime import date

import pytest
from sqlalchemy import event

from app.identity import api as identity
from app.notify import api as notify
from app.work import HOUSE
from tests.identity.scenes import hire, id_number, licensed, open_hospital
from tests.notify.test_people_are_told_where_to_look import READY


@pytest.fixture
def statements(house):
    """Every statement that the database sees from now on, without BEGIN and COMMIT."""
    seen = []

    def note(_connection, _cursor, sql, *_):
        if not sql.startswith("BEGIN"):
            seen.append(sql)

    event.listen(house.database.reader, "before_cursor_execute", note)
    return seen


def cost(house, statements, who, ask):
    """How many statements one question takes."""
    statements.clear()
    with house.read(who) as work:
        ask(work)
    return len(statements)


def test_a_family_of_eight_is_one_statement(house, statements, wang):
    with house.write(wang) as work:
        people = [identity.add_patient(work, "王某", id_number(date(1990, 1, 1), order=2 * n), "other")
                  for n in range(8)]
    assert cost(house, statements, wang, lambda work: identity.patients_of(work, wang.account_id)) == 1
    assert cost(house, statements, wang, lambda work: identity.require_acting_for(work, people[3].id)) == 1
    assert cost(house, statements, wang, lambda work: identity.guardian_of(work, people[3].id)) == 1


def test_the_doctors_on_duty_are_one_statement(house, statements, hospital):
    for number in range(5):
        who = hire(house, hospital.id, f"doc{number}", "doctor", identity.DEPARTMENTS["ent"], department="ent")
        licensed(house, hospital, who, specialties=("ent",))
        with house.write(hospital.doctor(who)) as work:
            identity.set_duty(work, True)
    assert cost(house, statements, hospital.admin(), identity.doctors_on_duty) == 1
    assert cost(house, statements, hospital.admin(), identity.practitioners) == 1


def test_the_facts_of_a_doctor_are_four_statements_at_most(house, statements, hospital):
    licensed(house, hospital)
    who = hospital.lin.practitioner_id
    assert cost(house, statements, hospital.doctor(), lambda work: identity.doctor_facts(work, who)) <= 4


def test_the_hospital_is_looked_up_once_a_work(house, statements):
    open_hospital(house)
    assert cost(house, statements, HOUSE, lambda work: [identity.hospital_id(work) for _ in range(9)]) == 1


def test_an_inbox_of_fourteen_lines_is_one_statement(house, statements, wang):
    with house.write(wang) as work:
        for _ in range(14):
            notify.tell(work, wang.account_id, "visit_answered", READY, "/visits/1")
    assert cost(house, statements, wang, lambda work: notify.inbox(work, wang.account_id)) == 1
    assert cost(house, statements, wang, lambda work: notify.unread_count(work, wang.account_id)) == 1
