"""Runs the checks over a prescription with what the record knows of the patient now."""
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel import col

from app.identity import api as identity
from app.kit.clock import completed_months, completed_years, local_date
from app.work import Work, all_of
from prescribing.checks.findings import CheckReport, Finding, OverrideReason, blocking
from prescribing.checks.rules import run_checks
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.load import load
from prescribing.formulary.patient import Allergy, CurrentMedicine, DueMedicine, PatientFacts, TakenBack
from prescribing.rx.models import Prescription, PrescriptionItem, Redemption
from prescribing.rx.queries import answers_of, claims_of_many, is_told, items_of, items_of_many
from prescribing.rx.rules import LONGEST_DAYS
from prescribing.rx.states import MAY_BRING, READS_SIGNED, USABLE
from records import api as records

# What each answer says of pregnancy and of breast-feeding; what it does not say is unknown.
CARRIES = {"no": "no", "breastfeeding_only": "no", "pregnant": "yes"}
FEEDS = {"no": False, "breastfeeding_only": True, "breastfeeding": True}


def patient_facts(work: Work, rx: Prescription) -> tuple[PatientFacts, list[CurrentMedicine]]:
    """What the record knows, and the medicines it knows of; what was never asked stays None, which is never no."""
    history = records.history_of(work, rx.patient_id)
    return _facts(work, rx, history), _taken(history)


def _facts(work: Work, rx: Prescription, history: records.HistoryView) -> PatientFacts:
    person = identity.patient(work, rx.patient_id)
    today = local_date(work.now)
    return PatientFacts(
        age_years=completed_years(person.birth_date, today), age_months=completed_months(person.birth_date, today),
        sex=person.sex, weight_kg=history.weight_kg, pregnancy=_pregnancy(person.sex, history.pregnancy),
        lactating=_lactating(person.sex, history.pregnancy), egfr=history.egfr,
        egfr_on=history.egfr_on, egfr_days_ago=history.egfr_days_ago, allergies=_allergies(history),
        taken_back=_taken_back(history), medicines=_medicines_told(history))


def _taken(history: records.HistoryView) -> list[CurrentMedicine]:
    return [CurrentMedicine(name=m.text, drug_id=m.drug_id, self_reported=m.self_reported) for m in history.medicines]


def _pregnancy(sex: str, told: str | None) -> str | None:
    return "not_applicable" if sex == "male" else CARRIES.get(told or "unknown")


def _lactating(sex: str, told: str | None) -> bool | None:
    if sex == "male":
        return False
    return FEEDS.get(told or "unknown")


def _medicines_told(history: records.HistoryView) -> Literal["told", "unsure"] | None:
    """None while nobody asked; a patient who cannot say what they take is no patient who takes nothing."""
    if not history.medicines_asked:
        return None
    return "unsure" if "medicines" in history.unknown else "told"


def _allergies(history: records.HistoryView) -> tuple[Allergy, ...] | None:
    """None while nobody asked or the patient cannot say; an empty tuple only for "none known"."""
    if history.allergies:
        return tuple(Allergy(text=a.text, reaction=a.reaction or None) for a in history.allergies)
    return () if history.none_known else None


def _taken_back(history: records.HistoryView) -> tuple[TakenBack, ...]:
    """What the patient's side struck from the record and nobody has confirmed."""
    return tuple(TakenBack(text=a.text, reaction=a.reaction or None, recorded_on=local_date(a.recorded_at),
                           taken_back_on=local_date(a.struck_at), by_family=a.struck_role == "guardian")
                 for a in history.taken_back)


def lines_of(work: Work, rx: Prescription) -> list[DraftLine]:
    """The lines as they were ordered, in their order."""
    return [DraftLine.model_validate(item.ordered) for item in items_of(work, rx.id)]


def check_report(work: Work, rx: Prescription) -> CheckReport:
    """All findings and what was covered, with the data and the record as they are now."""
    history = records.history_of(work, rx.patient_id)
    # What this very prescription brought is no second medicine beside it.
    before = replace(history, medicines=[one for one in history.medicines if one.prescription_id != rx.id])
    met = [*_taken(before), *_due(work, rx, history)]
    return run_checks(lines_of(work, rx), _facts(work, rx, history), met, load())


