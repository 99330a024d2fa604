"""The audit trail: RFC 6962 hashes, and every way of rewriting it is noticed, also by its owner's own hand."""
import base64
import hashlib
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, col, select

from app.audit import AuditEntry, AuditLeaf, AuditPending, Trace
from app.audit.checkpoints import AuditCheckpoint, AuditTree, CheckpointSigner, FileWitness, sequence
from app.audit.entries import commitment, entry_rows, leaf_hash
from app.audit.tree import CompactRange
from app.audit.verify import verify_trail
from app.kit.ids import uuid7
from app.work import HOUSE, NOBODY, Actor, all_of
from tests.intruder import unlock

# Inputs and root of the reference tree of Certificate Transparency (RFC 6962, merkletree test data).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
         8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def tree_of(leaves):
    span = CompactRange()
    for one in leaves:
        span.append(one)
    return span


def recursive_root(leaves):
    """The definition of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + recursive_root(leaves[:k]) + recursive_root(leaves[k:])).digest()


@pytest.mark.parametrize("size", ROOTS)
def test_the_tree_of_certificate_transparency(size):
    assert tree_of(leaf(bytes.fromhex(one)) for one in LEAVES[:size]).root().hex() == ROOTS[size]


@pytest.mark.parametrize("size", [*range(20), 63, 64, 65, 100])
def test_the_compact_tree_is_the_tree_of_the_definition(size):
    leaves = [leaf(str(n).encode()) for n in range(size)]
    span = tree_of(leaves)
    assert span.root() == recursive_root(leaves) and len(span.stack) == size.bit_count()
    assert CompactRange.from_text(span.to_text()) == span


# --- the trail of a house ----------------------------------------------------------------------------------

def act(house, *names):
    for name in names:
        with house.write(HOUSE) as work:
            work.trace(Trace(name, patient_id=uuid7()))


def proof(house):
    signer, witness = house.tools.get(CheckpointSigner), house.tools.get(FileWitness)
    with Session(house.database.reader) as session:
        return verify_trail(session, signer, witness.notes())


def grown(house, worker, sizes=(2, 3)):
    """A trail that got checkpoints at several sizes."""
    for size in sizes:
        act(house, *[f"act {n}" for n in range(size)])
        worker.sequence_audit()


@pytest.fixture
def trail(house, worker):
    grown(house, worker)
    assert proof(house).ok
    return house


def test_a_fresh_trail_holds(house, worker):
    assert proof(house).ok
    grown(house, worker)
    act(house, "not in place yet")
    found = proof(house)
    assert (found.entries, found.checkpoints, found.pending, found.faults) == (5, 2, 1, [])


def test_places_are_given_without_gaps_in_the_order_of_time(trail):
    with trail.read(NOBODY) as work:
        leaves = work.session.exec(select(AuditLeaf).order_by(col(AuditLeaf.seq))).all()
        entries = {entry.id: entry for entry in all_of(work, AuditEntry)}
    assert [one.seq for one in leaves] == list(range(5))
    assert [one.entry_id for one in leaves] == sorted(entries)
    assert all(leaf_hash(entries[one.entry_id]) == one.leaf_hash for one in leaves)


@pytest.mark.invariant(10)
@pytest.mark.parametrize("change", [
    "UPDATE audit_entry SET action = 'nothing happened'", "DELETE FROM audit_entry",
    "UPDATE audit_leaf SET seq = seq + 100", "DELETE FROM audit_leaf",
    "UPDATE audit_checkpoint SET root = ''", "DELETE FROM audit_checkpoint"])
def test_the_database_itself_refuses_to_rewrite(trail, change):
    with pytest.raises((IntegrityError, SQLAlchemyError), match="never changed"), trail.write(HOUSE) as work:
        work.session.execute(text(change))
    assert proof(trail).ok


def forge(house, *statements, tables=("audit_entry", "audit_leaf", "audit_checkpoint")):
    """Somebody with the database's password does what the triggers forbid."""
    with house.write(HOUSE) as work:
        unlock(work.session, *tables)
        for statement in statements:
            work.session.execute(text(statement))


SECOND = "(SELECT entry_id FROM audit_leaf WHERE seq = 1)"
CUT = ["DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE seq >= 2)",
       "DELETE FROM audit_leaf WHERE seq >= 2"]
