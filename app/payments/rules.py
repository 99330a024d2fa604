"""Pure decisions about money: how a sum is split, what may be charged, and what has to happen next."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.payments.states import ENDED, OPEN, Wanted

LINES_OF = {"visit": {"consult_fee", "care_plan", "service"}, "order": {"drug", "delivery"}}
FIRST_LOOK = timedelta(minutes=1)
SLOWEST_LOOK = timedelta(hours=6)


@dataclass(frozen=True)
class Line:
    """A charge as the visit or the order asks for it: kind, fen, who earns it, by which price rule."""

    kind: str
    fen: int
    beneficiary_kind: str
    beneficiary_id: UUID | str
    rule_version: str = "1"


def split(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Split fen by weight with the largest remainder, ties by key; the parts sum to the total exactly.

    Weights are not negative and not all zero. Source of the method: Hamilton (1792).
    """
    whole = sum(weights.values())
    if total < 0 or whole <= 0 or min(weights.values()) < 0:
        raise ValueError("split needs a total and weights that are not negative, and one above zero")
    parts = {key: total * weight // whole for key, weight in weights.items()}
    order = sorted(weights, key=lambda key: (-(total * weights[key] % whole), key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def line_faults(payable_kind: str, lines: Sequence[Line], allowed: set[tuple[str, str]]) -> list[str]:
    """All that is wrong with the lines, as words for the problem's facts; empty when they may be charged."""
    faults = [] if lines else ["no_lines"]
    for line in lines:
        if type(line.fen) is not int or line.fen <= 0:
            faults.append(f"{line.kind}:amount")
        if line.kind not in LINES_OF.get(payable_kind, set()):
            faults.append(f"{line.kind}:not_in_{payable_kind}")
        if (line.kind, line.beneficiary_kind) not in allowed:
            faults.append(f"{line.kind}:not_for_{line.beneficiary_kind}")
    return faults


def next_effect(state: str, wanted: str, has_ref: bool, unpromised_fen: int) -> str | None:
    """What has to be asked of the provider next, or None: authorise, capture, cancel or refund.

    `unpromised_fen` is what was captured and is in no refund yet. Money that arrived after the end of
    a payment goes back whatever anybody wanted.
    """
    if unpromised_fen and (wanted == Wanted.RELEASED or state in ENDED):
        return "refund"
    if state in OPEN and wanted == Wanted.RELEASED:
        return "cancel"
    if state == "authorised" and wanted == Wanted.SETTLED:
        return "capture"
    if state == "created" and not has_ref:
        return "authorise"
    return None


def next_look(created_at: datetime, now: datetime) -> datetime:
    """When an unfinished payment is looked at again: soon when young, rarer as it ages."""
    return now + min(max(now - created_at, FIRST_LOOK), SLOWEST_LOOK)


def pause_after(tries: int) -> timedelta:
    """How long to wait before asking an unreachable provider again: 2 s doubling up to 15 minutes."""
    return timedelta(seconds=min(2 ** min(tries + 1, 10), 900))
