"""A backup is one moment of everything; what comes back is the same, on the same or the other kind of database."""
import gzip
import io
import json
import tarfile
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from sqlmodel import Session, select

from app.audit.checkpoints import CheckpointSigner, FileWitness
from app.audit.verify import verify_trail
from app.backup import BackupRefused, backup, restore, tables
from app.identity import api as identity
from app.kit.clock import FrozenClock
from app.settings import Settings
from app.storage import ObjectStore
from app.wiring import build_house
from app.work import HOUSE, House, Work
from app.worker import Worker
from records import api as records
from tests.backup.conftest import Empty
from tests.live.scene import Scene, set_up


def keep_a_photo(scene: Scene) -> records.Document:
    """One encrypted document of Wang."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "PNG")
    objects = scene.house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    page = records.store_page(objects, scene.patient, picture.getvalue(), "photo.png")
    with scene.house.write(scene.actors["wang"]) as work:
        return records.keep_document(work, scene.patient, [page], "outpatient_record", "门诊病历")


@pytest.fixture
def scene(house: House, worker: Worker) -> Scene:
    """An installation with people, a talk, a document, and a sequenced trail with some entries still waiting."""
    told = set_up(house)
    told.says("wang", "早上头晕 \N{GRINNING FACE} “引号”\n第二行")
    keep_a_photo(told)
    worker.run_until_idle()
    told.says("lin", "坐起来慢一点")
    return told


def rows_of(settings: Settings) -> dict[str, list[tuple]]:
    """Everything in a database, as Python values."""
    house, _ = build_house(settings, FrozenClock(None))  # type: ignore[arg-type]
    with house.database.reader.connect() as connection:
        found = {t.name: connection.execute(select(t).order_by(*t.primary_key.columns)).all() for t in tables()}
    house.database.dispose()
    return {name: [tuple(row) for row in rows] for name, rows in found.items()}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_comes_back_is_the_same_on_either_database(
        scene: Scene, settings: Settings, empty: Empty, tmp_path: Path, kind: str) -> None:
    there = empty(kind)
    told = backup(settings, tmp_path / "b.tar.gz")
    assert restore(there, tmp_path / "b.tar.gz").rows == told.rows
    assert told.rows["message"] == 2 and told.rows["audit_leaf"] > 0 and told.rows["audit_pending"] > 0
    assert rows_of(there) == rows_of(settings)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.invariant(12)
def test_the_trail_holds_and_goes_on_after_a_restore(
        scene: Scene, settings: Settings, empty: Empty, tmp_path: Path, kind: str, clock: FrozenClock) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    there = empty(kind)
    restore(there, tmp_path / "b.tar.gz")
    house, kinds = build_house(there, clock)
    assert verify(house).ok
    with house.write(scene.actors["wang"]) as work:
        records.save_allergies(work, scene.patient, "none")
    Worker(house, kinds).run_until_idle()
    found = verify(house)
    assert found.ok and found.pending == 0 and found.checkpoints >= 2
    house.database.dispose()


def verify(house: House):
    with Session(house.database.reader) as session:
        signer, witness = house.tools.get(CheckpointSigner), house.tools.get(FileWitness)
        return verify_trail(session, signer, witness.notes())


def test_documents_and_sealed_values_can_be_read_after_a_restore(
        scene: Scene, settings: Settings, empty: Empty, tmp_path: Path, clock: FrozenClock) -> None:
    kept = keep_a_photo(scene)
    backup(settings, tmp_path / "b.tar.gz")
    there = empty("sqlite")
    restore(there, tmp_path / "b.tar.gz")
    house, _ = build_house(there, clock)
    with house.read(scene.actors["wang"]) as work:
        content, media_type = records.document_bytes(work, kept.id, 1)
    assert media_type.startswith("image/") and content
    house.database.dispose()


def test_the_snapshot_is_one_moment_while_others_write(
        scene: Scene, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import app.backup as module
    real, wrote = module._write_table, []

    def and_meanwhile(connection, table, path):
        rows = real(connection, table, path)
        if table.name == "account":  # messages, their audit entries and new accounts come while others are read
            scene.says("wang", "备份时写的")
            with scene.house.write(HOUSE) as work:
                wrote.append(new_account(work))
        return rows

    monkeypatch.setattr(module, "_write_table", and_meanwhile)
    told = backup(settings, tmp_path / "b.tar.gz")
    assert wrote and told.rows["message"] == 2
    now = rows_of(settings)
    assert len(now["message"]) == 3 and len(now["account"]) == told.rows["account"] + 1


def new_account(work: Work) -> identity.Account:
    return work.add(identity.Account(kind="patient", user_name=uuid4().hex, password_hash="-", created_at=work.now))


def test_a_witness_that_is_ahead_of_the_snapshot_is_cut_to_it(
        scene: Scene, settings: Settings, empty: Empty, tmp_path: Path, clock: FrozenClock) -> None:
    signer = scene.house.tools.get(CheckpointSigner)
    scene.house.tools.get(FileWitness).keep(signer.sign(10_000, b"\x01" * 32))  # its commit never came
    backup(settings, tmp_path / "b.tar.gz")
    there = empty("sqlite")
    restore(there, tmp_path / "b.tar.gz")
    house, _ = build_house(there, clock)
    assert verify(house).ok
    house.database.dispose()


def test_a_database_that_is_not_empty_is_left_alone(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    before = rows_of(settings)
    with pytest.raises(BackupRefused, match="not empty"):
        restore(settings, tmp_path / "b.tar.gz")
    assert rows_of(settings) == before


def damaged(source: Path, target: Path, name: str, change) -> Path:
    """The same archive with one member changed, or left out where `change` returns None."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read()  # type: ignore[union-attr]
            content = change(content) if member.name == name else content
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(("name", "change"), [
    ("tables/message.jsonl", lambda raw: raw.replace("头晕".encode(), "头痛".encode())),
    ("tables/audit_entry.jsonl", lambda raw: None),
    ("witness/checkpoints.txt", lambda raw: b""),
    ("manifest.json", lambda raw: None),
    ("manifest.json", lambda raw: raw.replace(b'"format": 1', b'"format": 2'))])
