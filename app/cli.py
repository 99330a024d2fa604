"""The command line of an installation: serve, worker, jobs, migrate, demo, journey, audit, policy, payments, retention,
video, places, staff, licences, pharmacies, backup, restore.
"""
import errno
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.audit.checkpoints import CheckpointSigner, FileWitness
from app.audit.verify import verify_trail
from app.identity import cli as partners
from app.identity import hiring
from app.jobs import JobKinds
from app.jobs import cli as jobs
from app.kit.logs import start_logging
from app.main import AnotherServer
from app.main import serve as run_server
from app.migrating import migrate as run_migrations
from app.migrating import revision_of
from app.opening import CannotOpen, no_answer, open_house, require_installation
from app.payments import cli as payments
from app.policy import cli as policy
from app.retention import cli as retention
from app.settings import Settings
from app.storage import Streams
from app.work import House
from app.worker import Worker
from consult.call import cli as video
from consult.call.recording.verify import verify_recordings
from pharmacy.api import verify_custody
from pharmacy.partners import cli as pharmacies

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
demo = typer.Typer(no_args_is_help=True, help="The living demo.")
audit = typer.Typer(no_args_is_help=True, help="The audit trail.")
app.add_typer(demo, name="demo")
app.add_typer(audit, name="audit")
app.add_typer(policy.app, name="policy")
app.add_typer(jobs.app, name="jobs")
app.add_typer(payments.app, name="payments")
app.add_typer(retention.app, name="retention")
app.add_typer(partners.app, name="partners")
app.add_typer(video.app, name="video")
app.add_typer(hiring.places, name="places")
app.add_typer(hiring.staff, name="staff")
app.add_typer(hiring.licences, name="licences")
app.add_typer(pharmacies.app, name="pharmacies")
Data = Annotated[Path | None, typer.Option(help="Data folder instead of FUZHEN_DATA.")]


def load_settings(**given: object) -> Settings:
    """Settings from the environment, with what the command line gives on top; a wrong one ends here."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as wrong:
        for fault in wrong.errors():
            name = "".join(f"FUZHEN_{part.upper()}: " for part in fault["loc"][:1] if isinstance(part, str))
            for told in fault["msg"].removeprefix("Value error, ").splitlines():
                typer.echo(f"settings: {name}{told}", err=True)
        raise typer.Exit(2) from wrong
    except SettingsError as wrong:      # not even JSON; its text names the setting and no value
        named = next((name for name in Settings.model_fields if f'"{name}"' in str(wrong)), "")
        typer.echo(f"settings: FUZHEN_{named.upper()}: it is a JSON list, such as [\"one\", \"two\"]", err=True)
        raise typer.Exit(2) from wrong


def opened(settings: Settings) -> tuple[House, JobKinds]:
    """The House of a command; what stands in the way is told in one sentence, with status 2."""
    try:
        return open_house(settings)
    except CannotOpen as wrong:
        _give_up(wrong, 2)


class Installation:
    """What commands are told: the house, called for when they need it, or the settings alone."""

    settings = staticmethod(load_settings)

    def __call__(self) -> House:
        return opened(load_settings())[0]


@app.callback()
def fuzhen(context: typer.Context) -> None:
    """Fuzhen, an internet hospital. Settings come from FUZHEN_… variables; see docs/settings.md."""
    context.obj = Installation()


@app.command()
def serve(host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
          port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None, data: Data = None,
          prepare: Annotated[bool, typer.Option("--prepare", help="First migrate, and seed an empty demo.")] = False,
          ) -> None:
    """Serve pages, API and sockets until interrupted; runs the worker too."""
    settings = load_settings(host=host, port=port, data=data)
    _require_free(settings.host, settings.port)
    if prepare:
        _prepare(settings)
    try:
        run_server(settings)
    except CannotOpen as wrong:
        _give_up(wrong, 2)
    except AnotherServer as other:
        _give_up(other)
    except KeyboardInterrupt:
        return      # Ctrl-C is how a server is ended, and it has shut down by now


def _require_free(host: str, port: int) -> None:
    """End before anything is prepared when somebody else listens there; other troubles the server itself tells."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as wrong:
        if wrong.errno == errno.EADDRINUSE:
            _give_up(RuntimeError(f"port {port} is in use; try PORT={port + 1}, as in: make run PORT={port + 1}"))


def _prepare(settings: Settings) -> None:
    """Newest schema, and the cast of the demo where the demo is asked for."""
    from web.demo.seed import seed

    _migrate(settings)
    if settings.mode != "production":
        house, kinds = opened(settings)
        seed(house, Worker(house, kinds))
        house.database.dispose()


