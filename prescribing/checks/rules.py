"""Runs every check over a draft. Pure: the same draft, facts and data give the same findings."""
from collections.abc import Iterator, Sequence

from app.kit.text import Text
from prescribing.checks.agents import Agent, Meeting, Unknown, meet
from prescribing.checks.allergies import allergies, allergy_coverage
from prescribing.checks.body import (
    age_coverage,
    ages,
    kidneys,
    renal_coverage,
    weight_coverage,
    weights,
)
from prescribing.checks.doses import dose_coverage, doses
from prescribing.checks.duplicates import COVERS as DUPLICATE_COVERS
from prescribing.checks.duplicates import duplicates
from prescribing.checks.findings import CheckReport, Coverage, Finding, Kind, ordered
from prescribing.checks.interactions import covered, interaction_coverage, interactions
from prescribing.checks.pregnancy import pregnancy, pregnancy_coverage
from prescribing.checks.taken_back import taken_back
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.drugs import Drug
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.patient import CurrentMedicine, DueMedicine, PatientFacts

CHECKS: tuple[Kind, ...] = ("allergy", "interaction", "duplicate", "dose", "pregnancy", "age", "renal", "weight")
NEVER_COVERED = Text(zh="没有核对：肝功能、疾病禁忌、食物",
                     en="Not checked at all: liver, contraindicating diseases, food")

MEETING: tuple[Kind, ...] = ("interaction", "duplicate")
NEVER_ASKED = Text(zh="现用药没有问过，未核对完", en="Present medicines never asked, not fully checked")
UNSURE = Text(zh="患者说不清在吃什么药，未核对完", en="The patient cannot say what they take, not fully checked")


def findings_of(lines: Sequence[DraftLine], patient: PatientFacts, current: Sequence[CurrentMedicine | DueMedicine],
                data: PrescribingData) -> list[Finding]:
    """All findings of a draft, worst first; `current` holds what is known, `patient.medicines` whether that is all."""
    return ordered(_all(lines, patient, current, meet(lines, current, data), data))


def run_checks(lines: Sequence[DraftLine], patient: PatientFacts, current: Sequence[CurrentMedicine | DueMedicine],
               data: PrescribingData) -> CheckReport:
    """Findings, what every check covered on every line, and the version of the data."""
    findings = findings_of(lines, patient, current, data)
    return CheckReport(findings=tuple(findings), data_version=data.data_version, never_covered=NEVER_COVERED,
                       coverage=tuple(coverage(lines, patient, current, findings, data)))


def _all(lines: Sequence[DraftLine], patient: PatientFacts, current: Sequence[CurrentMedicine | DueMedicine],
         meeting: Meeting, data: PrescribingData) -> Iterator[Finding]:
    due = [one for one in current if isinstance(one, DueMedicine)]
    yield from allergies(meeting, patient, data)
    yield from taken_back(meeting, patient, data)
    yield from interactions(meeting, patient, data)
    yield from duplicates(meeting, data)
    yield from doses(lines, patient, data, due)
    yield from pregnancy(lines, patient, data)
    yield from ages(lines, patient, data)
    yield from kidneys(lines, patient, data, due)
    yield from weights(patient)
    yield from (_not_recognised(one, data) for one in meeting.unknown)
    if patient.medicines is None:
        yield _medicines_never_asked(len(lines), data)
    elif patient.medicines == "unsure" and lines:
        yield _medicines_unsure(lines, data)


def _not_recognised(unknown: Unknown, data: PrescribingData) -> Finding:
    """A line outside the formulary needs a reason; a medicine at home has to be acknowledged."""
    on_draft = unknown.line is not None
    return Finding(
        id=f"not_covered:{'drug' if on_draft else 'medicine'}:{unknown.key}"[:200], kind="not_covered",
        severity="must_confirm" if on_draft else "not_checked",
        lines=(unknown.line,) if unknown.line is not None else (), title=unknown.name,
        detail=Text(zh="处方集不认识此药，没有核对，没有结论。不等于安全。",
                    en="The formulary does not know this medicine. It was not checked; that does not mean safe."),
        action=Text(zh="请您自行判断，必要时查说明书", en="Please judge it yourself, with the label where needed"),
        source=Text(zh=f"处方集 {data.edition}", en=f"Formulary {data.edition}"), covers=covered(data))


