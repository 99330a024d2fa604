"""Backup and restore: every table as of one moment, the encrypted documents, the witness, in one .tar.gz.

Tables are JSON lines in the order of their foreign keys, so that a backup of one kind of database can be
restored into the other. The master key is part of it outside production only; there the operator keeps it
apart, and restore refuses a key that cannot read what the backup holds.
"""
import base64
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, TypeDecorator, delete, func, insert, inspect, select, text
from sqlalchemy import Enum as SqlEnum
from sqlmodel import SQLModel

from app.kit.database import open_database
from app.migrating import migrate
from app.settings import Settings
from app.storage.objects import GROWING
from app.wiring import build_keys, import_models

FORMAT = 1
MANIFEST = "manifest.json"
KEY, WITNESS = Path("keys/master.key"), Path("witness/checkpoints.txt")
SEEDED = {"allowed_beneficiary"}
MANY = 500


class BackupRefused(RuntimeError):
    """What stands in the way, in one sentence; nothing was changed."""


@dataclass
class Manifest:
    """What a backup holds: rows of each table, SHA-256 of each file, schema revision, and whose key reads it."""

    revision: str | None
    key_check: str
    made_at: str
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


# --- values ---------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """A column's value as JSON can carry it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


def _readers(table: Table) -> dict[str, Callable[[Any], Any]]:
    """How each column reads what `_plain` wrote."""
    return {column.name: _reader(column.type) for column in table.columns}


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, SqlEnum) and kind.enum_class:
        return kind.enum_class
    read: dict[type, Callable[[Any], Any]] = {
        bytes: base64.b64decode, datetime: datetime.fromisoformat, date: date.fromisoformat, UUID: UUID}
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    try:
        return read.get(plain.python_type, lambda value: value)
    except NotImplementedError:
        return lambda value: value


def tables() -> list[Table]:
    """Every table, parents before children."""
    import_models()
    return list(SQLModel.metadata.sorted_tables)


def _revision(connection: Connection) -> str | None:
    """The schema revision of the database; None where the tables were made without migrations."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _key_check(settings: Settings) -> str:
    """A fingerprint that tells whether two installations have the same master key, and nothing else."""
    return build_keys(settings).derive("backup.check").hex()


# --- backup ---------------------------------------------------------------------------------------------------


def backup(settings: Settings, target: Path) -> Manifest:
    """Write a backup of the running or resting installation to `target`, which appears only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as made:
        folder = Path(made)
        manifest = _write_tables(settings, folder)
        _copy_key(settings, folder)
        (folder / MANIFEST).touch()
        partial = folder / "whole.tar.gz"
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            _pack(settings, folder, file, manifest)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    return manifest


def _write_tables(settings: Settings, folder: Path) -> Manifest:
    database = open_database(settings.url)
    try:
        with _snapshot(database.reader) as connection:
            manifest = Manifest(_revision(connection), _key_check(settings), datetime.now(UTC).isoformat())
            (folder / "tables").mkdir()
            for table in tables():
                manifest.rows[table.name] = _write_table(connection, table, folder / "tables" / f"{table.name}.jsonl")
            size = connection.execute(text("SELECT MAX(size) FROM audit_checkpoint")).scalar() or 0
    finally:
        database.dispose()
    _copy_witness(settings, folder, size)
    return manifest


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One moment for all tables: a read transaction of SQLite's WAL, REPEATABLE READ of PostgreSQL."""
    if engine.dialect.name != "sqlite":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection, connection.begin():
        yield connection


def _write_table(connection: Connection, table: Table, path: Path) -> int:
    rows = 0
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=MANY)
    with path.open("w", encoding="utf-8") as file:
        for row in connection.execute(statement):
            line = {name: _plain(value) for name, value in row._mapping.items()}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            rows += 1
    return rows


def _copy_witness(settings: Settings, folder: Path, size: int) -> None:
    """The witness keeps a checkpoint just before its commit: what is newer than the snapshot stays out."""
    source = settings.data / WITNESS
    if source.exists():
        notes = [note for note in source.read_text("utf-8").split("\x1e\n") if note.strip()]
        kept = [note + "\x1e\n" for note in notes if int(note.lstrip("\n").split("\n")[1]) <= size]
        _write(folder / WITNESS, "".join(kept).encode())


