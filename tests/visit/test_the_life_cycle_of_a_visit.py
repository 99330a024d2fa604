"""Every row of the life cycle, and nothing beside it."""
import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest

import consult
from app.kit.states import NotYourMove, WrongState
from consult.visit.states import MONEY_BACK, OPEN, VISIT

README = Path(consult.__file__).parent / "README.md"
ROLES = ("patient", "doctor", "house", "pharmacist", "pharmacy", "admin", "compliance", "operator", "nobody")
ROWS = {
    ("requested", "wait"): ("waiting", {"house"}),
    ("requested", "ask_evidence"): ("needs_evidence", {"house"}),
    ("requested", "refuse"): ("refused", {"house"}),
    ("needs_evidence", "refuse"): ("refused", {"house"}),
    ("waiting", "refuse"): ("refused", {"house"}),
    ("requested", "expire"): ("expired", {"house"}),
    ("requested", "cancel"): ("cancelled", {"patient"}),
    ("needs_evidence", "add_evidence"): ("waiting", {"patient", "house"}),
    ("needs_evidence", "expire"): ("expired", {"house"}),
    ("needs_evidence", "cancel"): ("cancelled", {"patient"}),
    ("waiting", "accept"): ("in_progress", {"doctor"}),
    ("waiting", "decline"): ("declined", {"doctor"}),
    ("waiting", "expire"): ("expired", {"house"}),
    ("waiting", "cancel"): ("cancelled", {"patient"}),
    ("in_progress", "finish"): ("completed", {"doctor"}),
    ("in_progress", "refer"): ("referred", {"doctor"}),
    ("in_progress", "abandon"): ("abandoned", {"doctor", "house"}),
    ("in_progress", "lapse"): ("expired", {"house"})}
MOVES = sorted({name for _, name in ROWS})


@pytest.mark.parametrize(("state", "move"), list(product(VISIT.states, MOVES)))
def test_a_move_is_made_by_whoever_may_and_refused_everywhere_else(state: str, move: str) -> None:
    target, who = ROWS.get((state, move), (None, set()))
    for role in ROLES:
        visit = SimpleNamespace(state=state)
        if role in who:
            assert VISIT.move(visit, move, role) == target == visit.state
            continue
        with pytest.raises(NotYourMove if target else WrongState):
            VISIT.move(visit, move, role)
        assert visit.state == state


def test_the_table_has_no_row_that_nobody_wrote_down_here() -> None:
    assert {(m.source, m.name): (m.target, set(m.who)) for m in VISIT.table} == ROWS


def test_only_the_doctors_finish_completes_a_visit() -> None:
    assert [(m.name, m.who) for m in VISIT.table if m.target == "completed"] == [("finish", frozenset({"doctor"}))]


def test_an_end_is_an_end_and_every_open_state_has_a_way_out() -> None:
    ends = [state for state in VISIT.states if not VISIT.possible(state)]
    assert set(ends) == {"refused", "declined", "expired", "cancelled", "completed", "referred", "abandoned"}
    assert set(VISIT.states) == {*ends, *OPEN}


@pytest.mark.invariant(7)
def test_every_end_but_a_finished_or_abandoned_visit_gives_the_money_back() -> None:
    ends = {state for state in VISIT.states if not VISIT.possible(state)}
    assert set(MONEY_BACK) == ends - {"completed", "abandoned"}


def test_the_picture_in_the_readme_is_the_table_in_the_code() -> None:
    found = re.search(r"<!-- states:visit -->\n```mermaid\n(.*?)\n```\n<!-- /states -->", README.read_text("utf-8"),
                      re.DOTALL)
    assert found is not None and found[1] == VISIT.mermaid()
