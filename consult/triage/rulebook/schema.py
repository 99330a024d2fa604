"""The shape of the protocol files; what does not fit is refused with the place named."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, model_validator

from app.kit.text import Text
from consult.triage.rulebook.conditions import AllOf, AtLeast, Compares, Condition, Is, Not, parse_condition
from consult.triage.rulebook.levels import Level

Parsed = Annotated[
    InstanceOf[Is] | InstanceOf[Compares] | InstanceOf[AllOf] | InstanceOf[AtLeast] | InstanceOf[Not],
    BeforeValidator(parse_condition),
]


class Part(BaseModel):
    """Any part of a protocol file: fixed, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Part):
    """Where a rule comes from; the wording is always our own."""

    title: Text
    version: str
    licence: str
    used_for: str
    read_on: str


class Option(Part):
    """One answer of a choice."""

    id: str
    text: Text


class Question(Part):
    """One thing to ask: as the patient reads it, as the doctor reads it in short, and when to ask it."""

    id: str
    kind: Literal["yes_no_unknown", "choice", "number"] = "yes_no_unknown"
    text: Text
    short: Text
    help: Text | None = None
    red_flag: bool = False
    ask_when: Parsed | None = None
    options: tuple[Option, ...] = ()
    unit: Text | None = None
    lowest: float | None = None
    highest: float | None = None
    vital: str | None = None
    feeds: str | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Question":
        if (self.kind == "choice") != bool(self.options):
            raise ValueError(f"{self.id}: a choice, and only a choice, has options")
        has_range = None not in (self.unit, self.lowest, self.highest)
        if (self.kind == "number") != has_range:
            raise ValueError(f"{self.id}: a number, and only a number, has unit, lowest and highest")
        if self.red_flag and self.kind != "yes_no_unknown":
            raise ValueError(f"{self.id}: a red flag is answered yes, no or unknown")
        return self


class Rule(Part):
    """When the condition is true, the person is seen at least as soon as the level says.

    `unless` is an exception that has to be known: while it is not certain, the rule still holds.
    """

    id: str
    level: Level
    when: Parsed
    unless: Parsed | None = None
    why: Text
    source: tuple[str, ...] = Field(min_length=1)
    complaints: tuple[str, ...] = ()


class SelfCare(Part):
    """Staying at home is earned: the condition is true and every exclusion was answered no."""

    when: Parsed
    must_be_no: tuple[str, ...] = Field(min_length=3, max_length=8)
    why: Text
    advice: tuple[Text, ...] = Field(min_length=1)
    safety_net: Text
    source: tuple[str, ...] = Field(min_length=1)


class Protocol(Part):
    """One complaint: questions, rules, self-care, departments and what to watch for."""

    protocol: str
    version: int
    reviewed_by: str
    title: Text
    covers: Text
    order: int
    min_age_months: int = 0
    max_age_months: int = 1500
    follow_up: bool = False
    questions: tuple[Question, ...]
    red_flags: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    self_care: SelfCare | None = None
    default_level: Level = Level.ROUTINE
    default_why: Text
    departments: tuple[str, ...] = Field(min_length=1)
    watch_for: tuple[Text, ...] = Field(min_length=2)

    def fits_age(self, age_months: int | None) -> bool:
        """An unknown age fits everything; the questions then decide."""
        return age_months is None or self.min_age_months <= age_months <= self.max_age_months


class Gate(Part):
    """The first screen: signs of danger that nobody can skip."""

    version: int
    reviewed_by: str
    title: Text
    hint: Text
    none_of_these: Text
    not_sure: Text
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    self_harm: Parsed
    self_harm_unless: Parsed
    meanwhile: tuple[Text, ...]
    crisis_lines: tuple["CrisisLine", ...]


class CrisisLine(Part):
    """A number to call in a crisis of the mind; an operator may replace the list."""

    number: str
    name: Text


class Department(Part):
    """A department as patients and schedules name it."""

    code: str
    name: Text


class DepartmentRule(Part):
    """Puts a department first when the condition is true; the first rule that holds wins."""

    id: str
    department: str
    when: Parsed
    why: Text
    complaints: tuple[str, ...] = ()


class Departments(Part):
    """Names of departments and the rules that come before a protocol's own list."""

    departments: tuple[Department, ...]
    rules: tuple[DepartmentRule, ...]
    own_list_why: Text


class VitalRule(Rule):
    """A rule on measured values; `raises` also lifts what the answers gave by one level."""

    raises: bool = False


class News2(Part):
    """The score's table: for each value the points up to and including each upper end."""

    min_age_years: int
    bands: dict[str, tuple[tuple[float | None, int], ...]]
    words: dict[str, dict[str, int]]
    urgent_why: Text
    emergency_why: Text
    source: tuple[str, ...] = Field(min_length=1)


class VitalRules(Part):
    """Plausible ranges, rules and the early-warning score for measured values."""

    version: int
    reviewed_by: str
    plausible: dict[str, tuple[float, float]]
    names: dict[str, Text]
    rules: tuple[VitalRule, ...]
    news2: News2


class Modifiers(Part):
    """What makes any complaint more urgent: age, pregnancy, weak immunity, blood thinners, diabetes."""

    version: int
    reviewed_by: str
    names: dict[str, Text]
    rules: tuple[Rule, ...]


class Terms(Part):
    """Phrases in both languages."""

    zh: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)

    def get(self, language: str) -> tuple[str, ...]:
        """The phrases of a language."""
        return self.en if language == "en" else self.zh


class Lexicon(Part):
    """What people write, for complaints and for signs of danger, and how they negate."""

    version: int
    reviewed_by: str
    negations: dict[str, tuple[str, ...]]
    close_negations: dict[str, tuple[str, ...]]
    not_negations: dict[str, tuple[str, ...]]
    elsewhere: dict[str, tuple[str, ...]]
    turns: dict[str, tuple[str, ...]]
    flags: dict[str, Terms]
    words_outweigh_no: tuple[str, ...]
    complaints: dict[str, Terms]


class RuleSet(Part):
    """Everything that decides, and the SHA-256 over the files that it was read from."""

    hash: str
    sources: dict[str, Source]
    gate: Gate
    vitals: VitalRules
    modifiers: Modifiers
    departments: Departments
    lexicon: Lexicon
    protocols: dict[str, Protocol]

    def protocol(self, complaint: str) -> Protocol:
        """The protocol of a complaint; raises KeyError for a name that does not exist."""
        return self.protocols[complaint]

    def complaints_for(self, age_months: int | None) -> list[Protocol]:
        """The complaints that a person of this age can choose, in the order of the files."""
        fitting = [p for p in self.protocols.values() if p.fits_age(age_months)]
        return sorted(fitting, key=lambda p: p.order)


__all__ = ["Condition", "Gate", "Option", "Protocol", "Question", "Rule", "RuleSet", "SelfCare", "Source"]
Gate.model_rebuild()
