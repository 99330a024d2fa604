"""Files that grow: nothing in plain, readable up to the last chunk after a crash, and no change stays unseen."""
import fcntl
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.storage.streams import GROWING, LAST, Streams
from app.storage.vault import Unreadable

LABEL = "patient/leg/1"
PARTS = [b"first words of a talk", b"", os.urandom(70_000), b"the end"]
KEK = b"k" * 32


@pytest.fixture
def streams(tmp_path):
    return Streams(tmp_path / "objects", KEK)


def written(streams, parts=PARTS, close=True):
    writer = streams.create(LABEL)
    for number, part in enumerate(parts):
        writer.append(part, (number, 2 * number, 1000 * number))
    return writer.close() if close else writer


def file_of(tmp_path, key):
    return next((tmp_path / "objects").rglob(f"{key}*"))


def whole(streams, key):
    reader = streams.open(key)
    return b"".join(reader.read(0, reader.size))


def test_what_was_written_is_read(streams):
    kept = written(streams)
    reader = streams.open(kept.key)
    assert whole(streams, kept.key) == b"".join(PARTS) and reader.kept() == kept
    assert (kept.size, kept.marks, kept.label) == (len(b"".join(PARTS)), (3, 6, 3000), LABEL)


@pytest.mark.parametrize("start, stop", [(0, 1), (5, 30), (20, 21), (21, 22), (21, 70_021), (70_000, 10**9)])
def test_any_range_is_read(streams, start, stop):
    kept = written(streams)
    assert b"".join(streams.open(kept.key).read(start, stop)) == b"".join(PARTS)[start:stop]


def test_nothing_lies_on_the_disk_in_plain_while_it_grows(streams, tmp_path):
    writer = written(streams, close=False)
    raw = file_of(tmp_path, writer.key).read_bytes()
    assert PARTS[0] not in raw and PARTS[2][:64] not in raw and len(raw) > len(PARTS[2])


def test_a_file_keeps_its_growing_name_until_its_row_stands(streams, tmp_path):
    kept = written(streams)
    assert file_of(tmp_path, kept.key).suffix == GROWING
    streams.settle(kept.key)
    streams.settle(kept.key)
    assert file_of(tmp_path, kept.key).name == kept.key and streams.open(kept.key).kept() == kept


def test_a_killed_writer_leaves_every_chunk_that_it_had_written(streams, tmp_path):
    program = (
        "import os, signal; from pathlib import Path; from app.storage.streams import Streams\n"
        f"writer = Streams(Path({str(tmp_path / 'objects')!r}), {KEK!r}).create({LABEL!r})\n"
        "for number in range(5): writer.append(b'part %d;' % number, (number, 0, 0))\n"
        "os.kill(os.getpid(), signal.SIGKILL)")
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    [key] = streams.left_over()
    kept = streams.recover(key)
    assert whole(streams, key) == b"".join(b"part %d;" % number for number in range(5))
    assert kept.marks == (4, 0, 0) and streams.open(key).kept() == kept == streams.recover(key)


@pytest.mark.parametrize("lost", [1, 10, 30])
def test_half_a_chunk_at_the_end_is_cut_off(streams, tmp_path, lost):
    writer = written(streams, [b"one", b"two"], close=False)
    path = file_of(tmp_path, writer.key)
    writer._file.close()
    os.truncate(path, path.stat().st_size - lost)
    assert streams.recover(writer.key).size == 3 and whole(streams, writer.key) == b"one"


def test_a_file_that_still_grows_is_no_left_over(streams):
    growing, writer = (written(streams, close=False) for _ in range(2))
    writer._file.close()
    assert list(streams.left_over()) == [writer.key] != [growing.key]


def test_an_end_that_is_missing_is_noticed(streams, tmp_path):
    kept = written(streams)
    path = file_of(tmp_path, kept.key)
    os.truncate(path, path.stat().st_size - 32)
    with pytest.raises(Unreadable):
        streams.open(kept.key).kept()


def test_a_chunk_that_is_called_the_last_is_noticed(streams, tmp_path):
    """Cut off, and the flag of the chunk before set: its nonce says otherwise."""
    kept = written(streams, [b"one", b"two"])
    path = file_of(tmp_path, kept.key)
    raw = bytearray(path.read_bytes())
    ends = len(raw) - (4 + 28)
    begin = ends - (4 + 28 + 3)
    raw[begin:begin + 4] = (int.from_bytes(raw[begin:begin + 4], "big") | LAST).to_bytes(4, "big")
    path.write_bytes(raw[:ends])
    with pytest.raises(Unreadable):
        streams.open(kept.key).kept()


