"""Choosing a doctor, checking everything, agreeing, and asking for the visit; nothing is paid before."""
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Response

from app.identity import api as identity
from app.kit.ids import parse_uuid
from app.kit.problems import Conflict, NotFound
from app.kit.text import Text, counted
from app.policy import api as policy
from app.settings import Settings
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.patient import views
from web.pages.patient.acting import Acting, Patient, acting_for, framed, show
from web.pages.patient.deciding import why_refused
from web.pages.patient.forecast import STATES, evidence_words, held_evidence
from web.pages.patient.joining import consent_item
from web.pages.patient.people import doctor_name, doctor_title, initial_of
from web.pages.patient.views import Fact, Line, Way
from web.pages.patient.views_visit import CheckVisitView, ChooseDoctorView, DoctorOption

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=100)]
FIRST = "first"
KINDS = {"follow_up": Text(zh="图文复诊", en="Follow-up by text"),
         "first_visit": Text(zh="图文首诊，按例外办理", en="First visit by text, under an exception"),
         "advice": Text(zh="图文咨询，不开药", en="Advice by text, no medicine")}
MODE = Text(zh="和医生打字看诊，可以发照片和语音",
            en="You write with the doctor and can send photos and voice messages")
FIRST_FREE = Text(zh="最快的医生", en="The first doctor who is free")
CHOOSE = Text(zh="请选一位医生", en="Please choose a doctor")
AGREE = Text(zh="请先看一遍，同意再勾选", en="Please read it first, then tick if you agree")
CONSENT = "informed_consent"


@dataclass(frozen=True)
class Wish:
    """What the patient has chosen so far; it travels in the address, which holds ids only."""

    kind: str
    evidence: UUID | None
    seen: str
    doctor: str = ""

    def query(self, **more: str) -> str:
        given = {"kind": self.kind, "evidence": self.evidence or "", "seen": self.seen, "doctor": self.doctor, **more}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def diagnosed_before(self) -> bool | None:
        return None if self.evidence else {"yes": True, "no": False}.get(self.seen)


def read_wish(kind: Annotated[str, Query(max_length=20)] = "follow_up",
              evidence: Annotated[str, Query(max_length=40)] = "", seen: Annotated[str, Query(max_length=5)] = "",
              doctor: Annotated[str, Query(max_length=40)] = "") -> Wish:
    """The choices in the address, as a dependency; a made-up kind is advice, which promises least."""
    return Wish(kind if kind in KINDS else "advice", parse_uuid(evidence), seen, doctor)


Wished = Annotated[Wish, Depends(read_wish)]


def _ready(work: Work, triage_id: UUID) -> tuple[consult.TriageView, Acting] | str:
    """The finished triage of somebody one acts for, or where to go instead."""
    view = consult.triage_view(work, triage_id)
    if view.triage.state != "finished":
        return f"/triage/{triage_id}"
    if holder := consult.triage_holder(work, view.triage):
        return f"/visits/{holder.id}"
    return view, acting_for(work, view.triage.patient_id)


# --- doctors ------------------------------------------------------------------------------------------------


def _wait(work: Work, view: consult.TriageView, doctor: identity.Practitioner | None) -> Text:
    """The range of minutes that the queue gives somebody who asks now, from the same reckoning."""
    probe = consult.Visit(  # type: ignore[call-arg]
        department=view.triage.department or "", level=view.triage.level or "", requested_at=work.now,
        deadline=work.now, wanted_practitioner_id=doctor.id if doctor else None)
    place = consult.place_in_queue(work, probe)
    return Text(zh=f"约 {place.low_minutes}–{place.high_minutes} 分钟",
                en=f"about {place.low_minutes}–{place.high_minutes} minutes")


def fitting_doctors(work: Work, view: consult.TriageView, acting: Acting) -> list[identity.Practitioner]:
    """Doctors on duty whose scope fits the department and the patient's age."""
    fits, years = identity.fit_table(), identity.age_years(work, acting.patient)
    department = view.triage.department
    return [d for d in identity.doctors_on_duty(work)
            if (d.department == department or fits.matches(d.specialties, department, years))
            and fits.matches(d.specialties, department, years) is not False]


