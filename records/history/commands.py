"""Asking and confirming the history; every change keeps what stood there before."""
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.audit import Trace
from app.events.records import HistoryConfirmed
from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import NotAllowed, invalid
from app.work import Work, all_of, one_or_none
from records.days import require_past
from records.file.gate import require_writable
from records.history.inputs import MOST_ITEMS, NONE, UNKNOWN, AllergyIn, Answer, MedicineIn
from records.history.models import PREGNANCY, Allergy, History, HistoryChange, Medicine
from records.history.problems import HistoryIncomplete, StrikeSettled
from records.history.queries import active_allergies, current_medicines, missing_answers, taken_back_allergies
from records.history.rules import CLINICIANS, GRAMS, MOST_REASON, SHORTEST_REASON
from records.words import tidy


def _locked_history(work: Work, patient_id: UUID) -> History:
    """The one row of a patient, locked; made at the first answer. The patient row guards the making."""
    work.get(identity.Patient, patient_id, lock=True)
    row = one_or_none(work, History, History.patient_id == patient_id)
    return row or work.add(History(patient_id=patient_id))


def _note_change(work: Work, patient_id: UUID, what: str, before: Any, after: Any,
                 act: str = "history_changed") -> None:
    """Keep the change beside the rows, and the fact of it in the trail (without clinical words)."""
    work.add(HistoryChange(patient_id=patient_id, at=work.now, by_role=work.actor.role,
                           by_account=work.actor.account_id, what=what, before={"is": before}, after={"is": after}))
    ground = {"patient": "own", "house": "job", "pharmacy": "task", "pharmacist": "task"}.get(work.actor.role, "treats")
    work.trace(Trace(act, ground=ground, patient_id=patient_id, facts={"what": what}))
    work.hint(f"patient:{patient_id}")


def _require_answer(items: list[Any] | Answer, field: str) -> None:
    """An empty list says nothing: neither "none" nor "not sure" may be guessed from it."""
    if items == [] or isinstance(items, str) and items not in (NONE, UNKNOWN):
        raise invalid(field, "请填写，或选“没有”，或选“不清楚”。", "Please fill in, or choose “none” or “not sure”.")
    if len(items) > MOST_ITEMS:
        raise invalid(field, f"最多填 {MOST_ITEMS} 项。", f"Please give at most {MOST_ITEMS} items.")


def _none_flag(items: list[Any] | Answer) -> bool | None:
    return {NONE: True, UNKNOWN: None}.get(items, False) if isinstance(items, str) else False


def save_allergies(work: Work, patient_id: UUID, items: list[AllergyIn] | Answer) -> History:
    """Replace the list of allergies by `items`, or by "none" known, or by "unknown". Raises Invalid."""
    require_writable(work, patient_id, "history")
    _require_answer(items, "allergies")
    history, before = _locked_history(work, patient_id), active_allergies(work, patient_id)
    wanted = [] if isinstance(items, str) else [i.model_dump() for i in items]
    _replace_allergies(work, patient_id, before, wanted)
    _note_change(work, patient_id, "allergies", [_told(a) for a in before], items if isinstance(items, str) else wanted)
    history.allergies_asked_at, history.allergies_none = work.now, _none_flag(items)
    return work.add(history)


def _told(row: Allergy) -> dict[str, Any]:
    return {"text": row.text, "code": row.code, "reaction": row.reaction, "since": row.since}


def _replace_allergies(work: Work, patient_id: UUID, before: list[Allergy], wanted: list[dict[str, Any]]) -> None:
    """Keep rows that say the same; strike out the others instead of deleting them."""
    standing = [_told(row) for row in before]
    for row in before:
        if _told(row) not in wanted:
            row.status, row.struck_at, row.struck_by = "entered_in_error", work.now, work.actor.account_id
            row.struck_role = _who_speaks(work, patient_id)
            work.add(row)
    for item in wanted:
        if item not in standing:
            work.add(Allergy(patient_id=patient_id, recorded_at=work.now, recorded_by=work.actor.account_id, **item))
            standing.append(item)


def _who_speaks(work: Work, patient_id: UUID) -> str:
    """The role that acts; of a patient's side, whether it is the patient or somebody who acts for them."""
    me = work.actor
    return "guardian" if me.account_id and identity.is_guardian(work, me.account_id, patient_id) else me.role


