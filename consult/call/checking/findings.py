"""What the check of an installation tells."""
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.kit.text import Text

Verdict = Literal["ok", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was tried. `bad`: calls, or recordings that are asked for, do not work here; `warning`: they are
    limited by it."""

    check: str
    verdict: Verdict
    text: Text


def calls_work(findings: Iterable[Finding]) -> bool:
    """True when nothing bad was found."""
    return all(one.verdict != "bad" for one in findings)
