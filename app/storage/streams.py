"""Files that grow while they are written and are secret from their first byte: chunks of AES-256-GCM, in order.

Layout: magic, 2 bytes of length and a label in plain (ids only), 40 bytes of wrapped file key (RFC 3394), 7 bytes of
nonce, then chunks: 4 bytes of length (its highest bit marks the last chunk) and the sealed chunk. What is sealed is a
mark of three numbers and the bytes. A chunk's nonce is prefix + counter + last flag, its associated data names file and
label; a chunk that was changed, swapped, left out or cut off is refused. While it grows the file ends in ".rec".
"""
import fcntl
import hashlib
import io
import os
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.kit.ids import uuid7
from app.storage.vault import Unreadable

MAGIC = b"FZS1"
LAST = 1 << 31
MARKS = struct.Struct(">III")
GROWING = ".rec"
Marks = tuple[int, int, int]
PURPOSE = "streams.kek"


@dataclass(frozen=True)
class KeptStream:
    """A file that is whole: SHA-256 and size of its plain bytes, and the marks of its last chunk."""

    key: str
    label: str
    sha256: str
    size: int
    marks: Marks


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
    """A growing file; what `append` has returned from survives the death of the process."""

    def __init__(self, file: BinaryIO, key: str, label: str, sealed: _Sealed) -> None:
        self.key, self.label = key, label
        self._file, self._sealed = file, sealed
        self._digest = hashlib.sha256()
        self._number, self._size, self._marks = 0, 0, (0, 0, 0)

    def append(self, data: bytes, marks: Marks) -> None:
        """Seal `data` and add it; `marks` are three counts that grow with the file."""
        self._write(data, marks, last=False)

    def close(self) -> KeptStream:
        """Write the chunk that says "this was all", and make everything durable."""
        self._write(b"", self._marks, last=True)
        os.fsync(self._file.fileno())
        self._file.close()
        return KeptStream(self.key, self.label, self._digest.hexdigest(), self._size, self._marks)

    def _write(self, data: bytes, marks: Marks, last: bool) -> None:
        self._file.write(self._sealed.seal(self._number, last, marks, data))
        self._number, self._size, self._marks = self._number + 1, self._size + len(data), marks
        self._digest.update(data)


class StreamReader:
    """A file read anywhere in it; every byte that comes out was proven first. Raises Unreadable."""

    def __init__(self, file: BinaryIO, key: str, kek: bytes) -> None:
        self._file, self.key = file, key
        self.label, self._sealed, self._begin = _open_head(file, key, kek)
        self._chunks = list(_walk(file, self._begin))

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
        return chunk.length - 16 - MARKS.size

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

    def end(self, file: BinaryIO) -> None:
        """Cut `file`, which is this one, after its last whole chunk, and say there that this was all."""
        marks, at = (0, 0, 0), self._begin
        for chunk in self._chunks:
            marks, at = self._read(chunk)[0], chunk.at + chunk.length
        file.truncate(at)
        file.seek(at)
        file.write(self._sealed.seal(len(self._chunks), True, marks, b""))
        os.fsync(file.fileno())

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
    """Every chunk whose bytes are all there; what stands after the last chunk makes the file unreadable."""
    end, at, number, begins = file.seek(0, io.SEEK_END), begin, 0, 0
    while at + 4 <= end:
        file.seek(at)
        told = int.from_bytes(file.read(4), "big")
        length, last = told & ~LAST, bool(told & LAST)
        if length < 16 + MARKS.size or at + 4 + length > end:
            return
        yield _Chunk(number, at + 4, length, last, begins)
        at, number, begins = at + 4 + length, number + 1, begins + length - 16 - MARKS.size
        if last and at < end:
            raise Unreadable("stream")


class Streams:
    """Growing and whole files in the folder of the encrypted objects, under keys of the same kind."""

    def __init__(self, folder: Path, kek: bytes) -> None:
        self.folder, self.kek = folder, kek

    def create(self, label: str) -> StreamWriter:
        """Begin a file; `label` names what it belongs to, by ids only. It is locked while this process lives."""
        key, file_key, prefix = uuid7().hex, os.urandom(32), os.urandom(7)
        path = self._path(key).with_suffix(GROWING)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        told = label.encode()
        file.write(MAGIC + len(told).to_bytes(2, "big") + told + aes_key_wrap(self.kek, file_key) + prefix)
        return StreamWriter(file, key, label, _Sealed(file_key, prefix, told + b"/" + key.encode()))

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
        """The row of this file stands: give it its final name. A second time changes nothing."""
        growing = self._path(key).with_suffix(GROWING)
        if growing.exists():
            growing.rename(self._path(key))

    def discard(self, key: str) -> None:
        """Remove a file that never got anything worth keeping."""
        self._path(key).with_suffix(GROWING).unlink(missing_ok=True)

    def left_over(self) -> Iterator[str]:
        """Keys of growing files that no living process holds."""
        for path in sorted(self.folder.glob(f"??/*{GROWING}")):
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
            yield path.stem

    def recover(self, key: str) -> KeptStream:
        """Cut a left-over file after its last whole chunk and close it there. Raises Unreadable."""
        path = self._path(key).with_suffix(GROWING)
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            reader = StreamReader(file, key, self.kek)
            if not reader.whole:
                reader.end(file)
                file.seek(0)
                reader = StreamReader(file, key, self.kek)
            return reader.kept()

    def _path(self, key: str) -> Path:
        if not key.isalnum():
            raise FileNotFoundError(key)
        return self.folder / key[-2:] / key
