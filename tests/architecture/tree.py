"""The checkout as the architecture tests see it: files of the product, their functions, and a copy to spoil."""
import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "consult", "migrations", "pharmacy", "prescribing", "records", "web")
SUFFIXES = (".py", ".js", ".css", ".html")
GENERATED = {"migrations/versions"}


def files(*tops: str, suffixes: tuple[str, ...] = SUFFIXES) -> Iterator[Path]:
    """Files below the given folders, without caches and without what a generator wrote."""
    for top in tops:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in suffixes and not any(place(path).startswith(g) for g in GENERATED):
                yield path


def place(path: Path) -> str:
    """The path inside the checkout, as people write it."""
    return path.relative_to(ROOT).as_posix()


def code(*tops: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file with its syntax tree."""
    for path in files(*tops, suffixes=(".py",)):
        yield path, ast.parse(path.read_text("utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` (decorators not counted) to the last line."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def copy_of_the_tree(target: Path) -> Path:
    """The product and its contracts in a folder of their own, free to be spoiled."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package,
                        ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    shutil.copy(ROOT / ".importlinter", target)
    return target


def lint(folder: Path) -> tuple[int, str]:
    """Run lint-imports on the tree in `folder`; exit status and what it said."""
    call = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {call}", "--no-cache"],
                          cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr
