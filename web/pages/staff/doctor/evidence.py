"""Does this paper prove an earlier diagnosis in person? The original beside the doctor's answers."""
import json
from contextlib import suppress
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Response
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.problems import NotFound, Problem
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.papers import paper_of
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import Doctor, attempt, show
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Line = Annotated[str, Form(max_length=200)]
EVIDENCE = "staff/doctor/evidence.html"
NAMES = {"diagnosis_code": "code", "reason": "reasons"}
LONGEST_SHOWN = 20_000
TITLES = {"upload": Text(zh="患者上传的资料", en="a paper that the patient uploaded"),
          "partner": Text(zh="伙伴医院传来的记录", en="a record sent by a partner hospital")}
SHORT: dict[str, Text] = {
    "unreadable": Text(zh="看不清", en="Not readable"), "name_mismatch": Text(zh="姓名不符", en="Name differs"),
    "no_diagnosis": Text(zh="没有明确诊断", en="No clear diagnosis"),
    "not_in_person": Text(zh="不是线下就诊", en="Not in person"),
    "other_condition": Text(zh="不是同一种病", en="Another condition"), "altered": Text(zh="有涂改", en="Altered"),
}
NOT_NAMED = Text(zh="姓名不符的资料不能采信。", en="A paper with another name cannot be accepted.")
NOT_SEEN = Text(zh="请回答姓名是否相符。", en="Say whether the name is the patient's.")
NOT_IN_PERSON = Text(zh="不是线下就诊的资料不能采信。",
                     en="A paper that is not from a visit in person cannot be accepted.")
IN_PERSON = Text(zh="请回答是不是线下就诊。", en="Say whether it was a visit in person.")
NO_DATE = Text(zh="请填写资料上的日期。", en="Give the date on the paper.")
WHY = Text(zh="请选一个理由，患者会看到。", en="Choose a reason; the patient reads it.")
ASKED = "医生请您补拍凭证：{reasons}", "The doctor asks for a new photo of the paper: {reasons}"


def running_visit(work: Work, patient_id: UUID) -> consult.Visit | None:
    """The doctor's own running visit with a patient."""
    visit = consult.Visit
    return work.session.exec(select(visit).where(
        visit.patient_id == patient_id, visit.practitioner_id == work.actor.practitioner_id,
        visit.state == "in_progress").order_by(col(visit.accepted_at).desc()).limit(1)).first()


def _view(work: Work, evidence_id: UUID, page: int = 1, form: d.EvidenceForm | None = None,
          errors: tuple[v.FieldError, ...] = (), chosen: tuple[str, ...] = ()) -> d.EvidenceView:
    piece = records.evidence(work, evidence_id)
    visit = running_visit(work, piece.patient_id)
    history, patient = records.history_of(work, piece.patient_id), identity.patient(work, piece.patient_id)
    pages = records.pages_of(work, piece.document_id)
    others = _waiting(work, visit, evidence_id)
    number = page if any(one.number == page for one in pages) else 1
    return d.EvidenceView(
        doctor_frame(work), str(piece.id), people.person(patient, history), people.allergies(history),
        TITLES.get(piece.origin, TITLES["upload"]), _arrived(piece),
        tuple(_page(work, piece, one, number) for one in pages), number,
        next((one.sha256 for one in pages if one.number == number), ""), _to_prove(visit),
        form or _known(piece),
        tuple(v.Choice(code, SHORT.get(code, words), code in chosen) for code, words in records.REFUSALS.items()),
        1, 1 + len(others), f"/doctor/evidence/{others[0]}" if others else "",
        f"/doctor/visits/{visit.id}" if visit else "/doctor", _decided(work, piece, visit), errors=errors)


def _waiting(work: Work, visit: consult.Visit | None, but: UUID) -> list[UUID]:
    """Other papers of the visit that wait to be judged."""
    if visit is None:
        return []
    kept = {one.id for one in records.retained_evidence(work, visit.id)}
    return [one.id for one in records.presented_evidence(work, visit.id)
            if one.id not in kept and one.id != but and one.state != "refused"]


def _arrived(piece: records.Evidence) -> Text:
    at = people.moment(piece.offered_at)
    return Text(zh=f"{at} 收到", en=f"received {at}")


