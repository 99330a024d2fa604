"""The table of moves is the whole truth: every other pair is refused, and the picture in the README is its own."""
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

from app.kit.states import NotYourMove, WrongState
from app.work import HOUSE, House
from records import api as records
from records.api import EVIDENCE
from tests.records.cast import Cast

README = Path(__file__).parents[2] / "records" / "README.md"
NAMES = sorted({move.name for move in EVIDENCE.table})
TABLE = {(move.source, move.name): move for move in EVIDENCE.table}


@pytest.mark.parametrize("state", EVIDENCE.states)
@pytest.mark.parametrize("name", NAMES)
def test_only_the_moves_of_the_table_are_possible(state: str, name: str) -> None:
    piece = SimpleNamespace(state=state)
    if (state, name) in TABLE:
        assert EVIDENCE.move(piece, name, by="doctor") == TABLE[state, name].target
        return
    with pytest.raises(WrongState):
        EVIDENCE.move(piece, name, by="doctor")
    assert piece.state == state


@pytest.mark.parametrize("role", ["patient", "pharmacist", "pharmacy", "admin", "compliance", "house", "nobody"])
def test_no_move_is_made_by_anybody_but_a_doctor(role: str) -> None:
    for source, name in TABLE:
        with pytest.raises(NotYourMove):
            EVIDENCE.move(SimpleNamespace(state=source), name, by=role)


def test_the_database_knows_no_other_state(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    with pytest.raises(IntegrityError), house.write(HOUSE) as work:
        row = work.get(records.Evidence, piece.id)
        row.state = "proven"
        work.add(row)


def test_the_picture_in_the_readme_is_drawn_from_the_table() -> None:
    found = re.search(r"<!-- states:evidence -->\n```mermaid\n(.*?)\n```\n<!-- /states -->", README.read_text("utf-8"),
                      re.DOTALL)
    assert found is not None and found[1] == EVIDENCE.mermaid()


def test_the_readme_names_only_doors_that_exist() -> None:
    doors = README.read_text("utf-8").partition("## Doors")[2].partition("## Events")[0]
    named = set(re.findall(r"`([a-z_]+)`", doors)) - {"records"}
    assert named and named <= set(records.__all__)
    assert all(hasattr(records, name) for name in records.__all__)
