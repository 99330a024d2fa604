"""The right pane of a visit: allergies, verdict, judgement, medicines, triage, evidence, acts."""
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.identity import api as identity
from app.kit.clock import completed_years, local_date
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from records import api as records
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d
from web.pages.staff.verdicts import forecast_verdict, last_verdict

MINOR = 18
JUDGE_FIRST = Text(zh="先判断是不是同一种病", en="first say whether it is the same condition")
NO_DIAGNOSIS = Text(zh="先写诊断", en="code a diagnosis first")
ONLY_ADVICE = Text(zh="这是咨询，只能给建议", en="this is an advice visit: advice only")
OVER = Text(zh="就诊已结束", en="the visit is over")
CONFIRMS: dict[str, v.Words] = {
    "covid_symptoms": Text(zh="有新冠相关症状，我已确认", en="There are symptoms of COVID; I have confirmed it"),
    "covid_home_care_eligible": Text(zh="符合居家治疗指南，我已确认", en="Fit for care at home; I have confirmed it"),
}
UNCLEAR = Text(zh="还不能判断是不是同一种病", en="it is not clear yet whether it is the same condition")
FIRST_VISIT = Text(zh="首次就诊不能在线诊断", en="a first visit may not be diagnosed online")
CHANGED = Text(zh="病情变了，请转诊", en="it has changed: please refer")
LOOK_STEP = Text(zh="先看凭证", en="Look at the evidence first")
UPLOADED = Text(zh="患者上传的资料", en="A paper that the patient uploaded")
FROM_PARTNER = Text(zh="伙伴医院传来，等您确认", en="sent by a partner hospital; you confirm it")
NOT_READ = Text(zh="还没有判断", en="not judged yet")


def head(work: Work, visit: consult.Visit, patient: identity.Patient) -> d.VisitHead:
    """The visit in the middle."""
    minutes = consult.remaining_minutes(visit, work.now)
    ends = work.now + timedelta(minutes=minutes) if visit.state == "in_progress" and minutes else None
    return d.VisitHead(str(visit.id), visit.number, visit.state, visit.kind,  # type: ignore[arg-type]
                       people.person(patient), consult.complaint_said(visit.complaint), visit.level, ends)  # type: ignore[arg-type]


def _in_words(said: consult.Said) -> Text:
    """A question in short with its answer; a plain yes needs no answer beside it."""
    if said.value == "yes":
        return said.text
    return Text(zh=f"{said.text.zh}：{said.value_text.zh}", en=f"{said.text.en}: {said.value_text.en}")


def triage_summary(work: Work, visit: consult.Visit) -> d.TriageSummary | None:
    """What the questions found; an unsure danger sign stands by itself."""
    found = work.find(consult.Triage, visit.triage_id)
    outcome = consult.outcome_of(found) if found else None
    if found is None or outcome is None:
        return None
    positive = [_in_words(said) for fired in outcome.fired for said in fired.answers
                if said.value not in ("no", "unknown")]
    why = outcome.fired[0].why if outcome.fired else outcome.headline
    if found.free_text:
        why = Text(zh=f"患者写：{found.free_text}。{why.zh}", en=f"The patient wrote: {found.free_text}. {why.en}")
    return d.TriageSummary(visit.level, why, tuple(dict.fromkeys(positive)),  # type: ignore[arg-type]
                           tuple(one.text for one in outcome.stayed_unknown if one.red_flag),
                           len(outcome.ruled_out), found.finished_at)


def waiting_context(work: Work, visit: consult.Visit, patient: identity.Patient) -> d.Context:
    """Before acceptance: triage and forecast, nothing of the record; opening the visit wrote the look down."""
    return d.Context(people.person(patient), v.Allergies("closed"), forecast_verdict(work, visit),
                     medicines=(), medicines_closed=True, triage=triage_summary(work, visit))


def visit_context(work: Work, visit: consult.Visit, patient: identity.Patient) -> d.Context:
    """Everything beside a visit of the doctor's own; each part of the record is read through the gate."""
    history = records.history_of(work, patient.id)
    pieces = evidence_rows(work, visit)
    made = diagnoses(work, visit)
    asked = judge(work, visit, patient)
    verdict = last_verdict(work, visit.id, "/doctor")
    waits = next((piece for piece in pieces if piece.state == "waiting"), None)
    if verdict and asked and asked.answer is None and waits:
        verdict = replace(verdict, step_href=waits.href, step=LOOK_STEP)
    return d.Context(people.person(patient, history),
                     people.allergies(history, f"/doctor/visits/{visit.id}/allergies"), verdict, asked,
                     people.taken(work, history), people.medicines_source(history), made,
                     triage_summary(work, visit), pieces, acts(visit, asked, bool(made)),
                     f"/doctor/patients/{patient.id}/record?visit={visit.id}",
                     kidney_href=f"/doctor/visits/{visit.id}/kidney")


def diagnoses(work: Work, visit: consult.Visit) -> tuple[v.Diagnosis, ...]:
    """What was coded; the first one is the main one."""
    return tuple(v.Diagnosis(row.code, row.code, Text(zh=row.label_zh, en=row.label_en), n == 0)
                 for n, row in enumerate(consult.diagnoses_of(work, visit.id)))


