"""Draws the life cycles into the READMEs: `python -m app.pictures` rewrites what stands between the marks.

    <!-- states:visit -->
    (the picture)
    <!-- /states -->
"""
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from app.kit.states import Machine
from app.wiring import ROOMS

ROOT = Path(__file__).parent.parent
MARKED = re.compile(r"<!-- states:(\w+) -->\n.*?<!-- /states -->", re.DOTALL)


def machines() -> dict[str, Machine]:
    """Every life cycle that a `states.py` of a room holds, by its name."""
    found: dict[str, Machine] = {}
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if module.name.endswith(".states"):
                held = vars(importlib.import_module(module.name)).values()
                found |= {thing.name: thing for thing in held if isinstance(thing, Machine)}
    return found


def readmes() -> Iterator[Path]:
    """The READMEs of all rooms and steps."""
    for top in dict.fromkeys(room.split(".")[0] for room in ROOMS):
        yield from sorted((ROOT / top).rglob("README.md"))


def drawn(text: str, known: dict[str, Machine]) -> str:
    """`text` with every marked picture drawn anew. Raises KeyError for a life cycle that does not exist."""
    def picture(match: re.Match[str]) -> str:
        name = match[1]
        return f"<!-- states:{name} -->\n```mermaid\n{known[name].mermaid()}\n```\n<!-- /states -->"
    return MARKED.sub(picture, text)


def main() -> None:
    """Rewrite every README whose pictures are stale."""
    known = machines()
    for path in readmes():
        text = path.read_text("utf-8")
        path.write_text(drawn(text, known), "utf-8")


if __name__ == "__main__":
    main()
