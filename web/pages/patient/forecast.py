"""Before any money: was this seen in person before, and what do the rules say about a visit online."""
from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.ids import parse_uuid
from app.kit.text import Text, dated
from app.policy import api as policy
from app.policy.api import Verdict, policies_in_force
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.patient import views
from web.pages.patient.acting import Acting, Patient, acting_for, framed, show
from web.pages.patient.asking import import_ways
from web.pages.patient.views import Citation, Fact, Option, Way
from web.pages.patient.views_visit import ForecastView, SeenBeforeView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Query_ = Annotated[str, Query(max_length=60)]
Field = Annotated[str, Form(max_length=60)]
CHOOSE = Text(zh="请选一个", en="Please choose one")
UPLOAD = Option("upload", Text(zh="看过，现在拍照上传病历", en="Yes, I will photograph the record now"))
NO_PAPER = Option("yes", Text(zh="看过，手上没有病历", en="Yes, but I have no record of it"))
FIRST_TIME = Option("no", Text(zh="没有看过，或者不记得了", en="No, or I do not remember"))
UNNAMED = Text(zh="病历", en="Record")
YOURS = Text(zh="您传的病历", en="The record that you sent")
STATES = {"accepted": Text(zh="医院发来的，或医生看过的", en="Sent by the hospital, or read by a doctor"),
          "offered": Text(zh="您传的，还没有医生看过", en="Uploaded by you, not read by a doctor yet")}


# --- was it seen before -------------------------------------------------------------------------------------


def day_words(day: date | None) -> Text:
    """The day of an earlier diagnosis with its year; empty dates say so."""
    return dated(day) if day else Text(zh="日期没有写", en="no date given")


UNKNOWN = Text(zh="医院、诊断和日期，等医生看了才知道",
               en="hospital, diagnosis and date are known once a doctor reads it")


def diagnosis_name(piece: records.Evidence) -> Text | None:
    """What a piece diagnoses, in words; the bare code where we have no word for it, None while nobody read it."""
    code = piece.diagnosis_code
    known = prescribing.conditions.condition(prescribing.load(), code) if code else None
    return Text(zh=known.zh, en=known.en) if known else Text(zh=code, en=code) if code else None


def diagnosis_words(piece: records.Evidence) -> Text:
    """Diagnosis and date of one piece, as far as they are known."""
    name = diagnosis_name(piece) or Text(zh="诊断没有写", en="no diagnosis given")
    day = day_words(piece.diagnosed_on)
    return Text(zh=f"{name.zh} · {day.zh}{' 诊断' if piece.diagnosed_on else ''}",
                en=f"{name.en} · {'diagnosed ' if piece.diagnosed_on else ''}{day.en}")


def evidence_words(piece: records.Evidence, unread: Text = YOURS) -> Text:
    """Hospital, diagnosis and date of one piece, as far as they are known; else what it is called unread."""
    if not (piece.institution or piece.diagnosis_code or piece.diagnosed_on):
        return unread
    told = diagnosis_words(piece)
    return Text(zh=f"{piece.institution or UNNAMED.zh} · {told.zh}",
                en=f"{piece.institution or UNNAMED.en} · {told.en}")


def evidence_origin(piece: records.Evidence) -> Text:
    """Where a piece comes from and of which day it is, beside its title."""
    if not (piece.institution or piece.diagnosis_code or piece.diagnosed_on):
        return UNKNOWN
    day = day_words(piece.diagnosed_on)
    return Text(zh=f"{piece.institution or UNNAMED.zh} · {day.zh}", en=f"{piece.institution or UNNAMED.en} · {day.en}")


def evidence_title(piece: records.Evidence) -> Text | str:
    """What a piece is called in a list: its diagnosis, as far as it is known, never the name of a file."""
    return diagnosis_name(piece) or piece.institution or YOURS


def held_evidence(work: Work, patient_id: UUID) -> list[records.Evidence]:
    """What is here already and was not refused, newest first."""
    return [piece for piece in records.evidence_list(work, patient_id) if piece.state != "refused"]


def _subject(view: consult.TriageView) -> Text:
    return view.title


