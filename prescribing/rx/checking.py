"""Runs the checks over a prescription with what the record knows of the patient now."""
from app.identity import api as identity
from app.kit.clock import completed_months, completed_years, local_date
from app.work import Work
from prescribing.checks.findings import CheckReport, Finding, OverrideReason, blocking
from prescribing.checks.rules import run_checks
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.load import load
from prescribing.formulary.patient import Allergy, CurrentMedicine, PatientFacts
from prescribing.rx.models import Prescription
from prescribing.rx.queries import answers_of, items_of
from records import api as records

CARRIES = {"no": "no", "breastfeeding": "no", "pregnant": "yes", "unknown": None}


def patient_facts(work: Work, rx: Prescription) -> tuple[PatientFacts, list[CurrentMedicine] | None]:
    """What the record knows; what was never asked stays None, which is unknown and never no."""
    person = identity.patient(work, rx.patient_id)
    history = records.history_of(work, rx.patient_id)
    today = local_date(work.now)
    facts = PatientFacts(
        age_years=completed_years(person.birth_date, today), age_months=completed_months(person.birth_date, today),
        sex=person.sex, weight_kg=history.weight_kg, pregnancy=_pregnancy(person.sex, history.pregnancy),
        lactating=_lactating(person.sex, history.pregnancy), egfr=history.egfr,
        egfr_days_ago=(today - history.egfr_on).days if history.egfr_on else None, allergies=_allergies(history))
    taken = [CurrentMedicine(name=m.text, drug_id=m.drug_id, self_reported=m.self_reported)
             for m in history.medicines]
    return facts, taken if history.medicines_asked else None


def _pregnancy(sex: str, told: str | None) -> str | None:
    return "not_applicable" if sex == "male" else CARRIES.get(told or "unknown")


def _lactating(sex: str, told: str | None) -> bool | None:
    if sex == "male":
        return False
    return None if told in (None, "unknown") else told == "breastfeeding"


def _allergies(history: records.HistoryView) -> tuple[Allergy, ...] | None:
    """None while nobody asked or the patient cannot say; an empty tuple only for "none known"."""
    if history.allergies:
        return tuple(Allergy(text=a.text, reaction=a.reaction or None) for a in history.allergies)
    return () if history.none_known else None


def lines_of(work: Work, rx: Prescription) -> list[DraftLine]:
    """The lines as they were ordered, in their order."""
    return [DraftLine.model_validate(item.ordered) for item in items_of(work, rx.id)]


def check_report(work: Work, rx: Prescription) -> CheckReport:
    """All findings and what was covered, with the data and the record as they are now."""
    facts, taken = patient_facts(work, rx)
    return run_checks(lines_of(work, rx), facts, taken, load())


def findings_now(work: Work, rx: Prescription) -> list[Finding]:
    """The findings alone."""
    return list(check_report(work, rx).findings)


def unanswered(work: Work, rx: Prescription, report: CheckReport) -> list[Finding]:
    """What still stops the signature: hard stops, and findings without the reason that they demand."""
    reasons = [OverrideReason(finding_id=a.finding_id, finding_digest=a.finding_digest, code=a.reason_code, text=a.text)
               for a in answers_of(work, rx.id, report.findings).values()]
    return blocking(report.findings, reasons)
