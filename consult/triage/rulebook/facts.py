"""What triage knows about the person before the first question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

YesNo = Literal["yes", "no"]

# Outside these ages pregnancy is not asked about.
YOUNGEST_PREGNANCY_YEARS, OLDEST_PREGNANCY_YEARS = 11, 55


@dataclass(frozen=True)
class PatientFacts:
    """Age in days and whole months, sex, and risk facts from the record; None means that nobody has asked."""

    age_days: int | None = None
    age_months: int | None = None
    sex: Literal["female", "male"] | None = None
    pregnant: YesNo | None = None
    postpartum: YesNo | None = None
    immunosuppressed: YesNo | None = None
    anticoagulant: YesNo | None = None
    diabetes: YesNo | None = None

    @property
    def age_years(self) -> int | None:
        """Whole years."""
        return None if self.age_months is None else self.age_months // 12

    @property
    def cannot_be_pregnant(self) -> bool:
        """Known from sex or age alone."""
        years = self.age_years
        too_young_or_old = years is not None and not YOUNGEST_PREGNANCY_YEARS <= years <= OLDEST_PREGNANCY_YEARS
        return self.sex == "male" or too_young_or_old

    def fact(self, name: str) -> str | float | None:
        """The fact of that name as a rule reads it; None when it is not known."""
        if name in ("pregnant", "postpartum") and self.cannot_be_pregnant:
            return "no"
        value: str | float | None = getattr(self, name)
        return value


FACT_NAMES = frozenset(
    {"age_days", "age_months", "age_years", "sex", "pregnant", "postpartum"}
    | {"immunosuppressed", "anticoagulant", "diabetes"}
)

VITAL_NAMES = frozenset(
    {"temperature", "heart_rate", "respiratory_rate", "spo2", "systolic", "diastolic", "glucose"}
    | {"consciousness", "on_oxygen"}
)


def facts_of(birth_date: date | None, today: date, sex: str | None, **known: YesNo | None) -> PatientFacts:
    """The facts for a person born on a day, as of today; a birth date in the future counts as not known."""
    if birth_date is None or birth_date > today:
        days = months = None
    else:
        days = (today - birth_date).days
        months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
        months -= today.day < birth_date.day
    known_sex: Literal["female", "male"] | None = "female" if sex == "female" else "male" if sex == "male" else None
    return PatientFacts(age_days=days, age_months=months, sex=known_sex, **known)
