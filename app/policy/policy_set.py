"""The policies in force, in layers, with the dated tables beside them: the tool that commands ask for."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from app.kit.clock import HOSPITAL_ZONE, local_date
from app.policy.conditions import CompiledRule, compile_policy
from app.policy.decision import LayerUsed
from app.policy.disease_list import DiseaseList, disease_list
from app.policy.drug_classes import DrugClasses, drug_classes
from app.policy.facts import FactRegistry, fact_registry
from app.policy.loading import load_pack, load_policy
from app.policy.problems import unusable
from app.policy.rulebook import STAGES, Exception_, Policy

LAYERS = ("national", "province", "institution")
DEFAULT_PACK = "cn-mainland"


@dataclass(frozen=True)
class OpenException:
    """A dated relaxation that is in force: whose rule it lifts, and what must be proven for it."""

    rule: str
    exception: Exception_
    facts: frozenset[str]


@dataclass(frozen=True)
class PolicySet:
    """All layers that apply, compiled and indexed by stage, so that a decision reads only its own rules.

    `house_version` is the published version of the hospital's own rules that stands among the layers, if one does.
    """

    layers: tuple[Policy, ...]
    used: tuple[LayerUsed, ...]
    by_stage: dict[str, tuple[CompiledRule, ...]]
    registry: FactRegistry
    drug_classes: DrugClasses
    diseases: DiseaseList
    house_version: UUID | None = None

    @classmethod
    def of(cls, policies: Iterable[Policy], drugs: DrugClasses | None = None,
           diseases: DiseaseList | None = None, house_version: UUID | None = None) -> "PolicySet":
        """Put layers together, national first; raises PolicyError when they do not fit one another."""
        layers = tuple(sorted(policies, key=lambda policy: LAYERS.index(policy.layer)))
        _refuse_strangers(layers)
        registry = fact_registry()
        compiled = [one for policy in layers for one in compile_policy(policy, registry)]
        by_stage: dict[str, tuple[CompiledRule, ...]] = {
            stage: tuple(one for one in compiled if stage in one.rule.stage) for stage in STAGES}
        used = tuple(LayerUsed(policy=p.id, version=p.version, sha256=p.sha256) for p in layers)
        return cls(layers, used, by_stage, registry, drugs or drug_classes(), diseases or disease_list(), house_version)

    def with_house(self, house: Policy, version: UUID | None = None) -> "PolicySet":
        """The same law with the hospital's own rules below it; raises PolicyError when they do not fit."""
        return PolicySet.of([*self.layers, house], self.drug_classes, self.diseases, version)

    def exceptions_at(self, stage: str, as_of: date) -> tuple[OpenException, ...]:
        """The exceptions in force on a day for the rules of a stage, each with the facts that must be proven."""
        return tuple(OpenException(one.rule.id, exception, when.judge({}, as_of).missing)
                     for one in self.by_stage[stage] if one.rule.holds(as_of)
                     for exception, when in one.exceptions if exception.holds(as_of))

    def date_of(self, moment: datetime) -> date:
        """Return the calendar date of an aware moment in the timezone of the national policy."""
        return local_date(moment, self.layers[0].zone if self.layers else HOSPITAL_ZONE)


def _refuse_strangers(layers: tuple[Policy, ...]) -> None:
    """Layers share one country, and a rule id belongs to one layer only."""
    owner: dict[str, str] = {}
    for policy in layers:
        if policy.jurisdiction[:2] != layers[0].jurisdiction[:2]:
            raise unusable("各层规则不属于同一国家或地区", "layers belong to different countries", policy.id)
        for rule in policy.rules:
            if owner.setdefault(rule.id, policy.id) != policy.id:
                raise unusable("规则编号与另一层重复", "another layer has a rule of this id",
                               policy.id, rule.id)
    if len({policy.id for policy in layers}) < len(layers):
        raise unusable("同一规则包出现两次", "one policy stands twice")


@cache
def shipped_policy_set(name: str = DEFAULT_PACK, layers: tuple[Path, ...] = ()) -> PolicySet:
    """A shipped national pack with the layers of a place below it, compiled once per process."""
    return PolicySet.of([load_pack(name), *map(load_policy, layers)])
