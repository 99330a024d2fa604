"""The whole schema of all rooms, and the rows that the database itself never lets anybody change.

The ORM cannot say "only ever added", so triggers do. They hold for every program that uses the application's
account; the signed tree of app.audit is there for those who can drop a trigger.
"""
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_mock_engine, event, text
from sqlmodel import SQLModel

ADDED_ONLY = (
    "audit_checkpoint", "audit_entry", "audit_leaf", "custody_event", "evidence_decision", "finding_answer",
    "hand_over", "history_change", "message", "policy_decision", "policy_replay_change", "policy_text",
    "recording_segment", "referral", "review", "triage_answer", "triage_result", "triage_rule_set", "visit_forecast",
    "visit_judgement", "visit_note")
ERASABLE = tuple(name for name in ADDED_ONLY if not name.startswith("audit_")
                 and name not in ("policy_text", "policy_replay_change", "triage_rule_set"))
# Only app.retention lets such rows go: the state stands inside its own transaction, and no other ever sees it.
PERMIT = "EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing')"
SIGNED = ("canonical", "digest", "signature", "signature_key", "public_key", "signed_at", "expires_at",
          "visit_id", "patient_id", "practitioner_id", "version", "number")
PROPOSED = ("organization_id", "number", "source", "content", "sha256", "cases", "why", "based_on", "author_id",
            "writers", "wanted_from", "proposed_at", "proposed_by")
PUBLISHED = ("effective_from", "published_at", "published_by", "approved_at", "approved_by")
INDEX = ("CREATE INDEX", "CREATE UNIQUE INDEX")
POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION row_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION '% is never changed by %', TG_TABLE_NAME, TG_OP USING ERRCODE = '23514'; END $$")
POSTGRES_ERASABLE = (
    "CREATE OR REPLACE FUNCTION row_is_kept_until_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {PERMIT} THEN RETURN OLD; END IF; "
    "RAISE EXCEPTION '% is never changed by %', TG_TABLE_NAME, TG_OP USING ERRCODE = '23514'; END $$")


def _erasable(table: str, act: str) -> bool:
    return act == "DELETE" and (table in ERASABLE or table == "prescription")


def _sqlite_kept(table: str, act: str, condition: str) -> str:
    told = [part for part in (condition, f"NOT {PERMIT}" if _erasable(table, act) else "") if part]
    when = f"WHEN {' AND '.join(told)} " if told else ""
    return (f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is never changed by {act}'); END")


def _postgres_kept(table: str, act: str, condition: str) -> str:
    when = f"WHEN ({condition}) " if condition else ""
    function = "row_is_kept_until_erased" if _erasable(table, act) else "row_is_kept"
    return (f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION {function}()")


def _changed(names: tuple[str, ...]) -> str:
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


def _conditions(table: str) -> dict[str, str]:
    """Which act on which table is refused, and when; an empty condition means always."""
    if table == "prescription":     # a draft may change; what was signed may not, its life cycle goes on
        return {"UPDATE": f"OLD.signed_at IS NOT NULL AND ({_changed(SIGNED)})", "DELETE": "OLD.signed_at IS NOT NULL"}
    if table == "policy_version":   # what a second person looked at stays as it was, and so does what has decided
        return {"UPDATE": f"OLD.proposed_at IS NOT NULL AND ({_changed(PROPOSED)}) "
                          f"OR OLD.published_at IS NOT NULL AND ({_changed(PUBLISHED)})", "DELETE": ""}
    return {"UPDATE": "", "DELETE": ""} if table in ADDED_ONLY else {}


def statements(table: str, dialect: str) -> list[str]:
    """The triggers of one table; `dialect` is "sqlite" or "postgresql"."""
    conditions = _conditions(table).items()
    if dialect == "sqlite":
        return [_sqlite_kept(table, act, condition) for act, condition in conditions]
    return [_postgres_kept(table, act, condition) for act, condition in conditions] + [
        f"CREATE TRIGGER {table}_kept_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION row_is_kept()"]


def _function_first(target: MetaData, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(POSTGRES_FUNCTION))
        connection.execute(text(POSTGRES_ERASABLE))


def _then_triggers(target: Table, connection: Connection, **_: Any) -> None:
    for statement in statements(target.name, connection.dialect.name):
        connection.execute(text(statement))


def keep_rows() -> None:
    """Let every fresh schema get its triggers right after its tables; a second call changes nothing."""
    metadata = SQLModel.metadata
    if not event.contains(metadata, "before_create", _function_first):
        event.listen(metadata, "before_create", _function_first)
    for name in (*ADDED_ONLY, "prescription", "policy_version"):
        if not event.contains(metadata.tables[name], "after_create", _then_triggers):
            event.listen(metadata.tables[name], "after_create", _then_triggers)


def whole_schema(dialect: str) -> list[str]:
    """Every statement that makes an empty database ours, in order; `dialect` as in a database URL."""
    told: list[str] = []
    engine = create_mock_engine(f"{dialect}://", lambda statement, *_: told.append(
        str(statement.compile(dialect=engine.dialect)).replace("%%", "%")))
    SQLModel.metadata.create_all(engine, SQLModel.metadata.sorted_tables, checkfirst=False)
    tidy = ["\n".join(line.rstrip() for line in statement.strip().splitlines()) for statement in told]
    return sorted(tidy, key=lambda s: (1, s) if s.startswith(INDEX) else (0, ""))   # a table's indexes are a set
