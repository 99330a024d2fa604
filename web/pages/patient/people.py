"""Doctors and pharmacists in the words of the patient's pages."""
from app.identity import api as identity
from app.kit.text import Text
from app.work import Work


def doctor_name(doctor: identity.Practitioner) -> Text:
    """As one speaks of a doctor."""
    return Text(zh=f"{doctor.name_zh}医生", en=f"Dr {doctor.name_en}")


def pharmacist_name(who: identity.Practitioner) -> Text:
    """As one speaks of a pharmacist."""
    return Text(zh=f"{who.name_zh}药师", en=f"Pharmacist {who.name_en}")


def doctor_title(doctor: identity.Practitioner) -> Text:
    """Professional title and department."""
    title = doctor.title or Text(zh="医师", en="Physician")
    room = identity.DEPARTMENTS.get(doctor.department or "")
    return Text(zh=f"{title.zh} · {room.zh}", en=f"{title.en} · {room.en}") if room else title


def initial_of(name: Text) -> Text:
    """One letter for the avatar, in the reader's writing."""
    return Text(zh=name.zh[:1] or "医", en=name.en[:1] or "D")


def doctor_of(work: Work, *ids: object) -> identity.Practitioner | None:
    """The first of these that names somebody: who attends, else who was asked for."""
    found = next((id for id in ids if id is not None), None)
    return identity.practitioner(work, found) if found is not None else None  # type: ignore[arg-type]


ANY_DOCTOR = Text(zh="值班医生", en="The doctor on duty")
NOBODY_YET = Text(zh="还没有医生接诊", en="Nobody has taken it yet")