def _who_takes_it(work: Work, view: consult.TriageView, acting: Acting) -> Text | str:
    """Where nobody of the advised department is on duty: who takes it, so that other names are no riddle."""
    wanted, found = view.triage.department or "", fitting_doctors(work, view, acting)
    if not found or wanted not in identity.DEPARTMENTS or any(d.department == wanted for d in found):
        return ""
    advised = identity.DEPARTMENTS[wanted]
    others = [identity.DEPARTMENTS[one] for one in dict.fromkeys(d.department for d in found if d.department)]
    zh, en = "和".join(one.zh for one in others), " and ".join(one.en for one in others)
    return Text(zh=f"建议看的是{advised.zh}，现在没有这个科的医生在线；{zh}的这几位也看这个。",
                en=f"{advised.en} was advised and nobody of it is online now. These doctors ({en}) see this too.")


def _options(work: Work, view: consult.TriageView, acting: Acting, wish: Wish) -> tuple[DoctorOption, ...]:
    """The first free one, then each doctor; the quickest first, and nobody pays to stand higher."""
    found = fitting_doctors(work, view, acting)
    if not found:
        return ()
    seen = [visit.practitioner_id for visit in consult.visits_of(work, acting.id) if visit.state == "completed"]
    first = DoctorOption(FIRST, FIRST_FREE, Text(zh="谁先有空谁接诊", en="Any of them may take you"), "",
                         _wait(work, view, None), consult.FIRST_FREE_PRICE_FEN, True, checked=wish.doctor == FIRST)
    return (first, *(DoctorOption(
        str(d.id), doctor_name(d), doctor_title(d), initial_of(d.name), _wait(work, view, d), d.fee_fen,
        seen=_seen(seen.count(d.id)), tint="bcd"[n % 3], checked=wish.doctor == str(d.id))
        for n, d in enumerate(found)))


def _seen(times: int) -> Text | str:
    return Text(zh=f"看过您 {times} 次", en=f"Has seen you {times}×") if times else ""


def _doctors_page(door: Door, triage_id: UUID, wish: Wish, errors: dict[str, views.Words]) -> Response:
    with door.read() as work:
        ready = _ready(work, triage_id)
        if isinstance(ready, str):
            return see_other(ready)
        view, acting = ready
        shown = ChooseDoctorView(acting.person, view.title, MODE, _options(work, view, acting, wish),
                                 f"/triage/{triage_id}/forecast", views.Form({}, errors),
                                 _who_takes_it(work, view, acting))
        return show(door, "choose_doctor", framed(work), shown, 422 if errors else 200)


@router.get("/triage/{triage_id}/doctor")
def doctors(triage_id: UUID, door: Patient, wish: Wished) -> Response:
    """Who can see the patient, with wait and price."""
    return _doctors_page(door, triage_id, wish, {})


@router.post("/triage/{triage_id}/doctor")
def choose_doctor(triage_id: UUID, door: Patient, wish: Wished,
                  picked: Annotated[str, Form(alias="doctor", max_length=40)] = "") -> Response:
    """Take the choice along."""
    if not picked:
        return _doctors_page(door, triage_id, wish, {"doctor": CHOOSE})
    return see_other(f"/triage/{triage_id}/check?{wish.query(doctor=picked)}")


# --- check and pay ------------------------------------------------------------------------------------------


def _doctor(work: Work, view: consult.TriageView, acting: Acting, wish: Wish) -> identity.Practitioner | None:
    """The chosen doctor; None for the first free one. Raises NotFound for a doctor who is not offered."""
    if wish.doctor == FIRST:
        return None
    found = next((d for d in fitting_doctors(work, view, acting) if str(d.id) == wish.doctor), None)
    if found is None:
        raise NotFound
    return found


def refund_facts(minutes: int) -> tuple[Fact, ...]:
    """When money goes back, as it is shown before paying."""
    return (
        Fact("yes", Text(zh=f"{minutes} 分钟内没有医生接诊：自动全退",
                         en=f"No doctor begins within {counted(minutes, 'minute')}: all back by itself")),
        Fact("yes", Text(zh="医生判断不能在线看：全退", en="The doctor finds it cannot be done online: all back")),
        Fact("yes", Text(zh="接诊前您取消：全退", en="You cancel before it begins: all back")),
        Fact("note", Text(zh="接诊后您自己离开、30 分钟没有回来：不退",
                          en="You leave after it began and stay away for 30 minutes: nothing back")))


