"""Small functions, small files, names that say something, and few places where time and transactions begin."""
import ast
import re
import statistics

import pytest

from tests.architecture.tree import PACKAGES, code, files, functions, length, place

EVERYTHING = (*PACKAGES, "tests", "bench")
LONGEST_FUNCTION, LONGEST_FILE = 60, 400
EMPTY_NAMES = {"service", "services", "util", "utils", "helper", "helpers", "common", "manager", "managers", "base",
               "misc", "repository", "repositories"}
# Where a transaction may begin or end: the house itself, the job table and its loop, the trail's recorder, the
# cashier that stands for an outside company, the notice to other processes, and tools that run on a whole database.
TRANSACTIONS = {"app/work.py", "app/worker.py", "app/jobs/cli.py", "app/jobs/table.py", "app/audit/recorder.py",
                "app/backup.py", "app/payments/providers/till.py", "web/live/bus.py", "migrations/env.py"}
# Where the machine's time may be read: the clock, the demo's people, the date on a backup, and the preview of a page.
CLOCKS = ("app/kit/clock.py", "web/demo/", "app/backup.py", "web/rendering.py",
          "app/storage/streams.py")   # the dates of files are the machine's


@pytest.mark.parametrize("top", EVERYTHING)
def test_no_function_is_longer_than_sixty_lines(top):
    long = [f"{place(path)}:{node.lineno} {node.name} {length(node)}" for path, tree in code(top)
            for node in functions(tree) if length(node) > LONGEST_FUNCTION]
    assert long == []


@pytest.mark.parametrize("top", EVERYTHING)
def test_no_file_is_longer_than_four_hundred_lines(top):
    sizes = {place(path): len(path.read_text("utf-8").splitlines()) for path in files(top)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_how_long_functions_are(capsys):
    lengths = sorted(length(node) for _, tree in code(*PACKAGES) for node in functions(tree))
    middle, ninth = statistics.median(lengths), statistics.quantiles(lengths, n=10)[8]
    with capsys.disabled():
        print(f"\n{len(lengths)} functions: median {middle:g} lines, nine in ten to {ninth:g}, longest {lengths[-1]}")
    assert middle <= 9 and ninth <= 35


def test_how_much_test_there_is(capsys):
    def lines(*tops: str) -> int:
        return sum(len(path.read_text("utf-8").splitlines()) for path in files(*tops, suffixes=(".py", ".js")))
    product, tests = lines(*PACKAGES), lines("tests")
    with capsys.disabled():
        print(f"\n{product} lines of code, {tests} lines of tests: {tests / product:.2f} to 1")
    assert product > 0 and tests > 0


def test_no_file_has_a_name_that_says_nothing():
    assert [place(path) for path in files(*EVERYTHING) if path.stem in EMPTY_NAMES] == []


def test_time_comes_from_the_clock():
    asked = re.compile(r"datetime\.now\(|utcnow|date\.today\(|time\.time\(\)")
    found = {place(path) for path in files(*PACKAGES, suffixes=(".py",)) if asked.search(path.read_text("utf-8"))}
    assert {name for name in found if not name.startswith(CLOCKS)} == set()


def test_transactions_begin_and_end_in_few_named_places():
    asked = re.compile(r"\.(commit|rollback)\(\)|(session|connection|writer|engine)\.begin\(\)")
    found = {place(path) for path in files(*PACKAGES, suffixes=(".py",)) if asked.search(path.read_text("utf-8"))}
    assert found - TRANSACTIONS == set()


def test_a_command_never_calls_the_outside_world():
    outside = re.compile(r"^(from|import) (httpx|requests|urllib|socket|smtplib|subprocess)\b", re.MULTILINE)
    found = [place(path) for path in files(*PACKAGES, suffixes=(".py",))
             if path.stem == "commands" or path.parent.name == "commands" if outside.search(path.read_text("utf-8"))]
    assert found == []


def test_nothing_is_left_for_later():
    mark = re.compile("TO" r"DO|FIX" r"ME|raise NotImplementedError")
    found = [place(path) for path in files(*PACKAGES) if mark.search(path.read_text("utf-8"))]
    assert found == []


def test_no_error_is_swallowed_unseen():
    silent = [f"{place(path)}:{node.lineno}" for path, tree in code(*PACKAGES) for node in ast.walk(tree)
              if isinstance(node, ast.ExceptHandler) and is_broad(node) and is_empty(node)]
    assert silent == []


def is_broad(node: ast.ExceptHandler) -> bool:
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))


def is_empty(node: ast.ExceptHandler) -> bool:
    return all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)


def test_every_module_says_what_it_is():
    assert [place(path) for path, tree in code(*PACKAGES) if ast.get_docstring(tree) is None] == []


def test_every_command_says_what_it_does():
    silent = [f"{place(path)}:{node.lineno} {node.name}" for path, tree in code(*PACKAGES) for node in tree.body
              if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and takes_work(node)
              and ast.get_docstring(node) is None]
    assert silent == []


def takes_work(node: ast.FunctionDef) -> bool:
    first = node.args.args[0] if node.args.args else None
    return first is not None and first.arg == "work"