@pytest.mark.parametrize("at", [0, 4, 8, 30, 60, 80, 500, -1])
def test_any_changed_byte_is_noticed(streams, tmp_path, at):
    kept = written(streams)
    path = file_of(tmp_path, kept.key)
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Unreadable):
        streams.open(kept.key).kept()


def test_two_files_cannot_change_places_and_another_key_opens_nothing(streams, tmp_path):
    one, other = written(streams), written(streams)
    file_of(tmp_path, one.key).write_bytes(file_of(tmp_path, other.key).read_bytes())
    with pytest.raises(Unreadable):
        streams.open(one.key).kept()
    with pytest.raises(Unreadable):
        Streams(tmp_path / "objects", b"x" * 32).open(other.key)


# --- a disk that is full -----------------------------------------------------------------------------------------


@contextmanager
def room_for(size):
    """No file of this process may grow beyond `size` bytes: the system writes what fits, then refuses."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Slow:
    """A file that takes seven bytes at a time."""

    def __init__(self, file):
        self._file = file

    def write(self, data):
        return self._file.write(data[:7])

    def __getattr__(self, name):
        return getattr(self._file, name)


def test_a_file_that_takes_a_few_bytes_at_a_time_is_written_whole(streams):
    writer = streams.create(LABEL)
    writer._file = Slow(writer._file)
    writer.append(b"x" * 100, (1, 2, 3))
    assert writer.close() == streams.open(writer.key).kept() and whole(streams, writer.key) == b"x" * 100


def test_a_chunk_that_does_not_fit_is_taken_back_and_the_file_can_only_be_closed(streams, tmp_path):
    writer = written(streams, [b"one", b"two"], close=False)
    path = file_of(tmp_path, writer.key)
    before = path.read_bytes()
    with room_for(len(before) + 300), pytest.raises(OSError):
        writer.append(b"z" * 1000, (9, 9, 9))
    assert path.read_bytes() == before
    with pytest.raises(OSError):
        writer.append(b"there is room again", (9, 9, 9))
    kept = writer.close()
    assert kept == streams.open(writer.key).kept() and whole(streams, writer.key) == b"onetwo"
    assert kept.marks == (1, 2, 1000)


def test_an_end_that_does_not_fit_is_written_when_there_is_room(streams, tmp_path):
    writer = written(streams, [b"one"], close=False)
    before = file_of(tmp_path, writer.key).read_bytes()
    with room_for(len(before) + 10), pytest.raises(OSError):
        writer.close()
    assert file_of(tmp_path, writer.key).read_bytes() == before
    assert writer.close() == streams.open(writer.key).kept()


def test_what_could_not_be_taken_back_is_taken_back_when_the_file_is_closed(streams, tmp_path, monkeypatch):
    writer = written(streams, [b"one"], close=False)
    size = file_of(tmp_path, writer.key).stat().st_size

    def refused(self):
        raise OSError("no truncation now")

    with monkeypatch.context() as patched, room_for(size + 50):
        patched.setattr(type(writer), "_take_back", refused)
        with pytest.raises(OSError, match="large"):
            writer.append(b"z" * 1000, (9, 9, 9))
    assert file_of(tmp_path, writer.key).stat().st_size == size + 50
    assert writer.close() == streams.open(writer.key).kept() and whole(streams, writer.key) == b"one"


def test_a_file_that_cannot_even_begin_leaves_nothing(streams, tmp_path):
    with room_for(20), pytest.raises(OSError):
        streams.create(LABEL)
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []


# --- a machine that stopped --------------------------------------------------------------------------------------


def left_behind(streams, tmp_path, parts=(b"one", b"two", b"three")):
    """A file whose writer is gone, and its bytes."""
    writer = written(streams, parts, close=False)
    writer._file.close()
    path = file_of(tmp_path, writer.key)
    return writer.key, path, bytearray(path.read_bytes())


@pytest.mark.parametrize("damage", [slice(-5, None), slice(-37, None)])    # "three" is sealed in 4 + 12 + 5 + 16 bytes
def test_a_damaged_last_chunk_costs_only_itself(streams, tmp_path, damage, caplog):
    key, path, raw = left_behind(streams, tmp_path)
    raw[damage] = bytes(len(raw[damage]))
    path.write_bytes(raw)
    kept = streams.recover(key)
    assert kept.recovered and whole(streams, key) == b"onetwo" and kept.marks == (1, 2, 1000)
    assert key in caplog.text and "37 cut off" in caplog.text
    again = streams.recover(key)
    assert again == kept == streams.open(key).kept() and not again.recovered


def test_a_damaged_chunk_that_seems_the_last_is_cut_off_with_what_follows(streams, tmp_path):
    key, path, raw = left_behind(streams, tmp_path)
    begin = len(raw) - 37 - 35
    raw[begin] |= 0x80
    path.write_bytes(raw)
    assert streams.recover(key).recovered and whole(streams, key) == b"one"


def test_a_file_whose_first_chunk_is_damaged_is_left_as_it_is(streams, tmp_path):
    key, path, raw = left_behind(streams, tmp_path)
    raw[-37 - 35 - 1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Unreadable):
        streams.recover(key)
    assert path.read_bytes() == raw


@pytest.mark.parametrize("where", range(1, 32 + 37 + 1))
def test_damage_in_a_file_that_was_closed_is_told_and_not_cut_away(streams, tmp_path, where):
    """Any byte of the last chunk with data and of the closing one, their lengths as well."""
    kept = written(streams, [b"one", b"two", b"three"])
    path = file_of(tmp_path, kept.key)
    raw = bytearray(path.read_bytes())
    raw[-where] ^= 0x80
    path.write_bytes(raw)
    with pytest.raises(Unreadable):
        streams.recover(kept.key)
    assert path.read_bytes() == raw


def test_bytes_behind_a_closed_file_are_told(streams, tmp_path):
    kept = written(streams)
    path = file_of(tmp_path, kept.key)
    path.write_bytes(path.read_bytes() + bytes(50))
    for read in (streams.recover, streams.open):
        with pytest.raises(Unreadable):
            read(kept.key)


def test_a_closed_file_that_is_left_over_is_not_called_recovered(streams):
    kept = written(streams)
    assert streams.recover(kept.key) == kept and not streams.recover(kept.key).recovered


@pytest.fixture
def synced(monkeypatch):
    """What was made durable, in order: sizes of files, names of folders."""
    seen = []

    def note(handle):
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        seen.append(path.name if path.is_dir() else path.stat().st_size)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(os, "fdatasync", note)
    return seen


def test_what_is_older_than_a_second_is_durable(tmp_path, synced):
    now = [100.0]
    streams = Streams(tmp_path / "objects", KEK, clock=lambda: now[0])
    writer = streams.create(LABEL)
    head = writer._file.tell()
    assert synced == [head, writer.key[-2:], "objects"]
    synced.clear()
    for moment in (100.0, 100.9, 101.0, 101.5, 102.1):
        now[0] = moment
        writer.append(b"abc", (0, 0, 0))
    assert synced == [head + 3 * 35, head + 5 * 35]
    writer.append(b"abc", (0, 0, 0))
    synced.clear()
    writer.close()
    assert synced == [head + 6 * 35, head + 6 * 35 + 32]    # the data before the word that it is all
    synced.clear()
    streams.settle(writer.key)
    assert synced == [writer.key[-2:]]


def test_a_chunk_that_could_not_be_made_durable_is_taken_back(tmp_path, monkeypatch):
    now = [0.0]
    streams = Streams(tmp_path / "objects", KEK, clock=lambda: now[0])
    writer = written(streams, [b"one"], close=False)
    now[0] = 5.0

    def refused(handle):
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="gone"):
        patched.setattr(os, "fdatasync", refused)
        writer.append(b"two", (9, 9, 9))
    assert writer.close() == streams.open(writer.key).kept() and whole(streams, writer.key) == b"one"


# --- several processes -------------------------------------------------------------------------------------------


def test_a_file_that_somebody_holds_is_not_recovered_and_not_waited_for(streams, tmp_path):
    key, path, raw = left_behind(streams, tmp_path)
    program = ("import signal; from pathlib import Path; from app.storage.streams import Streams; signal.alarm(60)\n"
               f"print(Streams(Path({str(tmp_path / 'objects')!r}), {KEK!r}).recover({key!r}))")
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (said.returncode, said.stdout, path.read_bytes()) == (0, "None\n", raw)
    assert streams.recover(key).recovered


def test_another_process_may_settle_a_file_first(streams, tmp_path, monkeypatch):
    kept = written(streams)
    path = file_of(tmp_path, kept.key)
    rename = Path.rename

    def late(self, target):
        if path.exists():
            rename(path, target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    streams.settle(kept.key)
    assert not path.exists() and streams.open(kept.key).kept() == kept
    assert streams.recover(kept.key) is None and list(streams.left_over()) == []


def test_a_file_that_is_nowhere_cannot_be_settled(streams):
    writer = written(streams, close=False)
    streams.discard(writer.key)
    with pytest.raises(FileNotFoundError):
        streams.settle(writer.key)
