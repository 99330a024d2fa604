"""The dated table of drug classes: what a drug counts as in law on a day; a drug not in it is unknown."""
import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

from app.policy.canonical import fingerprint
from app.policy.facts import fact_registry
from app.policy.problems import unusable
from app.policy.reading import PACKS

TABLES = ("drug_classes.csv", "drug_classes_formulary.csv")
COLUMNS = ("drug", "class", "valid_from", "valid_to", "source", "confidence")


@dataclass(frozen=True, slots=True)
class DrugClassRow:
    """A drug carries a class from a day to a day, both included, by a source; None leaves an end open."""

    drug: str
    drug_class: str
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str

    def holds(self, as_of: date) -> bool:
        """Tell whether the row speaks about this day."""
        return (self.valid_from or date.min) <= as_of <= (self.valid_to or date.max)

    def plain(self) -> dict[str, str | None]:
        """The row as plain JSON data."""
        row = asdict(self)
        return row | {end: row[end] and row[end].isoformat() for end in ("valid_from", "valid_to")}


class DrugClasses:
    """Looks up classes at the date of each step: a prescription lawful one day may not be the next."""

    def __init__(self, rows: Iterable[DrugClassRow]) -> None:
        self._rows: dict[str, list[DrugClassRow]] = defaultdict(list)
        for row in rows:
            self._add(row)

    def _add(self, row: DrugClassRow) -> None:
        for other in self._rows[row.drug]:
            if other.drug_class == row.drug_class and _share_a_day(other, row):
                raise unusable("同一类别的时间重叠", f"two windows of {row.drug_class} overlap",
                               rule=row.drug)
        self._rows[row.drug].append(row)

    def rows_at(self, drug: str, as_of: date) -> tuple[DrugClassRow, ...]:
        """The rows of a drug that hold on a day."""
        return tuple(row for row in self._rows.get(drug, ()) if row.holds(as_of))

    def classes_of(self, drug: str, as_of: date) -> frozenset[str] | None:
        """The classes on a day; None when the table does not know the drug then (leave the fact out)."""
        return frozenset(row.drug_class for row in self.rows_at(drug, as_of)) or None

    def hash_of(self, drug: str, as_of: date) -> str:
        """SHA-256 of the rows that `classes_of` used, for the decision record."""
        rows = sorted(self.rows_at(drug, as_of), key=lambda row: row.drug_class)
        return fingerprint([row.plain() for row in rows])

    def with_rows(self, rows: Iterable[DrugClassRow]) -> "DrugClasses":
        """A larger table: this one and further rows."""
        return DrugClasses([*(row for own in self._rows.values() for row in own), *rows])

    @property
    def drugs(self) -> frozenset[str]:
        """All drugs that the table knows at some time."""
        return frozenset(self._rows)


def _share_a_day(one: DrugClassRow, other: DrugClassRow) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start <= min(one.valid_to or date.max, other.valid_to or date.max)


def read_drug_classes(path: Path) -> list[DrugClassRow]:
    """Read a CSV of dated rows; raises PolicyError with the line that is wrong."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise unusable("表头不对", f"the columns must be {', '.join(COLUMNS)}", path.name)
        return [_row(line, f"line {number}", path.name) for number, line in enumerate(reader, start=2)]


def _row(line: dict[str, str], place: str, file: str) -> DrugClassRow:
    known = fact_registry().specs["rx.drug_classes"].values or frozenset()
    if line["class"] not in known or not line["drug"] or not line["source"]:
        raise unusable("药品、类别或来源不对", "drug, class or source is missing or unknown", file, place)
    if line["confidence"] not in ("text", "summary", "unverified"):
        raise unusable("来源核实程度不对", "confidence is text, summary or unverified", file, place)
    start, end = _day(line["valid_from"], file, place), _day(line["valid_to"], file, place)
    if start and end and end < start:
        raise unusable("结束早于开始", "valid_to lies before valid_from", file, place)
    return DrugClassRow(line["drug"], line["class"], start, end, line["source"], line["confidence"])


def _day(text: str, file: str, place: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise unusable("日期不对", str(error), file, place) from error


@cache
def drug_classes() -> DrugClasses:
    """The tables that ship with the product, once per process."""
    return DrugClasses(row for table in TABLES for row in read_drug_classes(PACKS / table))
