"""Departments by code, and which registered scope of practice fits a patient (departments.yaml)."""
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from app.kit.text import Text


@dataclass(frozen=True)
class FitTable:
    """Scopes that fit a department, and those that fit children below `child_years`."""

    departments: dict[str, Text]
    fits: dict[str, frozenset[str]]
    child_years: int
    child_fits: frozenset[str]

    @property
    def scopes(self) -> frozenset[str]:
        """Every scope of practice that the table knows."""
        return self.child_fits.union(*self.fits.values())

    def matches(self, specialties: list[str], department: str | None, age_years: int) -> bool | None:
        """Does one of the registered specialties fit this patient? None when no department is known."""
        if age_years < self.child_years:
            return not self.child_fits.isdisjoint(specialties)
        if department not in self.fits:
            return None
        return not self.fits[department].isdisjoint(specialties)


@cache
def fit_table() -> FitTable:
    """Read departments.yaml, once a process."""
    data = yaml.safe_load((Path(__file__).parent / "departments.yaml").read_text("utf-8"))
    rows = data["departments"]
    return FitTable({code: Text(zh=row["zh"], en=row["en"]) for code, row in rows.items()},
                    {code: frozenset(row["fits"]) for code, row in rows.items()},
                    data["children"]["below_years"], frozenset(data["children"]["fits"]))


DEPARTMENTS: dict[str, Text] = fit_table().departments
