"""The server says in words that its port is taken, before it prepares anything, and ends cleanly on Ctrl-C."""
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import cli


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
