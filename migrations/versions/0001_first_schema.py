"""The first schema: every table, constraint, index, trigger and seed row, as SQL kept beside this file."""
import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.initial import read

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _statements() -> list[str]:
    return read(op.get_bind().dialect.name)


def _names(kind: str) -> list[str]:
    """What this step created of one kind, the last first."""
    found = (re.match(rf"CREATE (?:OR REPLACE )?{kind} (\w+)", statement) for statement in _statements())
    return [match[1] for match in found if match][::-1]


def upgrade() -> None:
    """Create everything."""
    for statement in _statements():
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Remove everything, rows too."""
    for table in _names("TABLE"):
        op.drop_table(table)
    for function in _names("FUNCTION"):
        op.execute(sa.text(f"DROP FUNCTION {function}()"))
