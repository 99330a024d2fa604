"""`fuzhen video`: whether calls work in this installation.

Exit status: 0 when calls work, also with warnings; 1 when they, or recordings that are asked for, do not.
"""
import json
from typing import Annotated

import typer

from app.kit.clock import SystemClock
from app.settings import Settings
from consult.call.checking.findings import calls_work

app = typer.Typer(no_args_is_help=True, help="Calls: check relays, ports, codecs, recording and disk.")
SIGNS = {"ok": "ok     ", "warning": "warning", "bad": "BAD    "}


@app.callback()
def video() -> None:
    """Keep `doctor` a command of its own."""


@app.command()
def doctor(context: typer.Context,
           as_json: Annotated[bool, typer.Option("--json", help="JSON instead of words.")] = False) -> None:
    """Try everything that a call needs here: each relay, UDP, codecs, a recording that is made and read, the disk."""
    from consult.call.checking.all import examine  # media libraries: loaded by nobody who does not need them
    settings: Settings = context.obj.settings()     # asks no database: calls are tried before there is one
    settings.data.mkdir(parents=True, exist_ok=True)    # a recording is tried where recordings will lie
    findings = examine(settings, SystemClock().now())
    works = calls_work(findings)
    if as_json:
        typer.echo(json.dumps({"ok": works, "findings": [
            {"check": one.check, "verdict": one.verdict, "text": {"zh": one.text.zh, "en": one.text.en}}
            for one in findings]}, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            typer.echo(f"{SIGNS[one.verdict]}  {one.check}: {one.text.en}")
        typer.echo("Calls work here." if works else "Calls do not work as they should; see what is BAD.")
    raise typer.Exit(0 if works else 1)
