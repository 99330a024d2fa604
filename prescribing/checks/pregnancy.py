"""Pregnancy and breast-feeding against each line; who may be pregnant must have been asked."""
from collections.abc import Iterator, Sequence

from app.kit.text import Text
from prescribing.checks.findings import Coverage, Finding, Severity
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.drugs import Drug, Flag
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.patient import PatientFacts

COVERS = Text(zh="按孕期、哺乳期标记核对", en="Compared by the flags for pregnancy and breast-feeding")
IN_PREGNANCY: dict[Flag, Severity] = {"contraindicated": "hard_stop", "avoid": "must_confirm", "caution": "precaution"}
IN_LACTATION: dict[Flag, Severity] = {"contraindicated": "must_confirm", "avoid": "must_confirm",
                                      "caution": "precaution"}


def pregnancy(lines: Sequence[DraftLine], patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    """Flags of the medicine where she is or may be pregnant or breast-feeds."""
    for n, line in enumerate(lines):
        drug = data.drugs.get(line.drug_id)
        if drug:
            yield from _pregnant(n, drug, patient, data)
            yield from _breast_feeding(n, drug, patient, data)


def _pregnant(n: int, drug: Drug, patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    flag = drug.pregnancy.flag
    if flag == "ok" or not patient.may_be_pregnant:
        return
    if patient.pregnancy == "yes":
        yield _finding(n, drug, "yes", IN_PREGNANCY[flag], drug.pregnancy.note, data)
    else:
        yield _unknown(n, drug, "pregnancy", "hard_stop", data, Text(
            zh=f"是否怀孕未知。{drug.pregnancy.note.zh}", en=f"Pregnancy is unknown. {drug.pregnancy.note.en}"))


def _breast_feeding(n: int, drug: Drug, patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    flag = drug.lactation.flag
    if flag == "ok" or patient.lactating is False or patient.sex == "male":
        return
    if patient.lactating:
        yield _finding(n, drug, "lactation", IN_LACTATION[flag], drug.lactation.note, data)
    elif flag != "caution" and _may_breast_feed(patient):
        yield _unknown(n, drug, "lactating", "precaution", data, Text(
            zh=f"是否哺乳未知。{drug.lactation.note.zh}", en=f"Breast-feeding is unknown. {drug.lactation.note.en}"))


def _may_breast_feed(patient: PatientFacts) -> bool:
    return patient.years is None or 12 <= patient.years <= 55


def _finding(n: int, drug: Drug, what: str, severity: Severity, note: Text, data: PrescribingData) -> Finding:
    return Finding(id=f"pregnancy:{what}:{drug.id}", kind="pregnancy", severity=severity, lines=(n,), title=drug.name,
                   detail=note, action=Text(zh="换一种孕期或哺乳期可用的药",
                                            en="Choose a medicine that may be used now"),
                   source=data.source_text(drug.sources), covers=COVERS)


def _unknown(n: int, drug: Drug, fact: str, severity: Severity, data: PrescribingData, detail: Text) -> Finding:
    return Finding(id=f"missing_fact:{fact}:{drug.id}", kind="missing_fact", severity=severity, lines=(n,),
                   title=drug.name, detail=detail, missing=fact,
                   action=Text(zh="问患者并记入病历", en="Ask the patient and record it"),
                   source=data.source_text(drug.sources), covers=COVERS)


def pregnancy_coverage(n: int, drug: Drug, patient: PatientFacts, found: bool) -> Coverage:
    """What the check covered on one line."""
    asked = patient.pregnancy is not None or not patient.may_be_pregnant
    if not asked and drug.pregnancy.flag != "ok":
        return Coverage(line=n, kind="pregnancy", status="missing_fact",
                        statement=Text(zh="是否怀孕未知，未核对", en="Pregnancy unknown, not checked"))
    if patient.sex == "male" or (patient.pregnancy is None and not patient.may_be_pregnant):
        return Coverage(line=n, kind="pregnancy", status="not_applicable", statement=Text(zh="不适用",
                                                                                          en="Not applicable"))
    return Coverage(line=n, kind="pregnancy", status="found" if found else "none_found", statement=COVERS)
