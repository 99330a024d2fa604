"""What can go wrong at the door of a record."""
from typing import Any
from uuid import UUID

from app.audit import Trace
from app.kit.problems import Conflict, Invalid, NotFound, Problem
from app.kit.text import Text


class RecordClosed(NotFound):
    """The record is not open to this person; `trace` is what the door keeps of the attempt."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace


class ReasonNeeded(Invalid):
    """Emergency access needs a reason in words, because the patient will read it."""

    slug = "reason-needed"
    title = Text(zh="请写明紧急查看的原因，至少 10 个字，患者会看到",
                 en="Please write why you need emergency access, at least 10 characters; the patient will read it")


class EntryElsewhere(Conflict):
    """The same source already stands in another patient's record."""

    slug = "entry-elsewhere"
    title = Text(zh="这条记录属于另一位就诊人", en="This entry belongs to another patient")


def refusal_trace(what: str, patient_id: UUID) -> Trace:
    """What the trail keeps of somebody who was turned away."""
    return Trace(what, ground="refused", patient_id=patient_id)


def refusal_of(problem: Problem) -> Trace | None:
    """The trace of a refused attempt, when the problem carries one; the door records it after the rollback."""
    trace: Any = getattr(problem, "trace", None)
    return trace if isinstance(trace, Trace) else None
