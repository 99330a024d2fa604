"""A real PostgreSQL for the test run: Debian's server programs on a folder and a socket of our own."""
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def server_programs() -> Path | None:
    """The folder that holds initdb and postgres; None when no server is installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    on_path = shutil.which("initdb")
    return Path(found[-1]).parent if found else Path(on_path).parent if on_path else None


def free_port() -> int:
    """A TCP port below the ephemeral range that nobody listens on; far from what the next process will try."""
    for port in range(15432 + os.getpid() % 100 * 10, 17432):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port")


@dataclass
class Cluster:
    """A running server; `url(name)` connects to one of its databases."""

    programs: Path
    folder: Path
    port: int

    def url(self, name: str = "postgres") -> str:
        """SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://fuzhen@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *words: str) -> None:
        """Run a server program as a user other than root, which PostgreSQL insists on."""
        command = [str(self.programs / program), *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        """Make the data folder and start the server."""
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("initdb", "-D", data, "-U", "fuzhen", "--auth=trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        options = f"{OPTIONS} -p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        self.run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def start_cluster() -> Cluster | None:
    """Start a fresh cluster; None when PostgreSQL is not installed."""
    programs = server_programs()
    if programs is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="fuzhen-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    cluster = Cluster(programs, folder, free_port())
    cluster.start()
    return cluster
