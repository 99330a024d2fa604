"""What is known about the patient when a prescription is checked; None always means that nobody knows."""
from datetime import date
from typing import Literal

from pydantic import Field

from prescribing.formulary.amounts import Frozen, Number
from prescribing.formulary.lines import DraftLine

ADULT_MONTHS = 18 * 12
# Labels that go by the kidneys, metformin's first, ask for an eGFR once a year at the least: beyond it nobody knows.
EGFR_HOLDS_DAYS = 365


class Allergy(Frozen):
    """One allergy as it stands in the record: the words, and the reaction if it is known."""

    text: str = Field(min_length=1)
    reaction: str | None = None


class TakenBack(Allergy):
    """An allergy that stood in the record until the patient's side struck it; no clinician has confirmed that."""

    recorded_on: date
    taken_back_on: date
    by_family: bool = False


class CurrentMedicine(Frozen):
    """A medicine that the patient takes already, by its id in our file or by the words that were said."""

    name: str = Field(min_length=1)
    drug_id: str | None = None
    self_reported: bool = True


class DueMedicine(Frozen):
    """A line of another prescription that the patient may get any moment; `ref` tells two of them apart."""

    order: DraftLine
    prescribed_on: date
    ref: str = Field(min_length=1)


class PatientFacts(Frozen):
    """Facts from the record, never from a form: weight in kg, eGFR in ml/min/1.73 m², age in full units.

    `allergies` None means never asked, an empty tuple means asked and none known, whatever was `taken_back` before.
    `facts` holds answers to
    conditions of interactions by name; what is not in it is unknown. `medicines` says whether the list of present
    medicines is all that is taken: "unsure" when the patient was asked and cannot say, None when nobody asked.
    """

    age_years: int | None = Field(None, ge=0, le=130)
    age_months: int | None = Field(None, ge=0, le=1571)
    sex: Literal["female", "male"] | None = None
    weight_kg: Number | None = Field(None, gt=0, le=400)
    pregnancy: Literal["yes", "no", "not_applicable"] | None = None
    lactating: bool | None = None
    egfr: Number | None = None
    egfr_on: date | None = None
    egfr_days_ago: int | None = Field(None, ge=0)
    allergies: tuple[Allergy, ...] | None = None
    taken_back: tuple[TakenBack, ...] = ()
    medicines: Literal["told", "unsure"] | None = None
    facts: dict[str, bool] = {}

    @property
    def months(self) -> int | None:
        """Age in months, from the years where only these are known."""
        if self.age_months is not None:
            return self.age_months
        return None if self.age_years is None else self.age_years * 12

    @property
    def years(self) -> int | None:
        """Age in completed years."""
        return None if self.months is None else self.months // 12

    @property
    def is_child(self) -> bool | None:
        """Below 18 years; None when the age is unknown."""
        return None if self.months is None else self.months < ADULT_MONTHS

    @property
    def egfr_too_old(self) -> bool:
        """An eGFR is known that says nothing of today: it may still forbid, and never allows."""
        return self.egfr is not None and egfr_too_old(self.egfr_days_ago)

    @property
    def may_be_pregnant(self) -> bool:
        """Whether pregnancy has to be known: women of 12 to 55, and anybody whose sex or age is unknown."""
        if self.pregnancy is not None or self.sex == "male":
            return self.pregnancy == "yes"
        return self.years is None or 12 <= self.years <= 55


def egfr_too_old(days_ago: int | None) -> bool:
    """Whether an eGFR of so many days ago counts as unknown."""
    return days_ago is not None and days_ago > EGFR_HOLDS_DAYS
