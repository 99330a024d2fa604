"""The record file: the timeline, one entry, who looked; every read goes through the gate."""
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.identity import api as identity
from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.ids import parse_uuid
from app.kit.text import Text, counted
from app.policy import api as policy
from app.retention import api as retention
from app.work import Work
from consult import api as consult
from records import api as records
from web.door import GuardedRoute, see_other
from web.pages.patient.acting import Acting, Patient, acting_for, chosen, framed, show
from web.pages.patient.deciding import answer_of
from web.pages.patient.views import Tag, Words
from web.pages.patient.views_record import (
    Decision,
    Entry,
    EntryMonth,
    EntryView,
    GivenAway,
    Look,
    LookDay,
    LooksView,
    RecordView,
    Section,
)

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = 30
ICONS = {"triage": "stethoscope", "visit": "message-circle", "diagnosis": "clipboard-list", "referral": "hospital",
         "evidence": "file-text", "partner_record": "hospital", "prescription": "prescription", "dispense": "package"}
KINDS = {"triage": Text(zh="问症状", en="First questions"), "visit": Text(zh="问诊", en="Visit"),
         "diagnosis": Text(zh="诊断", en="Diagnosis"), "referral": Text(zh="转诊", en="Referral"),
         "evidence": Text(zh="病历", en="Record"), "partner_record": Text(zh="医院的病历", en="Hospital record"),
         "prescription": Text(zh="处方", en="Prescription"), "dispense": Text(zh="取药", en="Medicine")}
OTHER = Text(zh="记录", en="Entry")
OUTSIDE = ("partner_record", "evidence")
CHIPS = (("", Text(zh="全部", en="All")), ("visits", Text(zh="看诊", en="Visits")),
         ("medicines", Text(zh="用药", en="Medicines")), ("documents", Text(zh="文件", en="Files")))
SEX = {"female": Text(zh="女", en="Female"), "male": Text(zh="男", en="Male")}


# --- the timeline -------------------------------------------------------------------------------------------


def _entry(line: records.EntryLine) -> Entry:
    kind = KINDS.get(line.kind, OTHER)
    return Entry(f"/record/entries/{line.id}", ICONS.get(line.kind, "file-text"), line.at, line.title,
                 line.summary or "", (Tag(kind, "line"),), outside=line.kind in OUTSIDE)


def _months(lines: list[records.EntryLine]) -> tuple[EntryMonth, ...]:
    by_month = groupby(lines, key=lambda line: local_date(line.at).replace(day=1))
    return tuple(EntryMonth(month, tuple(_entry(line) for line in group)) for month, group in by_month)


def _month_start(work: Work) -> datetime:
    here = work.now.astimezone(HOSPITAL_ZONE)
    return here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _allergies(found: records.HistoryView) -> tuple[Words, ...] | None:
    """None: never asked, or the patient could not say; only "none known" is an empty list."""
    if found.allergies:
        return tuple(a.text for a in found.allergies)
    return () if found.none_known else None


def _about(work: Work, acting: Acting) -> Text:
    sex, years = SEX[acting.patient.sex], identity.age_years(work, acting.patient)
    return Text(zh=f"{sex.zh}，{years} 岁", en=f"{sex.en}, {counted(years, 'year')}")


def record_view(work: Work, acting: Acting, before: UUID | None, kind: str) -> RecordView:
    """A page of the timeline, newest first, with what matters most above it."""
    lines = records.timeline(work, acting.id, before, PAGE, kind or None)
    found = records.history_of(work, acting.id)
    named = {c.code: c for c in records.conditions(work, acting.id)}
    views, _ = records.count_looks(work, acting.id, _month_start(work))
    more = f"/record?kind={kind}&before={lines[-1].id}" if len(lines) == PAGE else ""
    return RecordView(
        acting.person, _about(work, acting), _allergies(found),
        tuple(Text(zh=c.label_zh, en=c.label_en) for c in named.values()), _months(lines), found.confirmed_at, views,
        acting.family, tuple((label, f"/record?kind={name}" if name else "/record", name == kind)
                             for name, label in CHIPS), more)


