"""The ends of a visit: the explicit finish, and the referral that stops it online."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import invalid
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import Doctor, attempt, show, stopped
from web.pages.staff.doctor.context import diagnoses, head
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
LONGEST_SUMMARY = 3900      # with the reason before it, it is a letter of at most 4000 characters, which is kept whole
TOO_LONG = Text(zh=f"摘要最多 {LONGEST_SUMMARY} 字，请删短；写好的都还在。",
                en=f"At most {LONGEST_SUMMARY} characters, please shorten it; all you wrote is still here.")
FINISH, REFER = "staff/doctor/finish.html", "staff/doctor/refer.html"
OUTCOMES: dict[str, tuple[Text, Text]] = {
    "solved": (Text(zh="解决了", en="Solved online"), Text(zh="这次不需要再来", en="no further visit is needed now")),
    "return": (Text(zh="要再来", en="Return visit"), Text(zh="按“下一步”里写的时间", en="at the time in “next step”")),
    "in_person": (Text(zh="还要当面看", en="To be seen in person as well"),
                  Text(zh="建议里写明去哪里", en="the advice says where")),
}
REASONS: dict[str, Text] = {
    "changed": Text(zh="病情变了，不是同一种病", en="It has changed; not the same condition"),
    "exam": Text(zh="需要当面检查", en="Needs an examination in person"),
    "urgent": Text(zh="情况紧急", en="It is urgent"),
    "not_online": Text(zh="规定不能在线看", en="It may not be treated online"),
}
URGENCIES: dict[str, tuple[Text, Text]] = {
    "urgent": (Text(zh="今天", en="Today"), Text(zh="去急诊或门诊", en="emergency or outpatient department")),
    "soon": (Text(zh="这几天", en="Within a few days"), Text(zh="尽快去门诊", en="outpatient department, soon")),
    "routine": (Text(zh="方便时", en="When it suits"), Text(zh="不急，但要当面看", en="no hurry, but in person")),
}
MONEY = Text(zh="转诊后，这次就诊的钱全部退回患者。", en="After a referral the whole fee of this visit goes back.")
NO_ADVICE = Text(zh="病历里写给患者的建议还空着", en="The advice for the patient is still empty")
NO_TIME = Text(zh="病历的“下一步”还空着，患者不知道何时再来：先在病历里写上，再结束。",
               en="“Next step” in the note is empty, so the patient does not know when to come back: "
                  "write it there first, then finish.")
DRAFT = Text(zh="还有一张没签的处方草稿：签了它，或删去各行",
             en="A draft prescription is not signed: sign it or remove its lines")


def _outcomes(chosen: str) -> tuple[v.Choice, ...]:
    return tuple(v.Choice(code, words, code == chosen, note) for code, (words, note) in OUTCOMES.items())


def _finish_view(work: Work, visit_id: UUID, errors: tuple[v.FieldError, ...] = (),
                 chosen: str = "") -> d.FinishView:
    visit = consult.visit_for_doctor(work, visit_id)
    history, patient = records.history_of(work, visit.patient_id), identity.patient(work, visit.patient_id)
    note = consult.note_of(work, visit.id)
    told = (note.assessment, note.advice, note.red_flags, note.next_step) if note else ()
    return d.FinishView(doctor_frame(work), head(work, visit, patient), people.allergies(history),
                        tuple(_missing(work, visit, note)), tuple(part for part in told if part), _outcomes(chosen),
                        errors, consult.patient_left(work, visit))


def _missing(work: Work, visit: consult.Visit, note: consult.VisitNote | None) -> list[d.Missing]:
    """What stands before the end, each with the place where it is done."""
    found = []
    if note is None or not note.advice.strip():
        found.append(d.Missing(NO_ADVICE, f"/doctor/visits/{visit.id}/note#f-advice"))
    drafts = [rx for rx in prescribing.prescriptions_of_visit(work, visit.id, True) if rx.state == "draft"]
    lines = prescribing.items_of_many(work, [rx.id for rx in drafts])
    return found + [d.Missing(DRAFT, f"/doctor/prescriptions/{rx.id}") for rx in drafts if lines[rx.id]]


@router.get("/doctor/visits/{visit_id}/finish")
def finish_page(visit_id: UUID, door: Doctor) -> Response:
    """What the patient receives, and what is still missing."""
    with door.read() as work:
        view = _finish_view(work, visit_id)
    return show(door, FINISH, view)


def _require_time(work: Work, visit_id: UUID, outcome: str) -> None:
    """Whoever is to come back reads when: in the next step or as a date. Raises Invalid."""
    note = consult.note_of(work, consult.visit_for_doctor(work, visit_id).id) if outcome == "return" else None
    if outcome == "return" and not (note and (note.next_step.strip() or note.next_visit_on)):
        raise invalid("outcome", NO_TIME.zh, NO_TIME.en)


@router.post("/doctor/visits/{visit_id}/finish")
def finish(visit_id: UUID, door: Doctor, outcome: Annotated[str, Form(max_length=20)] = "") -> Response:
    """The explicit end of the visit."""
    def act(work: Work) -> None:
        _require_time(work, visit_id, outcome)
        visit = consult.finish_visit(work, visit_id)
        if outcome in OUTCOMES:
            work.trace(Trace("visit:outcome", "treats", visit.patient_id, "visit", visit.id, {"outcome": outcome}))

    _, problem = attempt(door, act)
    if problem is None:
        return see_other("/doctor")
    if problem.slug not in ("note-missing", "invalid"):
        return stopped(door, problem, f"/doctor/visits/{visit_id}", "visits")
    with door.read() as work:
        view = _finish_view(work, visit_id, field_errors(problem), outcome)
    return show(door, FINISH, view, problem.status, f"/doctor/visits/{visit_id}/finish")


@router.post("/doctor/visits/{visit_id}/abandon")
def abandon(visit_id: UUID, door: Doctor) -> Response:
    """The patient left and did not come back; the rule that was shown before paying applies."""
    _, problem = attempt(door, lambda work: consult.abandon_visit(work, visit_id))
    return stopped(door, problem, f"/doctor/visits/{visit_id}", "visits") if problem else see_other("/doctor")


def _refer_view(work: Work, visit_id: UUID, chosen: dict[str, str],
                errors: tuple[v.FieldError, ...] = ()) -> d.ReferView:
    visit = consult.visit_for_doctor(work, visit_id)
    history, patient = records.history_of(work, visit.patient_id), identity.patient(work, visit.patient_id)
    judged = consult.judgement_of(work, visit.id)
    reason = chosen.get("reason") or ("changed" if judged and judged.condition_changed else "")
    places = [one for kind in ("partner_hospital", "clinic") for one in identity.organizations(work, kind)]
    return d.ReferView(
        doctor_frame(work), head(work, visit, patient), people.allergies(history),
        tuple(v.Choice(code, words, code == reason) for code, words in REASONS.items()),
        tuple(v.Choice(code, words, code == chosen.get("urgency"), note) for code, (words, note) in URGENCIES.items()),
        tuple(v.Choice(str(one.id), one.name, str(one.id) == chosen.get("to")) for one in places), MONEY,
        chosen.get("summary") or _summary(work, visit), errors)


def _summary(work: Work, visit: consult.Visit) -> str:
    """A beginning for the letter, from what was written already."""
    note = consult.note_of(work, visit.id)
    codes = "、".join(f"{row.code} {row.name.get(work.actor.language) if isinstance(row.name, Text) else row.name}"
                     for row in diagnoses(work, visit))
    parts = [visit.complaint, note.history if note else "", note.assessment if note else "", codes]
    return "\n".join(part for part in parts if part)


@router.get("/doctor/visits/{visit_id}/refer")
def refer_page(visit_id: UUID, door: Doctor) -> Response:
    """Why, how soon, where, and the summary for the next doctor."""
    with door.read() as work:
        view = _refer_view(work, visit_id, {})
    return show(door, REFER, view)


@router.post("/doctor/visits/{visit_id}/refer")
def refer(visit_id: UUID, door: Doctor, reason: Annotated[str, Form(max_length=20)] = "",
          urgency: Annotated[str, Form(max_length=20)] = "", to: Annotated[str, Form(max_length=40)] = "",
          summary: Annotated[str, Form(max_length=10_000)] = "") -> Response:
    """Stop the visit online with one action: letter, refund, entry in the record."""
    chosen = {"reason": reason, "urgency": urgency, "to": to, "summary": summary}
    errors = _wrong(chosen)
    if errors:
        return _refer_again(door, visit_id, chosen, errors, 422)

    def act(work: Work) -> None:
        place = identity.organization(work, UUID(to))
        words = f"{REASONS[reason].zh}。{summary.strip()}"
        consult.refer_visit(work, visit_id, words, place.name_zh, urgency, reason == "changed")

    _, problem = attempt(door, act)
    if problem is None:
        return see_other("/doctor")
    if problem.status == 422:
        return _refer_again(door, visit_id, chosen, field_errors(problem, {"to_place": "to", "reason": "summary"}), 422)
    return stopped(door, problem, f"/doctor/visits/{visit_id}", "visits")


def _wrong(chosen: dict[str, str]) -> tuple[v.FieldError, ...]:
    told = {"reason": (chosen["reason"] in REASONS, Text(zh="请选原因。", en="Choose why.")),
            "urgency": (chosen["urgency"] in URGENCIES, Text(zh="请选多急。", en="Choose how soon.")),
            "to": (_is_id(chosen["to"]), Text(zh="请选去哪里。", en="Choose where.")),
            "summary": (bool(chosen["summary"].strip()), Text(zh="请写摘要。", en="Write the summary."))}
    if len(chosen["summary"].replace("\r\n", "\n").strip()) > LONGEST_SUMMARY:
        told["summary"] = (False, TOO_LONG)
    return tuple(v.FieldError(name, words) for name, (right, words) in told.items() if not right)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _refer_again(door: Door, visit_id: UUID, chosen: dict[str, str], errors: tuple[v.FieldError, ...],
                 status: int) -> Response:
    with door.read() as work:
        view = _refer_view(work, visit_id, chosen, errors)
    return show(door, REFER, view, status, f"/doctor/visits/{visit_id}/refer")
