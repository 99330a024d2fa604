"""Allergies that the patient's side took back and nobody confirmed: a later "none" makes none of them harmless.

They are compared like those that stand, but stop nobody for good: whoever has asked writes why it may be prescribed.
"""
from collections.abc import Iterator

from app.kit.text import Text
from prescribing.checks.agents import Meeting, digest
from prescribing.checks.allergies import COVERS, Allergen, against, recognise
from prescribing.checks.findings import Finding
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.patient import PatientFacts, TakenBack

ASK = Text(zh="问清当时发生过什么；可以用时写明为什么", en="Ask what happened then; if it may be used, write why")
JUDGE = Text(zh="没有认出这是什么，没有核对；问清当时发生过什么",
             en="It was not recognised and not compared; ask what happened then")


def taken_back(meeting: Meeting, patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    """What a line meets of allergies that were taken back; a hard stop becomes one to confirm with a reason."""
    for entry in patient.taken_back:
        for allergen in recognise(entry.text, data):
            if not allergen.recognised:
                yield _not_recognised(allergen, entry, meeting, data)
            for agent in meeting.lines:
                for found in against(agent, allergen, entry, data):
                    yield _softened(found, entry)


def _softened(found: Finding, entry: TakenBack) -> Finding:
    when = _when(entry)
    return found.model_copy(update={
        "id": found.id.replace("allergy:", "allergy:taken_back:", 1)[:200],
        "severity": "must_confirm" if found.severity == "hard_stop" else found.severity,
        "title": Text(zh=f"{found.title.zh}（过敏记录被删去过）", en=f"{found.title.en} (the allergy was taken back)"),
        "detail": Text(zh=f"{when.zh}{found.detail.zh}", en=f"{when.en} {found.detail.en}"),
        "action": ASK if found.severity in ("hard_stop", "must_confirm") else found.action})


def _when(entry: TakenBack) -> Text:
    """When it stood there and who struck it: the doctor asks about that day."""
    zh, en = ("家属", "family") if entry.by_family else ("患者", "the patient")
    return Text(zh=f"{entry.recorded_on} 记下，{entry.taken_back_on} 由{zh}删去，没有医生或药师确认过。",
                en=f"Recorded on {entry.recorded_on}, taken back by {en} on {entry.taken_back_on}, "
                   "confirmed by no clinician.")


def _not_recognised(allergen: Allergen, entry: TakenBack, meeting: Meeting, data: PrescribingData) -> Finding:
    when = _when(entry)
    return Finding(
        id=f"not_covered:allergy:taken_back:{digest(allergen.text)}", kind="not_covered", severity="not_checked",
        lines=tuple(agent.line or 0 for agent in meeting.lines),
        title=Text(zh=f"删去过的过敏记录“{allergen.text}”", en=f"An allergy that was taken back: “{allergen.text}”"),
        detail=when, action=JUDGE, source=Text(zh=f"处方集 {data.edition}", en=f"Formulary {data.edition}"),
        covers=COVERS)
