"""Files that grow: nothing in plain, readable up to the last chunk after a crash, and no change stays unseen."""
import os
import subprocess
import sys

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
