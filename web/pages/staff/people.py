"""The patient as staff see them: person, allergies, medicines; what was never asked stays unknown."""
from datetime import datetime

from app.identity import api as identity
from app.kit.text import Text
from prescribing import api as prescribing
from records import api as records
from web.pages.staff import views as v
from web.rendering import local

RELATIONS = {"child": Text(zh="家长", en="parent"), "parent": Text(zh="子女", en="son or daughter"),
             "spouse": Text(zh="配偶", en="spouse"), "other": Text(zh="家人", en="family")}


def moment(at: datetime) -> str:
    """Month, day and time at the hospital, the same in both languages."""
    return f"{local(at):%m-%d %H:%M}"


def sex_of(value: str) -> v.Sex:
    """The sex as pages know it."""
    return "male" if value == "male" else "female" if value == "female" else "unknown"


def person(patient: identity.Patient, history: records.HistoryView | None = None) -> v.Person:
    """Name, birth date, sex, and the weight where a history was read."""
    weight = float(history.weight_kg) if history and history.weight_kg is not None else None
    return v.Person(patient.name, patient.birth_date, sex_of(patient.sex), weight,
                    history.weighed_on if history and weight is not None else None)


def _confirmed(history: records.HistoryView) -> v.Words:
    if history.confirmed_at is None:
        return Text(zh="患者还没有确认", en="not confirmed by the patient yet")
    at = moment(history.confirmed_at)
    return Text(zh=f"患者 {at} 确认", en=f"confirmed by the patient {at}")


def allergies(history: records.HistoryView) -> v.Allergies:
    """Never asked is its own state, and so is an answer that the patient could not give."""
    if history.allergies:
        return v.Allergies("known", tuple(_allergy(line) for line in history.allergies), _confirmed(history))
    if history.none_known:
        return v.Allergies("none", (), _confirmed(history))
    return v.Allergies("unsure" if history.allergies_asked else "unknown")


def _allergy(line: records.AllergyLine) -> v.Allergy:
    told = "，".join(part for part in (line.reaction, line.since) if part)
    return v.Allergy(line.text, told)


def medicines(history: records.HistoryView) -> tuple[v.Medicine, ...] | None:
    """What is taken now; None when nobody asked."""
    if not history.medicines_asked and not history.medicines:
        return None
    return tuple(v.Medicine(prescribing.medicine_name(line.text, line.drug_id), line.dose_text or "", _until(line),
                            line.self_reported, line.said == "stopped", line.said == "unknown")
                 for line in history.medicines)


def _until(line: records.MedicineLine) -> v.Words:
    if line.until is None:
        return ""
    day = f"{line.until:%m\u2011%d}"  # a hyphen at which no line breaks
    return Text(zh=f"到 {day}", en=f"until {day}")


def medicines_source(history: records.HistoryView) -> v.Words:
    """How many are ours and how many are the patient's word."""
    if not history.medicines:
        return ""
    own = sum(line.self_reported for line in history.medicines)
    rest = len(history.medicines) - own
    return Text(zh=f"{rest} 种本院，{own} 种自述", en=f"{rest} ours, {own} self-reported")