def _ready(work: Work, triage_id: UUID) -> tuple[consult.TriageView, Acting] | str:
    """The finished triage, or the page that comes before: triage itself, consents."""
    view = consult.triage_view(work, triage_id)
    if view.triage.state != "finished":
        return f"/triage/{triage_id}"
    if view.triage.visit_id is not None:
        return f"/visits/{view.triage.visit_id}"
    if told := [t for t in consult.uncalled_emergencies(work, view.triage.patient_id) if t.id != triage_id]:
        return f"/triage/{told[-1].id}"     # 120, and the way to correct what was ticked by mistake
    acting = acting_for(work, view.triage.patient_id)
    if [form for form in records.missing_consents(work, acting.id) if form != "informed_consent"]:
        return f"/register/consents?next=/triage/{triage_id}/forecast"
    confirmed = records.history_of(work, acting.id).confirmed_at
    if confirmed is None or confirmed < view.triage.created_at:
        return f"/triage/{triage_id}/history"
    return view, acting


def _question(door: Door, work: Work, view: consult.TriageView, acting: Acting, errors: dict) -> Response:
    held = tuple(Option(str(p.id), evidence_words(p), STATES[p.state]) for p in held_evidence(work, acting.id))
    answers = (replace(UPLOAD, label=Text(zh="都不是，拍照上传别的病历", en="Another record, I will photograph it now"))
               if held else UPLOAD, NO_PAPER, FIRST_TIME)
    shown = SeenBeforeView(acting.person, _subject(view), held, answers, f"/triage/{view.triage.id}/history",
                           views.Form({}, errors))
    return show(door, "seen_before", framed(work), shown, 422 if errors else 200)


@router.post("/triage/{triage_id}/forecast")
def say_seen(triage_id: UUID, door: Patient, seen: Field = "") -> Response:
    """Take the answer along in the address; nothing is decided by it."""
    here = f"/triage/{triage_id}"
    if seen == "upload":
        return see_other(f"{here}/evidence")
    if seen in ("yes", "no"):
        return see_other(f"{here}/forecast?seen={seen}")
    if evidence := parse_uuid(seen):
        return see_other(f"{here}/forecast?evidence={evidence}")
    with door.read() as work:
        ready = _ready(work, triage_id)
        return see_other(ready) if isinstance(ready, str) else _question(door, work, *ready, {"seen": CHOOSE})


# --- the forecast -------------------------------------------------------------------------------------------


@router.get("/triage/{triage_id}/forecast")
def forecast(triage_id: UUID, door: Patient, evidence: Query_ = "", seen: Query_ = "") -> Response:
    """Ask first; with an answer, tell what is likely and keep what was told."""
    with door.write() as work:
        ready = _ready(work, triage_id)
        if isinstance(ready, str):
            return see_other(ready)
        view, acting = ready
        piece = next((p for p in held_evidence(work, acting.id) if str(p.id) == evidence), None)
        if piece is None and seen not in ("yes", "no"):
            return _question(door, work, view, acting, {})
        row = consult.forecast_visit(work, triage_id, [piece.id] if piece else [],
                                     None if piece else seen == "yes")
        shown = _forecast_view(work, view, acting, piece, consult.told_in(row), seen)
        return show(door, "forecast", framed(work), shown)


def outcome_of(work: Work, told: policy.Forecast, piece: records.Evidence | None, seen: str) -> str:
    """likely, evidence, first, advice or closed. What already stops the first step leaves nothing online."""
    by_stage = policies_in_force(work).by_stage
    at_the_door = {one.rule.id for stage in ("book", "consult_start") for one in by_stage[stage]}
    holding = holding_rules(told)
    if told.reasons or any(one.rule in at_the_door for one in holding):
        return "closed"
    if any(one.verdict is Verdict.BLOCK for one in holding):
        return "advice"
    if piece is None and seen == "no" and not holding:
        return "first"
    return "likely" if piece and not holding else "evidence"


def open_exceptions(work: Work, told: policy.Forecast) -> tuple[policy.OpenException, ...]:
    """The relaxations of the day that a doctor may still prove, of the rules that wait for them."""
    waiting = {one.rule for one in told.later}
    return tuple(one for one in policies_in_force(work).exceptions_at("diagnose", told.as_of) if one.rule in waiting)


def holding_rules(told: policy.Forecast) -> list[policy.FiredRule]:
    """What holds the visit, but for the consent to it, which is asked on the page where it is paid."""
    return [one for one in told.holding if {*one.missing, *one.evidence_needed} != ASKED_LATER]


