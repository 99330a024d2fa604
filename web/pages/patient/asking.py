"""Asking a partner hospital for the earlier record: one consent, open for a week, taken back at any time."""
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import GuardedRoute, see_other
from web.pages.patient.acting import Patient, acting_for, framed, show
from web.pages.patient.views import ConfirmView, Fact, Way

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


def import_ways(work: Work, triage_id: UUID, patient_id: UUID) -> tuple[Way, ...]:
    """One way for each partner hospital whose program is connected; what was asked already says so."""
    asked = {task.holder_id for task in records.asked_of(work, patient_id)}
    return tuple(_way(one, triage_id, one.id in asked) for one in identity.connected_partners(work))


def _way(partner: identity.Organization, triage_id: UUID, asked: bool) -> Way:
    note = Text(zh="已经请它发来，还在等", en="Asked; it has not come yet") if asked else Text(
        zh="需要您同意一次", en="Needs your consent once")
    return Way(Text(zh=f"从{partner.name_zh}导入", en=f"Import from {partner.name_en}"), note,
               f"/triage/{triage_id}/import/{partner.id}", "hospital")


def _partner(work: Work, institution_id: UUID) -> identity.Organization:
    found = next((one for one in identity.connected_partners(work) if one.id == institution_id), None)
    if found is None:
        raise NotFound
    return found


@router.get("/triage/{triage_id}/import/{institution_id}")
def consent_page(triage_id: UUID, institution_id: UUID, door: Patient) -> Response:
    """What the hospital gets to know, and what it may do."""
    with door.read() as work:
        view, partner = consult.triage_view(work, triage_id), _partner(work, institution_id)
        acting_for(work, view.triage.patient_id)
        facts = (Fact("yes", Text(zh="它会看到姓名和身份证号，才能找到病历",
                                  en="It sees name and identity number, to find the record")),
                 Fact("yes", Text(zh="七天内可以把病历发过来，过后自动关上",
                                  en="It may send the record within seven days; then this closes by itself")),
                 Fact("yes", Text(zh="它看不到您在这里的病历", en="It sees nothing of your record here")))
        shown = ConfirmView(
            Text(zh=f"请{partner.name_zh}把病历发来？", en=f"Ask {partner.name_en} for your record?"),
            Text(zh="发来以后，接诊的医生会看，再决定是不是复诊。",
                 en="The doctor who sees you reads it and then judges whether this is a follow-up."),
            Text(zh="同意，请它发来", en="I agree, please ask"), f"/triage/{triage_id}/forecast",
            Text(zh="先不要", en="Not now"), facts=facts)
        return show(door, "confirm", framed(work), shown)


@router.post("/triage/{triage_id}/import/{institution_id}")
def ask(triage_id: UUID, institution_id: UUID, door: Patient) -> Response:
    """Ask; pressed twice it is one request."""
    with door.write() as work:
        view = consult.triage_view(work, triage_id)
        records.ask_partner(work, view.triage.patient_id, _partner(work, institution_id).id)
    return see_other(f"/triage/{triage_id}/forecast?seen=yes")
