"""A real Janus with our configuration, on this machine alone; its Debian package is named `janus`."""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from consult.call.engines.janus import JanusEngine
from consult.call.engines.janus_settings import written
from consult.call.engines.problems import EngineAway

MISSING = "Janus is not installed: apt-get install janus"
SECRET = "of-the-tests"
PATIENCE = 30.0


class RunningJanus:
    """The server, which can be killed and is then started again as a supervisor of services would."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        [libraries] = Path("/usr/lib").glob("*/janus")
        self.config = written(folder / "janus", self.port, SECRET, libraries, folder / "janus.log")
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(["janus", "--configs-folder", str(self.config), "--disable-stdout"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """Killed, and started again."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = self.start()


class JanusOfTests(JanusEngine):
    """The engine with the server that it speaks to."""

    def __init__(self, server: RunningJanus) -> None:
        super().__init__(f"ws://127.0.0.1:{server.port}", SECRET)
        self.server = server


@contextlib.contextmanager
def janus_engine(folder: Path) -> Iterator[JanusOfTests]:
    """An engine with a server that answers; skipped in words where Janus is not installed. In CI it must be there."""
    if shutil.which("janus") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    server = RunningJanus(folder)
    engine = JanusOfTests(server)
    try:
        wait_for(engine)
        yield engine
    finally:
        engine.stop()
        server.stop()


def wait_for(engine: JanusEngine) -> None:
    """Until Janus answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            engine._open()
            return
        except EngineAway:
            assert time.monotonic() < end, "Janus does not answer"
            time.sleep(0.1)
