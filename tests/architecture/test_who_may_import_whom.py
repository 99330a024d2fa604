"""The import contracts hold, they notice every kind of breach, and nothing stands outside them."""
import configparser
import importlib
import re
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, copy_of_the_tree, lint

BREACHES = [
    ("records/file/queries.py", "from consult import api", "A layer knows only"),
    ("consult/visit/rules.py", "import prescribing.api", "A layer knows only"),
    ("app/kit/ids.py", "import app.settings", "A layer knows only"),
    ("app/work.py", "from app.policy import api", "A layer knows only"),
    ("pharmacy/orders/rules_of_nobody.py", "import web.door", "A layer knows only"),
    ("web/door.py", "import app.wiring", "A layer knows only"),
    ("consult/visit/rules.py", "from fastapi import Depends", "Only web and the front door"),
    ("records/words.py", "import jinja2", "Only web and the front door"),
    ("consult/visit/facts.py", "from records.file import queries", "entered through records.api"),
    ("prescribing/rx/facts.py", "import consult.visit.models", "entered through consult.api"),
    ("pharmacy/orders/queries.py", "import prescribing.rx.commands", "entered through prescribing.api"),
    ("web/door.py", "import pharmacy.orders.models", "entered through pharmacy.api"),
    ("records/file/queries.py", "from app.identity.people import models", "Rooms of app"),
    ("consult/visit/states.py", "import consult.visit.commands", "Inside a room"),
    ("records/file/models.py", "import records.file.queries", "Inside a room"),
]


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contracts say of a copy of the tree that holds every breach at once."""
    copy = copy_of_the_tree(tmp_path_factory.mktemp("tree"))
    for file, line, _ in BREACHES:
        with (copy / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    status, said = lint(copy)
    assert status == 1, said
    return said


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", "utf-8")
    return parser


def test_the_contracts_hold():
    status, said = lint(ROOT)
    assert status == 0, said


def imported(line: str) -> str:
    """The module that an import statement names, as the report writes it."""
    words = line.split()
    return words[1] if words[0] == "import" or words[1] in ("fastapi",) else f"{words[1]}.{words[3]}"


@pytest.mark.parametrize(("file", "line", "contract"), BREACHES, ids=[f"{f} {c}" for f, _, c in BREACHES])
def test_a_forbidden_import_is_noticed(spoiled, file, line, contract):
    module = file.removesuffix(".py").replace("/", ".")
    report = spoiled.split("Broken contracts")[1]
    of_contract = next(part for part in re.split(r"\n(?=[^\n]+\n-{5,}\n)", report) if contract in part)
    assert f"{module} -> {imported(line)} " in of_contract, spoiled


def test_every_contract_is_broken_by_some_breach_above():
    names = [contracts()[s]["name"] for s in contracts().sections() if s.startswith("importlinter:contract:")]
    assert [n for n in names if not any(told in n for _, _, told in BREACHES)] == []


def placed() -> set[str]:
    """Every module or package that the stack names."""
    rows = contracts()["importlinter:contract:stack"]["layers"].split("\n")
    return {name.strip(" ()") for row in rows for name in row.split("|") if name.strip()}


def test_every_package_has_its_place_in_the_stack():
    tops = {p.name for p in ROOT.iterdir() if (p / "__init__.py").exists()} - {"tests", "bench", "app"}
    inside = {f"app.{p.stem}" for p in (ROOT / "app").iterdir()
              if p.stem != "__init__" and (p.suffix == ".py" or (p / "__init__.py").exists())}
    assert (tops | inside) - placed() == set()


def test_the_contracts_look_at_every_package():
    roots = contracts()["importlinter"]["root_packages"].split()
    folders = {p.parent.name for p in ROOT.glob("*/*.py")} - {"tests", "bench"}
    assert set(roots) == set(PACKAGES) and folders <= set(roots)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_this_checkouts_and_not_a_namesake(package):
    module = importlib.import_module(package)
    found = Path(next(iter(module.__path__)))
    assert found.resolve() == (ROOT / package).resolve()
