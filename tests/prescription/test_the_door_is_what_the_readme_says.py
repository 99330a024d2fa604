"""The READMEs of the two steps name functions that exist, and draw the life cycles that the code has."""
import re
from pathlib import Path

import pytest

from pharmacy import api as pharmacy
from prescribing import api as prescribing

ROOT = Path(__file__).parents[2]
STEPS = {"prescribing": prescribing, "pharmacy": pharmacy}
MACHINES = [("prescribing", prescribing.PRESCRIPTION), ("pharmacy", pharmacy.ORDER), ("pharmacy", pharmacy.OFFER)]


def readme(step: str) -> str:
    return (ROOT / step / "README.md").read_text("utf-8")


@pytest.mark.parametrize("step", STEPS)
def test_every_door_that_is_named_can_be_opened(step):
    doors = readme(step).split("## Doors")[1].split("## Events")[0]
    named = set(re.findall(r"`([a-z_]+)`", doors))
    assert len(named) > 15 and [name for name in sorted(named) if not hasattr(STEPS[step], name)] == []


@pytest.mark.parametrize(("step", "machine"), MACHINES, ids=lambda one: getattr(one, "name", one))
def test_the_picture_is_the_table(step, machine):
    shown = readme(step).split(f"<!-- states:{machine.name} -->")[1].split("<!-- /states -->")[0]
    assert f"```mermaid\n{machine.mermaid()}\n```" in shown
