"""A real relay (coturn, Debian package) on 127.0.0.1 for tests; peers on the loopback are allowed here only."""
import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import create_turn_endpoint

from tests.server import free_port

MISSING = "coturn is not installed: apt-get install coturn"
SECRET = "a-secret-of-the-tests"
ASKS = ("--use-auth-secret", f"--static-auth-secret={SECRET}")


@contextmanager
def running_relay(folder: Path, believes: tuple[str, ...] = ASKS) -> Iterator[int]:
    """Start the relay and wait for its port. In CI it must be there."""
    if shutil.which("turnserver") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    port = free_port()
    with (folder / "relay.log").open("wb") as log:
        process = subprocess.Popen(
            ["turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
             "--min-port=49200", "--max-port=49400", *believes,
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


def allocate(port: int, username: str, password: str) -> int | None:
    """Ask for an address as a browser does; None when granted, else the relay's error code."""
    async def asked() -> int | None:
        try:
            transport, _ = await create_turn_endpoint(asyncio.DatagramProtocol, ("127.0.0.1", port), username, password)
        except TransactionFailed as error:
            return error.response.error_code
        transport.close()
        await asyncio.sleep(0.05)
        return None

    return asyncio.run(asked())