def _page(work: Work, piece: records.Evidence, page: records.DocumentPage, shown: int) -> d.DocumentPage:
    media = page.view_media_type or page.media_type
    text, paper = "", None
    if page.number == shown and not media.startswith("image/") and media != "application/pdf":
        data, _ = records.document_bytes(work, piece.document_id, page.number)
        text, paper = _readable(data), paper_of(data)
    return d.DocumentPage(page.number, f"/doctor/files/{piece.document_id}/{page.number}", media, text, paper)


def _readable(data: bytes) -> str:
    """A record that a program wrote, with one fact a line where it is JSON."""
    text = data.decode("utf-8", "replace")
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text[:LONGEST_SHOWN]
    return text[:LONGEST_SHOWN]


def _to_prove(visit: consult.Visit | None) -> Text:
    if visit is None:
        return Text(zh="患者曾在实体医疗机构当面确诊。", en="That the patient was diagnosed in person before.")
    said = consult.complaint_said(visit.complaint)
    return Text(zh=f"患者曾在实体医疗机构当面确诊，和这次的诉求是同一种病：{said.zh}",
                en=f"That the patient was diagnosed in person with the condition of this visit: {said.en}")


def _known(piece: records.Evidence) -> d.EvidenceForm:
    """What the patient or the partner hospital says is on it; the doctor answers for what counts."""
    found = prescribing.conditions.condition(prescribing.load(), piece.diagnosis_code or "")
    return d.EvidenceForm(None, None, piece.institution or "", piece.diagnosed_on, piece.diagnosis_code or "",
                          found.name if found else "")


def _decided(work: Work, piece: records.Evidence, visit: consult.Visit | None) -> v.Words:
    retained = records.retained_evidence(work, visit.id) if visit else []
    kept = next((one for one in retained if one.id == piece.id), None)
    if kept:
        by, at = identity.practitioner(work, kept.practitioner_id), people.moment(kept.decided_at)
        return Text(zh=f"{by.name_zh} {at} 采信：{kept.institution}，{kept.diagnosed_on}，{kept.diagnosis_code}。",
                    en=f"Accepted by {by.name_en}, {at}: {kept.institution}, {kept.diagnosed_on}, "
                       f"{kept.diagnosis_code}.")
    if piece.state == "refused" and piece.decided_at:
        why = records.REFUSALS.get(piece.refusal_code or "", Text(zh="—", en="—"))
        at = people.moment(piece.decided_at)
        return Text(zh=f"{at} 不采信：{why.zh}", en=f"Not accepted, {at}: {why.en}")
    return ""


@router.get("/doctor/visits/{visit_id}/evidence")
def first_waiting(visit_id: UUID, door: Doctor) -> Response:
    """Open the paper that waits, else the visit."""
    with door.read() as work:
        visit = consult.visit_for_doctor(work, visit_id)
        records.require_readable(work, visit.patient_id, "evidence")
        kept = {one.id for one in records.retained_evidence(work, visit.id)}
        shown = [one for one in records.presented_evidence(work, visit.id) if one.id not in kept]
    return see_other(f"/doctor/evidence/{shown[0].id}" if shown else f"/doctor/visits/{visit_id}")


@router.get("/doctor/evidence/{evidence_id}")
def evidence(evidence_id: UUID, door: Doctor, page: Annotated[int, Query(ge=1, le=50)] = 1) -> Response:
    """One paper beside its five checks."""
    with door.read() as work:
        view = _view(work, evidence_id, page)
    return show(door, EVIDENCE, view)


def _read_form(name_matches: str, in_person: str, institution: str, diagnosed_on: str, code: str) -> d.EvidenceForm:
    answers: dict[str, bool | None] = {"yes": True, "no": False}
    day = None
    with suppress(ValueError):
        day = date.fromisoformat(diagnosed_on)
    return d.EvidenceForm(answers.get(name_matches), answers.get(in_person), institution.strip(), day, code.strip())


