"""What one policy says otherwise than another, in words: parameters, lists, and each rule as a sentence."""
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.kit.text import Text
from app.policy.facts import FactRegistry, fact_registry, say_value
from app.policy.rulebook import Policy, Rule
from app.policy.wording import say_cites, say_rule, say_window


class Difference(BaseModel):
    """One thing that differs; `before` or `after` is None for what was added or is gone."""

    model_config = ConfigDict(frozen=True)
    rule: str
    what: Text
    before: Text | None
    after: Text | None


SENTENCE = Text(zh="怎么判", en="What it says")
FIELDS = (("window", Text(zh="适用日期", en="Dates")), ("cite", Text(zh="出处", en="Source")),
          ("message", Text(zh="人看到的话", en="What people read")),
          ("overridable", Text(zh="医生能否放行", en="Override")))


def differences(before: Policy | None, after: Policy) -> tuple[Difference, ...]:
    """Everything that the later policy says otherwise; against nothing, everything that it says."""
    return (*_tables(before, after), *_rules(before, after))


def changed_rules(before: Policy | None, after: Policy) -> tuple[str, ...]:
    """The rules that may decide otherwise: another sentence (its numbers and lists included) or other dates."""
    return tuple(dict.fromkeys(one.rule for one in _rules(before, after) if one.what in (SENTENCE, FIELDS[0][1])))


def _tables(before: Policy | None, after: Policy) -> Iterator[Difference]:
    registry = fact_registry()
    for kind, zh, en in (("params", "参数", "Parameter"), ("lists", "名单", "List")):
        old, new = (getattr(before, kind) if before else {}), getattr(after, kind)
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) != new.get(name):
                yield Difference(rule="", what=Text(zh=f"{zh} {name}", en=f"{en} {name}"),
                                 before=_value(registry, old.get(name)), after=_value(registry, new.get(name)))


def _value(registry: FactRegistry, value: Any) -> Text | None:
    return None if value is None else say_value(registry, list(value) if isinstance(value, tuple) else value)


def _rules(before: Policy | None, after: Policy) -> Iterator[Difference]:
    for old, new in _pairs(before.rules if before else (), after.rules):
        one = new or old
        assert one is not None
        said = (say_rule(before, old) if before and old else None, say_rule(after, new) if new else None)
        if said[0] != said[1]:
            yield Difference(rule=one.id, what=SENTENCE, before=said[0], after=said[1])
        for name, what in FIELDS:
            told = tuple(_told(name, rule) if rule else None for rule in (old, new))
            if told[0] != told[1] and (old and new or name == "window"):
                yield Difference(rule=one.id, what=what, before=told[0], after=told[1])


def _told(name: str, rule: Rule) -> Text:
    if name == "window":
        return say_window(rule)
    if name == "cite":
        return say_cites(rule.cite)
    if name == "message":
        return rule.message.text
    return Text(zh="能", en="possible") if rule.overridable else Text(zh="不能", en="not possible")


def _pairs(old: tuple[Rule, ...], new: tuple[Rule, ...]) -> Iterator[tuple[Rule | None, Rule | None]]:
    """Rules of one id belong together; of several windows those with the same first day."""
    for id in dict.fromkeys(rule.id for rule in (*old, *new)):
        left, right = ([rule for rule in rules if rule.id == id] for rules in (old, new))
        if len(left) == len(right) == 1:
            yield left[0], right[0]
            continue
        for day in dict.fromkeys(rule.valid_from for rule in (*left, *right)):
            yield (next((rule for rule in left if rule.valid_from == day), None),
                   next((rule for rule in right if rule.valid_from == day), None))