@router.get("/record")
def record(door: Patient, before: Annotated[str, Query(max_length=40)] = "",
           kind: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Everything about the chosen person, in time order."""
    known = kind if kind in dict(CHIPS) else ""
    with door.read() as work:
        view = record_view(work, chosen(work, door), parse_uuid(before), known)
        return show(door, "record", framed(work), view)


# --- one entry ----------------------------------------------------------------------------------------------


def _page_behind(entry: records.RecordEntry) -> str:
    """The page that shows the thing itself; empty when the entry is all there is."""
    source, visit = entry.source_id, entry.visit_id
    evidence = f"/records/{entry.patient_id}/evidence/{source}"
    return {"triage": f"/triage/{source}", "visit": f"/visits/{source}/summary",
            "referral": f"/visits/{visit}/summary" if visit else "", "prescription": f"/prescriptions/{source}",
            "order": f"/orders/{source}", "evidence": evidence}.get(entry.source_kind, "")


def _cleared(work: Work, entry: records.RecordEntry) -> tuple[Section, ...]:
    """Of an order that was cleared after its years the entry is all there is, and it says so."""
    gone = retention.erased(work, "sales", entry.source_id) if entry.source_kind == "order" else None
    if gone is None:
        return ()
    return (Section(Text(zh="订单的细节", en="The details of the order"), retention.say_cleared(gone)),)


def _decision_of(work: Work, entry: records.RecordEntry) -> Decision | None:
    """The decision that allowed a diagnosis."""
    if entry.kind != "diagnosis" or entry.visit_id is None:
        return None
    made = [d for d in consult.diagnoses_of(work, entry.visit_id)
            if entry.source_id in (d.id, d.condition_id)]
    if not made:
        return None
    answer = answer_of(policy.decision_record(work, made[0].decision_id))
    return replace(answer, href=f"/decisions/{made[0].decision_id}")


@router.get("/record/entries/{entry_id}")
def entry(entry_id: UUID, door: Patient) -> Response:
    """One entry; what has a page of its own leads there."""
    with door.read() as work:
        found = work.get(records.RecordEntry, entry_id)
        records.require_readable(work, found.patient_id, "entry", found.id)
        behind, cleared = _page_behind(found), _cleared(work, found)
        if behind and not cleared:
            return see_other(behind)
        sections = (Section(Text(zh="内容", en="What it says"), found.summary),) if found.summary else ()
        view = EntryView(acting_for(work, found.patient_id).person, found.title, KINDS.get(found.kind, OTHER), found.at,
                         identity.hospital(work).name, sections + cleared, decision=_decision_of(work, found),
                         seal=Text(zh="改动和查看都会留下记录。", en="Every change and every view is written down."))
        return show(door, "record_entry", framed(work), view)


# --- who looked ---------------------------------------------------------------------------------------------

WHY = {"treats": Text(zh="接诊", en="to treat you"),
       "after": Text(zh="接诊结束以后回看", en="after the visit, to follow up"),
       "task": Text(zh="处理与您看诊有关的事", en="to handle something in your care"),
       "request": Text(zh="接诊前看您的就诊申请", en="to read your request before taking it"),
       "evidence": Text(zh="核对您交的病历", en="to judge the record that you sent"),
       "call_back": Text(zh="给您回电话", en="to call you back"),
       "prescribed": Text(zh="看自己给您开的处方", en="to see what they prescribed for you"),
       "review": Text(zh="审核处方", en="to check a prescription"),
       "dispense": Text(zh="配药、送药", en="to fill and deliver your order"),
       "send": Text(zh="把您要的病历传来", en="to send the record that you asked for"),
       "own": Text(zh="家人", en="family"),
       "refused": Text(zh="没有看诊关系，也没有您的同意", en="no visit with you and no consent"),
       "break_glass": Text(zh="紧急查看", en="emergency access")}
PARTS = {"timeline": Text(zh="时间线", en="Timeline"), "history": Text(zh="过敏和用药", en="Allergies and medicines"),
         "document": Text(zh="文件", en="Files"), "evidence": Text(zh="病历证明", en="Records"),
         "triage": Text(zh="问症状", en="First questions"), "visit": Text(zh="问诊", en="Visit"),
         "prescription": Text(zh="处方", en="Prescription"), "conditions": Text(zh="诊断", en="Diagnoses"),
         "consents": Text(zh="同意书", en="Consents"), "looks": Text(zh="查看记录", en="Who looked"),
         "note": Text(zh="医生写的病历", en="The doctor's note"), "queue": Text(zh="候诊名单", en="Waiting list"),
         "reviews": Text(zh="待审名单", en="List to review"), "board": Text(zh="订单名单", en="List of orders"),
         "decided": Text(zh="审过的处方名单", en="List of own reviews"),
         "order": Text(zh="订单", en="Order"), "orders": Text(zh="订单", en="Order"),
         "prescriptions": Text(zh="处方", en="Prescription"), "decision": Text(zh="判定", en="Decision"),
         "call_back": Text(zh="回电名单", en="Call-back list"), "identity": Text(zh="身份", en="Identity"),
         "replay": Text(zh="规则试算的例子", en="Example of a rule trial"),
         "search": Text(zh="查找结果", en="Search result"), "entry": OTHER,
         "recording": Text(zh="通话录像", en="Recording of a call"), "act_for": Text(zh="身份", en="Identity")}


TINTS = ("", "b", "c", "d")


def _seen_at(look: records.Look) -> str:
    begin, end = (m.astimezone(HOSPITAL_ZONE) for m in (look.first_at, look.last_at))
    return f"{begin:%H:%M}" if f"{begin:%H:%M}" == f"{end:%H:%M}" else f"{begin:%H:%M}–{end:%H:%M}"


def _chips(parts: tuple[str, ...]) -> tuple[Text, ...]:
    """The parts that were seen, each name once."""
    named = (PARTS.get(part, OTHER) for part in parts)
    return tuple({name.zh: name for name in named}.values())


def _look(look: records.Look) -> Look:
    who, at = look.who, _seen_at(look)
    place = who.place or Text(zh="", en="") if who.place else None
    about = Text(zh=f"{place.zh} · {at}" if place else at, en=f"{place.en} · {at}" if place else at)
    why: Words = look.reason or WHY.get(look.purpose) or WHY.get(look.ground, Text(zh=look.ground, en=look.ground))
    kind = "blocked" if look.refused else "emergency" if look.ground == "break_glass" else "seen"
    initial = Text(zh=who.name.zh[:1], en=who.name.en[:1])
    parts = () if look.refused else _chips(look.parts)
    return Look(who.name, about, why, kind, initial, TINTS[sum(map(ord, who.name.zh)) % 4], parts)  # type: ignore[arg-type]


def looks_view(work: Work, acting: Acting) -> LooksView:
    """Who looked, day by day, newest first; attempts that were turned away stand among them."""
    found = records.who_looked(work, acting.id, _month_start(work))
    numbered = [(local_date(look.last_at), _look(look)) for look in found.looks]
    days = tuple(LookDay(on, tuple(look for _, look in group)) for on, group in groupby(numbered, key=lambda p: p[0]))
    month: date = local_date(work.now).replace(day=1)
    given = tuple(GivenAway(one.at, one.recipient, one.fields, one.purpose, one.basis)
                  for one in found.given)
    return LooksView(acting.person, month, found.views, days, found.refused, given=given)


@router.get("/records/{patient_id}/looks")
def looks_of(patient_id: UUID, door: Patient) -> Response:
    """The same for one person by name: where the message about an emergency access leads, whoever was chosen."""
    with door.read() as work:
        return show(door, "who_looked", framed(work), looks_view(work, acting_for(work, patient_id)))


@router.get("/record/who-looked")
def who_looked(door: Patient) -> Response:
    """Who looked at the chosen person's record, and why."""
    with door.read() as work:
        return show(door, "who_looked", framed(work), looks_view(work, chosen(work, door)))
