"""The cast and short ways to write a line, for the tests of the checks."""
from prescribing.checks.findings import Finding
from prescribing.checks.rules import findings_of
from prescribing.formulary.amounts import Amount
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.load import load
from prescribing.formulary.patient import Allergy, CurrentMedicine, PatientFacts

DATA = load()
WANG = PatientFacts(age_years=58, sex="male", weight_kg=74, egfr=82, allergies=(), medicines="told")
ZHOU = PatientFacts(age_years=76, sex="female", weight_kg=52, egfr=48, allergies=(), medicines="told")
MA = PatientFacts(age_years=33, sex="female", egfr=100, pregnancy="no", lactating=False, allergies=(), medicines="told")
XIAOYU = PatientFacts(age_months=52, sex="female", weight_kg=16, allergies=(), medicines="told")


def knowing(patient: PatientFacts, **facts: object) -> PatientFacts:
    """The same person with something else known."""
    return PatientFacts.model_validate(patient.model_dump() | facts)


def allergic(patient: PatientFacts, *texts: str) -> PatientFacts:
    return knowing(patient, allergies=tuple(Allergy(text=text).model_dump() for text in texts))


def line(drug_id: str, dose: str | None = None, unit: str | None = None,
         product: int = 0, **order: object) -> DraftLine:
    """A line with the usual regimen of the file where the test names none."""
    drug = DATA.drug(drug_id)
    usual, chosen = drug.usual[0], drug.products[product]
    order = {"frequency": usual.frequency, "days": 7} | order
    if order["frequency"] == "prn":
        order.setdefault("max_per_day", 1)
    amount = Amount(value=dose or usual.dose.value, unit=unit or usual.dose.unit)
    return DraftLine(drug_id=drug_id, product_code=chosen.code, dose=amount, route=chosen.route, **order)


def takes(*names: str) -> list[CurrentMedicine]:
    return [CurrentMedicine(name=name) for name in names]


def find(*lines: DraftLine, patient: PatientFacts = WANG, current: list[CurrentMedicine] | None = None,
         kind: str | None = None) -> list[Finding]:
    """The findings of a draft, of one kind if asked; a patient who takes nothing unless told."""
    found = findings_of(lines, patient, [] if current is None else current, DATA)
    return [one for one in found if kind is None or one.kind == kind]


def ids(findings: list[Finding]) -> set[str]:
    return {one.id for one in findings}


def severities(findings: list[Finding]) -> set[str]:
    return {one.severity for one in findings}
