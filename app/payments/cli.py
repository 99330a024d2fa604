"""`fuzhen payments`: money that waits for a person, and the sweep after jobs died."""
import json
from typing import Annotated, Any

import typer

from app.payments.commands import sweep
from app.payments.models import Payment, Refund
from app.payments.queries import debts, doubled_refunds, failed_refunds
from app.work import HOUSE

app = typer.Typer(no_args_is_help=True, help="Money that waits for a person: list, sweep.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of words.")]


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


@app.command("list")
def list_open(context: typer.Context, as_json: AsJson = False) -> None:
    """Debts (earned, and could not be taken), refunds that failed or came back, and refunds made twice."""
    with context.obj().read(HOUSE) as work:
        owed = [_debt(payment) for payment in debts(work)]
        failed = [_refund(refund) for refund in failed_refunds(work)]
        twice = [_refund(refund) for refund in doubled_refunds(work)]
    if as_json:
        _print_json({"debts": owed, "failed_refunds": failed, "made_twice": twice})
        return
    for one in owed:
        typer.echo("debt    {payment_id}  {payable_kind} {payable_id}  {fen} fen  since {since}".format(**one))
    for one in failed:
        typer.echo("refund  {refund_id}  payment {payment_id}  {fen} fen  {state}: {problem}".format(**one))
    for one in twice:
        typer.echo("twice   {refund_id}  payment {payment_id}  {fen} fen  paid out a second time".format(**one))
    typer.echo(f"{len(owed)} debts, {len(failed)} failed refunds, {len(twice)} made twice")


def _debt(payment: Payment) -> dict[str, Any]:
    since = payment.debt_since.isoformat() if payment.debt_since else None
    return {"payment_id": str(payment.id), "payable_kind": payment.payable_kind, "payable_id": str(payment.payable_id),
            "provider": payment.provider, "fen": payment.fen, "currency": payment.currency, "state": payment.state,
            "since": since}


def _refund(refund: Refund) -> dict[str, Any]:
    return {"refund_id": str(refund.id), "payment_id": str(refund.payment_id), "fen": refund.fen,
            "reason": refund.reason, "state": refund.state, "problem": refund.problem}


@app.command("sweep")
def sweep_unfinished(context: typer.Context, as_json: AsJson = False) -> None:
    """See that every unfinished payment and notice is looked at again, also where its job had died."""
    with context.obj().write(HOUSE) as work:
        count = sweep(work)
    if as_json:
        _print_json({"looked_at": count})
    else:
        typer.echo(f"{count} payments and notices are looked at again")
