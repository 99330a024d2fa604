"""A real relay (coturn, Debian package) on 127.0.0.1 for tests; peers on the loopback are allowed here only."""
import hashlib
import hmac
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server import free_port

MISSING = "coturn is not installed: apt-get install coturn"
SECRET = "a-secret-of-the-tests"


@contextmanager
def running_relay(folder: Path) -> Iterator[int]:
    """Start the relay and wait for its port. In CI it must be there."""
    if shutil.which("turnserver") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    port = free_port()
    with (folder / "relay.log").open("wb") as log:
        process = subprocess.Popen(
            ["turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
             "--min-port=49200", "--max-port=49400", "--use-auth-secret", f"--static-auth-secret={SECRET}",
             "--realm=fuzhen.test", "--fingerprint", "--no-cli", "--no-tls", "--no-dtls", "--allow-loopback-peers",
             "--log-file=stdout", f"--pidfile={folder / 'relay.pid'}", f"--userdb={folder / 'relay.db'}"],
            stdout=log, stderr=log)
    try:
        wait_for(port, folder)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, folder: Path) -> None:
    """Return when the relay takes connections. Raises TimeoutError with its log."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError((folder / "relay.log").read_text()[-2000:])


# --- asking for an address: RFC 8656 (TURN) in the frames of RFC 8489 (STUN) ----------------------------------------

COOKIE, ALLOCATE, GRANTED = 0x2112A442, 0x0003, 0x0103
USERNAME, INTEGRITY, ERROR, REALM, NONCE, TRANSPORT = 0x0006, 0x0008, 0x0009, 0x0014, 0x0015, 0x0019
TRIES = 60   # half a second each: a busy machine lets a relay begin late


def allocate(port: int, username: str, password: str) -> int | None:
    """Ask as a browser does: first without, then with the password. None when granted, else the relay's error code."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(0.5)
        line.connect(("127.0.0.1", port))
        kind, first = _ask(line, _message(UDP))
        assert kind != GRANTED and _code(first) == 401, "a relay asks everybody who they are"
        realm, nonce = first[REALM], first[NONCE]
        told = UDP + _part(USERNAME, username.encode()) + _part(REALM, realm) + _part(NONCE, nonce)
        key = hashlib.md5(b":".join((username.encode(), realm, password.encode()))).digest()
        kind, answer = _ask(line, _message(told, key))
        return None if kind == GRANTED else _code(answer)


def _part(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


UDP = _part(TRANSPORT, bytes([17, 0, 0, 0]))


def _message(parts: bytes, key: bytes = b"") -> bytes:
    """A request; with a key, signed over everything before, its own length counted."""
    head = struct.pack("!HHI", ALLOCATE, len(parts) + (24 if key else 0), COOKIE) + os.urandom(12)
    sign = _part(INTEGRITY, hmac.new(key, head + parts, hashlib.sha1).digest()) if key else b""
    return head + parts + sign


def _ask(line: socket.socket, message: bytes) -> tuple[int, dict[int, bytes]]:
    """Send until it is answered: a datagram may be lost, and a relay that has just begun drops some."""
    for _ in range(TRIES):
        line.send(message)
        try:
            answer = line.recv(2048)
        except TimeoutError:
            continue
        except ConnectionRefusedError:      # told at once, without any waiting
            time.sleep(0.5)
            continue
        if answer[4:20] == message[4:20]:
            return struct.unpack("!H", answer[:2])[0], _parts(answer[20:])
    raise TimeoutError("the relay says nothing")


def _parts(rest: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(rest) >= 4:
        kind, long = struct.unpack("!HH", rest[:4])
        found.setdefault(kind, rest[4:4 + long])
        rest = rest[4 + long + -long % 4:]
    return found


def _code(parts: dict[int, bytes]) -> int:
    return parts[ERROR][2] * 100 + parts[ERROR][3]