FORGERIES = {
    "a changed act": ["UPDATE audit_entry SET action = 'other' WHERE id = " + SECOND],
    "a changed ground": ["UPDATE audit_entry SET ground = 'own' WHERE id = " + SECOND],
    "another person": ["UPDATE audit_entry SET patient_id = NULL WHERE id = " + SECOND],
    "another time": ["UPDATE audit_entry SET at = (SELECT at FROM audit_entry WHERE action = 'act 2')"
                     " WHERE id = " + SECOND, "UPDATE audit_entry SET at = '2020-01-01 00:00:00+00:00' WHERE id = "
                     + SECOND],
    "other facts": ["UPDATE audit_entry SET facts = '{\"x\": 1}' WHERE id = " + SECOND],
    "another salt": ["UPDATE audit_entry SET salt = '00' WHERE id = " + SECOND],
    "a removed row": ["DELETE FROM audit_entry WHERE id = " + SECOND],
    "a removed row and place": ["DELETE FROM audit_entry WHERE id = " + SECOND,
                                "DELETE FROM audit_leaf WHERE seq = 1"],
    "two places changed": ["UPDATE audit_leaf SET seq = 99 WHERE seq = 1",
                           "UPDATE audit_leaf SET seq = 1 WHERE seq = 2",
                           "UPDATE audit_leaf SET seq = 2 WHERE seq = 99"],
    "the end cut off": CUT,
    "the end and its checkpoint": [*CUT, "DELETE FROM audit_checkpoint WHERE size > 2"],
    "everything": ["DELETE FROM audit_entry", "DELETE FROM audit_leaf", "DELETE FROM audit_checkpoint"],
    "another root": ["UPDATE audit_checkpoint SET root = '" + "0" * 64 + "' WHERE size = 5"],
    "no signature": ["UPDATE audit_checkpoint SET note = 'trust me' WHERE size = 5"],
}