def _checked(work: Work, acting: Acting, piece: records.Evidence | None, seen: str) -> tuple[Fact, ...]:
    """What was looked at, one line each; what is not known says so."""
    real = identity.realname_in_force(work, acting.patient)
    name = (Fact("yes", Text(zh="身份核对过了", en="The identity was checked")) if real else
            Fact("off" if real is None else "no",
                 Text(zh="身份还没有核对成功", en="The identity is not confirmed yet")))
    if piece and piece.state == "accepted":
        before = Fact("yes", Text(zh="有当面看过病的证明", en="There is proof of being seen in person"),
                      evidence_words(piece))
    elif piece:
        before = Fact("off", Text(zh="您传的病历，还没有医生看过", en="Your record, which no doctor has read yet"),
                      evidence_words(piece, UNKNOWN))
    elif seen == "yes":
        before = Fact("no", Text(zh="还没有看过病的证明", en="No proof of the earlier visit yet"),
                      Text(zh="您说以前看过", en="You say that you were seen before"))
    else:
        before = Fact("no", Text(zh="以前没有当面看过这个病", en="Not seen in person for this before"))
    return (before, Fact("yes", Text(zh="您的回答里没有要打 120 的情况", en="Nothing in your answers needs 120")), name,
            Fact("yes", Text(zh="过敏和用药您确认过了", en="You confirmed allergies and medicines")))


ASKED_LATER = {"patient.informed_consent"}
LATER = (
    Fact("open", Text(zh="是不是同一个病", en="Is it the same condition?"),
         Text(zh="看诊时由医生判断", en="The doctor judges in the visit")),
    Fact("open", Text(zh="能不能在线开药", en="Can it be prescribed online?"),
         Text(zh="医生开，药师再审", en="The doctor prescribes, a pharmacist checks")),
)


def _later(outcome: str, opened: tuple[policy.OpenException, ...]) -> tuple[Fact, ...]:
    """What a person decides in the visit."""
    if outcome == "first":
        asked = sorted({name for one in opened for name in one.facts})
        return (*(Fact("open", policy.name_facts([name], policy.fact_registry()), LATER[0].note) for name in asked),
                LATER[1])
    return LATER if outcome in ("likely", "evidence") else ()


TITLES = {
    "likely": Text(zh="很可能可以在线复诊", en="Most likely yes, as a follow-up visit"),
    "evidence": Text(zh="还差一份看过病的证明", en="One thing is missing: proof of an earlier visit"),
    "first": Text(zh="没有当面看过，也可能在线看", en="Perhaps yes, though never seen in person"),
    "advice": Text(zh="只能在线咨询，不能在线开药", en="Online advice only, no prescription"),
    "closed": Text(zh="这次不能在线看", en="This cannot be done online"),
}
TEXTS = {
    "likely": Text(zh="您以前当面看过，病历也在这里。接诊的医生看过以后再最后决定。",
                   en="You were seen in person and the record is here. The doctor who sees you decides."),
    "evidence": Text(zh="在线开药只能用于复诊：同一个病，以前当面看过。补上病历，由医生看过再决定。",
                     en="Medicine can be prescribed online only at a follow-up of something seen in person. "
                        "Add the record; a doctor looks at it and decides."),
    "first": Text(zh="平时第一次看病要当面看。现在有一条有期限的例外，合不合适由接诊的医生判断；"
                     "不合适就转去当面看，钱全部退回。",
                  en="A first visit is normally in person. An exception is in force for a time; the doctor who sees "
                     "you judges whether it fits. If not, you are sent to be seen in person and all money goes back."),
    "advice": Text(zh="没有当面诊断过的病，互联网医院不能诊断和开药。医生可以给您建议，也可以告诉您去哪里看。",
                   en="Online, a doctor may not diagnose or prescribe for what nobody has diagnosed in person. "
                      "A doctor can advise you and say where to be seen."),
}

UNREAD_TITLE = Text(zh="医生认可病历，就可以在线复诊", en="Yes, if a doctor accepts your record")
UNREAD_TEXT = Text(zh="病历收到了，还没有人看过。接诊的医生先看病历，能证明您当面看过这个病，才按复诊看。",
                   en="Your record is here; nobody has read it yet. The doctor who sees you reads it first: it must "
                      "show that you were seen in person for this.")


def told_of(outcome: str, piece: records.Evidence | None, told: policy.Forecast) -> tuple[Text, Text | None]:
    """Title and sentence of a forecast. A paper that nobody has read proves nothing yet, and the words say so.

    Who was seen in person and is refused all the same reads what the rules say that refuse it.
    """
    if outcome == "advice" and piece:
        said = [one.message for one in holding_rules(told) if one.verdict is Verdict.BLOCK]
        return TITLES[outcome], Text(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said))
    if outcome == "likely" and piece and piece.state != "accepted":
        return UNREAD_TITLE, UNREAD_TEXT
    return TITLES[outcome], TEXTS.get(outcome)


