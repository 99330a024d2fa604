"""The real server as its own process, for tests that kill it, browse it or race it."""
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
_next_port = [18100 + os.getpid() % 400 * 10]


def free_port() -> int:
    """A port below the ephemeral range that nobody listens on."""
    while True:
        _next_port[0] += 1
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", _next_port[0])) != 0:
                return _next_port[0]


@dataclass
class Server:
    """One `fuzhen serve` on a data folder; `extra` are further FUZHEN_… settings."""

    data: Path
    database_url: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Settings of the process."""
        own = {"FUZHEN_MODE": "demo", "FUZHEN_DATA": str(self.data), "FUZHEN_PORT": str(self.port),
               "FUZHEN_DATABASE_URL": self.database_url, **self.extra}
        return {**os.environ, **own}

    def command(self, *words: str) -> None:
        """Run one `fuzhen` command to its end."""
        subprocess.run([sys.executable, "-m", "app.cli", *words], cwd=ROOT, env=self.environment(), check=True)

    def prepare(self) -> "Server":
        """Migrate and seed."""
        self.command("migrate")
        self.command("demo", "seed")
        return self

    def start(self) -> "Server":
        """Start and wait until it can serve."""
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], cwd=ROOT,
                                            env=self.environment(), stdout=log, stderr=log)
        self.wait_ready()
        return self

    def wait_ready(self, seconds: float = 180) -> None:
        """Return when /healthz answers. Raises TimeoutError with the end of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
            if self.process and self.process.poll() is not None:
                break
        raise TimeoutError((self.data / "server.log").read_text()[-3000:])

    def kill(self) -> None:
        """End it at once, as a power cut would end the process."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end, then make sure."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
