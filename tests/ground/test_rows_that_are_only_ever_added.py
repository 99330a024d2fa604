"""The database refuses to change what was said, judged, decided or signed, whatever program asks."""
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Boolean, Date, DateTime, Float, Integer, LargeBinary, Table, Uuid, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app.schema import ADDED_ONLY, SIGNED
from app.work import HOUSE
from tests.intruder import unlock

SAMPLES = {Uuid: uuid4, DateTime: lambda: datetime(2026, 11, 21, tzinfo=UTC), Date: lambda: date(2026, 11, 21),
           Integer: lambda: 1, Float: lambda: 1.0, Boolean: lambda: True, LargeBinary: lambda: b"{}"}


def sample(column):
    """Some value that fits the column."""
    if getattr(column.type, "none_as_null", None) is not None:
        return {}
    kind = getattr(column.type, "impl", column.type)
    found = next((make for known, make in SAMPLES.items() if isinstance(kind, known)), None)
    enums = getattr(column.type, "enums", None)
    return column.type.python_type(enums[0]) if enums else found() if found else "x"


def insert_one(work, table: Table, **given) -> None:
    """One row, whatever it refers to."""
    sqlite = work.session.connection().dialect.name == "sqlite"
    work.session.execute(text("PRAGMA defer_foreign_keys = ON" if sqlite else "SET session_replication_role = replica"))
    work.session.execute(table.insert().values({column.name: sample(column) for column in table.columns} | given))
    if not sqlite:
        work.session.execute(text("SET session_replication_role = origin"))


def refused(work, statement: str) -> bool:
    """Whether the database refuses; the rest of the transaction goes on."""
    with pytest.raises(IntegrityError, match="never changed"), work.session.begin_nested():
        work.session.execute(text(statement))
    return True


class Undone(Exception):
    """Ends a transaction whose rows refer to nothing."""


@pytest.mark.invariant(10)
def test_nothing_of_these_tables_is_changed_or_removed(house):
    for name in ADDED_ONLY:
        table = SQLModel.metadata.tables[name]
        first = next(iter(table.columns)).name
        with pytest.raises(Undone), house.write(HOUSE) as work:
            insert_one(work, table)
            assert refused(work, f"UPDATE {name} SET {first} = {first}")
            assert refused(work, f"DELETE FROM {name}")
            raise Undone


@pytest.mark.invariant(4)
@pytest.mark.parametrize("column", SIGNED)
def test_what_a_doctor_signed_cannot_be_changed(house, column):
    with pytest.raises(Undone), house.write(HOUSE) as work:
        signed_prescription(work)
        table = SQLModel.metadata.tables["prescription"]
        other = {"version": 7, "signed_at": None, "expires_at": None, "canonical": b"{other}"}.get(column, "another")
        value = uuid4() if isinstance(table.c[column].type, Uuid) else other
        with pytest.raises(IntegrityError, match="never changed"), work.session.begin_nested():
            work.session.execute(table.update().values({column: value}))
        assert refused(work, "DELETE FROM prescription")
        raise Undone


def signed_prescription(work) -> None:
    """A row that was signed."""
    insert_one(work, SQLModel.metadata.tables["prescription"], state="signed")


def test_the_life_of_a_signed_prescription_goes_on(house):
    table = SQLModel.metadata.tables["prescription"]
    with pytest.raises(Undone), house.write(HOUSE) as work:
        signed_prescription(work)
        work.session.execute(table.update().values(state="approved", reviewed_at=work.now))
        raise Undone


def test_only_who_takes_the_trigger_off_gets_past_it(house):
    with pytest.raises(Undone), house.write(HOUSE) as work:
        signed_prescription(work)
        unlock(work.session, "prescription")
        work.session.execute(text("DELETE FROM prescription"))
        raise Undone
