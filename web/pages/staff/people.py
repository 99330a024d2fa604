"""The patient as staff see them: person, allergies, medicines; what was never asked stays unknown."""
from datetime import datetime
from uuid import UUID

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.text import Text
from app.work import Work
from prescribing import api as prescribing
from records import api as records
from web.pages.staff import views as v
from web.rendering import local

RELATIONS = {"child": Text(zh="家长", en="parent"), "parent": Text(zh="子女", en="son or daughter"),
             "spouse": Text(zh="配偶", en="spouse"), "other": Text(zh="家人", en="family")}

UNSURE = Text(zh="患者说不清还吃什么", en="the patient cannot say what else")


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
                    history.weighed_on if history and weight is not None else None,
                    kidney=kidney(history) if history else None)


def kidney(history: records.HistoryView) -> v.Kidney:
    """The kidney function with its day and report; nothing where nobody entered one."""
    if history.egfr is None:
        return v.Kidney()
    return v.Kidney(f"{history.egfr:g}", history.egfr_on, history.egfr_source or "",
                    prescribing.egfr_too_old(history.egfr_days_ago))


def _confirmed(history: records.HistoryView) -> v.Words:
    if history.confirmed_at is None:
        return Text(zh="患者还没有确认", en="not confirmed by the patient yet")
    at = moment(history.confirmed_at)
    return Text(zh=f"患者 {at} 确认", en=f"confirmed by the patient {at}")


def allergies(history: records.HistoryView, settle: str = "") -> v.Allergies:
    """Never asked is its own state, and so is an answer that the patient could not give.

    What the patient's side took back is shown in every state; `settle`: where the reader may confirm it.
    """
    struck = tuple(_taken_back(line) for line in history.taken_back)
    if history.allergies:
        standing = tuple(v.Allergy(line.text, _reaction(line)) for line in history.allergies)
        return v.Allergies("known", standing, _confirmed(history), struck, settle)
    if history.none_known:
        return v.Allergies("none", (), _confirmed(history), struck, settle)
    return v.Allergies("unsure" if history.allergies_asked else "unknown", (), "", struck, settle)


def _reaction(line: records.AllergyLine | records.TakenBackLine) -> v.Words:
    told = [part for part in (line.reaction, line.since) if part]
    return Text(zh="，".join(told), en=", ".join(told)) if told else ""


def _taken_back(line: records.TakenBackLine) -> v.TakenBack:
    family = line.struck_role == "guardian"
    began, struck = local_date(line.recorded_at), local_date(line.struck_at)
    said = Text(zh=f"{began} 记下，{struck} 由{'家属' if family else '患者'}删去，没有医生或药师确认过",
                en=f"recorded {began}, taken back by {'family' if family else 'the patient'} {struck}, "
                   "confirmed by no clinician")
    return v.TakenBack(str(line.id), line.text, _reaction(line), said)


Ours = dict[UUID, list[prescribing.PrescriptionItem]]


def taken(work: Work, history: records.HistoryView) -> tuple[v.Medicine, ...] | None:
    """What is taken now, with the lines that we wrote ourselves."""
    ours = {m.prescription_id for m in history.medicines if m.prescription_id}
    return medicines(history, prescribing.items_of_many(work, ours))


def medicines(history: records.HistoryView, written: Ours) -> tuple[v.Medicine, ...] | None:
    """What is taken now, ours in both languages; None when nobody asked."""
    if not history.medicines_asked and not history.medicines:
        return None
    return tuple(v.Medicine(prescribing.medicine_name(line.text, line.drug_id), _how(line, written), _until(line),
                            line.self_reported, line.said == "stopped", line.said == "unknown")
                 for line in history.medicines)


def _how(line: records.MedicineLine, written: Ours) -> v.Words:
    """How it is taken: by our prescription in both languages, else as it was told."""
    rows = written.get(line.prescription_id, []) if line.prescription_id else []
    item = next((row for row in rows if row.drug_id == line.drug_id), None)
    return Text(zh=item.wording_zh, en=item.wording_en) if item else line.dose_text or ""


def _until(line: records.MedicineLine) -> v.Words:
    if line.until is None:
        return ""
    day = f"{line.until:%m\u2011%d}"  # a hyphen at which no line breaks
    return Text(zh=f"到 {day}", en=f"until {day}")


def medicines_source(history: records.HistoryView) -> v.Words:
    """How many are ours and how many are the patient's word; a patient who cannot say is no patient who takes none."""
    unsure = UNSURE if "medicines" in history.unknown else None
    if not history.medicines:
        return unsure or ""
    own = sum(line.self_reported for line in history.medicines)
    rest = len(history.medicines) - own
    return unsure or Text(zh=f"{rest} 种本院，{own} 种自述", en=f"{rest} ours, {own} self-reported")