def _medicines_never_asked(count: int, data: PrescribingData) -> Finding:
    return Finding(
        id="missing_fact:current_medicines", kind="missing_fact", severity="hard_stop", lines=tuple(range(count)),
        missing="current_medicines", title=Text(zh="现用药没有问过", en="Present medicines were never asked"),
        detail=Text(zh="不知道患者在吃什么药，相互作用没有核对完",
                    en="Nobody knows what the patient takes, so interactions are not fully checked"),
        action=Text(zh="问患者并记入病历", en="Ask the patient and record it"),
        source=Text(zh="核对规则", en="Rule of the checks"), covers=covered(data))


def _medicines_unsure(lines: Sequence[DraftLine], data: PrescribingData) -> Finding:
    """The reason is for these medicines: whoever adds another one is asked again."""
    drugs = [data.drugs.get(drug_id) for drug_id in sorted({line.drug_id for line in lines})]
    names = [drug.name for drug in drugs if drug]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Finding(
        id="missing_fact:medicines_unsure", kind="missing_fact", severity="must_confirm",
        lines=tuple(range(len(lines))), missing="current_medicines",
        title=Text(zh="患者说不清在吃什么药", en="The patient cannot say what they take"),
        detail=Text(zh=f"说不清不等于没有。只和已知的药对照过：{zh}",
                    en=f"That is not the same as nothing. Compared with the known medicines only: {en}"),
        action=Text(zh="请患者看药盒或问家人；问不到时写明为什么可以开",
                    en="Ask for the boxes or the family; if it cannot be had, write why it may be prescribed"),
        source=Text(zh="核对规则", en="Rule of the checks"), covers=covered(data))


def coverage(lines: Sequence[DraftLine], patient: PatientFacts, current: Sequence[CurrentMedicine | DueMedicine],
             findings: Sequence[Finding], data: PrescribingData) -> list[Coverage]:
    """One statement for every check on every line; a line outside the formulary is not covered by any."""
    meeting = meet(lines, current, data)
    agents = {agent.line: agent for agent in meeting.lines}
    found = {(finding.kind, n) for finding in findings for n in finding.lines}
    rows: list[Coverage] = []
    for n, line in enumerate(lines):
        agent = agents.get(n)
        drug = agent.drug if agent else None
        if agent is None or drug is None:
            rows += [_nothing(n, kind) for kind in CHECKS]
        else:
            hits = {kind for kind, at in found if at == n}
            rows += _of_line(line, agent, drug, patient, hits, data)
            rows += _met(agent, meeting, patient, hits, data)
    return rows


def _nothing(n: int, kind: Kind) -> Coverage:
    return Coverage(line=n, kind=kind, status="not_covered",
                    statement=Text(zh="处方集没有此药，未核对", en="Not in the formulary, not checked"))


def _of_line(line: DraftLine, agent: Agent, drug: Drug, patient: PatientFacts,
             hits: set[Kind], data: PrescribingData) -> list[Coverage]:
    n = agent.line or 0
    return [
        allergy_coverage(agent, patient, "allergy" in hits, data),
        dose_coverage(n, line, patient, "dose" in hits, data),
        pregnancy_coverage(n, drug, patient, "pregnancy" in hits),
        age_coverage(n, drug, patient, "age" in hits),
        renal_coverage(n, drug, patient, "renal" in hits),
        weight_coverage(n, patient, "weight" in hits),
    ]


def _met(agent: Agent, meeting: Meeting, patient: PatientFacts, hits: set[Kind],
         data: PrescribingData) -> list[Coverage]:
    """What was covered of the checks that need to know the other medicines."""
    n = agent.line or 0
    if patient.medicines != "told":
        said = NEVER_ASKED if patient.medicines is None else UNSURE
        return [Coverage(line=n, kind=kind, status="missing_fact", statement=said) for kind in MEETING]
    return [interaction_coverage(agent, meeting, "interaction" in hits, data),
            _duplicate_coverage(n, meeting, "duplicate" in hits)]


def _duplicate_coverage(n: int, meeting: Meeting, found: bool) -> Coverage:
    if meeting.unknown:
        return Coverage(line=n, kind="duplicate", status="not_covered",
                        statement=Text(zh="有没认出的药，未核对完",
                                       en="A medicine was not recognised, not fully checked"))
    return Coverage(line=n, kind="duplicate", status="found" if found else "none_found", statement=DUPLICATE_COVERS)
