"""Compiles the conditions of a policy against the registry; what does not fit together is refused here."""
from dataclasses import dataclass
from typing import Any

from app.policy.facts import FactRegistry, FactSpec, fact_registry
from app.policy.kleene import All, Comparison, Either, Node, Not, Presence
from app.policy.operators import OPERATORS, PRESENCE, Operator
from app.policy.problems import PolicyError, unusable
from app.policy.rulebook import Condition, Effect, Exception_, Policy, Rule

MAY_LOOK_FOR_PRESENCE = frozenset({Effect.WARN, Effect.LOG})


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be judged, with the policy it belongs to."""

    policy: str
    rule: Rule
    when: Node
    exceptions: tuple[tuple[Exception_, Node], ...]


@dataclass(frozen=True, slots=True)
class _Compiler:
    """What every condition of one rule is compiled with."""

    policy: Policy
    rule: Rule
    registry: FactRegistry

    def refuse(self, zh: str, en: str, field: str) -> PolicyError:
        return unusable(zh, en, rule=self.rule.id, field=field)

    def node(self, condition: Condition, field: str) -> Node:
        if condition.all is not None:
            return All(self._nodes(condition.all, f"{field}.all"))
        if condition.any is not None:
            return Either(self._nodes(condition.any, f"{field}.any"))
        if condition.not_ is not None:
            return Not(self.node(condition.not_, f"{field}.not"))
        return self._comparison(condition, field)

    def _nodes(self, conditions: tuple[Condition, ...], field: str) -> tuple[Node, ...]:
        return tuple(self.node(part, f"{field}[{number}]") for number, part in enumerate(conditions))

    def _comparison(self, condition: Condition, field: str) -> Node:
        spec, name = self._spec(condition.fact or "", field), condition.op or ""
        operator = OPERATORS.get(name)
        if operator is None:
            raise self.refuse(f"没有运算符 {name}", f"there is no operator {name}", field)
        if spec.type not in operator.types:
            raise self.refuse(f"{name} 不能用于 {spec.name}（{spec.type}）",
                              f"{name} does not fit {spec.name}, which is {spec.type}", field)
        reference = self._reference(condition, spec, operator, field)
        if name not in PRESENCE:
            return Comparison(spec.name, operator.test, reference)
        if self.rule.effect not in MAY_LOOK_FOR_PRESENCE:
            raise self.refuse(f"{name} 只能用于提示规则", f"{name} belongs in warn and log rules only", field)
        return Presence(spec.name, wanted=name == "present")

    def _spec(self, fact: str, field: str) -> FactSpec:
        if fact not in self.registry.specs:
            raise self.refuse(f"没有事实 {fact}", f"there is no fact {fact}", field)
        return self.registry.specs[fact]

    def _reference(self, condition: Condition, spec: FactSpec, operator: Operator, field: str) -> Any:
        raw = self._raw_reference(condition, field)
        given = "nothing" if raw is None else "many" if isinstance(raw, tuple) else "one"
        if given != operator.wants:
            raise self.refuse(f"{condition.op} 的比较对象不对",
                              f"{condition.op} compares with {operator.wants}", field)
        if raw is None or condition.op == "days_since_le":
            return self._days(raw, field) if raw is not None else None
        try:
            return self._typed(raw, spec)
        except ValueError as error:
            raise self.refuse(f"{spec.name} 没有这个值：{raw}", f"{spec.name} cannot be {raw}: {error}",
                              field) from error

    def _raw_reference(self, condition: Condition, field: str) -> Any:
        for kind, name, table in (("param", condition.param, self.policy.params),
                                  ("list", condition.list_, self.policy.lists)):
            if name is None:
                continue
            if name not in table:
                raise self.refuse(f"没有 {kind} {name}", f"there is no {kind} {name}", field)
            return table[name]
        return condition.value

    def _days(self, raw: Any, field: str) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise self.refuse("天数应为整数", "days are a whole number", field)
        return raw

    @staticmethod
    def _typed(raw: Any, spec: FactSpec) -> Any:
        if not isinstance(raw, tuple):
            return spec.reference(raw)
        if not raw:
            raise ValueError("an empty list can never match")
        if spec.type == "set":
            return spec.reference(raw)
        return frozenset(spec.reference(member) for member in raw)

    def check_evidence(self) -> None:
        for name in self.rule.evidence:
            if self._spec(name, "evidence").type != "bool":
                raise self.refuse(f"{name} 不能作为证据", f"{name} is not true or false", "evidence")


def compile_rule(policy: Policy, rule: Rule, registry: FactRegistry) -> CompiledRule:
    """Compile one rule; raises PolicyError for whatever the registry or the policy does not know."""
    compiler = _Compiler(policy, rule, registry)
    compiler.check_evidence()
    exceptions = tuple((one, compiler.node(one.when, f"exceptions.{one.id}")) for one in rule.exceptions)
    return CompiledRule(policy.id, rule, compiler.node(rule.when, "when"), exceptions)


def compile_policy(policy: Policy, registry: FactRegistry | None = None) -> tuple[CompiledRule, ...]:
    """Compile every rule of a policy against the registry of facts."""
    registry = registry or fact_registry()
    return tuple(compile_rule(policy, rule, registry) for rule in policy.rules)
