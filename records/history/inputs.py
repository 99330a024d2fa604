"""What people hand in about their history, checked before it becomes a row."""
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from records.words import tidy

NONE = "none"
UNKNOWN = "unknown"
Answer = Literal["none", "unknown"]
MOST_ITEMS = 50


def _words(longest: int) -> AfterValidator:
    return AfterValidator(lambda text: tidy(text, longest) if text else text)


class AllergyIn(BaseModel):
    """An allergy in words, with the code of a substance or class where one was chosen."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, _words(200), Field(min_length=1, max_length=1000)]
    code: Annotated[str | None, Field(max_length=60)] = None
    reaction: Annotated[str | None, _words(200)] = None
    since: Annotated[str | None, _words(40)] = None


class MedicineIn(BaseModel):
    """A medicine that the patient takes; `drug_id` names a drug of the formulary where it was found there."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, _words(200), Field(min_length=1, max_length=1000)]
    drug_id: Annotated[str | None, Field(max_length=80)] = None
    dose_text: Annotated[str | None, _words(200)] = None
    since: date | None = None
