"""`fuzhen retention`: what may go, the list that a second person has confirmed, and holds."""
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer

from app.kit.problems import Problem
from app.retention import api as retention
from app.work import HOUSE, Work

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="How long things are kept: preview, run, hold, release, sweep.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of words.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in words that a court may read.")]


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal is one sentence and exit status 1."""
    try:
        yield
    except Problem as problem:
        typer.echo(f"{problem.slug}: {problem.detail.en}", err=True)
        raise typer.Exit(1) from problem


def _do(context: typer.Context, act: Callable[[Work], T]) -> T:
    with _refusals(), context.obj().write(HOUSE) as work:
        return act(work)


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


@app.command("preview")
def preview(context: typer.Context, as_json: AsJson = False) -> None:
    """Draw and keep a list of what has passed its period; nothing is deleted. Two people confirm it at
    /admin/retention, since a command line knows nobody by name."""
    def act(work: Work) -> tuple[retention.RetentionReport, list[retention.RetentionItem]]:
        report = retention.draw_report(work)
        return report, retention.items_of(work, report.id)

    report, items = _do(context, act)
    if as_json:
        return _print_json({"report": str(report.id), "digest": report.digest, "items": [_plain(one) for one in items]})
    for one in items:
        typer.echo("{kind:<7} {subject_id}  since {started_at}  {rows} rows".format(**_plain(one)))
    rows = sum(one.rows for one in items)
    typer.echo(f"report {report.id}: {len(items)} things, {rows} rows; digest {report.digest}")


def _plain(one: retention.RetentionItem) -> dict[str, Any]:
    return {"kind": one.kind, "subject_id": str(one.subject_id), "started_at": _when(one.started_at),
            "before": _when(one.before), "rows": one.rows, "state": one.state}


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@app.command("run")
def run(context: typer.Context, report_id: Annotated[UUID, typer.Argument(metavar="REPORT")]) -> None:
    """Delete what a confirmed report named, each thing checked again; the worker does it."""
    count = _do(context, lambda work: retention.run_report(work, report_id))
    typer.echo(f"{count} things are handed to the worker")


@app.command("hold")
def hold(context: typer.Context, patient_id: Annotated[UUID, typer.Argument(metavar="PATIENT")], reason: Why) -> None:
    """Stop every deletion about a patient."""
    made = _do(context, lambda work: retention.set_hold(work, patient_id, reason))
    typer.echo(f"hold {made.id} is in force")


@app.command("release")
def release(context: typer.Context, hold_id: Annotated[UUID, typer.Argument(metavar="HOLD")], reason: Why) -> None:
    """Lift a hold."""
    _do(context, lambda work: retention.release_hold(work, hold_id, reason))
    typer.echo(f"hold {hold_id} is lifted")


@app.command("sweep")
def sweep(context: typer.Context) -> None:
    """Delete files that no table names and that are older than a week: what a refused or broken upload left behind."""
    typer.echo(f"{retention.sweep(context.obj())} files are gone")


@app.command("list")
def listed(context: typer.Context, as_json: AsJson = False) -> None:
    """Reports and the holds in force."""
    with context.obj().read(HOUSE) as work:
        found = [{"id": str(one.id), "state": one.state, "drawn_at": _when(one.drawn_at), "counts": one.counts}
                 for one in retention.reports(work)]
        holding = [{"id": str(one.id), "patient_id": str(one.patient_id), "since": _when(one.set_at),
                    "reason": one.reason} for one in retention.holds(work)]
    if as_json:
        return _print_json({"reports": found, "holds": holding})
    for one in found:
        typer.echo("report {id}  {state}  drawn {drawn_at}".format(**one))
    for row in holding:
        typer.echo("hold   {id}  patient {patient_id}  since {since}  {reason}".format(**row))
    typer.echo(f"{len(found)} reports, {len(holding)} holds")
