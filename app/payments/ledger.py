"""Double entry: every movement of money is posted once and never changed; corrections are new postings."""
from collections.abc import Sequence

from sqlmodel import col, select

from app.payments.models import ChargeLine, LedgerEntry, LedgerTxn, Payment, Refund
from app.payments.rules import split
from app.work import Work


class Unbalanced(RuntimeError):
    """A posting that does not sum to zero is a defect of ours; nothing of it is written."""


def camel(word: str) -> str:
    """consult_fee → ConsultFee, as account names want it."""
    return "".join(part.capitalize() for part in word.split("_"))


def money_account(provider: str) -> str:
    """Where a provider keeps our money."""
    return f"Assets:{camel(provider)}:Balance"


def earner_account(line: ChargeLine) -> str:
    """Who earns a line: the hospital as income, everybody else as what we owe them."""
    owner = line.beneficiary_id.upper()
    if line.beneficiary_kind == "hospital":
        return f"Income:{camel(line.kind)}:{owner}"
    return f"Liabilities:Payable:{camel(line.beneficiary_kind)}:{owner}"


def shares(lines: Sequence[ChargeLine], fen: int) -> dict[str, int]:
    """Split an amount over the accounts of the lines in the proportion of the lines."""
    weights = {f"{line.position:04}": line.fen for line in lines}
    parts = split(fen, weights)
    accounts: dict[str, int] = {}
    for line in lines:
        account = earner_account(line)
        accounts[account] = accounts.get(account, 0) + parts[f"{line.position:04}"]
    return accounts


def post(work: Work, kind: str, ref: str, payment: Payment, moved: dict[str, int]) -> None:
    """Write a posting under the payment's lock; one that stands already is left alone."""
    if sum(moved.values()) != 0:
        raise Unbalanced(f"{kind} of {ref}")
    known = select(LedgerTxn.id).where(col(LedgerTxn.kind) == kind, col(LedgerTxn.ref) == ref)
    if work.session.exec(known).first() is not None:
        return
    txn = work.add(LedgerTxn(kind=kind, ref=ref, payment_id=payment.id, at=work.now))
    work.session.add_all(LedgerEntry(txn_id=txn.id, account=account, fen=fen, currency=payment.currency)
                         for account, fen in sorted(moved.items()) if fen)
    work.session.flush()


def post_capture(work: Work, payment: Payment, lines: Sequence[ChargeLine]) -> None:
    """The provider has our money; the earners of the lines are owed theirs."""
    moved = {account: -fen for account, fen in shares(lines, payment.captured_fen).items()}
    moved[money_account(payment.provider)] = payment.captured_fen
    post(work, "capture", str(payment.id), payment, moved)


def post_refund(work: Work, payment: Payment, lines: Sequence[ChargeLine], refund: Refund, before_fen: int,
                kind: str = "refund") -> None:
    """Take a refund (or with kind `refund_bounced` its return) from the earners.

    `before_fen` is what had gone back before, `payment.refunded_fen` what has now. The difference of the
    two splits is posted, so that several part refunds end exactly where one full refund would.
    """
    was, now = shares(lines, before_fen), shares(lines, payment.refunded_fen)
    moved = {account: now[account] - was[account] for account in now}
    moved[money_account(payment.provider)] = before_fen - payment.refunded_fen
    post(work, kind, str(refund.id), payment, moved)


def post_reassignment(work: Work, payment: Payment, former: Sequence[ChargeLine],
                      lines: Sequence[ChargeLine]) -> None:
    """Move what was posted for the former earners to the new ones; before the capture nothing was posted."""
    if not payment.captured_fen:
        return
    moved: dict[str, int] = {}
    for sign, part in ((1, former), (-1, lines)):
        taken, given = shares(part, payment.captured_fen), shares(part, payment.refunded_fen)
        for account in taken:
            moved[account] = moved.get(account, 0) + sign * (taken[account] - given[account])
    if any(moved.values()):
        post(work, "reassign", f"{payment.id}:{lines[0].edition}", payment, moved)
