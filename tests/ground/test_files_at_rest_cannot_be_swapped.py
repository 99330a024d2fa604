"""Encrypted objects and sealed columns: what was changed, moved, cut or given to another is refused."""
import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.storage import DiskObjects, KeyRing, Vault
from app.storage.objects import HEAD, MAGIC, SEGMENT
from app.storage.vault import Unreadable

WANG, ZHOU = "wang", "zhou"
SECRET = "王建国 110105194912310021"


@pytest.fixture
def keys():
    return KeyRing(os.urandom(32))


@pytest.fixture
def store(tmp_path, keys):
    return DiskObjects(tmp_path / "objects", keys)


def file_of(tmp_path, stored):
    return next((tmp_path / "objects").rglob(stored.key))


@pytest.mark.parametrize("size", [0, 1, 15, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT])
def test_what_was_put_is_got(store, size):
    data = os.urandom(size)
    stored = store.put(data, WANG)
    assert store.get(stored.key, WANG) == data and stored.size == size


def test_nothing_readable_lies_on_the_disk(store, tmp_path):
    stored = store.put(SECRET.encode(), WANG)
    names = [path.name for path in (tmp_path / "objects").rglob("*")]
    assert SECRET.encode() not in file_of(tmp_path, stored).read_bytes()
    assert not any(WANG in name or name.endswith(".part") for name in names)


def test_the_same_file_twice_looks_different(store, tmp_path):
    one, other = (file_of(tmp_path, store.put(b"same", WANG)).read_bytes() for _ in range(2))
    assert one[len(MAGIC):] != other[len(MAGIC):]


def test_another_patients_file_is_not_handed_out(store):
    stored = store.put(b"x-ray", WANG)
    with pytest.raises(Unreadable):
        store.get(stored.key, ZHOU)


def test_two_files_of_one_patient_cannot_change_places(store, tmp_path):
    one, other = store.put(b"healthy", WANG), store.put(b"ill", WANG)
    file_of(tmp_path, one).write_bytes(file_of(tmp_path, other).read_bytes())
    with pytest.raises(Unreadable):
        store.get(one.key, WANG)


@pytest.mark.parametrize("place", [0, 3, len(MAGIC), HEAD - 8, HEAD - 7, HEAD - 1, HEAD, HEAD + 9, -1])
def test_a_flipped_bit_is_noticed_wherever_it_is(store, tmp_path, place):
    stored = store.put(b"0123456789", WANG)
    raw = bytearray(file_of(tmp_path, stored).read_bytes())
    raw[place] ^= 1
    file_of(tmp_path, stored).write_bytes(bytes(raw))
    with pytest.raises(Unreadable):
        store.get(stored.key, WANG)


@pytest.mark.parametrize("keep", [0, 1, len(MAGIC), HEAD - 1, HEAD, HEAD + 5, HEAD + SEGMENT + 16, -1])
def test_a_file_that_was_cut_is_refused_at_every_length(store, tmp_path, keep):
    stored = store.put(b"a" * (SEGMENT + 100), WANG)
    path = file_of(tmp_path, stored)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Unreadable):
        store.get(stored.key, WANG)


def test_segments_cannot_change_their_order_or_be_repeated(store, tmp_path):
    stored = store.put(os.urandom(2 * SEGMENT), WANG)
    path, step = file_of(tmp_path, stored), SEGMENT + 16
    raw = path.read_bytes()
    first, second = raw[HEAD:HEAD + step], raw[HEAD + step:]
    for body in (second + first, first + first + second, first + second + second):
        path.write_bytes(raw[:HEAD] + body)
        with pytest.raises(Unreadable):
            store.get(stored.key, WANG)


def test_another_master_key_opens_nothing(store, tmp_path):
    stored = store.put(b"x-ray", WANG)
    with pytest.raises(Unreadable):
        DiskObjects(tmp_path / "objects", KeyRing(os.urandom(32))).get(stored.key, WANG)


def test_a_deleted_file_is_gone_and_deleting_again_is_fine(store):
    stored = store.put(b"x", WANG)
    store.delete(stored.key)
    store.delete(stored.key)
    with pytest.raises(FileNotFoundError):
        store.get(stored.key, WANG)


@pytest.mark.invariant(14)
@pytest.mark.parametrize("key", ["../keys/master.key", "..", "", "a/b", "a\0b", "/etc/passwd", "C:\\x"])
def test_a_key_is_never_a_path(store, key):
    for act in (lambda: store.get(key, WANG), lambda: store.delete(key)):
        with pytest.raises(FileNotFoundError):
            act()


# --- sealed columns ----------------------------------------------------------------------------------------

def test_a_sealed_value_opens_only_at_its_own_place(keys):
    vault = Vault(keys)
    sealed = vault.seal(SECRET, "patient.id_number")
    assert vault.open(sealed, "patient.id_number") == SECRET and SECRET not in sealed
    with pytest.raises(Unreadable):
        vault.open(sealed, "account.phone")


@pytest.mark.parametrize("spoil", [lambda s: s[:-4], lambda s: s[4:], lambda s: "", lambda s: "not base64 at all",
                                   lambda s: "AAAA", lambda s: s.swapcase(), lambda s: s + "AAAA"])
def test_a_spoiled_value_is_unreadable_and_nothing_else(keys, spoil):
    vault = Vault(keys)
    with pytest.raises(Unreadable):
        vault.open(spoil(vault.seal(SECRET, "place")), "place")


def test_equal_values_are_found_by_a_fingerprint_that_only_this_house_can_make(keys):
    vault, other = Vault(keys), Vault(KeyRing(os.urandom(32)))
    index = vault.blind_index("13800000001", "account.phone")
    assert index == vault.blind_index("13800000001", "account.phone") and len(index) == 64
    assert index != vault.blind_index("13800000001", "patient.id_number")
    assert index != other.blind_index("13800000001", "account.phone")


def test_the_same_text_sealed_twice_looks_different(keys):
    assert Vault(keys).seal(SECRET, "p") != Vault(keys).seal(SECRET, "p")


# --- keys --------------------------------------------------------------------------------------------------

def test_every_purpose_has_its_own_key(keys):
    made = {keys.derive(purpose) for purpose in ("vault.seal", "vault.index", "objects.kek", "web.csrf")}
    assert len(made) == 4 and all(len(key) == 32 for key in made)
    assert isinstance(keys.signing_key("audit.checkpoint"), Ed25519PrivateKey)


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "master.key"
    first, again = KeyRing.from_file(path), KeyRing.from_file(path)
    assert first.derive("x") == again.derive("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["short", "", "A" * 42, "!" * 44, "A" * 60])
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(ValueError):
        KeyRing.from_text(text)


@pytest.mark.parametrize("text", ["_-" + "A" * 41 + "=", "/+" + "A" * 41 + "=", "/+" + "A" * 41])
def test_plain_and_url_safe_base64_are_read(text):
    assert KeyRing.from_text(text).derive("x") == KeyRing.from_text(
        text.replace("_", "/").replace("-", "+")).derive("x")


def test_an_erased_file_is_gone_under_both_its_names(store, tmp_path):
    settled, growing = store.put(b"picture", WANG), store.put(b"call", WANG)
    file = file_of(tmp_path, growing)
    file.rename(file.with_suffix(".rec"))
    for stored in (settled, growing, growing):
        store.delete(stored.key)
    assert not [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