def settle_strike(work: Work, allergy_id: UUID, reason: str) -> Allergy:
    """A doctor or pharmacist confirms that the patient's side was right to take an allergy back, and says why.

    From then on neither the checks nor the pages ask about it. Raises NotFound, NotAllowed, StrikeSettled, Invalid.
    """
    if work.actor.role not in CLINICIANS:
        raise NotAllowed
    patient_id = work.get(Allergy, allergy_id).patient_id
    require_writable(work, patient_id, "history")
    _locked_history(work, patient_id)
    row = next((one for one in taken_back_allergies(work, patient_id) if one.id == allergy_id), None)
    if row is None:
        raise StrikeSettled
    why = tidy(reason, MOST_REASON + 1)
    if not SHORTEST_REASON <= len(why) <= MOST_REASON:
        raise invalid("reason", f"请写明为什么删得对，{SHORTEST_REASON} 到 {MOST_REASON} 个字。",
                      f"Please write why it was right, {SHORTEST_REASON} to {MOST_REASON} characters.")
    row.settled_at, row.settled_by, row.settled_reason = work.now, work.actor.account_id, why
    _note_change(work, patient_id, "allergies", {**_told(row), "taken_back": str(row.struck_at)}, {"confirmed": why},
                 "allergy_strike_confirmed")
    return work.add(row)


def save_medicines(work: Work, patient_id: UUID, items: list[MedicineIn] | Answer) -> History:
    """Replace what the patient says to take; medicines from our prescriptions stay. Raises Invalid."""
    require_writable(work, patient_id, "history")
    _require_answer(items, "medicines")
    history = _locked_history(work, patient_id)
    before = all_of(work, Medicine, Medicine.patient_id == patient_id, Medicine.status == "active",
                    Medicine.self_reported == True)  # noqa: E712 - a SQL comparison
    wanted = [] if isinstance(items, str) else items
    for row in before:
        row.status = "stopped"
        work.add(row)
    for item in wanted:
        work.add(Medicine(patient_id=patient_id, recorded_at=work.now, recorded_by=work.actor.account_id,
                          **item.model_dump()))
    _note_change(work, patient_id, "medicines", [m.text for m in before],
                 items if isinstance(items, str) else [m.text for m in items])
    history.medicines_asked_at, history.medicines_none = work.now, _none_flag(items)
    return work.add(history)


def save_taking(work: Work, patient_id: UUID, stopped: Collection[UUID], unknown: Collection[UUID] = ()) -> None:
    """Keep which of our medicines the patient says to have stopped, and of which the patient does not know.

    Of all other current ones it keeps that they are taken.

    Raises Invalid for an id that is no current medicine of ours.
    """
    require_writable(work, patient_id, "history")
    _locked_history(work, patient_id)
    ours = [row for row in current_medicines(work, patient_id) if not row.self_reported]
    if not {row.id for row in ours}.issuperset({*stopped, *unknown}):
        raise invalid("stopped", "这份清单变了，请再看一遍。", "This list has changed, please look again.")
    for row in ours:
        said = "stopped" if row.id in stopped else "unknown" if row.id in unknown else "taking"
        if row.said != said:
            _note_change(work, patient_id, "medicines", {"text": row.text, "said": row.said},
                         {"text": row.text, "said": said})
        row.said, row.said_at = said, work.now
        work.add(row)


def note_not_taken(work: Work, patient_id: UUID, text: str) -> None:
    """Keep that the patient says not to take a medicine which we prescribed and which stands on no list."""
    require_writable(work, patient_id, "history")
    _note_change(work, patient_id, "medicines", None, {"text": text, "said": "not_taking"})


def save_pregnancy(work: Work, patient_id: UUID, value: str) -> History:
    """Keep the answer, one of PREGNANCY. Raises Invalid."""
    require_writable(work, patient_id, "history")
    if value not in PREGNANCY:
        raise invalid("pregnancy", "请选一项，不清楚也可以选。", "Please choose one; “not sure” is an answer too.")
    history = _locked_history(work, patient_id)
    _note_change(work, patient_id, "pregnancy", history.pregnancy, value)
    history.pregnancy, history.pregnancy_asked_at = value, work.now
    return work.add(history)


