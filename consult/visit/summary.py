"""A visit in plain words, for the patient to read and to take to the next doctor."""
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.kit.text import Text
from app.work import Work
from consult.visit.access import visit_for_doctor, visit_for_patient
from consult.visit.models import Visit, VisitNote
from consult.visit.queries import diagnoses_of, note_of, referral_of
from records import api as records

TITLES = {
    "found": Text(zh="医生看到的", en="What the doctor found"),
    "medicines": Text(zh="用药", en="Medicines"),
    "advice": Text(zh="医生的建议", en="What the doctor advises"),
    "danger": Text(zh="出现这些情况，马上就医", en="See a doctor at once if this happens"),
    "next": Text(zh="接下来", en="What comes next"),
    "referral": Text(zh="到哪里当面看", en="Where to be seen in person"),
}
OUTCOMES = {
    "completed": Text(zh="就诊已结束", en="The visit is finished"),
    "referred": Text(zh="这次不能在线看，请当面就诊，费用全部退回",
                     en="This could not be done online; please be seen in person. All money goes back"),
    "abandoned": Text(zh="很久没有您的回复，就诊已结束", en="There was no answer from you; the visit has ended"),
    "declined": Text(zh="医生没有接这次就诊，费用全部退回",
                     en="The doctor did not take this visit; all money goes back"),
    "expired": Text(zh="没有医生接诊，费用全部退回", en="No doctor took this visit; all money goes back"),
    "cancelled": Text(zh="您取消了这次就诊，费用全部退回", en="You cancelled this visit; all money goes back"),
    "refused": Text(zh="付款没有成功，就诊没有开始", en="The payment did not go through; the visit did not begin"),
}
RUNNING = Text(zh="就诊还没有结束", en="The visit is not finished yet")
NO_DANGER_SIGNS = Text(
    zh="医生没有另外写。觉得越来越不舒服，请到医院看；胸痛、喘不上气、说话不清，马上拨打 120",
    en="The doctor named none. If you feel worse, be seen in person; with chest pain, shortness of breath or slurred "
       "speech call 120 at once")
NO_MEDICINES = Text(zh="这次没有开药", en="No medicine was prescribed in this visit")
URGENCY = {"urgent": Text(zh="今天就去", en="Go today"), "soon": Text(zh="这几天去", en="Go within a few days"),
           "routine": Text(zh="方便时去", en="Go when it suits you")}


@dataclass(frozen=True)
class Part:
    """One heading with its lines, in the order in which a page shows them."""

    kind: str
    title: Text
    lines: list[Text]


@dataclass(frozen=True)
class VisitSummary:
    """How the visit ended, and what to know and do. `next_visit_on` is a local date."""

    visit: Visit
    outcome: Text
    parts: list[Part] = field(default_factory=list)
    next_visit_on: date | None = None
    note: VisitNote | None = None    # as far as it may be told; None while the doctor still writes


def summary_of(work: Work, visit_id: UUID) -> VisitSummary:
    """The summary for the patient's side or a doctor who may read the visit. Raises NotFound."""
    by_doctor = work.actor.role == "doctor"
    visit = visit_for_doctor(work, visit_id) if by_doctor else visit_for_patient(work, visit_id)
    note = note_of(work, visit.id)
    # What the doctor is still writing is nobody else's before the visit is finished.
    shown = note if visit.state == "completed" or by_doctor else None
    parts = [*_referral(work, visit), *_found(work, visit, shown), *_told(work, visit, shown)]
    return VisitSummary(visit, OUTCOMES.get(visit.state, RUNNING), parts, shown.next_visit_on if shown else None, shown)


def _lines(text: str) -> list[Text]:
    """What a doctor wrote, line by line, in the language it was written in."""
    return [Text(zh=line.strip(), en=line.strip()) for line in text.splitlines() if line.strip()]


def _part(kind: str, lines: list[Text]) -> list[Part]:
    return [Part(kind, TITLES[kind], lines)] if lines else []


def _referral(work: Work, visit: Visit) -> list[Part]:
    letter = referral_of(work, visit.id)
    if letter is None:
        return []
    return _part("referral", [*_lines(letter.to_place), URGENCY[letter.urgency], *_lines(letter.reason)])


def _found(work: Work, visit: Visit, note: VisitNote | None) -> list[Part]:
    named = [Text(zh=made.label_zh, en=made.label_en) for made in diagnoses_of(work, visit.id)]
    return _part("found", [*named, *_lines(note.assessment if note else "")])


def _told(work: Work, visit: Visit, note: VisitNote | None) -> list[Part]:
    if note is None:
        return []
    upcoming = _lines(note.next_step)
    if note.next_visit_on:
        on = note.next_visit_on.isoformat()
        upcoming.append(Text(zh=f"{on} 复诊", en=f"Next visit on {on}"))
    return [*_part("medicines", _medicines(work, visit) or [NO_MEDICINES]), *_part("advice", _lines(note.advice)),
            *_part("danger", _lines(note.red_flags) or [NO_DANGER_SIGNS]), *_part("next", upcoming)]


def _medicines(work: Work, visit: Visit) -> list[Text]:
    """The prescriptions of this visit as they stand in the record file: approved ones, revoked ones with the reason."""
    entries = records.timeline(work, visit.patient_id, kind="prescription")
    return [line for entry in entries if entry.visit_id == visit.id
            for line in ([entry.summary] if entry.summary else [entry.title])]
