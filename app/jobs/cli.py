"""`fuzhen jobs`: what was given up after too many attempts, and how it is tried anew.

What a job carries is not shown: it may be about a person.
"""
import json
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import Session

from app.jobs.table import Job, count_dead, dead_letters, revive

app = typer.Typer(no_args_is_help=True, help="Jobs that were given up: list, revive.")
MOST = 1000


@app.command("list")
def list_dead(context: typer.Context,
              as_json: Annotated[bool, typer.Option("--json", help="JSON instead of words.")] = False) -> None:
    """The jobs that were given up, the oldest first."""
    house = context.obj()
    with Session(house.database.reader) as session:
        now = house.clock.now()
        found, count = [_plain(job) for job in dead_letters(session, now, MOST)], count_dead(session, now)
    if as_json:
        typer.echo(json.dumps({"dead": count, "jobs": found}, ensure_ascii=False, indent=1))
        return
    for job in found:
        typer.echo("{id}  {kind}  due {due}  {attempts} attempts  {key}".format(**job))
    typer.echo(f"{count} dead jobs")


def _plain(job: Job) -> dict[str, Any]:
    return {"id": str(job.id), "kind": job.kind, "key": job.key, "due": job.due.isoformat(), "attempts": job.attempts}


@app.command("revive")
def revive_dead(context: typer.Context,
                job_id: Annotated[UUID | None, typer.Argument(metavar="ID", help="Id that `list` shows.")] = None,
                every: Annotated[bool, typer.Option("--all", help="Every dead job.")] = False) -> None:
    """Let one dead job, or all of them, be tried anew. Exit status 1: none of that id; 2: no clear choice."""
    if every == (job_id is not None):
        typer.echo("give one id, or --all", err=True)
        raise typer.Exit(2)
    house = context.obj()
    now = house.clock.now()
    with house.database.writer_lock, Session(house.database.writer) as session, session.begin():
        chosen = [job_id] if job_id else [job.id for job in dead_letters(session, now, count_dead(session, now))]
        revived = sum(revive(session, now, one) for one in chosen)
    typer.echo(f"{revived} jobs are tried anew")
    raise typer.Exit(0 if every or revived else 1)
