"""Somebody with the database's own password: takes the triggers off a table, so that its rows can be forged."""
from sqlmodel import Session

from app.schema import statements


def unlock(session: Session, *tables: str) -> None:
    """Drop the triggers that keep the rows of these tables, in the caller's transaction."""
    connection = session.connection()
    dialect = connection.dialect.name
    for table in tables:
        for statement in statements(table, dialect):
            trigger = statement.split()[2]
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}" + ("" if dialect == "sqlite" else f" ON {table}"))
