"""Pairs that do not go together, between the lines and with what the patient takes already."""
from collections.abc import Iterator

from app.kit.text import Text
from prescribing.checks.agents import Agent, Meeting, line_numbers, pair_title
from prescribing.checks.findings import SEVERITY_OF, Coverage, Finding
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.knowledge import RANK, Interaction
from prescribing.formulary.patient import PatientFacts

UNCOVERED_ACTION = Text(zh="请您自行判断，必要时查说明书", en="Please judge it yourself, with the label where needed")


def interactions(meeting: Meeting, patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    """Every pair with its worst applicable entries, and what the data does not cover."""
    for one, other in meeting.pairs():
        for entry in entries_between(one, other, data):
            yield _finding(entry, one, other, patient, data)
    yield from _not_covered(meeting, data)


def entries_between(one: Agent, other: Agent, data: PrescribingData) -> list[Interaction]:
    """The entries of a pair: for one mechanism the most specific, and of these the worst."""
    if one.substances == other.substances:
        return []
    best: dict[str, Interaction] = {}
    for entry in data.interactions:
        if _matches(entry, one, other):
            known = best.get(entry.mechanism)
            if known is None or _weight(entry) > _weight(known):
                best[entry.mechanism] = entry
    return list(best.values())


def _weight(entry: Interaction) -> tuple[int, int, str]:
    return entry.specificity, RANK[entry.level], entry.id


def _matches(entry: Interaction, one: Agent, other: Agent) -> bool:
    return (one.is_on_side(entry.a) and other.is_on_side(entry.b)) or (
        one.is_on_side(entry.b) and other.is_on_side(entry.a))


def _finding(entry: Interaction, one: Agent, other: Agent, patient: PatientFacts, data: PrescribingData) -> Finding:
    level, asked, missing = entry.level, None, None
    if entry.condition:
        known = patient.facts.get(entry.condition.fact)
        level = entry.condition.raises_to if known else entry.level
        asked, missing = (entry.condition.ask, entry.condition.fact) if known is None else (None, None)
    first, second = sorted((one, other), key=lambda agent: agent.key)
    return Finding(
        id=f"interaction:{entry.id}:{first.key}:{second.key}"[:200], kind="interaction",
        severity=SEVERITY_OF[level], lines=line_numbers(one, other),
        title=pair_title(one, other),
        detail=_with_question(entry.effect, asked), action=entry.action,
        source=data.source_text(entry.sources), covers=covered(data), missing=missing)


def _with_question(effect: Text, ask: Text | None) -> Text:
    if ask is None:
        return effect
    return Text(zh=f"{effect.zh}。还不知道：{ask.zh}。如果是，则禁用。",
                en=f"{effect.en}. Not known yet: {ask.en}? If so, it is contraindicated.")


def covered(data: PrescribingData) -> Text:
    """What the interaction check compares, as shown with every result."""
    pairs = len(data.interactions)
    return Text(zh=f"对照了处方集 {data.edition} 的 {pairs} 条相互作用；未收录不等于没有",
                en=f"Compared with {pairs} entries of formulary {data.edition}; what it does not list may still exist")


def _not_covered(meeting: Meeting, data: PrescribingData) -> Iterator[Finding]:
    for agent in (*meeting.lines, *meeting.current):
        if agent.drug and "interaction" in agent.drug.not_covered:
            yield Finding(
                id=f"not_covered:interaction:{agent.key}", kind="not_covered", severity="not_checked",
                lines=line_numbers(agent), title=agent.name,
                detail=Text(zh="相互作用数据不含此药，没有结论。不等于安全。",
                            en="The interaction data does not hold this medicine. No result does not mean safe."),
                action=UNCOVERED_ACTION, source=data.source_text(agent.drug.sources), covers=covered(data))


def interaction_coverage(agent: Agent, meeting: Meeting, found: bool, data: PrescribingData) -> Coverage:
    """What the check covered on one line: open as soon as anything in the meeting could not be compared."""
    open_names = [one.name for one in meeting.unknown]
    open_names += [one.name for one in (*meeting.lines, *meeting.current)
                   if one.drug and "interaction" in one.drug.not_covered]
    line = agent.line or 0
    if open_names:
        zh, en = "、".join(name.zh for name in open_names), ", ".join(name.en for name in open_names)
        return Coverage(line=line, kind="interaction", status="not_covered",
                        statement=Text(zh=f"未核对：{zh}", en=f"Not checked: {en}"))
    others = len(meeting.lines) - 1 + len(meeting.current)
    return Coverage(line=line, kind="interaction", status="found" if found else "none_found",
                    statement=Text(zh=f"与其他 {others} 种药对照；{covered(data).zh}",
                                   en=f"Compared with {others} other medicines. {covered(data).en}"))