@pytest.mark.invariant(10)
@pytest.mark.parametrize("statements", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_below_the_program_is_noticed(trail, statements):
    forge(trail, *statements)
    assert not proof(trail).ok


@pytest.mark.invariant(10)
def test_an_entry_slipped_in_beside_the_tree_is_noticed(trail):
    with trail.write(HOUSE) as work:
        entry, _ = entry_rows(Trace("slipped in"), work.now, "house", None, None)
        work.session.add(entry)
    assert any("stand beside" in fault for fault in proof(trail).faults)


@pytest.mark.invariant(10)
def test_who_rebuilds_the_whole_tree_with_the_real_key_is_caught_by_the_witness(trail, worker):
    """The owner holds database and key; the witness outside keeps the older roots."""
    forge(trail, "DELETE FROM audit_checkpoint", "DELETE FROM audit_leaf",
          "UPDATE audit_entry SET action = 'harmless' WHERE action = 'act 0'")
    with trail.write(HOUSE) as work:
        work.session.add_all([AuditPending(entry_id=e.id, leaf_hash=leaf_hash(e)) for e in all_of(work, AuditEntry)])
        work.session.exec(select(AuditTree)).one().state = "0"
    with Session(trail.database.writer) as session, session.begin():
        sequence(session, trail.tools.get(CheckpointSigner), trail.clock.now(), lambda note: None)
    assert any("witness" in fault for fault in proof(trail).faults)
    signer = trail.tools.get(CheckpointSigner)
    with Session(trail.database.reader) as session:
        assert verify_trail(session, signer, []).ok      # without a witness nobody could tell


@pytest.mark.invariant(10)
def test_a_trail_cut_back_behind_the_witness_is_noticed(trail):
    forge(trail, *FORGERIES["everything"], "DELETE FROM audit_tree")
    assert [fault for fault in proof(trail).faults if "saw 5 entries" in fault]


def test_a_forged_note_of_the_witness_is_noticed(trail):
    trail.tools.get(FileWitness).keep(CheckpointSigner(Ed25519PrivateKey.generate()).sign(5, b"\0" * 32))
    assert any("bad signature" in fault for fault in proof(trail).faults)


def test_the_witness_hears_of_a_checkpoint_only_after_its_commit(house):
    act(house, "one")
    told = []
    with pytest.raises(RuntimeError), Session(house.database.writer) as session, session.begin():
        assert sequence(session, house.tools.get(CheckpointSigner), house.clock.now(), told.append) == 1
        raise RuntimeError
    assert told == [] and proof(house).pending == 1
    with Session(house.database.writer) as session, session.begin():
        sequence(session, house.tools.get(CheckpointSigner), house.clock.now(), told.append)
        assert told == []
    assert len(told) == 1


# --- checkpoints -------------------------------------------------------------------------------------------

def test_a_checkpoint_reads_as_it_was_signed():
    signer = CheckpointSigner(Ed25519PrivateKey.generate())
    note = signer.sign(7, b"\x01" * 32)
    assert note.splitlines()[:3] == [signer.name, "7", base64.b64encode(b"\x01" * 32).decode()]
    assert signer.read(note) == (7, b"\x01" * 32)


@pytest.mark.parametrize("spoil", [
    lambda note: note.replace("\n7\n", "\n8\n"), lambda note: note[:-8], lambda note: "", lambda note: "a\nb",
    lambda note: note.replace("AQ", "Ag", 1), lambda note: note.replace("fuzhen", "elsewhere", 1)])
def test_a_spoiled_checkpoint_is_not_believed(spoil):
    signer = CheckpointSigner(Ed25519PrivateKey.generate())
    assert signer.read(spoil(signer.sign(7, b"\x01" * 32))) is None


def test_a_checkpoint_of_another_house_is_not_ours():
    key = Ed25519PrivateKey.generate()
    assert CheckpointSigner(key).read(CheckpointSigner(key, "elsewhere/audit").sign(1, b"\0" * 32)) is None


# --- entries -----------------------------------------------------------------------------------------------

def test_the_tree_holds_no_personal_data_only_a_salted_hash_of_it(house):
    patient = uuid7()
    trace = Trace("read:file", "treats", patient, facts={"what": "timeline"})
    (one, _), (other, _) = (entry_rows(trace, house.clock.now(), "doctor", None, None) for _ in range(2))
    assert commitment(one) != commitment(other) and str(patient) not in commitment(one)


def test_many_readers_at_once_keep_every_trace(house):
    doctor, errors = Actor("doctor", account_id=uuid7()), []

    def read(number):
        try:
            with house.read(doctor) as work:
                work.trace(Trace(f"read:{number}"))
        except Exception as error:
            errors.append(error)
    threads = [threading.Thread(target=read, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.read(NOBODY) as work:
        assert {e.action for e in all_of(work, AuditEntry)} == {f"read:{n}" for n in range(24)} and errors == []


@pytest.mark.invariant(9)
def test_a_read_whose_trace_cannot_be_kept_fails(house, monkeypatch):
    def full(rows):
        raise OSError("disk full")
    monkeypatch.setattr(house.recorder, "_write", full)
    with pytest.raises(OSError, match="disk full"), house.read(HOUSE) as work:
        work.trace(Trace("read:file"))


def test_one_bad_trace_does_not_fail_the_reads_of_others(house):
    """Both wait in one batch; only the one that cannot be written is told so."""
    good = entry_rows(Trace("read:file"), house.clock.now(), "doctor", None, None)
    twin = entry_rows(Trace("read:other"), house.clock.now(), "doctor", None, None)
    clash = entry_rows(Trace("read:clash"), house.clock.now(), "doctor", None, None)
    clash[0].id = clash[1].entry_id = twin[0].id
    house.recorder.record([twin])
    outcomes = record_together(house, [good], [clash])
    assert outcomes[0] is None and isinstance(outcomes[1], IntegrityError)


def record_together(house, *batches):
    """Let all batches gather behind a closed door, then open it."""
    outcomes = [None] * len(batches)

    def record(number):
        try:
            house.recorder.record(batches[number])
        except Exception as error:
            outcomes[number] = error
    threads = [threading.Thread(target=record, args=(n,)) for n in range(len(batches))]
    with house.recorder._flush_lock:
        for thread in threads:
            thread.start()
        while len(house.recorder._waiting) < len(batches):
            pass
    for thread in threads:
        thread.join()
    return outcomes


def test_a_refused_attempt_is_kept_although_nothing_else_is(house):
    house.record_refusal(Actor("doctor", account_id=uuid7()), Trace("read:file", "refused"))
    with house.read(NOBODY) as work:
        [entry] = all_of(work, AuditEntry)
    assert (entry.ground, entry.actor_role) == ("refused", "doctor")


def test_checkpoints_are_rare_and_cover_everything(house, worker):
    act(house, *[f"act {n}" for n in range(9)])
    assert worker.sequence_audit() == 9 and worker.sequence_audit() == 0
    with house.read(NOBODY) as work:
        assert [point.size for point in work.session.exec(select(AuditCheckpoint)).all()] == [9]


# --- against the witness alone --------------------------------------------------------------------------------


def rebuilt(house):
    """Whoever has the database, but no key, changes an entry and rebuilds leaves and tree; checkpoints go."""
    forge(house, "DELETE FROM audit_checkpoint", "UPDATE audit_entry SET action = 'harmless' WHERE action = 'act 0'")
    with house.write(HOUSE) as work:
        entries, span = {entry.id: entry for entry in all_of(work, AuditEntry)}, CompactRange()
        for place in work.session.exec(select(AuditLeaf).order_by(col(AuditLeaf.seq))).all():
            place.leaf_hash = leaf_hash(entries[place.entry_id])
            span.append(bytes.fromhex(place.leaf_hash))
        work.session.exec(select(AuditTree)).one().state = span.to_text()


@pytest.mark.invariant(10)
def test_the_witness_speaks_where_the_stored_checkpoints_were_removed(trail):
    rebuilt(trail)
    faults = proof(trail).faults
    assert sum("another root" in one for one in faults) == 2 and sum("removed" in one for one in faults) >= 2


@pytest.mark.invariant(10)
def test_the_next_checkpoint_of_the_house_does_not_make_a_forgery_true(trail, worker):
    rebuilt(trail)
    act(trail, "life goes on")
    worker.sequence_audit()
    assert any("another root" in one for one in proof(trail).faults)


@pytest.mark.invariant(10)
def test_a_removed_checkpoint_is_missed_though_the_rows_are_right(trail):
    forge(trail, "DELETE FROM audit_checkpoint WHERE size = 2")
    assert proof(trail).faults == ["witness: kept checkpoint 2, which was removed"]
