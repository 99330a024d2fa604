"""Commands say in one sentence what stands in their way: a setting, the database, its schema; never a traceback."""
import base64
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import URL
from typer.testing import CliRunner

from app import cli
from app.main import where
from app.opening import name_of
from app.settings import Settings
from tests.server import free_port

NO_SCHEMA = " has no (current) schema: run fuzhen migrate"
COMMANDS = [("serve",), ("worker",), ("jobs", "list"), ("demo", "seed"), ("audit", "verify"), ("places", "list"),
            ("payments", "list"), ("pharmacies", "list"), ("retention", "sweep"), ("licences", "list"),
            ("backup", "kept.tar.gz")]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FUZHEN_{name.upper()}", raising=False)
    monkeypatch.setenv("FUZHEN_MODE", "test")
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("FUZHEN_DATA", str(tmp_path / "data"))
    (tmp_path / "data" / "fuzhen.db").touch()
    monkeypatch.chdir(tmp_path)


def told(*words: str, **env: str) -> Result:
    """What a command says; it must not end in a traceback."""
    given = {f"FUZHEN_{name.upper()}": value for name, value in env.items()}
    said = CliRunner().invoke(cli.app, list(words), env=given)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said


def serve(**env: str) -> Result:
    return told("serve", "--port", str(free_port()), **env)


@pytest.mark.parametrize("words", [("serve",), ("worker",), ("jobs", "list"), ("demo", "seed"), ("audit", "verify")])
def test_a_database_without_a_schema_is_told_in_one_sentence(empty_url: str, words: tuple[str, ...]) -> None:
    if empty_url.startswith("sqlite:///"):
        Path(empty_url.removeprefix("sqlite:///")).touch()
    more = ("--port", str(free_port())) if words == ("serve",) else ()
    said = told(*words, *more, database_url=empty_url)
    assert said.exit_code == 2 and said.output.strip() == f"the database {place_of(empty_url)}{NO_SCHEMA}"


def place_of(url: str) -> str:
    """What a refusal calls a database: its file, or server and name, never its account."""
    return url.removeprefix("sqlite:///").rpartition("@")[2].removeprefix("postgresql+psycopg://")


@pytest.mark.parametrize("words", COMMANDS)
def test_a_mistyped_folder_is_refused_and_nothing_is_made_there(tmp_path: Path, words: tuple[str, ...]) -> None:
    more = ("--port", str(free_port())) if words == ("serve",) else ()
    before = sorted(tmp_path.rglob("*"))
    said = told(*words, *more, data="vra")
    assert said.exit_code == 2 and len(said.output.splitlines()) == 1
    assert said.output.startswith(f"no installation in {tmp_path / 'vra'} (FUZHEN_DATA): ")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("words", COMMANDS)
def test_a_folder_without_a_database_is_no_installation(tmp_path: Path, words: tuple[str, ...]) -> None:
    more = ("--port", str(free_port())) if words == ("serve",) else ()
    (tmp_path / "other").mkdir()
    said = told(*words, *more, data="other")
    assert said.exit_code == 2 and f"no installation in {tmp_path / 'other'} (FUZHEN_DATA)" in said.output
    assert list((tmp_path / "other").iterdir()) == []


def test_a_mistyped_file_of_a_database_is_refused_and_not_made(tmp_path: Path) -> None:
    said = told("audit", "verify", database_url=f"sqlite:///{tmp_path}/fuzen.db")
    assert said.exit_code == 2 and f"no installation in {tmp_path}/fuzen.db (FUZHEN_DATABASE_URL)" in said.output
    assert not (tmp_path / "fuzen.db").exists()


def test_a_database_on_a_server_needs_its_folder_too(tmp_path: Path, cluster: Any) -> None:
    said = told("audit", "verify", data="vra", database_url=cluster.url("postgres"))
    assert said.exit_code == 2 and f"no installation in {tmp_path / 'vra'} (FUZHEN_DATA)" in said.output
    assert not (tmp_path / "vra").exists()


@pytest.mark.parametrize("url", [
    URL.create("postgresql", "fuzhen", "hidden", "db.example", 5433, "clinic"),
    URL.create("postgresql", None, None, "db.example", 5433, "clinic", {"password": "hidden"}),
    URL.create("postgresql", "fuzhen", "some", "hidden@db.example", 5433, "clinic")])
def test_a_database_is_named_without_its_password(url: URL) -> None:
    assert name_of(url) == "db.example:5433/clinic"


def test_a_schema_of_another_version_is_told(empty_url: str) -> None:
    assert "was made" in told("migrate", database_url=empty_url).output
    engine = cli.open_house(Settings(mode="test", database_url=empty_url))[0].database.writer
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'earlier'")
    engine.dispose()
    said = told("jobs", "list", database_url=empty_url)
    assert said.exit_code == 2 and said.output.strip().endswith(NO_SCHEMA)


