"""Every life cycle: each state can be reached, each pair outside the table is refused, table and picture agree."""
from types import SimpleNamespace

import pytest
from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from app.kit.states import Machine, NotYourMove, WrongState
from app.pictures import MARKED, drawn, machines, readmes
from app.wiring import import_models
from tests.architecture.tree import ROOT, place

MACHINES = machines()
ROLES = {"patient", "doctor", "pharmacist", "pharmacy", "compliance", "admin", "operator", "guest", "house"}
EXPECTED = {"evidence", "licence", "offer", "order", "payment", "policy_replay", "policy_version", "prescription",
            "refund", "triage", "visit"}


def pairs() -> list[tuple[str, str, str]]:
    """Every (machine, state, move) there could be."""
    return [(name, state, move) for name, machine in sorted(MACHINES.items()) for state in machine.states
            for move in sorted({row.name for row in machine.table})]


def allowed(machine: Machine, state: str, move: str):
    return next((row for row in machine.table if (row.source, row.name) == (state, move)), None)


def test_all_life_cycles_are_found():
    assert set(MACHINES) >= EXPECTED


@pytest.mark.parametrize(("name", "state", "move"), pairs())
def test_a_move_is_made_by_its_roles_or_refused(name, state, move):
    machine = MACHINES[name]
    row = allowed(machine, state, move)
    for role in sorted(ROLES):
        thing = SimpleNamespace(**{machine.column: state})
        if row is not None and role in row.who:
            assert machine.move(thing, move, role) == row.target == getattr(thing, machine.column)
            continue
        with pytest.raises(WrongState if row is None else NotYourMove) as refused:
            machine.move(thing, move, role)
        assert getattr(thing, machine.column) == state and 400 <= refused.value.status < 500


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_can_be_reached(name):
    machine = MACHINES[name]
    reached, edge = set(machine.initial), set(machine.initial)
    while edge:
        edge = {row.target for row in machine.table if row.source in edge} - reached
        reached |= edge
    assert reached == set(machine.states)


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_role_of_a_life_cycle_exists(name):
    assert {role for row in MACHINES[name].table for role in row.who} <= ROLES


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_the_database_knows_the_same_states(name):
    import_models()
    checks = {str(c.sqltext) for table in SQLModel.metadata.tables.values() for c in table.constraints
              if isinstance(c, CheckConstraint)}
    assert MACHINES[name].check() in checks


@pytest.mark.parametrize("path", list(readmes()), ids=place)
def test_the_pictures_in_the_readmes_are_fresh(path):
    text = path.read_text("utf-8")
    assert drawn(text, MACHINES) == text, "python -m app.pictures draws them anew"


def test_every_life_cycle_has_its_picture_somewhere():
    shown = {name for path in readmes() for name in MARKED.findall(path.read_text("utf-8"))}
    assert set(MACHINES) - shown == set()


@pytest.mark.parametrize("step", ["records", "consult", "prescribing", "pharmacy", "web"])
def test_every_step_says_what_it_is_for(step):
    text = (ROOT / step / "README.md").read_text("utf-8")
    assert text.startswith(f"# {step}") and "## Doors" in text and "## Events" in text