def test_a_changed_backup_is_refused_and_nothing_arrives(
        scene: Scene, settings: Settings, empty: Empty, tmp_path: Path, name: str, change) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    there = empty("sqlite")
    with pytest.raises(BackupRefused):
        restore(there, damaged(tmp_path / "b.tar.gz", tmp_path / "c.tar.gz", name, change))
    assert rows_of(there)["message"] == [] and not list((there.data / "objects").rglob("*.*"))


def test_half_a_file_is_refused(scene: Scene, settings: Settings, empty: Empty, tmp_path: Path) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(whole[:len(whole) // 2])
    with pytest.raises(BackupRefused, match="not a whole backup"):
        restore(empty("sqlite"), tmp_path / "half.tar.gz")


def test_a_count_that_does_not_come_true_is_refused(
        scene: Scene, settings: Settings, empty: Empty, tmp_path: Path) -> None:
    backup(settings, tmp_path / "b.tar.gz")

    def one_more(raw: bytes) -> bytes:
        told = json.loads(raw)
        told["rows"]["message"] += 1
        return json.dumps(told).encode()

    there = empty("sqlite")
    with pytest.raises(BackupRefused, match="message"):
        restore(there, damaged(tmp_path / "b.tar.gz", tmp_path / "c.tar.gz", "manifest.json", one_more))
    assert rows_of(there)["account"] == []


def test_another_schema_is_refused(scene: Scene, settings: Settings, empty: Empty, tmp_path: Path) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    other = damaged(tmp_path / "b.tar.gz", tmp_path / "c.tar.gz", "manifest.json",
                    lambda raw: json.dumps(json.loads(raw) | {"revision": "from-the-future"}).encode())
    with pytest.raises(BackupRefused, match="from-the-future"):
        restore(empty("sqlite"), other)


def test_another_master_key_is_refused(scene: Scene, settings: Settings, empty: Empty, tmp_path: Path) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    there = empty("sqlite").model_copy(update={"mode": "production"})  # a production brings its own key
    with pytest.raises(BackupRefused, match="master key"):
        restore(there, tmp_path / "b.tar.gz")


def test_a_production_backup_holds_no_key_and_nobody_else_can_read_the_file(
        scene: Scene, settings: Settings, tmp_path: Path) -> None:
    backup(settings.model_copy(update={"mode": "production"}), tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert not any(name.startswith("keys") for name in archive.getnames())
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0


def test_a_backup_that_fails_leaves_the_one_before(
        scene: Scene, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import app.backup as module
    backup(settings, tmp_path / "b.tar.gz")
    before = (tmp_path / "b.tar.gz").read_bytes()

    def no_space(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(module, "_pack", no_space)
    with pytest.raises(OSError, match="no space"):
        backup(settings, tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".backup")] == []


def test_the_archive_is_plain_gzip_and_plain_lines(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "b.tar.gz")
    with gzip.open(tmp_path / "b.tar.gz") as raw, tarfile.open(fileobj=raw) as archive:
        lines = archive.extractfile("tables/message.jsonl").read().decode().splitlines()  # type: ignore[union-attr]
    assert [json.loads(line)["seq"] for line in lines] == [1, 2]