@app.command()
def worker(data: Data = None) -> None:
    """Run jobs until interrupted, beside servers on PostgreSQL. On SQLite the server does it."""
    house, kinds = opened(load_settings(data=data))
    if house.database.is_sqlite:
        typer.echo("on SQLite the server process runs the worker", err=True)
        raise typer.Exit(1)
    start_logging()
    running = Worker(house, kinds)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    running.loop()


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to the newest schema, and say what was done."""
    typer.echo(_migrate(load_settings(data=data)))


def _migrate(settings: Settings) -> str:
    """Move the schema on; a database that does not answer ends the command."""
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        before = revision_of(settings.url)
        run_migrations(settings.url)
        after = revision_of(settings.url)
    except OperationalError as wrong:
        _give_up(CannotOpen(no_answer(wrong)), 2)
    if before == after:
        return f"the schema is current already ({after})"
    return f"the schema was made ({after})" if before is None else f"the schema was brought from {before} to {after}"


@demo.command("seed")
def seed_demo(data: Data = None) -> None:
    """Fill an empty demo with its cast; a second time changes nothing."""
    from web.demo.seed import seed

    house, kinds = opened(load_settings(data=data))
    seed(house, Worker(house, kinds))


@app.command()
def journey(base_url: Annotated[str | None, typer.Option(
                help="Address of a running demo; http://127.0.0.1 with FUZHEN_PORT, or 8000, when left out.")] = None,
            as_json: Annotated[bool, typer.Option("--json", help="One JSON line a step.")] = False) -> None:
    """Walk the main job through the public API; exit status 0 only if every step and check held."""
    from web.demo.journey import STEPS, Journey, NoDemo

    done = 0
    try:
        # of all settings only this one: who walks through the site of another machine has no installation here
        here = f"http://127.0.0.1:{os.environ.get('FUZHEN_PORT') or 8000}"
        walk = Journey((base_url or here).rstrip("/"))
    except NoDemo as reason:
        _give_up(reason)
    for line in walk.run():
        mark = "ok " if line["ok"] else "FAILED"
        typer.echo(json.dumps(line, ensure_ascii=False) if as_json
                   else f"{mark} {line['step']:<16} {line['ms']:>6} ms  {line.get('error', '')}")
        done += line["ok"]
    if not as_json:
        typer.echo(f"{done} of {len(STEPS)} steps held" if done < len(STEPS) else f"all {done} steps held")
    raise typer.Exit(0 if done == len(STEPS) else 1)


@audit.command("verify")
def verify_audit(data: Data = None) -> None:
    """Prove the trail (rows, places, signed roots, witness), the custody of every order, and every recording of a call:
    its place in the chain of its visit and each byte of its file. Exit status 1 when anything was changed, left out or
    cannot be read."""
    house, kinds = opened(load_settings(data=data))
    Worker(house, kinds).sequence_audit()
    signer, witness = house.tools.get(CheckpointSigner), house.tools.get(FileWitness)
    with Session(house.database.reader) as session:
        found = verify_trail(session, signer, witness.notes())
        custody = verify_custody(session)
        recordings = verify_recordings(session, house.tools.get(Streams))
    typer.echo(f"{found.entries} entries in place, {found.checkpoints} checkpoints, {found.pending} waiting")
    typer.echo(f"{custody.events} events of custody")
    typer.echo(f"{recordings.whole} of {recordings.segments} recordings whole" if recordings.segments
               else "no recordings")
    for fault in (faults := (*found.faults, *custody.faults, *recordings.faults)):
        typer.echo(f"FAULT {fault}")
    raise typer.Exit(1 if faults else 0)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="File to write, .tar.gz.")], data: Data = None) -> None:
    """Write tables, documents and witness into one file, as of one moment."""
    from app.backup import BackupRefused
    from app.backup import backup as write_backup

    settings = load_settings(data=data)
    try:
        require_installation(settings)
        write_backup(settings, target)
    except CannotOpen as wrong:
        _give_up(wrong, 2)
    except BackupRefused as refused:
        _give_up(refused)
    typer.echo(f"written: {target}")


@app.command()
def restore(source: Annotated[Path, typer.Argument(help="File that backup wrote.")], data: Data = None) -> None:
    """Read a backup into an empty installation."""
    from app.backup import BackupRefused
    from app.backup import restore as read_backup

    try:
        read_backup(load_settings(data=data), source)
    except BackupRefused as refused:
        _give_up(refused)
    typer.echo(f"restored: {source}")


def _give_up(reason: Exception, status: int = 1) -> NoReturn:
    """Say why in one sentence and end with a status that is not zero; 2 is for settings and database."""
    typer.echo(str(reason), err=True)
    raise typer.Exit(status) from reason


def main() -> None:
    """Entry point of the `fuzhen` command."""
    app()


if __name__ == "__main__":
    sys.exit(main())
