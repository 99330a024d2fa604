"""`fuzhen partners`: which partner hospitals are connected, and their keys."""
from typing import Annotated
from uuid import UUID

import typer

from app.identity.staff.connecting import connected_partners, issue_partner_key, withdraw_partner_key
from app.identity.staff.queries import organizations
from app.kit.problems import Problem
from app.work import HOUSE

app = typer.Typer(no_args_is_help=True, help="Partner hospitals that send records: list, key, withdraw.")
Id = Annotated[UUID, typer.Argument(help="Id of the partner hospital, as `list` shows it.")]


@app.command("list")
def list_partners(context: typer.Context) -> None:
    """The partner hospitals, and which of them have a key that is good now."""
    with context.obj().read(HOUSE) as work:
        connected = {one.id for one in connected_partners(work)}
        for one in organizations(work, "partner_hospital"):
            typer.echo(f"{one.id}  {one.name_zh} {one.name_en}  {'connected' if one.id in connected else 'no key'}")


@app.command("key")
def key(context: typer.Context, organization: Id) -> None:
    """Make a key for a partner hospital's program and show it once; its earlier key ends."""
    try:
        with context.obj().write(HOUSE) as work:
            made = issue_partner_key(work, organization)
    except Problem as problem:
        typer.echo((problem.detail or problem.title).en, err=True)
        raise typer.Exit(2) from problem
    typer.echo(made)


@app.command("withdraw")
def withdraw(context: typer.Context, organization: Id) -> None:
    """End the key of a partner hospital at once."""
    with context.obj().write(HOUSE) as work:
        withdraw_partner_key(work, organization)
    typer.echo("withdrawn")
