"""What people hand in about their history, checked before it becomes a row."""
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from records.words import tidy

NONE = "none"
UNKNOWN = "unknown"
Answer = Literal["none", "unknown"]
MOST_ITEMS = 50


def _seen(text: str) -> str:
    """Drop what cannot be seen; words that vanish by it were none."""
    cleaned = tidy(text, len(text))
    if not cleaned:
        raise ValueError("no visible words")
    return cleaned


Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_seen)]
ShortWords = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_seen)]


class AllergyIn(BaseModel):
    """An allergy in words, with the code of a substance or class where one was chosen."""

    model_config = ConfigDict(extra="forbid")
    text: Words
    code: Annotated[str | None, Field(max_length=60)] = None
    reaction: Words | None = None
    since: ShortWords | None = None


class MedicineIn(BaseModel):
    """A medicine that the patient takes; `drug_id` names a drug of the formulary where it was found there."""

    model_config = ConfigDict(extra="forbid")
    text: Words
    drug_id: Annotated[str | None, Field(max_length=80)] = None
    dose_text: Words | None = None
    since: date | None = None
