"""The server says in words that its port is taken, before it prepares anything, and ends cleanly on Ctrl-C."""
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import cli
from tests.server import ROOT, free_port

BARE = """
import sys, fastapi, uvicorn
from app.main import Announcing
app = fastapi.FastAPI()
app.state.where = "here"
Announcing(uvicorn.Config(app, port=int(sys.argv[1]), log_config=None)).run()
"""


def test_a_port_in_use_is_told_before_anything_is_prepared(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = CliRunner().invoke(cli.app, ["serve", "--prepare", "--host", "127.0.0.1", "--port", str(port), "--data",
                                            str(tmp_path / "new")], env={"FUZHEN_MODE": "demo"})
    assert told.exit_code == 1 and f"port {port} is in use; try PORT=" in told.output
    assert not (tmp_path / "new").exists()


def test_ctrl_c_is_a_clean_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(settings: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_server", interrupted)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = CliRunner().invoke(cli.app, ["serve", "--host", "127.0.0.1", "--port", str(port), "--data", str(tmp_path)],
                              env={"FUZHEN_MODE": "demo"})
    assert told.exit_code == 0 and told.output == ""


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_ended_says_what_ended_it_where_it_said_that_it_was_ready(sign: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", BARE, str(free_port())], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None and process.stdout.readline() == "Fuzhen is ready: here\n"
        process.send_signal(sign)
        assert process.stdout.read() == f"Fuzhen stops: {sign.name}\n"


def test_a_server_whose_reader_has_gone_closes_all_the_same() -> None:
    with subprocess.Popen([sys.executable, "-c", BARE, str(free_port())], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None and process.stdout.readline()
        process.stdout.close()
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == -signal.SIGTERM
