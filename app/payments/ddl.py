"""What the ORM cannot say: rows that never change, sums that must hold, and who may earn on what.

`statements(dialect)` lists it for a migration, in order; fresh schemas get it right after their tables.
"""
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, event, text

from app.payments.models import AllowedBeneficiary, ChargeLine, LedgerEntry, LedgerTxn, Refund

ALLOWED = (
    ("consult_fee", "hospital"), ("consult_fee", "doctor"), ("consult_fee", "platform"),
    ("drug", "pharmacy"), ("delivery", "courier"), ("delivery", "pharmacy"),
    ("care_plan", "hospital"), ("care_plan", "care_manager"), ("service", "hospital"))
FROZEN = {"charge_line": ("UPDATE", "DELETE"), "ledger_txn": ("UPDATE", "DELETE"),
          "ledger_entry": ("UPDATE", "DELETE"), "payment_refund": ("DELETE",)}
PROMISED = ("SELECT COALESCE(SUM(fen), 0) FROM payment_refund "
            "WHERE payment_id = NEW.payment_id AND state IN ('pending', 'succeeded')")
CAPTURED = "SELECT captured_fen FROM payment WHERE id = NEW.payment_id"
COUNTS = "NEW.state IN ('pending', 'succeeded')"


def _sqlite_frozen(table: str) -> list[str]:
    return [f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is never changed by {act}'); END" for act in FROZEN[table]]


def _postgres_frozen(table: str) -> list[str]:
    body = f"BEGIN RAISE EXCEPTION '{table} is never changed by %', TG_OP USING ERRCODE = '23514'; END"
    events = " OR ".join(FROZEN[table]) + ("" if table == "payment_refund" else " OR TRUNCATE")
    return [f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {table}_frozen BEFORE {events} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_frozen()"]


SQLITE_ENTRY = [
    "CREATE TRIGGER ledger_entry_whole BEFORE INSERT ON ledger_entry WHEN typeof(NEW.fen) <> 'integer' "
    "BEGIN SELECT RAISE(ABORT, 'ledger_entry.fen is a whole number'); END"]
SQLITE_REFUND = [
    f"CREATE TRIGGER payment_refund_within_{act.lower()} AFTER {act} ON payment_refund "
    f"WHEN {COUNTS} AND ({PROMISED}) > ({CAPTURED}) "
    "BEGIN SELECT RAISE(ABORT, 'refunds exceed what was captured'); END" for act in ("INSERT", "UPDATE")]
POSTGRES_REFUND = [
    "CREATE FUNCTION payment_refund_within() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {COUNTS} AND ({PROMISED}) > ({CAPTURED}) "
    "THEN RAISE EXCEPTION 'refunds exceed what was captured' USING ERRCODE = '23514'; END IF; "
    "RETURN NULL; END $$",
    "CREATE TRIGGER payment_refund_within AFTER INSERT OR UPDATE ON payment_refund "
    "FOR EACH ROW EXECUTE FUNCTION payment_refund_within()"]
POSTGRES_ENTRY = [
    "CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF EXISTS (SELECT 1 FROM ledger_entry WHERE txn_id = NEW.txn_id GROUP BY currency HAVING SUM(fen) <> 0) "
    "THEN RAISE EXCEPTION 'a posting does not sum to zero' USING ERRCODE = '23514'; END IF; "
    "RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION ledger_balanced()"]
SEED = [f"INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('{kind}', '{who}')"  # noqa: S608
        for kind, who in ALLOWED]


def _of_table(table: str, dialect: str) -> list[str]:
    """All statements that belong to one table."""
    if table == "allowed_beneficiary":
        return SEED
    sqlite = dialect == "sqlite"
    more = {"ledger_entry": (SQLITE_ENTRY, POSTGRES_ENTRY),
            "payment_refund": (SQLITE_REFUND, POSTGRES_REFUND)}.get(table, ([], []))
    return (_sqlite_frozen(table) if sqlite else _postgres_frozen(table)) + more[0 if sqlite else 1]


TABLES: list[Any] = [AllowedBeneficiary, ChargeLine, Refund, LedgerTxn, LedgerEntry]


def statements(dialect: str) -> list[str]:
    """Everything a migration executes after creating the tables; dialect is "sqlite" or "postgresql"."""
    return [statement for model in TABLES for statement in _of_table(model.__tablename__, dialect)]


def _listener(name: str) -> Callable[..., None]:
    def after_create(target: Table, connection: Connection, **_: Any) -> None:
        for statement in _of_table(name, connection.dialect.name):
            connection.execute(text(statement))
    return after_create


for _model in TABLES:
    event.listen(_model.__table__, "after_create", _listener(_model.__tablename__))
