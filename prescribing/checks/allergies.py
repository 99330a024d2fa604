"""Allergies in the words of the record against the substances and allergy classes of each line."""
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.kit.text import Text
from prescribing.checks.agents import Agent, Meeting, digest
from prescribing.checks.findings import SEVERITY_OF, Coverage, Finding, Severity
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.knowledge import RANK
from prescribing.formulary.names import candidates, normal
from prescribing.formulary.patient import Allergy, PatientFacts

COVERS = Text(zh="按成分、过敏类别和交叉过敏核对", en="Substance, allergy class and cross-reactions compared")
SEPARATORS = re.compile(r"[、，,;；/]|\band\b|和|及|以及")
TAILS = re.compile(r"(药物)?过敏(史|反应)?$|\ballerg(y|ic)\b.*$")


@dataclass(frozen=True)
class Allergen:
    """What an allergy means: substances and classes, nothing to compare, or not recognised."""

    text: str
    substances: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    is_medicine: bool = True

    @property
    def recognised(self) -> bool:
        return bool(self.substances or self.classes or not self.is_medicine)


def recognise(text: str, data: PrescribingData) -> list[Allergen]:
    """The allergens in one entry of the record, which may name several."""
    whole = _recognise_one(text, data)
    parts = [part for part in SEPARATORS.split(text) if part.strip()]
    if whole.recognised or len(parts) < 2:
        return [whole]
    return [_recognise_one(part, data) for part in parts]


def _recognise_one(text: str, data: PrescribingData) -> Allergen:
    plain = TAILS.sub("", normal(text)).strip() or normal(text)
    if plain in data.not_medicines:
        return Allergen(text, is_medicine=False)
    words = set(candidates(plain))
    classes = {name for name, known in data.allergy_classes.items()
               if words & {normal(word) for word in (name, known.zh, known.en, *known.words)}}
    resolved = data.resolve_substance(plain)
    substances = resolved.substances if resolved else ()
    of_drugs = data.allergy_classes_of(substances, resolved.drug_ids[0] if resolved and resolved.drug_ids else None)
    return Allergen(text, frozenset(substances), frozenset(classes) | of_drugs)


def allergies(meeting: Meeting, patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    """Hard stops for the same substance or class, cross-reactions, unknown words, and "never asked"."""
    if patient.allergies is None:
        yield _never_asked(meeting)
        return
    for entry in patient.allergies:
        for allergen in recognise(entry.text, data):
            if not allergen.recognised:
                yield _not_recognised(allergen, meeting, data)
            for agent in meeting.lines:
                yield from against(agent, allergen, entry, data)


def against(agent: Agent, allergen: Allergen, entry: Allergy, data: PrescribingData) -> Iterator[Finding]:
    """What one allergen means for one medicine: the same substance, the same class, or a cross-reaction."""
    classes = data.allergy_classes_of(tuple(sorted(agent.substances)), agent.drug.id if agent.drug else None)
    if agent.substances & allergen.substances:
        yield _finding(agent, allergen, entry, "hard_stop", "substance", data,
                       Text(zh="就是过敏的那种药", en="The very medicine of the allergy"))
        return
    shared = sorted(classes & allergen.classes)
    if shared:
        name = data.allergy_classes[shared[0]].name
        yield _finding(agent, allergen, entry, "hard_stop", shared[0], data,
                       Text(zh=f"同属{name.zh}", en=f"Of the same class: {name.en}"))
        return
    crossed = [cross for one in sorted(allergen.classes) for cross in data.allergy_classes[one].cross
               if cross.other in classes]
    if crossed:
        worst = max(crossed, key=lambda cross: RANK[cross.level])
        yield _finding(agent, allergen, entry, SEVERITY_OF[worst.level], f"cross-{worst.other}", data, worst.text)


def _finding(agent: Agent, allergen: Allergen, entry: Allergy, severity: Severity, what: str, data: PrescribingData,
             detail: Text) -> Finding:
    # Two allergies may meet one medicine at different levels: each is a finding of its own.
    of_what = digest(f"{entry.text} {allergen.text} {entry.reaction or ''}")
    reaction = f"（{entry.reaction}）" if entry.reaction else ""
    reaction_en = f" ({entry.reaction})" if entry.reaction else ""
    return Finding(
        id=f"allergy:{what}:{of_what}:{agent.key}"[:200], kind="allergy", severity=severity, lines=(agent.line or 0,),
        title=Text(zh=f"{entry.text}过敏 + {agent.name.zh}".replace("过敏过敏", "过敏"),
                   en=f"Allergy to {entry.text} + {agent.name.en}"),
        detail=Text(zh=f"{detail.zh}{reaction}", en=f"{detail.en}{reaction_en}"),
        action=Text(zh="换一种不属于这类的药", en="Choose a medicine outside this class"),
        source=data.source_text(agent.drug.sources if agent.drug else ()), covers=COVERS)


def _never_asked(meeting: Meeting) -> Finding:
    return Finding(
        id="missing_fact:allergies", kind="missing_fact", severity="hard_stop", missing="allergies",
        lines=tuple(agent.line or 0 for agent in meeting.lines),
        title=Text(zh="过敏史没有问过", en="Allergies were never asked"),
        detail=Text(zh="不知道不等于没有，签名前必须问", en="Unknown is not none; it must be asked before signing"),
        action=Text(zh="问患者并记入病历", en="Ask the patient and record it"),
        source=Text(zh="核对规则", en="Rule of the checks"), covers=COVERS)


def _not_recognised(allergen: Allergen, meeting: Meeting, data: PrescribingData) -> Finding:
    return Finding(
        id=f"not_covered:allergy:{digest(allergen.text)}", kind="not_covered", severity="not_checked",
        lines=tuple(agent.line or 0 for agent in meeting.lines),
        title=Text(zh=f"过敏记录“{allergen.text}”", en=f"Recorded allergy “{allergen.text}”"),
        detail=Text(zh="没有认出这是什么，没有核对", en="It was not recognised and not compared"),
        action=Text(zh="请您自行判断，或把记录改成药名",
                    en="Please judge it yourself, or correct the record to a name"),
        source=Text(zh=f"处方集 {data.edition}", en=f"Formulary {data.edition}"), covers=COVERS)


def allergy_coverage(agent: Agent, patient: PatientFacts, found: bool, data: PrescribingData) -> Coverage:
    """What the check covered on one line."""
    line = agent.line or 0
    if patient.allergies is None:
        return Coverage(line=line, kind="allergy", status="missing_fact",
                        statement=Text(zh="过敏史没有问过，未核对", en="Allergies never asked, not checked"))
    asked = (*patient.allergies, *patient.taken_back)
    unknown = [one.text for entry in asked for one in recognise(entry.text, data) if not one.recognised]
    if unknown:
        return Coverage(line=line, kind="allergy", status="not_covered",
                        statement=Text(zh=f"未核对：{'、'.join(unknown)}", en=f"Not checked: {', '.join(unknown)}"))
    told = "、".join(entry.text for entry in patient.allergies) or "无已知过敏"
    told_en = ", ".join(entry.text for entry in patient.allergies) or "none known"
    if patient.taken_back:
        told += f"（删去过：{'、'.join(entry.text for entry in patient.taken_back)}）"
        told_en += f" (taken back: {', '.join(entry.text for entry in patient.taken_back)})"
    return Coverage(line=line, kind="allergy", status="found" if found else "none_found",
                    statement=Text(zh=f"{told}；{COVERS.zh}", en=f"{told_en}. {COVERS.en}"))
