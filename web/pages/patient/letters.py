"""The referral letter: what the next doctor needs, on one sheet that can be printed or shown on the phone."""
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import GuardedRoute
from web.pages.patient.acting import Patient, acting_for, framed, show
from web.pages.patient.people import doctor_name, doctor_of, doctor_title
from web.pages.patient.views import Way, Words
from web.pages.patient.views_visit import LetterView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
URGENCY = {"urgent": Text(zh="今天就去", en="Go today"), "soon": Text(zh="这几天去", en="Go within a few days"),
           "routine": Text(zh="方便时去", en="Go when it suits you")}
NOT_ASKED = Text(zh="没有问过", en="never asked")
UNSURE = Text(zh="本人说不清", en="the patient is not sure")
NONE = Text(zh="没有已知的", en="none known")


def letter_way(visit_id: UUID) -> Way:
    """The row that leads to the letter."""
    return Way(Text(zh="转诊信", en="Referral letter"),
               Text(zh="到了那里给医生看，可以打印", en="For the next doctor; can be printed"),
               f"/visits/{visit_id}/letter", "file-text", "wait")


def _listed(asked: bool, unsure: bool, names: list[str]) -> Words:
    """What is known, never reading "not asked" or "not sure" as "none"."""
    known = "、".join(names)
    if unsure:
        return Text(zh=f"{known}；{UNSURE.zh}", en=f"{known}; {UNSURE.en}") if known else UNSURE
    return known or (NONE if asked else NOT_ASKED)


def _allergies(known: records.HistoryView) -> Words:
    """What is known, with what was taken back and never confirmed: whoever reads the letter asks about it."""
    told = _listed(known.allergies_asked, "allergies" in known.unknown,
                   [f"{one.text}（{one.reaction}）" if one.reaction else one.text for one in known.allergies])
    if not known.taken_back:
        return told
    was = [(one.text, local_date(one.struck_at)) for one in known.taken_back]
    zh, en = (told.zh, told.en) if isinstance(told, Text) else (told, told)
    return Text(zh=f"{zh}；记录里有过，后来自己删去：{'、'.join(f'{text}（{on}）' for text, on in was)}",
                en=f"{en}; recorded before and taken back: {', '.join(f'{text} ({on})' for text, on in was)}")


def _view(work: Work, visit: consult.Visit, letter: consult.Referral) -> LetterView:
    records.require_readable(work, visit.patient_id, "visit", visit.id)
    known, doctor = records.history_of(work, visit.patient_id), doctor_of(work, letter.practitioner_id)
    patient = identity.patient(work, visit.patient_id)
    return LetterView(
        acting_for(work, visit.patient_id).person, patient.sex, identity.hospital(work).name, letter.to_place,
        URGENCY[letter.urgency], letter.at, visit.number, visit.complaint, letter.reason,
        _allergies(known),
        _listed(known.medicines_asked, "medicines" in known.unknown, [one.text for one in known.medicines]),
        doctor_name(doctor) if doctor else "", doctor_title(doctor) if doctor else "", f"/visits/{visit.id}/summary")


@router.get("/visits/{visit_id}/letter")
def letter(visit_id: UUID, door: Patient) -> Response:
    """The letter of a visit that was stopped online. Raises NotFound where none was written."""
    with door.read() as work:
        visit = consult.visit_for_patient(work, visit_id)
        written = consult.referral_of(work, visit.id)
        if written is None:
            raise NotFound
        return show(door, "letter", framed(work), _view(work, visit, written))
