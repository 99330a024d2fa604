"""The first page after sign-in: the one step that is due, today's medicines, what is coming."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Response

from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.text import Text
from app.payments import api as payments
from app.work import Work
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.door import GuardedRoute
from web.pages.dates import moment_text
from web.pages.patient.acting import Acting, Patient, acting_for, anybody, framed, show
from web.pages.patient.medicine_words import supply_of
from web.pages.patient.views import Coming, HomeView, NextStep, Stage
from web.pages.patient.visits import doctor_words, page_of

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
STEPS = (Text(zh="问症状", en="Questions"), Text(zh="问诊", en="Visit"), Text(zh="审方", en="Review"),
         Text(zh="选药房", en="Pharmacy"), Text(zh="送达", en="Delivery"))
FRESH = timedelta(hours=24)
SOON = timedelta(days=60)
GO_ON = Text(zh="继续", en="Go on")


def way(now: int) -> tuple[Stage, ...]:
    """The whole way with the place where it stands, counted from 0."""
    return tuple(Stage(name, "done" if n < now else "now" if n == now else "todo") for n, name in enumerate(STEPS))


@dataclass(frozen=True)
class Case:
    """What the steps are found in."""

    work: Work
    acting: Acting


# --- one finder a kind of step, the most pressing first -----------------------------------------------------


def _consents(case: Case) -> NextStep | None:
    missing = [f for f in records.missing_consents(case.work, case.acting.id) if f != "informed_consent"]
    if not missing:
        return None
    return NextStep(Text(zh="还差一步", en="One thing is missing"), "file-text",
                    Text(zh="请看一遍同意书", en="Please read the consents"),
                    Text(zh="同意以后才能看诊", en="They come before a visit"), Text(zh="去看一看", en="Read them"),
                    "/register/consents")


VISIT_STEPS = {
    "in_progress": (Text(zh="看诊中", en="Your visit is going on"), "message-circle",
                    Text(zh="{who}在和您对话", en="{who} is with you"),
                    Text(zh="回到对话", en="Back to the conversation")),
    "waiting": (Text(zh="候诊中", en="In the waiting room"), "clock",
                Text(zh="您在等{who}", en="Waiting for: {who}"), Text(zh="看看还要等多久", en="See how long")),
    "needs_evidence": (Text(zh="等您补病历", en="Your record is needed"), "file-text",
                       Text(zh="还差一份看过病的证明", en="Proof of an earlier visit is missing"),
                       Text(zh="上传病历", en="Upload a record")),
    "requested": (Text(zh="等您付款", en="Waiting for payment"), "wallet",
                  Text(zh="付款以后进入候诊", en="After paying you enter the waiting room"),
                  Text(zh="去付款", en="Pay")),
}


def _visit(case: Case) -> NextStep | None:
    found = consult.open_visits_of(case.work, [case.acting.id])
    order = list(VISIT_STEPS)
    visit = min(found, key=lambda v: order.index(v.state), default=None)
    if visit is None:
        return None
    kicker, icon, title, action = VISIT_STEPS[visit.state]
    who = doctor_words(case.work, visit)
    named = Text(zh=title.zh.format(who=who.zh), en=title.en.format(who=who.en))
    return NextStep(kicker, icon, named, "", action, page_of(visit), way(1))


def _order(case: Case) -> NextStep | None:
    ended = ("delivered", "cancelled", "unfilled")
    order = next((o for o in pharmacy.orders_of(case.work, case.acting.id, 5) if o.state not in ended), None)
    if order is None:
        return None
    paid = payments.payment_of(case.work, "order", order.id)
    if order.state == "placed" and paid is not None and payments.is_waiting_for_patient(paid):
        return NextStep(Text(zh="等您付款", en="Waiting for payment"), "wallet",
                        Text(zh="付款以后药房才接单", en="The pharmacy is asked once you have paid"), "",
                        Text(zh="去付款", en="Pay"), f"/orders/{order.id}/pay", way(3))
    return NextStep(Text(zh="药在准备，或在路上", en="Your medicine is on its way to you"), "truck",
                    Text(zh="看看药到哪里了", en="See where it is"), "", Text(zh="看进度", en="Follow it"),
                    f"/orders/{order.id}", way(4))


def _clock(rx: prescribing.Prescription, now: datetime) -> Text | str:
    last = prescribing.last_minute(rx)
    if last is None:
        return ""
    at = moment_text(last, now)
    return Text(zh=f"处方有效期到 {at.zh}", en=f"Valid until {at.en}")


def _prescription(case: Case) -> NextStep | None:
    now = case.work.now
    for rx in prescribing.prescriptions_of(case.work, case.acting.id):
        if rx.state == "approved" and rx.expires_at and rx.expires_at > now:
            return NextStep(Text(zh="药师已审核通过您的处方", en="Your prescription is approved"), "circle-check",
                            Text(zh="选一家药房", en="Choose a pharmacy"), _clock(rx, now),
                            Text(zh="选择药房", en="Choose a pharmacy"), f"/prescriptions/{rx.id}/pharmacies", way(3))
        if rx.state in ("signed", "returned"):
            return NextStep(Text(zh="药师正在审您的处方", en="A pharmacist is checking your prescription"), "clock",
                            Text(zh="审完会告诉您", en="You will be told"), "", Text(zh="看处方", en="See it"),
                            f"/prescriptions/{rx.id}", way(2))
    return None


def _triage(case: Case) -> NextStep | None:
    triage = consult.newest_triage(case.work, case.acting.id)
    if triage is None or triage.visit_id or case.work.now - triage.created_at > FRESH:
        return None
    if triage.state == "open":
        return NextStep(Text(zh="问题还没有答完", en="The questions are not finished"), "stethoscope",
                        Text(zh="接着答", en="Go on with the questions"),
                        Text(zh="答过的都在", en="Your answers are kept"), GO_ON, f"/triage/{triage.id}", way(0))
    if triage.state == "finished" and triage.level != "self_care":
        return NextStep(Text(zh="问完了，有建议了", en="Your answers have a result"), "stethoscope",
                        Text(zh="看看能不能在线看", en="See whether it can be done online"), "", GO_ON,
                        f"/triage/{triage.id}/result", way(1))
    return None


FINDERS: tuple[Callable[[Case], NextStep | None], ...] = (_consents, _visit, _order, _prescription, _triage)
WELCOME = NextStep(Text(zh="欢迎", en="Welcome"), "user", Text(zh="先登记您的姓名", en="First, who are you?"),
                   Text(zh="看病和开药要用真实姓名", en="Visits and prescriptions need your real name"),
                   Text(zh="去登记", en="Enter my name"), "/register/name")


# --- the rest of the page -----------------------------------------------------------------------------------


def _coming(work: Work, acting: Acting) -> Iterator[Coming]:
    """The follow-ups that doctors advised; a later visit of the same department is the one that was advised."""
    today, been = local_date(work.now), set()
    done = [visit for visit in consult.visits_of(work, acting.id, 10) if visit.state == "completed"]
    for visit in done:
        note = consult.note_of(work, visit.id) if visit.department not in been else None
        been.add(visit.department)
        on = note.next_visit_on if note else None
        if on is not None and today <= on <= today + SOON:
            yield Coming(on, Text(zh="复诊", en="Follow-up visit"), doctor_words(work, visit),
                         f"/visits/{visit.id}/summary")


def greeting(work: Work, acting: Acting | None) -> Text:
    """By the hour at the hospital, to the person who signed in."""
    hour = work.now.astimezone(HOSPITAL_ZONE).hour
    zh, en = next((words for until, words in ((6, ("夜深了", "Good evening")), (11, ("早上好", "Good morning")),
                                              (13, ("中午好", "Hello")), (18, ("下午好", "Good afternoon")),
                                              (24, ("晚上好", "Good evening"))) if hour < until))
    name = next((p.name for p in acting.family), "") if acting else ""
    return Text(zh=f"{zh}，{name}" if name else zh, en=f"{en}, {name}" if name else en)


def home_view(work: Work, acting: Acting | None) -> HomeView:
    """The page for the chosen person; before anybody is registered it asks for the name."""
    if acting is None:
        return HomeView(greeting(work, None), (), WELCOME)
    case = Case(work, acting)
    step = next((step for find in FINDERS if (step := find(case))), None)
    return HomeView(greeting(work, acting), acting.family, step, supply=supply_of(work, acting.id),
                    coming=tuple(_coming(work, acting)), patient_id=str(acting.id))


@router.get("/home")
def home(door: Patient) -> Response:
    """The one next thing."""
    with door.read() as work:
        return show(door, "home", framed(work), home_view(work, anybody(work, door)))


@router.get("/home/{patient_id}/part")
def home_part(patient_id: UUID, door: Patient) -> Response:
    """What changes while one looks, for the person whom the page shows; another tab may have switched since."""
    with door.read() as work:
        return show(door, "parts/_home", None, home_view(work, acting_for(work, patient_id)))