def _consent_due(work: Work, acting: Acting) -> bool:
    return CONSENT in records.missing_consents(work, acting.id)


NO_RECORD = Text(zh="还没有病历", en="No record yet")
BROUGHT_LATER = Text(zh="您说以前当面看过。接诊的医生先看病历，再决定能不能开药。",
                     en="You say that you were seen in person. The doctor reads a record before any prescription.")


def _rests_on(work: Work, view: consult.TriageView, acting: Acting, wish: Wish) -> Way | None:
    """The record on which a follow-up would rest, by hospital, diagnosis and date; advice rests on none."""
    if wish.kind != "follow_up":
        return None
    piece = next((p for p in held_evidence(work, acting.id) if p.id == wish.evidence), None)
    change = f"/triage/{view.triage.id}/forecast"
    return (Way(evidence_words(piece), STATES[piece.state], change, "file-text") if piece
            else Way(NO_RECORD, BROUGHT_LATER, change, "file-text"))


def _check_view(work: Work, view: consult.TriageView, acting: Acting, wish: Wish, form: views.Form) -> CheckVisitView:
    doctor = _doctor(work, view, acting, wish)
    fen = doctor.fee_fen if doctor else consult.FIRST_FREE_PRICE_FEN
    text = records.form_named(CONSENT)
    item = consent_item("consent", text, Text(zh=f"我同意《{text.title.zh}》", en=f"I agree: {text.title.en}"),
                        Text(zh="每次看诊问一次", en="Asked at each visit"))
    here = f"/triage/{view.triage.id}"
    name = doctor_name(doctor) if doctor else FIRST_FREE
    label = Text(zh=f"{name.zh} · {KINDS[wish.kind].zh}", en=f"{name.en} · {KINDS[wish.kind].en}")
    return CheckVisitView(
        acting.person, view.title, name, KINDS[wish.kind], _wait(work, view, doctor), (Line(label, fen),), fen,
        refund_facts(work.tool(Settings).visit_wait_minutes), f"{here}/doctor?{wish.query()}",
        f"{here}/doctor?{wish.query()}", f"{here}/result", item, form, _rests_on(work, view, acting, wish))


def _check_page(door: Door, triage_id: UUID, wish: Wish, form: views.Form) -> Response:
    with door.read() as work:
        ready = _ready(work, triage_id)
        if isinstance(ready, str):
            return see_other(ready)
        if not wish.doctor:
            return see_other(f"/triage/{triage_id}/doctor?{wish.query()}")
        return show(door, "check_visit", framed(work), _check_view(work, *ready, wish, form),
                    422 if form.errors else 200)


@router.get("/triage/{triage_id}/check")
def check(triage_id: UUID, door: Patient, wish: Wished) -> Response:
    """Everything once more: for whom, what for, who, what it costs, when it comes back."""
    return _check_page(door, triage_id, wish, views.Form())


@router.post("/triage/{triage_id}/check")
def ask(triage_id: UUID, door: Patient, wish: Wished, consent: Field = "", shown: Field = "") -> Response:
    """Agree to online care for this visit and ask for it; pressed twice it is one visit."""
    if consent != "yes":
        return _check_page(door, triage_id, wish, views.Form({}, {"consent": AGREE}))
    try:
        with door.write() as work:
            ready = _ready(work, triage_id)
            if isinstance(ready, str):
                return see_other(ready)
            view, acting = ready
            doctor = _doctor(work, view, acting, wish)
            records.give_consent(work, acting.id, CONSENT, sha256=shown or None)
            visit = consult.request_visit(work, triage_id, wish.kind, doctor.id if doctor else None,
                                          [wish.evidence] if wish.evidence else [], wish.diagnosed_before)
            return see_other(f"/visits/{visit.id}/pay")
    except policy.StepRefused as problem:
        return why_refused(problem)
    except Conflict as problem:
        return _instead(door, problem, triage_id)


def _instead(door: Door, problem: Conflict, triage_id: UUID) -> Response:
    """What is still missing leads to the page that brings it; anything else is told as it is."""
    pages = {"history-not-confirmed": f"/triage/{triage_id}/history",
             "consent-missing": f"/register/consents?next=/triage/{triage_id}/forecast",
             "triage-used": f"/triage/{triage_id}/doctor"}
    if problem.slug not in pages:
        raise problem
    return see_other(pages[problem.slug])