def told_against(work: Work, rx: Prescription) -> list[Finding]:
    """What the record by itself says now: what other prescriptions bring was met by those who wrote them."""
    history = records.history_of(work, rx.patient_id)
    told = replace(history, medicines=[one for one in history.medicines if one.self_reported])
    return list(run_checks(lines_of(work, rx), _facts(work, rx, told), _taken(told), load()).findings)


def not_handed_out(work: Work, patient_id: UUID) -> list[Prescription]:
    """What a pharmacist let pass and the patient may still get, oldest first."""
    found = all_of(work, Prescription, Prescription.patient_id == patient_id, col(Prescription.state).in_(MAY_BRING),
                   col(Prescription.signed_at) >= work.now - timedelta(days=LONGEST_DAYS))
    claims = claims_of_many(work, [one.id for one in found])
    return [one for one in found if is_told(one) and (
        one.state in USABLE and one.expires_at is not None and work.now < one.expires_at
        or any(claim.handed_out_at is None for claim in claims[one.id]))]


def _due(work: Work, rx: Prescription, history: records.HistoryView) -> list[DueMedicine]:
    """What other prescriptions may still bring, or brought without standing on the list of medicines.

    Signed ones count before the pharmacist has seen them: of two that do not go together the second one is stopped,
    whoever wrote it, and of two signed in the same moment the pharmacist stops one. A revoked one counts by its claims
    alone: what a pharmacy says it gave out is not gone because nobody may fill the paper any more.
    The patient's side is told nothing of what was only signed, and so its findings do not name it.
    """
    other = all_of(work, Prescription, Prescription.patient_id == rx.patient_id, Prescription.id != rx.id,
                   col(Prescription.state).in_(MAY_BRING),
                   col(Prescription.signed_at) >= work.now - timedelta(days=LONGEST_DAYS))
    found = other if work.actor.role in READS_SIGNED else [one for one in other if is_told(one)]
    listed = {(m.prescription_id, m.drug_id) for m in history.medicines}
    items, claims = items_of_many(work, [one.id for one in found]), claims_of_many(work, [one.id for one in found])
    return [DueMedicine(order=DraftLine.model_validate(item.ordered), ref=one.number,
                        prescribed_on=local_date(one.signed_at or one.drafted_at))
            for one in found for item in items[one.id]
            if (one.id, item.drug_id) not in listed and _may_come(one, item, claims[one.id], work.now)]


def _may_come(rx: Prescription, item: PrescriptionItem, claims: list[Redemption], now: datetime) -> bool:
    """It can still be filled, is on its way, or was handed out and its days are not over."""
    if rx.state in ("signed", *USABLE) and rx.expires_at is not None and now < rx.expires_at:
        return True
    mine = [claim for claim in claims if str(item.id) in claim.quantities]
    return any(claim.handed_out_at is None or
               local_date(claim.handed_out_at) + timedelta(days=item.days) >= local_date(now) for claim in mine)


def may_still_be_used(work: Work, rx: Prescription) -> bool:
    """Whether somebody may still take what it prescribes: it can come, is on its way, or its days are not over."""
    claims = claims_of_many(work, [rx.id])[rx.id]
    return any(_may_come(rx, item, claims, work.now) for item in items_of(work, rx.id))


def findings_now(work: Work, rx: Prescription) -> list[Finding]:
    """The findings alone."""
    return list(check_report(work, rx).findings)


def unanswered(work: Work, rx: Prescription, report: CheckReport) -> list[Finding]:
    """What still stops the signature: hard stops, and findings without the reason that they demand."""
    reasons = [OverrideReason(finding_id=a.finding_id, finding_digest=a.finding_digest, code=a.reason_code, text=a.text)
               for a in answers_of(work, rx.id, report.findings).values()]
    return blocking(report.findings, reasons)