def _copy_key(settings: Settings, folder: Path) -> None:
    source = settings.data / KEY
    if settings.mode != "production" and source.exists():
        _write(folder / KEY, source.read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _pack(settings: Settings, folder: Path, file: Any, manifest: Manifest) -> None:
    """Every file with its hash, the manifest at the end."""
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        for path, name in _members(settings, folder):
            manifest.files[name] = _sha256(path)
            archive.add(path, name)
        (folder / MANIFEST).write_text(json.dumps(vars(manifest), indent=1))
        archive.add(folder / MANIFEST, MANIFEST)


def _members(settings: Settings, folder: Path) -> Iterator[tuple[Path, str]]:
    """Tables, witness and key from `folder`; documents from where they lie: each is written once and never changed."""
    for part in ("tables", "witness", "keys"):
        for path in sorted((folder / part).rglob("*")):
            yield path, str(path.relative_to(folder))
    objects = settings.data / "objects"
    written = _recordings(folder)
    for path in sorted(objects.rglob("*")):
        settled = path.with_suffix("")
        if path.suffix == GROWING and path.stem in written:
            yield _copied(path, settled, folder / GROWING), f"objects/{settled.relative_to(objects)}"
        elif path.is_file() and path.suffix not in (".part", GROWING):
            yield path, f"objects/{path.relative_to(objects)}"


def _recordings(folder: Path) -> set[str]:
    """Keys of the recordings that the tables name: they are whole, though one may wait for its final name."""
    with (folder / "tables" / "recording_segment.jsonl").open() as rows:
        return {json.loads(row)["object_key"] for row in rows}


def _copied(growing: Path, settled: Path, copy: Path) -> Path:
    """A copy of a recording that may get its final name at any moment."""
    try:
        return Path(shutil.copyfile(growing, copy))
    except FileNotFoundError:
        return Path(shutil.copyfile(settled, copy))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- restore --------------------------------------------------------------------------------------------------


def restore(settings: Settings, source: Path) -> Manifest:
    """Read a backup into an empty installation; makes the schema where there is none. Raises BackupRefused."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data) as made:
        folder = Path(made)
        manifest = _unpack(source, folder)
        database = open_database(settings.url)
        try:
            _make_schema(settings, database.writer)
            with database.writer.begin() as connection:
                _require_fitting(connection, manifest)
                for table in tables():
                    _read_table(connection, table, folder / "tables" / f"{table.name}.jsonl", manifest.rows)
                _place_files(settings, folder, manifest)
        finally:
            database.dispose()
    return manifest


def _unpack(source: Path, folder: Path) -> Manifest:
    """Extract and compare every file with the manifest."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        told = json.loads((folder / MANIFEST).read_text())
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise BackupRefused(f"{source} is not a whole backup: {type(error).__name__}") from error
    if told.get("format") != FORMAT:
        raise BackupRefused(f"the backup has format {told.get('format')}, this version reads {FORMAT}")
    manifest = Manifest(**told)
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    wrong = found ^ set(manifest.files) or {n for n in found if _sha256(folder / n) != manifest.files[n]}
    if wrong:
        raise BackupRefused(f"the backup was changed or is damaged: {sorted(wrong)[0]}")
    return manifest


def _make_schema(settings: Settings, engine: Engine) -> None:
    if not inspect(engine).get_table_names():
        migrate(settings.url)


def _require_fitting(connection: Connection, manifest: Manifest) -> None:
    """Same schema, and nothing in it yet."""
    revision = _revision(connection)
    if revision != manifest.revision or {t.name for t in tables()} != set(manifest.rows):
        raise BackupRefused(f"the backup has schema {manifest.revision}, this installation has {revision}")
    for table in tables():
        if table.name not in SEEDED and connection.execute(select(table).limit(1)).first() is not None:
            raise BackupRefused(f"the database is not empty: {table.name} has rows")


def _read_table(connection: Connection, table: Table, path: Path, expected: dict[str, int]) -> None:
    """Insert all rows of one table and count what stands there then."""
    if table.name in SEEDED:
        connection.execute(delete(table))
    for batch in _batches(table, path):
        connection.execute(insert(table), batch)
    count = connection.execute(select(func.count()).select_from(table)).scalar_one()
    if count != expected[table.name]:
        raise BackupRefused(f"{table.name}: {count} rows arrived, {expected[table.name]} were backed up")


def _batches(table: Table, path: Path) -> Iterator[list[dict[str, Any]]]:
    readers = _readers(table)
    batch: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            batch.append({n: None if v is None else readers[n](v) for n, v in row.items()})
            if len(batch) == MANY:
                yield batch
                batch = []
    if batch:
        yield batch


def _place_files(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """Documents, witness and key, before the rows that need them are committed."""
    own_key = settings.mode == "production" or settings.master_key.get_secret_value()
    if not own_key and (folder / KEY).exists():
        _write(settings.data / KEY, (folder / KEY).read_bytes())
    if _key_check(settings) != manifest.key_check:
        raise BackupRefused("the master key of this installation cannot read the backup")
    for name in manifest.files:
        if name.startswith(("objects/", "witness/")):
            _write(settings.data / name, (folder / name).read_bytes())
