"""A policy as typed, frozen data: what a YAML file must hold to be read at all."""
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from app.kit.text import Text
from app.policy.canonical import fingerprint

Stage = Literal["consult_start", "diagnose", "prescribe", "review", "dispense", "deliver", "book", "settle",
                "record"]
STAGES: tuple[Stage, ...] = ("consult_start", "diagnose", "prescribe", "review", "dispense", "deliver",
                             "book", "settle", "record")
# Controlled drugs and the first-visit rule are never a matter of one doctor's judgement.
NEVER_OVERRIDABLE = frozenset({"CN-RX-01", "CN-VISIT-01"})
Id = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Scalar = StrictBool | StrictInt | StrictFloat | StrictStr | date
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


def _only_a_date(value: Any) -> Any:
    """Numbers are no dates: pydantic alone would read them as seconds since 1970."""
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise ValueError("not a date")
    return value


Day = Annotated[date, BeforeValidator(_only_a_date)]


class Effect(StrEnum):
    """What a rule does when it fires."""

    BLOCK = "block"
    REQUIRE = "require"
    WARN = "warn"
    LOG = "log"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class _Dated(_Strict):
    """Something in force from the first day to the last, both included; without valid_to it has no end."""

    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def holds(self, as_of: date) -> bool:
        """Tell whether `as_of` lies inside the window."""
        return self.valid_from <= as_of and (self.valid_to is None or as_of <= self.valid_to)

    def overlaps(self, other: "_Dated") -> bool:
        """Tell whether the two windows share a day."""
        latest_start = max(self.valid_from, other.valid_from)
        return latest_start <= min(self.valid_to or date.max, other.valid_to or date.max)


class Cite(_Strict):
    """Where a rule comes from, and how far that was checked."""

    instrument: Words
    article: Words
    confidence: Literal["text", "summary", "unverified"]
    article_unverified: bool = False


class Message(_Strict):
    """What people are told, in both languages."""

    en: Words
    zh: Words

    @property
    def text(self) -> Text:
        """The message as a bilingual text."""
        return Text(zh=self.zh, en=self.en)


class Condition(_Strict):
    """Exactly one of `all`, `any`, `not`, or a fact with an operator and at most one reference."""

    all: tuple["Condition", ...] | None = Field(None, min_length=1)
    any: tuple["Condition", ...] | None = Field(None, min_length=1)
    not_: "Condition | None" = Field(None, alias="not")
    fact: StrictStr | None = None
    op: StrictStr | None = None
    value: Scalar | tuple[Scalar, ...] | None = None
    param: StrictStr | None = None
    list_: StrictStr | None = Field(None, alias="list")

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        shapes = [part for part in (self.all, self.any, self.not_, self.fact) if part is not None]
        references = [part for part in (self.value, self.param, self.list_) if part is not None]
        if len(shapes) != 1:
            raise ValueError("a condition is exactly one of all, any, not, or fact with op")
        if (self.fact is None) != (self.op is None):
            raise ValueError("fact and op belong together")
        if len(references) > (self.fact is not None):
            raise ValueError("at most one of value, param, list, and only beside a fact")
        return self


class Exception_(_Dated):
    """A dated, cited relaxation of one rule; it applies only when its own condition is proven."""

    id: Id
    when: Condition
    cite: tuple[Cite, ...] = Field(min_length=1)


class Rule(_Dated):
    """One rule in one window of time."""

    id: Id
    stage: tuple[Stage, ...] = Field(min_length=1)
    effect: Effect
    when: Condition
    evidence: tuple[StrictStr, ...] = ()
    exceptions: tuple[Exception_, ...] = ()
    overridable: bool = False
    cite: tuple[Cite, ...] = Field(min_length=1)
    message: Message

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.effect is Effect.REQUIRE) != bool(self.evidence):
            raise ValueError("a require rule names its evidence, and no other rule does")
        if self.overridable and self.id in NEVER_OVERRIDABLE:
            raise ValueError("this rule can never be overridden")
        if len(set(self.stage)) < len(self.stage):
            raise ValueError("a stage stands twice")
        return self


class Policy(_Strict):
    """One layer of law: national, province or institution, with its own version and rule ids."""

    id: Id
    version: Annotated[StrictStr, Field(min_length=1, max_length=40)]
    jurisdiction: Annotated[StrictStr, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    layer: Literal["national", "province", "institution"]
    timezone: StrictStr
    params: dict[str, StrictInt | StrictFloat | StrictStr | date] = {}
    lists: dict[str, Annotated[tuple[StrictStr, ...], Field(min_length=1)]] = {}
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.timezone not in available_timezones():
            raise ValueError("unknown timezone")
        for index, rule in enumerate(self.rules):
            if any(rule.id == other.id and rule.overlaps(other) for other in self.rules[:index]):
                raise ValueError(f"two windows of {rule.id} overlap")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The timezone in which this policy counts its days."""
        return ZoneInfo(self.timezone)

    def plain(self) -> dict[str, Any]:
        """The policy as plain JSON data without defaults, so that a later optional field changes no old hash."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @property
    def sha256(self) -> str:
        """The version hash: SHA-256 over the canonical JSON."""
        return fingerprint(self.plain())
