"""Life cycles as tables: the only way to change a state, and the source of diagrams and CHECKs."""
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.kit.problems import Conflict
from app.kit.text import Text


class WrongState(Conflict):
    """The move is not possible from this state; `possible` lists the moves that are."""

    slug = "wrong-state"
    title = Text(zh="现在不能这样做", en="This is not possible now")


class NotYourMove(Conflict):
    """The move exists, but another role makes it."""

    slug = "not-your-move"
    status = 403
    title = Text(zh="这一步由别人来做", en="Somebody else takes this step")


@dataclass(frozen=True)
class Move:
    """One row of a life cycle: name, from, to, and the roles that may make it."""

    name: str
    source: str
    target: str
    who: frozenset[str]


def moves(name: str, sources: str, target: str, who: str) -> list[Move]:
    """Write several rows at once: `sources` and `who` are words separated by blanks."""
    return [Move(name, source, target, frozenset(who.split())) for source in sources.split()]


@dataclass(frozen=True)
class Machine:
    """A life cycle; `initial` states are those in which a thing is born."""

    name: str
    initial: frozenset[str]
    table: tuple[Move, ...]
    column: str = "state"
    _index: dict[tuple[str, str], Move] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for move in self.table:
            if (move.source, move.name) in self._index:
                raise ValueError(f"{self.name}: {move.source}+{move.name} stands twice")
            self._index[move.source, move.name] = move

    @classmethod
    def of(cls, name: str, initial: str, *rows: Iterable[Move], column: str = "state") -> "Machine":
        """Build a machine from the lists that `moves` returns."""
        return cls(name, frozenset(initial.split()), tuple(m for row in rows for m in row), column)

    @property
    def states(self) -> list[str]:
        """All states, the initial ones first, in the order in which they appear."""
        seen = dict.fromkeys(sorted(self.initial))
        for move in self.table:
            seen.update(dict.fromkeys((move.source, move.target)))
        return list(seen)

    def possible(self, state: str, role: str | None = None) -> list[str]:
        """Names of the moves out of `state`, for `role` when one is given."""
        rows = [m for m in self.table if m.source == state]
        return [m.name for m in rows if role is None or role in m.who]

    def can(self, thing: Any, name: str, role: str | None = None) -> bool:
        """Tell whether `thing` may make the move now; pages show their buttons by it."""
        return name in self.possible(getattr(thing, self.column), role)

    def move(self, thing: Any, name: str, by: str) -> str:
        """Change the state of `thing`; `by` is the role. Raises WrongState or NotYourMove."""
        state = getattr(thing, self.column)
        row = self._index.get((state, name))
        if row is None:
            raise WrongState(machine=self.name, state=state, move=name, possible=self.possible(state))
        if by not in row.who:
            raise NotYourMove(machine=self.name, move=name, who=sorted(row.who))
        setattr(thing, self.column, row.target)
        return row.target

    def check(self) -> str:
        """SQL of the CHECK that holds the column to the known states."""
        return f"{self.column} IN ({', '.join(repr(s) for s in self.states)})"

    def mermaid(self) -> str:
        """Draw the life cycle as a Mermaid state diagram."""
        arrows = dict.fromkeys((m.source, m.target) for m in self.table)
        names = {pair: " / ".join(dict.fromkeys(m.name for m in self.table if (m.source, m.target) == pair))
                 for pair in arrows}
        lines = [f"    [*] --> {state}" for state in sorted(self.initial)]
        lines += [f"    {source} --> {target}: {names[source, target]}" for source, target in arrows]
        ends = [s for s in self.states if not self.possible(s)]
        return "\n".join(["stateDiagram-v2", *lines, *[f"    {state} --> [*]" for state in ends]])