def _wrong(form: d.EvidenceForm) -> tuple[v.FieldError, ...]:
    """What must be answered before a paper can be accepted."""
    found = []
    if form.name_matches is not True:
        found.append(v.FieldError("name_matches", NOT_SEEN if form.name_matches is None else NOT_NAMED))
    if form.in_person is not True:
        found.append(v.FieldError("in_person", IN_PERSON if form.in_person is None else NOT_IN_PERSON))
    if form.diagnosed_on is None:
        found.append(v.FieldError("diagnosed_on", NO_DATE))
    return tuple(found)


@router.post("/doctor/evidence/{evidence_id}/accept")
def accept(evidence_id: UUID, door: Doctor, name_matches: Line = "", institution: Line = "", diagnosed_on: Line = "",
           in_person: Line = "", code: Line = "") -> Response:
    """Accept it with what the doctor read; it is kept with the running visit."""
    form = _read_form(name_matches, in_person, institution, diagnosed_on, code)
    errors = _wrong(form)
    if errors:
        return _again(door, evidence_id, form, errors, 422)

    def act(work: Work) -> UUID:
        visit = _visit_of(work, evidence_id)
        assert form.diagnosed_on is not None
        consult.accept_visit_evidence(work, visit.id, evidence_id, form.institution, form.code, form.diagnosed_on)
        return visit.id

    visit_id, problem = attempt(door, act)
    if problem:
        return _again(door, evidence_id, form, field_errors(problem, NAMES), problem.status)
    return see_other(f"/doctor/visits/{visit_id}")


def _visit_of(work: Work, evidence_id: UUID) -> consult.Visit:
    """The running visit in which a paper is judged."""
    piece = work.get(records.Evidence, evidence_id)
    visit = running_visit(work, piece.patient_id)
    if visit is None:
        raise NotFound
    return visit


@router.post("/doctor/evidence/{evidence_id}/refuse")
def refuse(evidence_id: UUID, door: Doctor, reasons: Annotated[list[str] | None, Form(max_length=12)] = None,
           words: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Not accepted, with a reason that the patient is told."""
    chosen = [code for code in reasons or [] if code in records.REFUSALS]
    if not chosen:
        return _needs_reason(door, evidence_id)

    def act(work: Work) -> UUID:
        visit = _visit_of(work, evidence_id)
        records.refuse_evidence(work, evidence_id, chosen[0])
        _say(work, visit.id, words)
        return visit.id

    return _after(door, evidence_id, *attempt(door, act))


@router.post("/doctor/evidence/{evidence_id}/ask")
def ask(evidence_id: UUID, door: Doctor, reasons: Annotated[list[str] | None, Form(max_length=12)] = None,
        words: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Ask the patient for a new photo, in the talk; the paper stays as it is."""
    chosen = [code for code in reasons or [] if code in records.REFUSALS]
    if not chosen:
        return _needs_reason(door, evidence_id)

    def act(work: Work) -> UUID:
        visit = consult.require_attending(work, _visit_of(work, evidence_id).id)
        told = [records.REFUSALS[code] for code in chosen]
        consult.post_system(work, visit.id, Text(zh=ASKED[0].format(reasons="".join(one.zh for one in told)),
                                                 en=ASKED[1].format(reasons=" ".join(one.en for one in told))))
        _say(work, visit.id, words)
        return visit.id

    return _after(door, evidence_id, *attempt(door, act))


def _say(work: Work, visit_id: UUID, words: str) -> None:
    if words.strip():
        consult.send_message(work, visit_id, uuid4(), "text", words)


def _after(door: Door, evidence_id: UUID, visit_id: UUID | None, problem: Problem | None) -> Response:
    if problem:
        return _again(door, evidence_id, None, field_errors(problem, NAMES), problem.status)
    return see_other(f"/doctor/visits/{visit_id}")


def _needs_reason(door: Door, evidence_id: UUID) -> Response:
    return _again(door, evidence_id, None, (v.FieldError("reasons", WHY),), 422)


def _again(door: Door, evidence_id: UUID, form: d.EvidenceForm | None, errors: tuple[v.FieldError, ...],
           status: int) -> Response:
    with door.read() as work:
        view = _view(work, evidence_id, 1, form, errors)
    return show(door, EVIDENCE, view, status, f"/doctor/evidence/{evidence_id}")