def _ways(triage_id: UUID, outcome: str) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """What can be done now, and instead."""
    here = f"/triage/{triage_id}"
    photo = Way(Text(zh="拍照上传", en="Take photos"),
                Text(zh="门诊病历、出院小结或诊断证明", en="An outpatient record, discharge letter or certificate"),
                f"{here}/evidence", "camera")
    advice = Way(Text(zh="只咨询，不开药", en="Advice only, no medicine"),
                 Text(zh="医生给建议", en="A doctor advises you"), f"{here}/doctor?kind=advice&seen=yes",
                 "message-circle")
    clinic = Way(Text(zh="去当面看", en="Be seen in person"),
                 Text(zh="合作的医院和诊所", en="Partner hospitals and clinics"), "/places", "hospital")
    return {"evidence": ((photo,), (advice, clinic)), "first": ((), (advice, clinic)), "advice": ((), (clinic,)),
            "likely": ((), ()), "closed": ((clinic,), ())}[outcome]


def _citations(told: policy.Forecast, opened: tuple[policy.OpenException, ...]) -> tuple[tuple[Citation, ...], Text]:
    """Message and source of the rules behind the answer, with version and hash of the policy."""
    rules = holding_rules(told) or [one for one in told.fired if one.why == "satisfied"]
    cites = tuple(Citation(Text(zh=f"大意：{one.message.zh}", en=f"In short: {one.message.en}"),
                           Text(zh=f"{c.instrument}，{c.article}", en=f"{c.instrument}, {c.article}"))
                  for one in rules for c in one.cite) + tuple(map(_exception, opened))
    layers = ", ".join(f"{one.policy} {one.version} ({one.sha256[:8]})" for one in told.layers)
    names = ", ".join(dict.fromkeys([*(one.rule for one in rules), *(one.exception.id for one in opened)]))
    note = Text(zh=f"规则 {names} · 政策 {layers}" if names else f"政策 {layers}",
                en=f"Rules {names} · policy {layers}" if names else f"Policy {layers}")
    return cites, note


def _exception(one: policy.OpenException) -> Citation:
    """Until when a relaxation holds and what must be proven for it."""
    needed, c = policy.name_facts(sorted(one.facts), policy.fact_registry()), one.exception.cite[0]
    until = one.exception.valid_to
    end = Text(zh=f"，到 {until} 为止" if until else "", en=f", until {until}" if until else "")
    return Citation(Text(zh=f"大意：例外可以不受 {one.rule} 限制{end.zh}，要由医生确认：{needed.zh}",
                         en=f"In short: an exception lifts {one.rule}{end.en}; a doctor must confirm: {needed.en}"),
                    Text(zh=f"{c.instrument}，{c.article}", en=f"{c.instrument}, {c.article}"))


def _forecast_view(work: Work, view: consult.TriageView, acting: Acting, piece: records.Evidence | None,
                   told: policy.Forecast, seen: str) -> ForecastView:
    outcome, here = outcome_of(work, told, piece, seen), f"/triage/{view.triage.id}"
    ways, others = _ways(view.triage.id, outcome)
    if outcome == "evidence":
        ways += import_ways(work, view.triage.id, acting.id)
    title, text = told_of(outcome, piece, told)
    opened = open_exceptions(work, told) if outcome == "first" else ()
    cites, note = _citations(told, opened)
    record = Way(Text(zh=piece.institution or YOURS.zh, en=piece.institution or YOURS.en),
                 diagnosis_words(piece) if piece.diagnosis_code or piece.diagnosed_on else UNKNOWN,
                 f"/records/{acting.id}/evidence/{piece.id}", "file-text") if piece else None
    to = {"likely": f"{here}/doctor?kind=follow_up&evidence={piece.id}" if piece else "",
          "first": f"{here}/doctor?kind=first_visit&seen=no",
          "advice": f"{here}/doctor?kind=advice&seen={seen or 'yes'}"}.get(outcome, "")
    return ForecastView(
        acting.person, _subject(view), outcome, title, text or told.summary,  # type: ignore[arg-type]
        _checked(work, acting, piece, seen), _later(outcome, opened), cites, note, record,
        _with_identity(work, acting, outcome, ways), others, next_href=to, in_person_href="/places")


def _with_identity(work: Work, acting: Acting, outcome: str, ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """An identity that is not confirmed is the first thing to mend."""
    if outcome != "closed" or identity.realname_in_force(work, acting.patient):
        return ways
    mend = Way(Text(zh="先核对身份", en="Confirm the identity first"),
               Text(zh="姓名和身份证号要一致", en="Name and number must agree"),
               f"/family/{acting.id}/check", "shield-check")
    return (mend, *ways)
