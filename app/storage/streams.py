"""Files that grow while they are written and are secret from their first byte: chunks of AES-256-GCM, in order.

Layout: magic, 2 bytes of length and a label in plain (ids only), 40 bytes of wrapped file key (RFC 3394), 7 bytes of
nonce, then chunks: 4 bytes of length (its highest bit marks the last chunk) and the sealed chunk. What is sealed is a
mark of three numbers and the bytes. A chunk's nonce is prefix + counter + last flag, its associated data names file and
label; a chunk that was changed, swapped, left out or cut off is refused. While it grows the file ends in ".rec".

Everything before the closing chunk is durable before that chunk is written: what is damaged in front of one is damage,
and no trace of a machine that stopped.
"""
import errno
import fcntl
import hashlib
import io
import logging
import os
import struct
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.kit.ids import uuid7
from app.storage.objects import GROWING, sync_folder
from app.storage.vault import Unreadable

log = logging.getLogger("fuzhen.storage")
MAGIC = b"FZS1"
LAST = 1 << 31
MARKS = struct.Struct(">III")
LEAST = MARKS.size + 16     # bytes of a sealed chunk without data, as the closing one is
SYNC_SECONDS = 1.0          # what is older than this survives a machine that loses its power
Marks = tuple[int, int, int]
PURPOSE = "streams.kek"


@dataclass(frozen=True)
class KeptStream:
    """A file that is whole: SHA-256 and size of its plain bytes, and the marks of its last chunk.

    `recovered` says that its writer did not close it: it was cut after its last whole chunk and closed there just now.
    """

    key: str
    label: str
    sha256: str
    size: int
    marks: Marks
    recovered: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class _Chunk:
    """Where a chunk stands in the file and in the plain bytes."""

    number: int
    at: int
    length: int
    last: bool
    begins: int


class _Sealed:
    """Seals and opens the chunks of one file."""

    def __init__(self, file_key: bytes, prefix: bytes, place: bytes) -> None:
        self._cipher, self._prefix, self._place = AESGCM(file_key), prefix, place

    def _nonce(self, number: int, last: bool) -> bytes:
        return self._prefix + struct.pack(">I", number) + bytes([last])

    def seal(self, number: int, last: bool, marks: Marks, data: bytes) -> bytes:
        """One chunk as it stands in the file."""
        raw = self._cipher.encrypt(self._nonce(number, last), MARKS.pack(*marks) + data, self._place)
        return struct.pack(">I", len(raw) | (LAST if last else 0)) + raw

    def open(self, number: int, last: bool, raw: bytes) -> tuple[Marks, bytes]:
        """Marks and bytes of a chunk. Raises Unreadable."""
        try:
            plain = self._cipher.decrypt(self._nonce(number, last), raw, self._place)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("stream") from error
        return MARKS.unpack(plain[:MARKS.size]), plain[MARKS.size:]


class StreamWriter:
    """A growing file; what `append` has returned from survives the death of the process.

    A chunk that cannot be written whole is taken back and raises OSError; from then on the file can only be closed.
    """

    def __init__(self, file: BinaryIO, key: str, label: str, sealed: _Sealed, clock: Callable[[], float]) -> None:
        self.key, self.label = key, label
        self._file, self._sealed, self._clock = file, sealed, clock
        self._digest = hashlib.sha256()
        self._number, self._size, self._marks = 0, 0, (0, 0, 0)
        self._end, self._synced, self._broken = file.tell(), clock(), False

    def append(self, data: bytes, marks: Marks) -> None:
        """Seal `data` and add it; `marks` are three counts that grow with the file. Raises OSError."""
        if self._broken:
            raise OSError(errno.EIO, "an earlier chunk could not be written")
        self._write(data, marks, last=False)
        self._digest.update(data)
        self._number, self._size, self._marks = self._number + 1, self._size + len(data), marks

    def close(self) -> KeptStream:
        """Write the chunk that says "this was all" and make everything durable; OSError: it may be tried again."""
        if self._broken:
            self._take_back()
        os.fdatasync(self._file.fileno())
        self._write(b"", self._marks, last=True)
        self._file.close()
        return KeptStream(self.key, self.label, self._digest.hexdigest(), self._size, self._marks)

    def _write(self, data: bytes, marks: Marks, last: bool) -> None:
        try:
            _write_all(self._file, self._sealed.seal(self._number, last, marks, data))
            self._sync(last)
        except OSError:
            self._broken = True
            with suppress(OSError):    # then `close` tries again
                self._take_back()
            raise
        self._end = self._file.tell()

    def _sync(self, last: bool) -> None:
        now = self._clock()
        if last or now - self._synced >= SYNC_SECONDS:
            os.fdatasync(self._file.fileno())
            self._synced = now

    def _take_back(self) -> None:
        """Cut off what stands after the last whole chunk."""
        self._file.truncate(self._end)
        self._file.seek(self._end)


