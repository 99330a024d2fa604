"""The same substance or the same group twice, on the draft or with what is taken already."""
from collections.abc import Iterator

from app.kit.text import Text
from prescribing.checks.agents import Agent, Meeting, line_numbers, pair_title
from prescribing.checks.findings import Finding, Severity
from prescribing.formulary.book import PrescribingData

COVERS = Text(zh="比较成分和同类药，含现用药和已开、还没拿到的药",
              en="Substances and groups compared, with present medicines and those prescribed and not delivered yet")

TWICE = Text(zh="删去一种，或说明为什么要两种", en="Remove one, or say why both are needed")
BEFORE = Text(zh="删去这一行，或先撤销前面那张处方；药房可能已经配出的，撤销了也算，先问患者；两份都要时写明为什么",
              en="Remove the line or have the earlier prescription revoked first. What a pharmacy may have given out "
                 "counts even when revoked: ask the patient. If both are needed, say why")


def duplicates(meeting: Meeting, data: PrescribingData) -> Iterator[Finding]:
    """A shared substance first; a shared group only where no substance is shared."""
    for one, other in meeting.pairs():
        shared = one.substances & other.substances
        if shared:
            yield _same_substance(one, other, shared, data)
        else:
            yield from _same_group(one, other, data)


def _same_substance(one: Agent, other: Agent, shared: frozenset[str], data: PrescribingData) -> Finding:
    if _continues(one, other):
        return _finding(one, other, "note", data, "substance",
                        Text(zh="患者现在就在用这种药", en="The patient takes this medicine already"),
                        Text(zh="告诉患者：接着用，不要两份一起吃",
                             en="Tell the patient to go on with one supply and not take both"))
    names = [_substance_name(one_name, data) for one_name in sorted(shared)]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return _finding(one, other, "must_confirm", data, "substance",
                    Text(zh=f"含相同成分：{zh}", en=f"Both hold {en}"),
                    BEFORE if other.due else TWICE)


def _continues(one: Agent, other: Agent) -> bool:
    """A line that goes on with a medicine taken already, which is what most follow-up visits are for."""
    return other.line is None and not other.due and one.substances == other.substances


def _same_group(one: Agent, other: Agent, data: PrescribingData) -> Iterator[Finding]:
    for group in sorted(one.classes & other.classes):
        if data.groups[group].duplicate:
            name = data.groups[group].name
            yield _finding(one, other, "must_confirm", data, group,
                           Text(zh=f"同一类药：{name.zh}", en=f"The same group: {name.en}"),
                           Text(zh="只留一种；换药时写明旧药已停",
                                en="Keep one; when switching, write that the old one is stopped"))
            return


def _finding(one: Agent, other: Agent, severity: Severity, data: PrescribingData, what: str, detail: Text,
             action: Text) -> Finding:
    first, second = sorted((one.key, other.key))
    # A second line of the same medicine has the same key; its position tells the two pairs apart.
    place = f":{other.line}" if one.key == other.key else ""
    sources = tuple(dict.fromkeys(s for a in (one, other) if a.drug for s in a.drug.sources))
    return Finding(id=f"duplicate:{what}:{first}:{second}{place}"[:200], kind="duplicate", severity=severity,
                   lines=line_numbers(one, other),
                   title=pair_title(one, other),
                   detail=detail, action=action, source=data.source_text(sources), covers=COVERS)


def _substance_name(substance: str, data: PrescribingData) -> Text:
    single = data.single_drugs(substance)
    return single[0].name if single else Text(zh=substance, en=substance)
