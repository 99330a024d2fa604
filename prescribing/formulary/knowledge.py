"""What the data says beyond single drugs: groups, interactions, allergy classes, conditions, sources."""
from typing import Literal

from pydantic import Field, model_validator

from app.kit.text import Text
from prescribing.formulary.amounts import Frozen
from prescribing.formulary.drugs import Level

RANK: dict[str, int] = {"note": 0, "precaution": 1, "avoid": 2, "contraindicated": 3}


class Group(Frozen):
    """A class of medicines; `duplicate` asks when two of it meet, `elderly` warns from 65 years on."""

    zh: str
    en: str
    duplicate: bool
    elderly: Text | None = None

    @property
    def name(self) -> Text:
        return Text(zh=self.zh, en=self.en)


class ExtraSubstance(Frozen):
    """A substance that we do not prescribe and that may meet what we do."""

    id: str
    zh: str
    words: tuple[str, ...]


class Source(Frozen):
    """Where a statement comes from, and whether it was compared with that text."""

    zh: str
    en: str
    verified: bool


class Raise(Frozen):
    """A fact that lifts an interaction to a higher level when true; unknown, it is asked for."""

    fact: str
    ask: Text
    raises_to: Level
    sources: tuple[str, ...] = Field(min_length=1)


class Interaction(Frozen):
    """Two medicines that do not go together; each side is a substance or `class:` and a class."""

    id: str
    a: str
    b: str
    level: Level
    condition: Raise | None = None
    effect: Text
    action: Text
    mechanism: str
    sources: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> "Interaction":
        if self.level == "contraindicated" and len(set(self.sources)) < 2:
            raise ValueError(f"{self.id}: contraindicated needs two sources")
        if self.condition:
            self._condition_only_raises(self.condition)
        return self

    def _condition_only_raises(self, condition: Raise) -> None:
        """More knowledge must never lower an alert, and an open contraindication must ask for a reason."""
        if RANK[condition.raises_to] <= RANK[self.level]:
            raise ValueError(f"{self.id}: a condition can only raise the level")
        if condition.raises_to == "contraindicated" and RANK[self.level] < RANK["avoid"]:
            raise ValueError(f"{self.id}: may be contraindicated, so the open level is at least avoid")
        if condition.raises_to == "contraindicated" and len(set(condition.sources)) < 2:
            raise ValueError(f"{self.id}: contraindicated needs two sources")

    @property
    def specificity(self) -> int:
        """How many sides name a substance: a named pair overrides its classes."""
        return sum(not side.startswith("class:") for side in (self.a, self.b))


class CrossReaction(Frozen):
    """Another allergy class that may react too."""

    model_config = Frozen.model_config | {"populate_by_name": True}
    other: str = Field(alias="class")
    level: Level
    text: Text


class AllergyClass(Frozen):
    """A class to which people are allergic, with the words that they and their records use."""

    zh: str
    en: str
    words: tuple[str, ...] = ()
    cross: tuple[CrossReaction, ...] = ()

    @property
    def name(self) -> Text:
        return Text(zh=self.zh, en=self.en)


class Condition(Frozen):
    """An ICD-10 code with our own short label; `family` is its category of three characters."""

    code: str = Field(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    pinyin: str
    initials: str
    family: str = Field(min_length=3, max_length=3)
    class_hint: Literal["common", "chronic", "other"]
    emergency: bool = False
    frequent: bool = False

    @property
    def name(self) -> Text:
        return Text(zh=self.zh, en=self.en)