def _write_all(file: BinaryIO, raw: bytes) -> None:
    """Every byte of `raw`: a file without a buffer may take only some of them at a time. Raises OSError."""
    rest = memoryview(raw)
    while rest:
        count = file.write(rest)
        if not count:
            raise OSError(errno.EIO, "nothing more was written")
        rest = rest[count:]


class StreamReader:
    """A file read anywhere in it; every byte that comes out was proven first. Raises Unreadable."""

    def __init__(self, file: BinaryIO, key: str, kek: bytes) -> None:
        self._file, self.key = file, key
        self.label, self._sealed, self._begin = _open_head(file, key, kek)
        self._chunks = list(_walk(file, self._begin))
        if self.whole and self._chunks[-1].at + self._chunks[-1].length < file.seek(0, io.SEEK_END):
            raise Unreadable("stream")

    @property
    def whole(self) -> bool:
        """The last chunk says that it is the last."""
        return bool(self._chunks) and self._chunks[-1].last

    @property
    def size(self) -> int:
        """Plain bytes."""
        return self._chunks[-1].begins + self._plain(self._chunks[-1]) if self._chunks else 0

    @staticmethod
    def _plain(chunk: _Chunk) -> int:
        return chunk.length - LEAST

    def _read(self, chunk: _Chunk) -> tuple[Marks, bytes]:
        self._file.seek(chunk.at)
        return self._sealed.open(chunk.number, chunk.last, self._file.read(chunk.length))

    def chunks(self) -> Iterator[tuple[Marks, bytes]]:
        """Marks and bytes of every chunk, in order."""
        for chunk in self._chunks:
            yield self._read(chunk)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The plain bytes from `start` up to and without `stop`."""
        first = max(0, bisect_right([one.begins for one in self._chunks], start) - 1)
        for chunk in self._chunks[first:]:
            if chunk.begins >= stop:
                return
            data = self._read(chunk)[1]
            yield data[max(0, start - chunk.begins):stop - chunk.begins]

    def kept(self) -> KeptStream:
        """Prove the whole file. Raises Unreadable, also when its end is missing."""
        digest, last, size = hashlib.sha256(), (0, 0, 0), 0
        for marks, data in self.chunks():
            last = marks
            digest.update(data)
            size += len(data)
        if not self.whole:
            raise Unreadable("stream")
        return KeptStream(self.key, self.label, digest.hexdigest(), size, last)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _open_head(file: BinaryIO, key: str, kek: bytes) -> tuple[str, _Sealed, int]:
    head = file.read(len(MAGIC) + 2)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + 2:
        raise Unreadable("stream")
    label, wrapped, prefix = file.read(int.from_bytes(head[-2:], "big")), file.read(40), file.read(7)
    try:
        file_key = aes_key_unwrap(kek, wrapped)
        return label.decode(), _Sealed(file_key, prefix, label + b"/" + key.encode()), file.tell()
    except (InvalidUnwrap, ValueError) as error:
        raise Unreadable("stream") from error


def _walk(file: BinaryIO, begin: int) -> Iterator[_Chunk]:
    """Every chunk whose bytes are all there, up to the one that is called the last."""
    end, at, number, begins = file.seek(0, io.SEEK_END), begin, 0, 0
    while at + 4 <= end:
        file.seek(at)
        told = int.from_bytes(file.read(4), "big")
        length, last = told & ~LAST, bool(told & LAST)
        if length < LEAST or at + 4 + length > end:
            return
        yield _Chunk(number, at + 4, length, last, begins)
        if last:
            return
        at, number, begins = at + 4 + length, number + 1, begins + length - LEAST


class _LeftOver:
    """A growing file whose writer is gone: was it closed, and if not, what of it is whole?"""

    def __init__(self, file: BinaryIO, key: str, kek: bytes) -> None:
        self._file = file
        _, self._sealed, self._end = _open_head(file, key, kek)
        self._count, self._marks = 0, (0, 0, 0)
        self._chunks = list(_walk(file, self._end))
        self._size = file.seek(0, io.SEEK_END)

    def was_closed(self) -> bool:
        """A closing chunk stands somewhere, or the end of the file looks like one: then nothing may be cut off."""
        walked = self._chunks[-1].at + self._chunks[-1].length if self._chunks else self._end
        self._file.seek(max(0, self._size - LEAST - 4))
        tail = self._file.read()
        if tail[:4] == struct.pack(">I", LEAST | LAST):
            return True
        if self._size - walked == LEAST + 4 and self._opens(len(self._chunks), tail[4:]):
            return True
        return bool(self._chunks) and self._opens(self._chunks[-1].number, self._bytes(self._chunks[-1]))

    def _opens(self, number: int, raw: bytes) -> bool:
        """These are the bytes of a closing chunk, whatever the length before them says."""
        try:
            self._sealed.open(number, True, raw)
        except Unreadable:
            return False
        return True

    def _bytes(self, chunk: _Chunk) -> bytes:
        self._file.seek(chunk.at)
        return self._file.read(chunk.length)

    def end(self) -> int:
        """Cut it at the first chunk that cannot be proven and close it there; returns how many bytes are gone.

        Raises Unreadable, and changes nothing, when already the first of several chunks is damaged.
        """
        with suppress(Unreadable):
            for chunk in self._chunks:
                self._marks = self._sealed.open(chunk.number, chunk.last, self._bytes(chunk))[0]
                self._count, self._end = chunk.number + 1, chunk.at + chunk.length
        if self._count == 0 and len(self._chunks) > 1:
            raise Unreadable("stream")
        self._file.truncate(self._end)
        os.fdatasync(self._file.fileno())
        self._file.seek(self._end)
        _write_all(self._file, self._sealed.seal(self._count, True, self._marks, b""))
        os.fsync(self._file.fileno())
        return self._size - self._end


class Streams:
    """Growing and whole files in the folder of the encrypted objects, under keys of the same kind."""

    def __init__(self, folder: Path, kek: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self.kek, self._clock = folder, kek, clock

    def create(self, label: str) -> StreamWriter:
        """Begin a file; `label` names what it belongs to, by ids only. It is locked while this process lives."""
        key, file_key, prefix = uuid7().hex, os.urandom(32), os.urandom(7)
        path = self._path(key).with_suffix(GROWING)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        told = label.encode()
        try:
            _write_all(file, MAGIC + len(told).to_bytes(2, "big") + told + aes_key_wrap(self.kek, file_key) + prefix)
            os.fsync(file.fileno())
            sync_folder(path.parent)
            sync_folder(self.folder)
        except OSError:
            path.unlink()
            file.close()
            raise
        sealed = _Sealed(file_key, prefix, told + b"/" + key.encode())
        return StreamWriter(file, key, label, sealed, self._clock)

    def open(self, key: str) -> StreamReader:
        """Read a file. Raises FileNotFoundError, Unreadable."""
        path = self._path(key)
        found = path if path.exists() else path.with_suffix(GROWING)
        file = found.open("rb")
        try:
            return StreamReader(file, key, self.kek)
        except Unreadable:
            file.close()
            raise

    def settle(self, key: str) -> None:
        """The row of this file stands: give it its final name. A second time changes nothing.

        Raises FileNotFoundError when there is neither a growing nor a settled file.
        """
        path = self._path(key)
        try:
            path.with_suffix(GROWING).rename(path)
        except FileNotFoundError:
            if not path.exists():
                raise
        sync_folder(path.parent)

    def discard(self, key: str) -> None:
        """Remove a file that never got anything worth keeping."""
        self._path(key).with_suffix(GROWING).unlink(missing_ok=True)

    def left_over(self) -> Iterator[str]:
        """Keys of growing files that no living process holds."""
        for path in sorted(self.folder.glob(f"??/*{GROWING}")):
            try:
                with path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except (BlockingIOError, FileNotFoundError):    # held, or settled by somebody else just now
                continue
            yield path.stem

    def age(self, key: str) -> float:
        """For how many seconds nothing was written to a growing file; 0 for one that has its name by now."""
        try:
            return time.time() - self._path(key).with_suffix(GROWING).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def recover(self, key: str) -> KeptStream | None:
        """Close a left-over file after its last whole chunk; None when somebody holds it or has settled it already.

        Raises Unreadable for a file that had been closed and is damaged; that one is left as it is.
        """
        try:
            with self._path(key).with_suffix(GROWING).open("r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left = _LeftOver(file, key, self.kek)
                cut = None if left.was_closed() else left.end()
                file.seek(0)
                kept = StreamReader(file, key, self.kek).kept()
        except (BlockingIOError, FileNotFoundError):
            return None
        if cut is None:
            return kept
        log.warning("a file that was not closed is recovered: %s, %d bytes kept, %d cut off", key, kept.size, cut)
        return replace(kept, recovered=True)

    def _path(self, key: str) -> Path:
        if not key.isalnum():
            raise FileNotFoundError(key)
        return self.folder / key[-2:] / key
