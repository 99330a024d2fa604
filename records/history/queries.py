"""The history as other rooms and pages see it."""
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import col, or_, select

from app.identity import api as identity
from app.kit.clock import local_date
from app.work import Work, all_of, one_or_none
from records.file.gate import require_readable
from records.history.models import Allergy, History, HistoryChange, Medicine
from records.history.rules import CLINICIANS, asks_pregnancy, asks_weight, in_plain_words, weight_holds

L = TypeVar("L", "AllergyLine", "TakenBackLine", "MedicineLine")


@dataclass(frozen=True)
class AllergyLine:
    """An allergy as pages and checks see it."""

    id: UUID
    code: str | None
    text: str
    reaction: str | None
    since: str | None
    recorded_at: datetime


@dataclass(frozen=True)
class TakenBackLine:
    """An allergy that stood in the record, was struck by the patient's side, and that no clinician has confirmed."""

    id: UUID
    code: str | None
    text: str
    reaction: str | None
    since: str | None
    recorded_at: datetime
    struck_at: datetime
    struck_role: str


@dataclass(frozen=True)
class MedicineLine:
    """A medicine as pages and checks see it; `until` is the last day of a supply from us.

    One that the patient says to have stopped still stands: it may be in the body, and the doctor is told both. So does
    one of which the patient does not know (`said` is "unknown"): unknown is never no.
    """

    id: UUID
    drug_id: str | None
    text: str
    dose_text: str | None
    since: date | None
    until: date | None
    self_reported: bool
    prescription_id: UUID | None
    said: str | None = None


@dataclass(frozen=True)
class HistoryView:
    """What is known. `missing` names what was never asked or is too old; `unknown` what the patient cannot say.

    `taken_back` are allergies that the patient's side struck, until a clinician has confirmed each: a "none" that came
    after them is no "no".

    Weight in kilograms, eGFR in ml/min/1.73 m². None is "not known" everywhere and never "no".
    """

    patient_id: UUID
    allergies: list[AllergyLine] = field(default_factory=list)
    taken_back: list[TakenBackLine] = field(default_factory=list)
    allergies_asked: bool = False
    none_known: bool = False
    medicines: list[MedicineLine] = field(default_factory=list)
    medicines_asked: bool = False
    no_medicines: bool = False
    pregnancy: str | None = None
    weight_kg: Decimal | None = None
    weighed_on: date | None = None
    egfr: float | None = None
    egfr_on: date | None = None
    egfr_days_ago: int | None = None
    egfr_source: str | None = None
    confirmed_at: datetime | None = None
    confirmed_visit_id: UUID | None = None
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def taken_once(self) -> list[MedicineLine]:
        """What to take, each drug once: the patient's own word steps back where our prescription says how.

        A second supply of the same drug, taken the same way, goes on where the first one ends. For the patient's own
        list, where a drug that stands twice could be taken twice. Doctors see every line.
        """
        ours = {line.drug_id for line in self.medicines if not line.self_reported}
        found: dict[tuple[str | None, str | None] | UUID, MedicineLine] = {}
        for line in self.medicines:
            if line.self_reported and line.drug_id is not None and line.drug_id in ours:
                continue
            same = line.id if line.self_reported or line.drug_id is None else (line.drug_id, line.dose_text)
            known = found.get(same)
            found[same] = line if known is None else _joined(known, line)
        return list(found.values())

    @property
    def taken_twice(self) -> list[str]:
        """Drugs that still stand with different directions on the patient's list: only a doctor can say which holds."""
        ids = [line.drug_id for line in self.taken_once if line.drug_id is not None]
        return sorted({one for one in ids if ids.count(one) > 1})


def _joined(one: MedicineLine, other: MedicineLine) -> MedicineLine:
    """Two supplies of one drug as one line, which lasts as long as the longer one; no end is later than any."""
    first, last = sorted((one, other), key=lambda line: (line.until is None, line.until or date.min))
    starts = [line.since for line in (first, last) if line.since is not None]
    return replace(last, since=min(starts, default=None))


def missing_answers(history: History, sex: str, born: date, on: date) -> list[str]:
    """What was never asked, in the order in which it is asked: allergies, medicines, pregnancy, weight."""
    needs = {
        "allergies": history.allergies_asked_at is None,
        "medicines": history.medicines_asked_at is None,
        "pregnancy": asks_pregnancy(sex, born, on) and history.pregnancy is None,
        "weight": asks_weight(born, on) and not weight_holds(history.weighed_on, born, on),
    }
    return [name for name, missing in needs.items() if missing]


