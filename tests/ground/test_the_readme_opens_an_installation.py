"""Who follows "Production" of the README in its order, from an empty folder, can finish a prescription."""
import base64
import csv
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from app.settings import Settings
from tests.architecture.tree import ROOT


def blocks() -> list[list[str]]:
    """The lines of both blocks of code: the environment, then the commands."""
    told = (ROOT / "README.md").read_text("utf-8").split("## Production")[1]
    return [[line.strip() for line in block.splitlines()] for block in re.findall(r"```sh\n(.*?)```", told, re.DOTALL)]


def environment(folder: Path) -> dict[str, str]:
    """What a shell makes of the first block, for a trial on SQLite."""
    given = dict(word.split("=", 1) for line in blocks()[0] for word in shlex.split(line, comments=True))
    del given["FUZHEN_DATABASE_URL"]
    return given | {"FUZHEN_DATA": str(folder), "FUZHEN_MASTER_KEY": base64.b64encode(bytes(range(32))).decode()}


def filled_in(sheet: str) -> str:
    """The printed sheet as a pharmacy gives it back: two products are there."""
    head, *rows = csv.reader(sheet.splitlines())
    rows[0][1:3] = rows[1][1:3] = ["12", "990"]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [head, *rows]) + "\n"


def fuzhen(*words: str) -> str:
    said = CliRunner().invoke(cli.app, list(words))
    assert said.exit_code == 0, (words, said.output)
    return said.stdout.strip()


def follow(line: str, kept: dict[str, str]) -> None:
    """One line of the second block: a command, kept in a variable or written to a file where it says so."""
    name, command = (re.fullmatch(r"(\w+)=\$\((.*)\)", line) or re.fullmatch(r"()(.*)", line)).groups()  # type: ignore
    words = [kept.get(word, word).replace("…", "123") for word in shlex.split(command, comments=True)]
    file = words[words.index(">") + 1] if ">" in words else ""
    told = fuzhen(*words[1:words.index(">") if file else None])
    kept[f"${name}"] = told
    if file:
        Path(file).write_text(filled_in(told), "utf-8")


def test_the_production_of_the_readme_can_be_followed_in_its_order(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FUZHEN_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    for name, value in environment(tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    fuzhen("migrate")
    kept: dict[str, str] = {}
    for line in blocks()[1]:
        if "fuzhen " in line:
            follow(line, kept)
    roles = Counter(line.split()[1] for line in fuzhen("staff", "list").splitlines())
    assert roles == {"admin": 1, "compliance": 2, "doctor": 1, "pharmacist": 1, "pharmacy": 1}
    assert "submitted" in fuzhen("licences", "list") and "08:00–22:00" in fuzhen("pharmacies", "list")


def test_no_document_makes_a_new_master_key_at_every_start() -> None:
    for path in (ROOT / "README.md", ROOT / "docs" / "settings.md"):
        assert "MASTER_KEY=$(" not in path.read_text("utf-8")
