"""Which diseases are common or chronic and may be followed up online, by ICD-10 prefix; the rest is other."""
import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.kit.text import Text
from app.policy.problems import unusable
from app.policy.reading import PACKS

COLUMNS = ("code", "class", "zh", "en", "source", "reviewed_by")
CLASSES = ("common", "chronic", "other")
ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True)
class Disease:
    """A prefix of ICD-10 codes and its class; `other` takes an acute form out of its family."""

    code: str
    disease_class: str
    label: Text
    reviewed_by: str = ""


class DiseaseList:
    """Looks up the class of a diagnosis; the longest prefix wins."""

    def __init__(self, rows: Iterable[Disease]) -> None:
        self._rows = {row.code: row for row in rows}

    def row_of(self, code: str) -> Disease | None:
        """The row with the longest prefix of the code."""
        code = normalise_icd10(code) or ""
        prefixes = (code[:length].rstrip(".") for length in range(len(code), 2, -1))
        return next((self._rows[prefix] for prefix in prefixes if prefix in self._rows), None)

    def class_of(self, code: str) -> str | None:
        """common, chronic or other; None when the code is no ICD-10 code (leave the fact out)."""
        if normalise_icd10(code) is None:
            return None
        row = self.row_of(code)
        return row.disease_class if row else "other"

    @property
    def rows(self) -> tuple[Disease, ...]:
        """All rows, for a doctor's search and for lists on pages."""
        return tuple(self._rows.values())


def normalise_icd10(code: str) -> str | None:
    """Write a code as upper case without blanks; None when its form is not that of ICD-10."""
    code = code.strip().upper()
    return code if ICD10.fullmatch(code) else None


def same_family(one: str, other: str) -> bool | None:
    """Tell whether two codes share their three-character category; None when one of them is no code."""
    first, second = normalise_icd10(one), normalise_icd10(other)
    return None if first is None or second is None else first[:3] == second[:3]


def read_disease_list(path: Path) -> DiseaseList:
    """Read the CSV; raises PolicyError with the code that is wrong."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise unusable("表头不对", f"the columns must be {', '.join(COLUMNS)}", path.name)
        rows = [_row(line, path.name) for line in reader]
    if len({row.code for row in rows}) < len(rows):
        raise unusable("编码重复", "a code stands twice", path.name)
    return DiseaseList(rows)


def _row(line: dict[str, str], file: str) -> Disease:
    code = normalise_icd10(line["code"] or "")
    if code is None or line["class"] not in CLASSES or not line["zh"] or not line["en"]:
        raise unusable("编码、类别或名称不对", "code, class or label is wrong", file, line["code"] or "")
    return Disease(code, line["class"], Text(zh=line["zh"], en=line["en"]), line["reviewed_by"] or "")


@cache
def disease_list() -> DiseaseList:
    """The list that ships with the product, once per process."""
    return read_disease_list(PACKS / "disease_list.csv")