def evidence_rows(work: Work, visit: consult.Visit) -> tuple[d.EvidenceRow, ...]:
    """Papers presented with the visit and others of the patient that nobody refused."""
    records.require_readable(work, visit.patient_id, "evidence")
    kept = {piece.id: piece for piece in records.retained_evidence(work, visit.id)}
    shown = {piece.id for piece in records.presented_evidence(work, visit.id)}
    pieces = [p for p in records.evidence_of(work, visit.patient_id) if p.id in shown or p.state != "refused"]
    return tuple(_evidence_row(piece, kept.get(piece.id)) for piece in pieces)


def _evidence_row(piece: records.Evidence, kept: records.RetainedEvidence | None) -> d.EvidenceRow:
    title: v.Words = piece.institution or UPLOADED
    told = [piece.diagnosed_on.isoformat() if piece.diagnosed_on else "", piece.diagnosis_code or ""]
    known = " · ".join(part for part in told if part)
    if kept:
        return d.EvidenceRow(title, "accepted", f"{kept.diagnosed_on} · {kept.diagnosis_code}",
                             f"/doctor/evidence/{piece.id}")
    if piece.state == "refused":
        return d.EvidenceRow(title, "refused", known, f"/doctor/evidence/{piece.id}")
    detail = FROM_PARTNER if piece.origin == "partner" else known or NOT_READ
    return d.EvidenceRow(title, "waiting", detail, f"/doctor/evidence/{piece.id}")


def judge(work: Work, visit: consult.Visit, patient: identity.Patient) -> d.Judge | None:
    """The legal question of a follow-up, with the evidence that it is asked about."""
    if visit.kind == "advice":
        return None
    kept = records.evidence_for_visit(work, visit.id)
    basis = (Text(zh=f"{kept.institution} {kept.diagnosed_on} 当面诊断：{kept.diagnosis_code}。",
                  en=f"{kept.institution}, {kept.diagnosed_on}, in person: {kept.diagnosis_code}.") if kept else
             Text(zh="还没有采信的凭证。没有凭证也可以判断，但开方会关着。",
                  en="No evidence is accepted yet. You may answer, but prescribing stays closed without it."))
    judged = consult.judgement_of(work, visit.id)
    minor = completed_years(patient.birth_date, local_date(work.now)) < MINOR
    return d.Judge(f"/doctor/visits/{visit.id}/judge", basis, _answer(judged), _said(work, judged),
                   ask_guardian=minor, guardian=judged.guardian_present if judged else None,
                   exceptional=_exceptional(work, judged))


def _exceptional(work: Work, judged: consult.VisitJudgement | None) -> tuple[d.Ticked, ...]:
    """What the doctor may confirm for an exception that is in force today; outside its window nothing is asked."""
    policies = policy.policies_in_force(work)
    opened = policies.exceptions_at("diagnose", policies.date_of(work.now))
    named = {name.removeprefix("patient.") for one in opened for name in one.facts}
    return tuple(d.Ticked(field, CONFIRMS[field], bool(judged and getattr(judged, field)))
                 for field in consult.EXCEPTIONAL if field in named)


def _answer(judged: consult.VisitJudgement | None) -> d.Judgement | None:
    if judged is None:
        return None
    if judged.condition_changed:
        return "changed"
    if judged.is_follow_up is False:
        return "first"
    return "same" if judged.same_condition and judged.is_follow_up else "unknown"


def _said(work: Work, judged: consult.VisitJudgement | None) -> v.Words:
    if judged is None:
        return ""
    by = identity.practitioner(work, judged.practitioner_id)
    at = people.moment(judged.at)
    return Text(zh=f"{by.name_zh} {at} 判断。", en=f"{by.name_en}, {at}.")


def acts(visit: consult.Visit, asked: d.Judge | None, diagnosed: bool) -> tuple[d.Act, ...]:
    """What can be done now; what is missing is said under its button."""
    base = f"/doctor/visits/{visit.id}"
    running, done = visit.state == "in_progress", visit.state == "completed"
    answer = asked.answer if asked else None
    over: Any = "" if running else OVER
    closed = over or _diagnose_closed(visit, asked)
    rx = closed or ("" if diagnosed else NO_DIAGNOSIS)
    if done and diagnosed:
        rx = ""
    nxt = "prescribe" if not rx else "diagnose" if not closed else "refer" if answer == "changed" and running else ""
    return (d.Act("prescribe", f"{base}/prescription", rx, nxt == "prescribe"),
            d.Act("note", f"{base}/note", "" if running or done else OVER),
            d.Act("diagnose", f"{base}/note#icd", closed, nxt == "diagnose"),
            d.Act("refer", f"{base}/refer", over, nxt == "refer"),
            *((d.Act("finish", f"{base}/finish"),) if running else ()))


def _diagnose_closed(visit: consult.Visit, asked: d.Judge | None) -> v.Words:
    answer = asked.answer if asked else None
    if visit.kind == "advice":
        return ONLY_ADVICE
    if answer == "first" and not (asked and asked.exceptional and all(one.ticked for one in asked.exceptional)):
        return FIRST_VISIT
    return {None: JUDGE_FIRST, "changed": CHANGED, "unknown": UNCLEAR}.get(answer, "")