def save_weight(work: Work, patient_id: UUID, grams: int, on: date | None = None) -> History:
    """Keep a weight in grams and the day on which it was taken (today when None). Raises Invalid."""
    require_writable(work, patient_id, "history")
    on = on or local_date(work.now)
    if grams not in GRAMS:
        raise invalid("weight", "请填写 0.3 到 400 公斤之间的体重。", "Please give a weight between 0.3 and 400 kg.")
    require_past(work, on, "weighed_on")
    history = _locked_history(work, patient_id)
    _note_change(work, patient_id, "weight", history.weight_g, grams)
    history.weight_g, history.weighed_on = grams, on
    return work.add(history)


def save_egfr(work: Work, patient_id: UUID, value: float, on: date, source: str) -> History:
    """Keep a kidney function (eGFR in ml/min/1.73 m²) that a doctor read from a report, and which report it was.

    Of two reports the newer one by its day counts; an older one is kept among the changes and replaces nothing, so that
    the answer may be another report than the one given. Raises NotAllowed, RecordClosed, Invalid.
    """
    _require_doctor(work, patient_id)
    source = tidy(source, 100)
    if not 0 < value <= 250:
        raise invalid("egfr", "请填写 0 到 250 之间的数值。", "Please give a value between 0 and 250.")
    require_past(work, on, "egfr_on")
    if on < work.get(identity.Patient, patient_id).birth_date:
        raise invalid("egfr_on", "日期不能早于出生日期。", "The date cannot be before the birth.")
    if not source:
        raise invalid("egfr_source", "请写明是哪份报告。", "Please say which report it is from.")
    history = _locked_history(work, patient_id)
    if history.egfr_on is None or on >= history.egfr_on:
        return _set_egfr(work, history, value, on, source)
    _note_change(work, patient_id, "egfr_older_report", None, _report(value, on, source))
    return history


def strike_egfr(work: Work, patient_id: UUID) -> History:
    """Take back a kidney function entered by mistake: it is not known again. Raises NotAllowed, RecordClosed."""
    _require_doctor(work, patient_id)
    return _set_egfr(work, _locked_history(work, patient_id), None, None, None)


def _require_doctor(work: Work, patient_id: UUID) -> None:
    if work.actor.role != "doctor":
        raise NotAllowed
    require_writable(work, patient_id, "history")


def _report(value: float | None, on: date | None, source: str | None) -> dict[str, Any] | None:
    return {"value": value, "on": on.isoformat(), "source": source} if on else None


def _set_egfr(work: Work, history: History, value: float | None, on: date | None, source: str | None) -> History:
    before, after = _report(history.egfr, history.egfr_on, history.egfr_source), _report(value, on, source)
    if before != after:
        _note_change(work, history.patient_id, "egfr", before, after)
    history.egfr, history.egfr_on, history.egfr_source = value, on, source
    return work.add(history)


def confirm_history(work: Work, patient_id: UUID, visit_id: UUID | None = None) -> History:
    """Say that the history is still right, for a visit. Raises HistoryIncomplete while anything was never asked."""
    require_writable(work, patient_id, "history")
    history, patient = _locked_history(work, patient_id), work.get(identity.Patient, patient_id)
    missing = missing_answers(history, patient.sex, patient.birth_date, local_date(work.now))
    if missing:
        raise HistoryIncomplete(missing=missing)
    history.confirmed_at, history.confirmed_by = work.now, work.actor.account_id
    history.confirmed_visit_id = visit_id
    _note_change(work, patient_id, "confirmed", None, str(visit_id) if visit_id else None)
    work.announce(HistoryConfirmed(patient_id))
    return work.add(history)


def add_medicine_from_prescription(work: Work, patient_id: UUID, prescription_id: UUID, drug_id: str, text: str,
                                   dose_text: str, days: int) -> Medicine:
    """Put a dispensed medicine among the current ones for `days`; a second call changes nothing.

    It does not answer the question what else the patient takes.
    """
    work.get(identity.Patient, patient_id, lock=True)
    known = one_or_none(work, Medicine, Medicine.prescription_id == prescription_id, Medicine.drug_id == drug_id)
    if known is not None:
        return known
    today = local_date(work.now)
    handed = "medicine_handed_over" if work.actor.role == "pharmacy" else "history_changed"
    _note_change(work, patient_id, "medicines", None, text, handed)
    return work.add(Medicine(
        patient_id=patient_id, drug_id=drug_id, text=text[:200], dose_text=dose_text[:200], since=today,
        until=today + timedelta(days=days), self_reported=False, prescription_id=prescription_id,
        recorded_at=work.now, recorded_by=work.actor.account_id))
