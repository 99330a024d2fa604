"""Migrations on both databases: up, nothing left to do, down, up again, and never a lost row."""
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app.kit.ids import uuid7
from app.migrating import FOLDER, alembic_config, migrate
from app.schema import ADDED_ONLY
from app.wiring import import_models
from migrations import initial

STEP = '''
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "0001", None, None


def upgrade():
    {up}


def downgrade():
    with op.batch_alter_table("till_intent") as table:
        table.drop_constraint("has_colour", type_="check")
        table.drop_column("colour")
'''
COLOUR = ('with op.batch_alter_table("till_intent") as table:\n'
          '        table.add_column(sa.Column("colour", sa.String(10), server_default="red", nullable=False))\n'
          '        table.create_check_constraint("has_colour", "colour <> \'\'")')
BREAKS = COLOUR + '\n    op.execute("DELETE FROM till_intent")'
FAILS = COLOUR + '\n    raise RuntimeError("half way")'


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def with_step(url: str, folder: Path, up: str) -> Config:
    """Alembic's settings with one more step after ours."""
    (folder / "next.py").write_text(STEP.format(up=up), "utf-8")
    config = alembic_config(url)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{FOLDER / 'versions'}\n{folder}")
    return config


def fill(url: str) -> None:
    """A parent with a child, as the cashier keeps them."""
    now, tables = datetime(2026, 11, 21, 2, tzinfo=UTC), SQLModel.metadata.tables
    with opened(url) as connection:
        connection.execute(tables["till_intent"].insert().values(
            ref="pi_1", provider="sandbox", payment_id=uuid7(), fen=5000, currency="CNY", status="pending",
            captured_fen=0, created_at=now))
        connection.execute(tables["till_operation"].insert().values(key="k", endpoint="open", ref="pi_1", fen=5000,
                                                                    at=now))


def counts(url: str) -> tuple[int, ...]:
    with opened(url) as connection:
        return tuple(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                     for table in ("till_intent", "till_operation"))


def columns(url: str) -> list[str]:
    with opened(url) as connection:
        return [column["name"] for column in inspect(connection).get_columns("till_intent")]


def described(url: str, table: str) -> list[str]:
    """Columns, constraints and indexes of one table as the database tells them."""
    with opened(url) as connection:
        eye = inspect(connection)
        told = (eye.get_columns(table), eye.get_unique_constraints(table), eye.get_check_constraints(table),
                eye.get_foreign_keys(table), eye.get_indexes(table), [eye.get_pk_constraint(table)])
        lines = (str(sorted(one.items(), key=str)) for part in told for one in part)
        return sorted(re.sub(r" at 0x[0-9a-f]+", "", line) for line in lines)


def triggers(url: str) -> set[str]:
    with opened(url) as connection:
        listed = ("SELECT name FROM sqlite_master WHERE type = 'trigger'" if url.startswith("sqlite")
                  else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return set(connection.execute(text(listed)).scalars())


def test_the_schema_goes_up_down_and_up_again(empty_url):
    migrate(empty_url)
    command.check(alembic_config(empty_url))
    command.downgrade(alembic_config(empty_url), "base")
    with opened(empty_url) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate(empty_url)
    command.check(alembic_config(empty_url))


def test_migrated_and_freshly_made_are_the_same(empty_url, request):
    migrate(empty_url)
    kind = "sqlite" if empty_url.startswith("sqlite") else "postgres"
    made = (f"sqlite:///{request.getfixturevalue('sqlite_template')}" if kind == "sqlite"
            else request.getfixturevalue("cluster").url(request.getfixturevalue("postgres_template")))
    assert triggers(empty_url) == triggers(made)
    assert {f"{table}_kept_{act}" for table in ADDED_ONLY for act in ("update", "delete")} <= triggers(empty_url)
    for table in SQLModel.metadata.tables:
        assert described(empty_url, table) == described(made, table)


@pytest.mark.parametrize("dialect", initial.DIALECTS)
def test_the_first_step_is_what_the_models_say(dialect):
    kept = (initial.FOLDER / f"{dialect}.sql").read_text("utf-8")
    assert kept == initial.written(dialect), "python -m migrations.initial writes it anew before the first release"


def test_both_databases_get_the_same_tables_and_constraints():
    def named(dialect: str) -> set[str]:
        return {word for statement in initial.read(dialect) for word in statement.replace(",", " ").split()
                if word.startswith(("ck_", "uq_", "fk_", "pk_", "ix_"))}
    assert named("sqlite") == named("postgresql") and len(named("sqlite")) > 200


def test_a_second_migration_changes_nothing(empty_url):
    migrate(empty_url)
    fill(empty_url)
    migrate(empty_url)
    assert counts(empty_url) == (1, 1)


def test_a_table_with_children_is_rebuilt_without_losing_them(empty_url, tmp_path):
    migrate(empty_url)
    fill(empty_url)
    config = with_step(empty_url, tmp_path, COLOUR)
    command.upgrade(config, "head")
    assert counts(empty_url) == (1, 1) and "colour" in columns(empty_url)
    command.downgrade(config, "0001")
    assert counts(empty_url) == (1, 1) and "colour" not in columns(empty_url)


@pytest.mark.parametrize(("up", "error"), [(FAILS, RuntimeError), (BREAKS, (RuntimeError, IntegrityError))],
                         ids=["fails half way", "leaves orphans"])
def test_a_failing_migration_leaves_everything_as_it_was(empty_url, tmp_path, up, error):
    migrate(empty_url)
    fill(empty_url)
    with pytest.raises(error):
        command.upgrade(with_step(empty_url, tmp_path, up), "head")
    assert counts(empty_url) == (1, 1) and "colour" not in columns(empty_url)


def test_a_database_of_a_newer_version_is_not_touched(empty_url):
    migrate(empty_url)
    with opened(empty_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    with pytest.raises(CommandError):
        migrate(empty_url)


def test_every_table_of_a_room_is_part_of_the_schema():
    import_models()
    kept = "".join(initial.read("sqlite"))
    assert [name for name in SQLModel.metadata.tables if f"CREATE TABLE {name} (" not in kept] == []
    assert len(SQLModel.metadata.tables) > 60


def test_a_column_that_nobody_migrated_is_noticed(empty_url):
    migrate(empty_url)
    with opened(empty_url) as connection:
        connection.execute(text("ALTER TABLE job ADD COLUMN stray INTEGER"))
    with pytest.raises(CommandError):
        command.check(alembic_config(empty_url))
