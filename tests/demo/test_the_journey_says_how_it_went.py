"""`fuzhen journey` in words: a line a step, then one that sums up."""
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from web.demo import journey


def walked(monkeypatch: pytest.MonkeyPatch, steps: int, *more: str) -> Any:
    """The command over a journey whose first `steps` steps hold."""
    def run(self: journey.Journey) -> Iterator[dict[str, Any]]:
        yield from ({"step": name, "ok": True, "ms": 1} for name in journey.STEPS[:steps])
        if steps < len(journey.STEPS):
            yield {"step": journey.STEPS[steps], "ok": False, "ms": 1, "error": "CheckFailed: no"}

    monkeypatch.setattr(journey.Journey, "__init__", lambda self, base_url: None)
    monkeypatch.setattr(journey.Journey, "run", run)
    return CliRunner().invoke(app, ["journey", *more])


def test_a_whole_journey_ends_with_a_line_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told = walked(monkeypatch, len(journey.STEPS))
    assert told.exit_code == 0 and told.output.splitlines()[-1] == f"all {len(journey.STEPS)} steps held"


def test_a_broken_journey_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    told = walked(monkeypatch, 3)
    assert told.exit_code == 1 and told.output.splitlines()[-1] == f"3 of {len(journey.STEPS)} steps held"


def test_programs_get_only_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    told = walked(monkeypatch, len(journey.STEPS), "--json")
    assert len(told.output.splitlines()) == len(journey.STEPS) and "held" not in told.output
