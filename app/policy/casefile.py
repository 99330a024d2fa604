"""Case files: what a policy must decide, one row a case, so that an officer can prove a pack first.

Columns: case_id, title, policy, stage, as_of_date, drug_code, facts_json, expected_decision, expected_rule_ids,
expected_exception_id, note. `facts_json` is complete. `drug_code` is looked up in the dated table of drug classes at
`as_of_date` and gives `rx.drug_classes` where the facts do not name the classes themselves.
"""
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.policy.decision import Decision, Verdict
from app.policy.engine import decide
from app.policy.facts import ISO_DATE
from app.policy.policy_set import PolicySet
from app.policy.problems import PolicyError, unusable

COLUMNS = ("case_id", "title", "title_zh", "policy", "stage", "as_of_date", "drug_code", "facts_json",
           "expected_decision", "expected_rule_ids", "expected_exception_id", "note")
NEEDED = frozenset(COLUMNS) - {"title", "title_zh", "note"}
MAX_BYTES = 32_000_000
MAX_FIELD = 200_000
CLASSES = "rx.drug_classes"


@dataclass(frozen=True)
class Case:
    """One row: the question and the answer that is expected; ids in the order of the alphabet."""

    id: str
    policy: str
    stage: str
    as_of: date
    facts: dict[str, Any]
    verdict: Verdict
    rules: tuple[str, ...]
    exceptions: tuple[str, ...]
    drug: str = ""
    title: str = ""
    title_zh: str = ""

    def facts_for(self, policy_set: PolicySet) -> dict[str, Any]:
        """The facts, with the drug's classes of that day where the row does not give them."""
        if not self.drug or self.facts.get(CLASSES) is not None:
            return self.facts
        classes = policy_set.drug_classes.classes_of(self.drug, self.as_of)
        return self.facts | ({CLASSES: sorted(classes)} if classes else {})

    def decide(self, policy_set: PolicySet) -> Decision:
        """What the policies say to this case."""
        return decide(policy_set, self.stage, self.as_of, self.facts_for(policy_set))


@dataclass(frozen=True)
class Outcome:
    """A case beside what was decided."""

    case: Case
    decision: Decision

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as expected, each as one short sentence; empty when the case holds."""
        case, told = self.case, self.decision
        pairs = (("decision", case.verdict.value, told.verdict.value),
                 ("rules", ";".join(case.rules), ";".join(told.rule_ids)),
                 ("exception", ";".join(case.exceptions), ";".join(told.exceptions_used)))
        return tuple(f"{name}: expected {wanted or 'none'}, got {got or 'none'}"
                     for name, wanted, got in pairs if wanted != got)

    @property
    def why(self) -> str:
        """Why no rule was asked at all, where that is so: which facts are unusable, or that there is no such step."""
        told = self.decision
        bad = (f"{one.fact} {one.why}" for reason in told.reasons for one in reason.bad_facts)
        codes = (f"there is no step {self.case.stage}" for reason in told.reasons if reason.code == "unknown_stage")
        return "; ".join((*bad, *codes))

    @property
    def holds(self) -> bool:
        """True when verdict, rules and exceptions are exactly the expected ones."""
        return not self.differences


def run_cases(cases: Iterable[Case], policies: Callable[[str], PolicySet]) -> Iterator[Outcome]:
    """Decide each case under the policies of its name. Raises PolicyError for a name that is not known."""
    for case in cases:
        yield Outcome(case, case.decide(policies(case.policy)))


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read a case file from disk. Raises PolicyError with file, line and column."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise unusable("文件太大", f"the file is larger than {MAX_BYTES} bytes", path.name)
        return read_cases(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise unusable("不是 UTF-8 文本", "the file is not UTF-8 text", path.name) from error
    except OSError as error:
        raise unusable("文件打不开", f"the file cannot be opened: {error.strerror}", path.name) from error


def read_cases(text: str, file: str) -> tuple[Case, ...]:
    """Read the rows of a case file; a file without rows is refused, because it proves nothing."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = list(reader.fieldnames or ())
        absent, twice = NEEDED - set(names), sorted({name for name in names if name and names.count(name) > 1})
        if absent:
            raise unusable("缺少列", f"columns are missing: {', '.join(sorted(absent))}", file)
        if twice:
            raise unusable("有的列出现两次", f"columns stand twice: {', '.join(twice)}", file)
        cases = tuple(_case(row, file, f"line {reader.line_num}") for row in reader)
    except csv.Error as error:
        raise unusable("不是有效的 CSV", f"not valid CSV: {error}", file, f"line {reader.line_num}") from error
    if not cases:
        raise unusable("文件里没有案例", "the file holds no case", file)
    _refuse_twins(cases, file)
    return cases


def _refuse_twins(cases: tuple[Case, ...], file: str) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise unusable("案例编号重复", "a case id stands twice", file, case.id)
        seen.add(case.id)


def _case(row: dict[str, Any], file: str, place: str) -> Case:
    if None in row or None in row.values():
        raise unusable("列数不对", "the row has more or fewer fields than the header", file, place)
    cells = {name: row[name].strip() for name in row}
    if not cells["case_id"]:
        raise unusable("缺少案例编号", "the case has no id", file, place, "case_id")
    place = f"{place} ({cells['case_id']})"
    try:
        return Case(id=cells["case_id"], policy=cells["policy"], stage=cells["stage"],
                    as_of=_field("as_of_date", day_from, cells),
                    facts=_field("facts_json", facts_from, cells), verdict=_field("expected_decision", Verdict, cells),
                    rules=_ids(cells["expected_rule_ids"]), exceptions=_ids(cells["expected_exception_id"]),
                    drug=cells["drug_code"], title=cells.get("title", ""),
                    title_zh=cells.get("title_zh", ""))
    except _BadField as bad:
        raise unusable(f"{bad.field} 不对", str(bad), file, place, bad.field) from bad


class _BadField(ValueError):
    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def _field(name: str, read: Callable[[str], Any], cells: dict[str, str]) -> Any:
    try:
        return read(cells[name])
    except ValueError as error:
        raise _BadField(name, str(error)) from error


def _ids(text: str) -> tuple[str, ...]:
    return tuple(sorted(part.strip() for part in text.split(";") if part.strip()))


def day_from(text: str) -> date:
    """A date as YYYY-MM-DD; raises ValueError for anything else, other ISO forms included."""
    if not ISO_DATE.fullmatch(text):
        raise ValueError("not a date of the form YYYY-MM-DD")
    return date.fromisoformat(text)


def facts_from(text: str) -> dict[str, Any]:
    """Facts as a JSON object in which each stands once; raises ValueError for anything else."""
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a fact stands twice")
        return dict(pairs)

    try:
        facts = json.loads(text, object_pairs_hook=once)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(facts, dict):
        raise ValueError("facts are a JSON object")
    return facts


__all__ = ["COLUMNS", "Case", "Outcome", "PolicyError", "day_from", "facts_from", "load_cases", "read_cases",
           "run_cases"]
