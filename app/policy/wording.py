"""Says a rule as one sentence in both languages, so that an officer reads law and not YAML."""
from collections.abc import Iterable
from typing import Any

from app.kit.text import Text
from app.policy.explain import join, name_facts
from app.policy.facts import FactRegistry, fact_registry, say_value
from app.policy.rulebook import Cite, Condition, Effect, Exception_, Policy, Rule

STAGE_WORDS: dict[str, Text] = {
    "consult_start": Text(zh="接诊", en="taking the patient"), "diagnose": Text(zh="诊断", en="diagnosing"),
    "prescribe": Text(zh="开方", en="prescribing"), "review": Text(zh="审方", en="reviewing"),
    "dispense": Text(zh="配药", en="dispensing"), "deliver": Text(zh="交付", en="handing over"),
    "book": Text(zh="预约", en="booking"), "settle": Text(zh="结算", en="settling"),
    "record": Text(zh="通话录像", en="recording a call"),
}
EFFECT_WORDS: dict[Effect, Text] = {
    Effect.BLOCK: Text(zh="禁止", en="Block"), Effect.REQUIRE: Text(zh="要凭证", en="Evidence"),
    Effect.WARN: Text(zh="提醒", en="Warn"), Effect.LOG: Text(zh="只记录", en="Log"),
}
CONFIDENCE_WORDS: dict[str, Text] = {
    "text": Text(zh="原文已读", en="text read"), "summary": Text(zh="摘要已读", en="summary read"),
    "unverified": Text(zh="未核实", en="not verified"),
}
OPERATOR_WORDS: dict[str, Text] = {
    "true": Text(zh="为「是」", en="is “yes”"), "false": Text(zh="为「否」", en="is “no”"),
    "lt": Text(zh="小于 {r}", en="is less than {r}"), "le": Text(zh="不超过 {r}", en="is at most {r}"),
    "gt": Text(zh="超过 {r}", en="is more than {r}"), "ge": Text(zh="不少于 {r}", en="is at least {r}"),
    "eq": Text(zh="是 {r}", en="is {r}"), "ne": Text(zh="不是 {r}", en="is not {r}"),
    "in": Text(zh="是其中之一：{r}", en="is one of: {r}"),
    "not_in": Text(zh="不是其中任何一个：{r}", en="is none of: {r}"),
    "any_of": Text(zh="包含其中之一：{r}", en="holds one of: {r}"),
    "none_of": Text(zh="不含其中任何一个：{r}", en="holds none of: {r}"),
    "days_since_le": Text(zh="在 {r} 天以内", en="is at most {r} days ago"),
    "present": Text(zh="已知", en="is known"), "absent": Text(zh="不知道", en="is not known"),
}
TOO_OLD = Text(zh="早于 {r} 天前", en="is more than {r} days ago")
THEN: dict[Effect, Text] = {
    Effect.BLOCK: Text(zh="就禁止", en="the step is blocked"), Effect.WARN: Text(zh="就提醒", en="a warning is shown"),
    Effect.LOG: Text(zh="只记录", en="it is noted"), Effect.REQUIRE: Text(zh="须有：{r}", en="these are needed: {r}"),
}


def say_rule(policy: Policy, rule: Rule, registry: FactRegistry | None = None) -> Text:
    """One rule as a sentence: at which step, on which condition, with what effect, and its exceptions."""
    registry = registry or fact_registry()
    stages = say_stages(rule)
    when = say_condition(policy, rule.when, registry)
    then = THEN[rule.effect]
    if rule.evidence:
        needed = name_facts(rule.evidence, registry)
        then = Text(zh=then.zh.format(r=needed.zh), en=then.en.format(r=needed.en))
    main = Text(zh=f"{stages.zh}时，如果{when.zh}，{then.zh}。", en=f"When {stages.en}: if {when.en}, {then.en}.")
    return join([main, *(_say_exception(policy, one, registry) for one in rule.exceptions)], zh="", en=" ")


def say_stages(rule: Rule) -> Text:
    """The steps at which a rule is asked."""
    words = [STAGE_WORDS[stage] for stage in rule.stage]
    return join(words, zh="或", en=" or ")


def _say_exception(policy: Policy, one: Exception_, registry: FactRegistry) -> Text:
    when, days = say_condition(policy, one.when, registry), say_window(one)
    return Text(zh=f"例外（{days.zh}）：{when.zh}。", en=f"Except ({days.en}): {when.en}.")


def say_window(dated: Rule | Exception_) -> Text:
    """From when to when something holds."""
    if dated.valid_to is None:
        return Text(zh=f"{dated.valid_from} 起", en=f"from {dated.valid_from}")
    return Text(zh=f"{dated.valid_from} 至 {dated.valid_to}", en=f"{dated.valid_from} to {dated.valid_to}")


def say_condition(policy: Policy, condition: Condition, registry: FactRegistry, inner: bool = False) -> Text:
    """A condition in words; what is joined inside another stands in brackets."""
    for parts, zh, en in ((condition.all, "，并且", " and "), (condition.any, "，或者", " or ")):
        if parts is not None:
            told = join([say_condition(policy, part, registry, True) for part in parts], zh, en)
            return _bracket(told) if inner and len(parts) > 1 else told
    if condition.not_ is None:
        return _say_leaf(policy, condition, OPERATOR_WORDS.get(condition.op or ""), registry)
    if condition.not_.op == "days_since_le":
        return _say_leaf(policy, condition.not_, TOO_OLD, registry)
    told = say_condition(policy, condition.not_, registry, True)
    return Text(zh=f"没有：{told.zh}", en=f"it is not so that {told.en}")


def _bracket(text: Text) -> Text:
    return Text(zh=f"（{text.zh}）", en=f"({text.en})")


def _say_leaf(policy: Policy, leaf: Condition, words: Text | None, registry: FactRegistry) -> Text:
    label = registry.label(leaf.fact or "")
    words = words or Text(zh=leaf.op or "?", en=leaf.op or "?")
    value = say_value(registry, _json(reference_of(policy, leaf)))
    return Text(zh=label.zh + words.zh.format(r=value.zh), en=f"{label.en} {words.en.format(r=value.en)}")


def reference_of(policy: Policy, leaf: Condition) -> Any:
    """The value that a comparison stands beside, with names of parameters and lists looked up."""
    if leaf.param is not None:
        return policy.params.get(leaf.param, leaf.param)
    if leaf.list_ is not None:
        return policy.lists.get(leaf.list_, (leaf.list_,))
    return leaf.value


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def say_cites(cites: Iterable[Cite]) -> Text:
    """Where a rule comes from, and how far each source was checked."""
    told = [(cite, CONFIDENCE_WORDS[cite.confidence]) for cite in cites]
    return Text(zh="；".join(f"{cite.instrument} {cite.article}（{sure.zh}）" for cite, sure in told),
                en="; ".join(f"{cite.instrument} {cite.article} ({sure.en})" for cite, sure in told))


def facts_of(condition: Condition) -> tuple[str, ...]:
    """The facts that a condition looks at, each once."""
    parts = [*(condition.all or ()), *(condition.any or ()), *([condition.not_] if condition.not_ else [])]
    own = [condition.fact] if condition.fact else []
    return tuple(dict.fromkeys([*own, *(fact for part in parts for fact in facts_of(part))]))