def _unknown_answers(history: History, allergies: list[Allergy], medicines: list[Medicine]) -> list[str]:
    """What was asked and the patient could not say."""
    doubts = {
        "allergies": history.allergies_asked_at is not None and history.allergies_none is None and not allergies,
        "medicines": history.medicines_asked_at is not None and history.medicines_none is None
        and not any(m.self_reported for m in medicines),
        "pregnancy": history.pregnancy in ("unknown", "breastfeeding"),
    }
    return [name for name, doubt in doubts.items() if doubt]


def active_allergies(work: Work, patient_id: UUID) -> list[Allergy]:
    """Allergies that stand, oldest first."""
    return all_of(work, Allergy, Allergy.patient_id == patient_id, Allergy.status == "active")


def taken_back_allergies(work: Work, patient_id: UUID) -> list[Allergy]:
    """Allergies that only the patient's side struck and that do not stand again, oldest strike first.

    Of one in the same words the latest strike counts: what a clinician struck or confirmed is in question no more. Of
    two in the same moment, whose order nobody knows, the one that is in question does.
    """
    struck = all_of(work, Allergy, Allergy.patient_id == patient_id, Allergy.status == "entered_in_error")
    if not struck:
        return []
    standing = {in_plain_words(row.text) for row in active_allergies(work, patient_id)}
    by_time = sorted(struck, key=lambda row: (row.struck_at, _is_in_question(row)))
    latest = {in_plain_words(row.text): row for row in by_time}
    return [row for words, row in latest.items() if words not in standing and _is_in_question(row)]


def _is_in_question(row: Allergy) -> bool:
    """Struck by the patient's side, and no clinician has confirmed it."""
    return row.settled_at is None and row.struck_role not in CLINICIANS


def current_medicines(work: Work, patient_id: UUID) -> list[Medicine]:
    """Medicines that the patient takes today, by their word or by our prescriptions."""
    today = local_date(work.now)
    return all_of(work, Medicine, Medicine.patient_id == patient_id, Medicine.status == "active",
                  or_(col(Medicine.until).is_(None), col(Medicine.until) >= today))


def _line(kind: type[L], row: Any) -> L:
    """Copy the fields that a line shows, so that it outlives the Work."""
    return kind(**{f.name: getattr(row, f.name) for f in fields(kind)})


def _kilograms(grams: int | None) -> Decimal | None:
    return None if grams is None else Decimal(grams) / 1000


def history_of(work: Work, patient_id: UUID) -> HistoryView:
    """The history of a patient, through the gate. Raises RecordClosed."""
    require_readable(work, patient_id, "history")
    patient, today = work.get(identity.Patient, patient_id), local_date(work.now)
    row = one_or_none(work, History, History.patient_id == patient_id) or History(patient_id=patient_id)
    allergies, medicines = active_allergies(work, patient_id), current_medicines(work, patient_id)
    holds = weight_holds(row.weighed_on, patient.birth_date, today)
    return HistoryView(
        patient_id=patient_id, allergies=[_line(AllergyLine, a) for a in allergies],
        taken_back=[_line(TakenBackLine, a) for a in taken_back_allergies(work, patient_id)],
        allergies_asked=row.allergies_asked_at is not None,
        none_known=row.allergies_none is True and not allergies,
        medicines=[_line(MedicineLine, m) for m in medicines],
        medicines_asked=row.medicines_asked_at is not None,
        no_medicines=row.medicines_none is True and not medicines, pregnancy=row.pregnancy,
        weight_kg=_kilograms(row.weight_g) if holds else None, weighed_on=row.weighed_on, egfr=row.egfr,
        egfr_on=row.egfr_on, egfr_days_ago=(today - row.egfr_on).days if row.egfr_on else None,
        egfr_source=row.egfr_source, confirmed_at=row.confirmed_at, confirmed_visit_id=row.confirmed_visit_id,
        missing=missing_answers(row, patient.sex, patient.birth_date, today),
        unknown=_unknown_answers(row, allergies, medicines))


def history_changes(work: Work, patient_id: UUID, limit: int = 50) -> list[HistoryChange]:
    """Who changed what, newest first, through the gate."""
    require_readable(work, patient_id, "history")
    statement = (select(HistoryChange).where(HistoryChange.patient_id == patient_id)
                 .order_by(col(HistoryChange.at).desc(), col(HistoryChange.id).desc()).limit(limit))
    return list(work.session.exec(statement).all())
