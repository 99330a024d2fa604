"""Pure decisions about answers: which ones a question takes, and what a correction takes back."""
from collections.abc import Collection, Mapping
from typing import Any

from consult.triage.judging.outcome import Outcome
from consult.triage.problems import UnusableAnswer
from consult.triage.rulebook.schema import Question

UNKNOWN = "unknown"


def fitting_answer(question: Question, value: Any) -> str | float:
    """The answer in the form that is stored. Raises UnusableAnswer; "unknown" always fits.

    A number outside the possible range is kept as given: the judgement takes it as not known, never as fine.
    """
    if value == UNKNOWN:
        return UNKNOWN
    if question.kind == "number":
        return _number(question, value)
    allowed = [option.id for option in question.options] or ["yes", "no"]
    if not isinstance(value, str) or value not in allowed:
        raise UnusableAnswer(question=question.id, allowed=[*allowed, UNKNOWN])
    return value


def _number(question: Question, value: Any) -> float:
    if isinstance(value, str) and len(value) <= 12:
        value = _read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 100_000:
        raise UnusableAnswer(question=question.id, allowed=["number", UNKNOWN], unit=question.unit)
    return float(value)


def _read_number(text: str) -> float | None:
    """A number as people type it; a comma counts as a point."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def given_back(outcome: Outcome, red_flags: Collection[str]) -> list[str]:
    """The red flags on which an emergency rested; denied after it, they count as not known."""
    said = [s.question for f in outcome.fired for s in f.answers if s.value == "yes"]
    return [name for name in dict.fromkeys(said) if name in red_flags]


def ticked(lines: Collection[str], ticks: Collection[str], rest: str) -> Mapping[str, str]:
    """The answers of the first screen: yes where ticked, and `rest` ("no" or "unknown") for every other line."""
    return {line: "yes" if line in ticks else rest for line in lines}
