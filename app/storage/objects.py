"""Files at rest: each has its own key, wrapped by the installation's, in segments of AES-256-GCM.

Layout: magic, 40 bytes of wrapped file key (RFC 3394), 7 bytes of nonce, then segments of up to 1 MiB.
A segment's nonce is prefix + counter + last flag and its associated data names object and owner, so that
truncation, swapping and bit flips are refused.
"""
import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.kit.ids import uuid7
from app.storage.keys import KeyRing
from app.storage.vault import Unreadable

MAGIC = b"FZO1"
GROWING = ".rec"     # the name of a file that is written down nowhere yet ends so, see streams.py
UNFINISHED = ".part"     # an object that is being written; what a crash left stays so
SEGMENT = 1 << 20
HEAD = len(MAGIC) + 40 + 7


@dataclass(frozen=True)
class StoredObject:
    """What a table keeps of a file: its key, SHA-256 of the plain bytes (hex), and size in bytes."""

    key: str
    sha256: str
    size: int


class ObjectStore(Protocol):
    """Keeps bytes for an owner (a patient's id as text); the same contract on disk and elsewhere."""

    def put(self, data: bytes, owner: str) -> StoredObject:
        """Keep `data` durably and return its key."""
        ...

    def get(self, key: str, owner: str) -> bytes:
        """Return the bytes. Raises FileNotFoundError or Unreadable."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; a missing one is fine."""
        ...

    def keys_until(self, moment: datetime) -> Iterator[str]:
        """The keys of whole objects, and of those that were never finished, last written before `moment`."""
        ...


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return prefix + struct.pack(">I", counter) + bytes([last])


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bool]]:
    count = max(1, -(-len(data) // SEGMENT))
    for number in range(count):
        yield number, data[number * SEGMENT:(number + 1) * SEGMENT], number == count - 1


class DiskObjects:
    """Objects under one folder, written to a temporary name, synced, then renamed."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        self._folder = folder
        self._kek = keys.derive("objects.kek")
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes, owner: str) -> StoredObject:
        """Encrypt and keep `data`; on return it survives a crash of the machine."""
        key = uuid7().hex
        self._write(key, self._encrypt(data, f"{owner}/{key}".encode()))
        return StoredObject(key, hashlib.sha256(data).hexdigest(), len(data))

    def get(self, key: str, owner: str) -> bytes:
        """Read and verify the whole object. Raises FileNotFoundError or Unreadable."""
        return self._decrypt(self._path(key).read_bytes(), f"{owner}/{key}".encode())

    def delete(self, key: str) -> None:
        """Remove the object; with its wrapped key gone, copies of the segments are unreadable."""
        for ending in ("", GROWING, UNFINISHED):
            self._path(key).with_suffix(ending).unlink(missing_ok=True)

    def keys_until(self, moment: datetime) -> Iterator[str]:
        """Every object but recordings that still grow, by the time of its file."""
        for path in self._folder.glob("??/*"):
            if path.suffix in ("", UNFINISHED) and path.stat().st_mtime < moment.timestamp():
                yield path.stem

    def _path(self, key: str) -> Path:
        if not key.isalnum():
            raise FileNotFoundError(key)
        return self._folder / key[-2:] / key

    def _encrypt(self, data: bytes, place: bytes) -> bytes:
        file_key, prefix = os.urandom(32), os.urandom(7)
        cipher = AESGCM(file_key)
        parts = [cipher.encrypt(_nonce(prefix, n, last), part, place) for n, part, last in _segments(data)]
        return MAGIC + aes_key_wrap(self._kek, file_key) + prefix + b"".join(parts)

    def _decrypt(self, raw: bytes, place: bytes) -> bytes:
        body, prefix = raw[HEAD:], raw[HEAD - 7:HEAD]
        step = SEGMENT + 16
        count = max(1, -(-len(body) // step))
        if not raw.startswith(MAGIC):
            raise Unreadable("object")
        try:
            cipher = AESGCM(aes_key_unwrap(self._kek, raw[len(MAGIC):HEAD - 7]))
            return b"".join(cipher.decrypt(_nonce(prefix, n, n == count - 1), body[n * step:(n + 1) * step], place)
                            for n in range(count))
        except (InvalidTag, InvalidUnwrap, ValueError) as error:
            raise Unreadable("object") from error

    def _write(self, key: str, raw: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_suffix(UNFINISHED)
        with temporary.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the renamed entry itself durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
