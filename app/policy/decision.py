"""What the engine answers: a decision with every rule that fired, why, and on which law; and the forecast."""
import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from app.kit.text import Text
from app.policy.canonical import canonical_bytes
from app.policy.facts import BadFact
from app.policy.rulebook import Cite, Effect


class Verdict(StrEnum):
    """ALLOW < WARN < REQUIRE < BLOCK; the worst one counts."""

    ALLOW = "allow"
    WARN = "warn"
    REQUIRE = "require"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """Place in the order, 0 for allow to 3 for block."""
        return list(Verdict).index(self)


VERDICT_OF = {Effect.LOG: Verdict.ALLOW, Effect.WARN: Verdict.WARN, Effect.REQUIRE: Verdict.REQUIRE,
              Effect.BLOCK: Verdict.BLOCK}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the highest of several verdicts; of none, ALLOW."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.ALLOW)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LayerUsed(_Frozen):
    """The exact policy that was asked: id, version and hash."""

    policy: str
    version: str
    sha256: str


class Reason(_Frozen):
    """Something about the whole decision rather than a rule."""

    code: Literal["bad_facts", "no_rules", "unknown_stage", "no_policy"]
    policy: str = ""
    bad_facts: tuple[BadFact, ...] = ()


class FiredRule(_Frozen):
    """One rule that spoke: with its own effect, or as a log entry when it was met or lifted."""

    policy: str
    rule: str
    effect: Effect
    why: Literal["fired", "cannot_determine", "satisfied", "excepted"]
    missing: tuple[str, ...] = ()
    evidence_needed: tuple[str, ...] = ()
    exception: str = ""
    overridable: bool = False
    cite: tuple[Cite, ...]
    message: Text

    @property
    def verdict(self) -> Verdict:
        """What this rule alone would decide."""
        return VERDICT_OF[self.effect]


class _Answer(_Frozen):
    """What a decision and a forecast have in common."""

    verdict: Verdict
    as_of: date
    reasons: tuple[Reason, ...] = ()
    fired: tuple[FiredRule, ...] = ()
    layers: tuple[LayerUsed, ...] = ()
    summary: Text

    @property
    def allowed(self) -> bool:
        """True when the step goes on: allow or warn."""
        return self.verdict in (Verdict.ALLOW, Verdict.WARN)

    @property
    def decisive(self) -> tuple[FiredRule, ...]:
        """The rules whose effect is the verdict; none when the verdict is ALLOW."""
        acting = (one for one in self.fired if one.effect is not Effect.LOG)
        return tuple(one for one in acting if one.verdict is self.verdict)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Ids of the decisive rules, in order."""
        return tuple(sorted({one.rule for one in self.decisive}))

    @property
    def holding(self) -> tuple[FiredRule, ...]:
        """All rules that hold the step, the decisive ones first."""
        return tuple(one for one in self.fired if one.effect in (Effect.BLOCK, Effect.REQUIRE))

    @property
    def missing(self) -> tuple[str, ...]:
        """Absent facts that made a rule act, over all rules that were not lifted."""
        return _union(one.missing for one in self.fired if one.effect is not Effect.LOG)

    @property
    def evidence_needed(self) -> tuple[str, ...]:
        """Evidence facts that are absent or false."""
        return _union(one.evidence_needed for one in self.fired if one.effect is not Effect.LOG)

    @property
    def exceptions_used(self) -> tuple[str, ...]:
        """Ids of the exceptions that lifted a rule."""
        return _union((one.exception,) for one in self.fired if one.exception)

    @property
    def citations(self) -> tuple[Cite, ...]:
        """The sources of the decisive rules, each once."""
        return tuple(dict.fromkeys(cite for one in self.decisive for cite in one.cite))

    def to_bytes(self) -> bytes:
        """Write the answer as canonical JSON."""
        return canonical_bytes(self.model_dump(mode="json"))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read an answer back from its canonical JSON."""
        return cls.model_validate(json.loads(content))


class Decision(_Answer):
    """The binding answer for one step on one date."""

    stage: str


class LaterRule(_Frozen):
    """A rule that nobody can judge yet: which facts it waits for, and who brings them."""

    policy: str
    rule: str
    stage: str
    effect: Effect
    missing: tuple[str, ...]
    who: tuple[str, ...]
    message: Text


class Forecast(_Answer):
    """A labelled verdict before the visit; it binds nobody. `later` is what somebody will decide."""

    stages: tuple[str, ...]
    later: tuple[LaterRule, ...] = ()
    label: Text


def _union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({name for group in groups for name in group}))
