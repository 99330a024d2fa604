"""Says a decision in plain words, in both languages, so that nobody has to read rule ids."""
from collections.abc import Iterable

from app.kit.text import Text
from app.policy.decision import FiredRule, LaterRule, Reason, Verdict
from app.policy.facts import FactRegistry

SUPPLIER = {
    "C": Text(zh="系统", en="the system"),
    "R": Text(zh="证照或同意记录", en="a stored record"),
    "D": Text(zh="医生", en="the doctor"),
    "P": Text(zh="您", en="you"),
    "X": Text(zh="外部系统", en="an outside system"),
}
OPENING = {
    Verdict.ALLOW: Text(zh="可以进行。", en="This step may go on."),
    Verdict.WARN: Text(zh="可以进行，请留意：", en="This step may go on. Please note:"),
    Verdict.REQUIRE: Text(zh="还差一步：", en="Something is still needed:"),
    Verdict.BLOCK: Text(zh="这一步不能进行：", en="This step cannot go on:"),
}
REFUSALS = {
    "bad_facts": Text(zh="收到的资料有误，规则没有运行：{facts}。",
                      en="The data was not usable, so no rule was asked: {facts}."),
    "unknown_stage": Text(zh="没有这个环节的规则。", en="There are no rules for this kind of step."),
    "no_policy": Text(zh="没有生效的规则。", en="No policy is in force."),
}


def join(parts: Iterable[Text], zh: str, en: str) -> Text:
    """String several texts together with what stands between them; at least one is needed."""
    parts = list(parts)
    return Text(zh=zh.join(part.zh for part in parts), en=en.join(part.en for part in parts))


def sentences(*parts: Text) -> Text:
    """Put sentences one after the other."""
    return join(parts, zh="", en=" ")


def name_facts(names: Iterable[str], registry: FactRegistry) -> Text:
    """List facts by what people call them."""
    return join((registry.label(name) for name in names), zh="、", en=", ")


def summarise(verdict: Verdict, reasons: tuple[Reason, ...], fired: tuple[FiredRule, ...],
              registry: FactRegistry) -> Text:
    """Say the verdict and, for each rule that made it, the message and what is missing."""
    refusal = next((reason for reason in reasons if reason.code in REFUSALS), None)
    if refusal:
        return sentences(OPENING[Verdict.BLOCK], _refusal(refusal, registry))
    telling = [entry for entry in fired if entry.verdict is verdict and verdict is not Verdict.ALLOW]
    lifted = [_lifted(entry) for entry in fired if entry.exception]
    return sentences(OPENING[verdict], *(explain_rule(entry, registry) for entry in telling), *lifted)


def _refusal(reason: Reason, registry: FactRegistry) -> Text:
    names = name_facts([bad.fact for bad in reason.bad_facts], registry) if reason.bad_facts else None
    text = REFUSALS[reason.code]
    if names is None:
        return text
    return Text(zh=text.zh.replace("{facts}", names.zh), en=text.en.replace("{facts}", names.en))


def explain_rule(entry: FiredRule, registry: FactRegistry) -> Text:
    """Say one rule: its message, then what we do not know or still need."""
    parts = [entry.message]
    if entry.missing:
        names = name_facts(entry.missing, registry)
        parts.append(Text(zh=f"我们还不知道：{names.zh}。", en=f"We do not know: {names.en}."))
    if entry.evidence_needed:
        names = name_facts(entry.evidence_needed, registry)
        parts.append(Text(zh=f"需要：{names.zh}。", en=f"Needed: {names.en}."))
    return sentences(*parts)


def _lifted(entry: FiredRule) -> Text:
    source = entry.cite[-1]
    return Text(zh=f"这里适用一项例外：{source.instrument} {source.article}。",
                en=f"An exception applies here: {source.instrument}, {source.article}.")


def explain_later(later: tuple[LaterRule, ...], registry: FactRegistry) -> Text:
    """Say what is still open, and who will decide it."""
    who = [name for name in SUPPLIER if any(name in one.who for one in later)]
    names = name_facts(sorted({fact for one in later for fact in one.missing}), registry)
    people = join((SUPPLIER[name] for name in who), zh="、", en=", ")
    return Text(zh=f"还有一些要到时再定（由{people.zh}提供）：{names.zh}。",
                en=f"Some things are decided later (by {people.en}): {names.en}.")
