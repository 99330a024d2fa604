"""Duties that no rule decides: a sentence beside prescription medicine, and no figures of doctor by drug."""
import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from web.rendering import TEMPLATES, PageContext, environment, reading

SENTENCE = "处方药须凭处方在药师指导下购买和使用"
PUBLIC = [*TEMPLATES.glob("patient/**/*.html"), *TEMPLATES.glob("public/**/*.html")]
SHOWN = re.compile(r"for (drug|dose) in ")
# Parts that stand inside of a page which carries the sentence.
INSIDE = {"_card.html"}
COUNTING = {"group_by", "Counter", "groupby", "value_counts", "pivot"}
DRUG, DOCTOR = re.compile(r"drug|product_code|item"), re.compile(r"practitioner|doctor|prescriber")
PACKAGES = ("app", "consult", "pharmacy", "prescribing", "records", "web")


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
def test_where_a_patient_sees_medicine_the_sentence_stands(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not SHOWN.search(text) or "drug_warning()" in text or path.name in INSIDE


def test_the_sentence_is_the_one_of_the_law() -> None:
    with reading(PageContext()):
        assert SENTENCE in environment.get_template("ui/parts.html").module.drug_warning()  # type: ignore[attr-defined]


def test_before_paying_the_sentence_stands_above_the_button() -> None:
    text = (TEMPLATES / "patient" / "order.html").read_text("utf-8")
    assert text.index("drug_warning()") < text.index("Pay {yuan} and order")


def test_no_packaging_and_no_buy_button_on_the_first_pages() -> None:
    for name in ("public/landing.html", "patient/home.html"):
        text = (TEMPLATES / name).read_text("utf-8")
        assert "<img" not in text and "Buy" not in text and "/orders/new" not in text, name


# --- no commercial statistics of prescriptions (CN-RX-13) -------------------------------------------------------


def names_in(node: ast.AST) -> set[str]:
    """Names, attributes and words that a piece of code speaks of."""
    return {part for one in ast.walk(node) for part in (
        [one.id] if isinstance(one, ast.Name) else [one.attr] if isinstance(one, ast.Attribute) else
        [one.value] if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) < 40 else [])}


def counted_by(source: str) -> Iterator[tuple[str, set[str]]]:
    """Every call that counts or groups, with the function it stands in, and what it groups by."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if name in COUNTING:
                    yield function.name, set().union(*map(names_in, [*call.args, *(k.value for k in call.keywords)]))


def doctor_by_drug(source: str) -> list[str]:
    """Functions whose figures would tell which doctor prescribes how much of which medicine."""
    return [function for function, by in counted_by(source)
            if any(DRUG.search(name.lower()) for name in by) and any(DOCTOR.search(name.lower()) for name in by)]


@pytest.mark.parametrize("path", [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_counts_medicine_by_doctor(path: Path) -> None:
    assert doctor_by_drug(path.read_text("utf-8")) == []


@pytest.mark.parametrize("query", [
    "select(func.count()).group_by(Rx.practitioner_id, Item.drug_id)",
    "select(x).group_by(col(Prescription.practitioner_id), col(PrescriptionItem.product_code))",
    "Counter((rx.doctor, item.name_zh) for rx, item in rows)"])
def test_such_a_figure_would_be_found(query: str) -> None:
    assert doctor_by_drug(f"def figures(work):\n    return {query}") == ["figures"]
    assert doctor_by_drug("def figures(work):\n    return select(x).group_by(Rx.practitioner_id)") == []
