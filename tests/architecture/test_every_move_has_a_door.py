"""Whoever may make a move finds a page or an API route that makes it; what has no door is stuck for ever."""
import inspect
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from starlette.routing import WebSocketRoute

from app.kit.states import Machine
from app.pictures import machines
from tests.architecture.tree import PACKAGES
from web.door import gate_of
from web.site import routers

PEOPLE = ("patient", "doctor", "pharmacist", "pharmacy")
MACHINES = machines()
HELD = "the page holds a decision for five seconds before it sends it, so there is nothing to take back afterwards"
NO_DOOR = {("doctor", "evidence", "undo"): HELD, ("doctor", "evidence", "undo_confirm"): HELD}


def endpoints(role: str) -> list[FunctionType]:
    """What the pages and routes of a role call."""
    return [route.endpoint for router in routers() for route in router.routes
            if not isinstance(route, WebSocketRoute) and role in gate_of(route).roles]


def codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code with everything that is defined inside it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from codes(inner)


def words(function: FunctionType) -> set[str]:
    """The texts that stand in a function."""
    return {part for code in codes(function.__code__) for const in code.co_consts
            for part in (const if isinstance(const, tuple | frozenset) else (const,)) if isinstance(part, str)}


def named(function: FunctionType) -> list[Any]:
    """The things that a function names: its module's own, and those behind a door that it goes through."""
    names = {name for code in codes(function.__code__) for name in code.co_names}
    own = [function.__globals__[name] for name in names if name in function.__globals__]
    doors = [one for one in own if isinstance(one, ModuleType) and one.__name__.split(".")[0] in PACKAGES]
    tables = [value for one in own if isinstance(one, dict) for value in one.values()]
    return [*own, *tables, *(getattr(door, name) for door in doors for name in names if hasattr(door, name))]


def callees(function: FunctionType) -> list[FunctionType]:
    """The functions of the product that a function may call."""
    found = [inspect.unwrap(one) for one in named(function) if callable(one)]
    return [one for one in found if isinstance(one, FunctionType) and one.__module__.split(".")[0] in PACKAGES]


def reached(roots: Iterable[Callable[..., Any]]) -> list[FunctionType]:
    """Everything that may run when one of `roots` is called; subscribers and jobs are somebody else's run."""
    found: dict[FunctionType, None] = {}
    edge = [inspect.unwrap(root) for root in roots]
    while edge:
        function = edge.pop()
        if isinstance(function, FunctionType) and function not in found:
            found[function] = None
            edge += callees(function)
    return list(found)


def moved_by(function: FunctionType) -> list[Machine]:
    """The life cycles whose state a function changes itself."""
    moves = any("move" in code.co_names for code in codes(function.__code__))
    return [one for one in named(function) if isinstance(one, Machine)] if moves else []


def made(roots: Iterable[Callable[..., Any]]) -> set[tuple[str, str]]:
    """(life cycle, move): a command is reached that names the move, and it or what it calls changes the state."""
    commands = [one for one in reached(roots) if not one.__module__.startswith("web.")]
    return {(machine.name, word) for command in commands for mover in (command, *callees(command))
            for machine in moved_by(mover) for word in words(command)}


def wanted(role: str) -> set[tuple[str, str]]:
    """The moves that the tables grant to a role."""
    return {(machine.name, row.name) for machine in MACHINES.values() for row in machine.table if role in row.who}


@pytest.mark.parametrize("role", PEOPLE)
def test_every_move_of_a_person_has_a_page_or_a_route(role):
    missing = wanted(role) - made(endpoints(role))
    assert missing == {(machine, move) for who, machine, move in NO_DOOR if who == role}


@pytest.mark.parametrize(("role", "command", "lost"), [
    ("pharmacy", "give_up", ("order", "give_up")), ("pharmacy", "come_back", ("order", "come_back")),
    ("patient", "cancel", ("order", "give_up")), ("patient", "cancel", ("order", "stop_waiting")),
    ("doctor", "revoke", ("prescription", "revoke")),
])
def test_a_door_that_is_walled_up_is_missed(role, command, lost):
    left = [one for one in endpoints(role) if one.__name__ != command]
    assert len(left) < len(endpoints(role)) and lost in wanted(role) - made(left)