def test_migrate_says_what_it_did(empty_url: str) -> None:
    first, second = (told("migrate", database_url=empty_url) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert first.output.startswith("the schema was made (") and second.output.startswith("the schema is current")
    assert told("jobs", "list", database_url=empty_url).exit_code == 0


def test_an_installation_without_recordings_says_so() -> None:
    told("migrate")
    said = told("audit", "verify")
    assert said.exit_code == 0 and "no recordings" in said.output.splitlines()


@pytest.mark.parametrize(("env", "named"), [
    ({"accept_stand_ins": "sms"}, "FUZHEN_ACCEPT_STAND_INS: it is a JSON list"),
    ({"turn_urls": "turn:x:3478"}, "FUZHEN_TURN_URLS: it is a JSON list"),
    ({"trusted_proxies": '["*"]'}, "FUZHEN_TRUSTED_PROXIES: each is an address or a network"),
    ({"policy": "cn-nowhere"}, "FUZHEN_POLICY: cn-nowhere: there is no such pack"),
    ({"policy_layers": '["/no/such/house.yaml"]'}, "FUZHEN_POLICY_LAYERS: house.yaml: the file cannot be read"),
    ({"database_url": "mysql://u:hidden@h/x"}, "FUZHEN_DATABASE_URL: it begins with postgresql:// or sqlite:///"),
    ({"sms_adapter": "no.such.house:Sender"}, "the adapter no.such.house:Sender cannot be made"),
    ({"realname_adapter": "datetime:nothing"}, "the adapter datetime:nothing cannot be made"),
    ({"master_key": "hidden"}, "settings: FUZHEN_MASTER_KEY: it must be 32 bytes in base64")])
def test_a_wrong_setting_ends_the_start_with_its_name(env: dict[str, str], named: str) -> None:
    said = serve(**env)
    assert said.exit_code == 2 and named in said.output and "hidden" not in said.output
    assert len(said.output.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "migrate", "worker"])
def test_a_database_that_does_not_answer_is_told_without_its_password(command: str) -> None:
    url = f"postgresql://fuzhen:hidden@127.0.0.1:{free_port()}/fuzhen"
    said = serve(database_url=url) if command == "serve" else told(command, database_url=url)
    assert said.exit_code == 2 and "look at FUZHEN_DATABASE_URL" in said.output and "hidden" not in said.output
    assert len(said.output.splitlines()) == 1


def test_a_database_that_is_not_there_is_told(cluster: Any) -> None:
    said = told("migrate", database_url=cluster.url("nobody_made_this"))
    assert said.exit_code == 2 and "nobody_made_this" in said.output


def test_everything_that_production_lacks_is_told_at_once() -> None:
    said = told("migrate", mode="production")
    assert said.exit_code == 2
    for name in ("MASTER_KEY", "PUBLIC_URL", "PAYMENT_PROVIDER", "SMS_ADAPTER", "REALNAME_ADAPTER"):
        assert sum(f"FUZHEN_{name}" in line for line in said.output.splitlines()) == 1, name
    trial = """FUZHEN_ACCEPT_STAND_INS='["sms", "realname"]'"""
    assert sum(line.endswith(f"for a trial without real patients, accept it: {trial}")
               for line in said.output.splitlines()) == 2
    half = {"mode": "production", "payment_provider": "stripe", "public_url": "https://fuzhen.example",
            "master_key": base64.b64encode(bytes(32)).decode()}
    said = told("migrate", **half)
    assert "STRIPE_SECRET_KEY" in said.output and "STRIPE_WEBHOOK_SECRET" in said.output
    assert "MASTER_KEY" not in said.output


def test_the_ready_line_names_both_addresses_and_where_the_demo_begins() -> None:
    here = Settings(mode="test", host="0.0.0.0", port=8123, public_url="https://fuzhen.example/")
    assert where(here) == "https://fuzhen.example, bound to 0.0.0.0:8123"
    assert where(Settings(mode="demo", host="::1", port=8123, public_url="http://demo.example")).endswith(
        "bound to [::1]:8123; begin at http://demo.example/demo")


def test_a_journey_without_a_demo_says_so() -> None:
    said = told("journey", "--base-url", f"http://127.0.0.1:{free_port()}")
    assert said.exit_code == 1 and said.output.startswith("nobody answers at http://127.0.0.1:")
    assert said.output.strip().endswith("or name it with --base-url") and len(said.output.splitlines()) == 1


def test_a_journey_looks_for_the_demo_at_the_port_of_the_settings() -> None:
    port = str(free_port())
    assert told("journey", port=port).output.startswith(f"nobody answers at http://127.0.0.1:{port}: ")
