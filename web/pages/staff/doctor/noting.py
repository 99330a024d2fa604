"""The note in five parts, and the diagnosis with the one legal question."""
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import Doctor, attempt, decision_href, render_for, show, stopped
from web.pages.staff.doctor.context import diagnoses, head, judge
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.doctor.talking import talk
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Part = Annotated[str, Form(max_length=4000)]
Asked = Annotated[str, Query(max_length=60)]
NOTE = "staff/doctor/note.html"
IN_EVIDENCE = Text(zh="凭证里的诊断", en="in the evidence of this visit")


def _view(work: Work, visit_id: UUID, query: str = "", typed: d.NoteFields | None = None,
          errors: tuple[v.FieldError, ...] = ()) -> d.NoteView:
    visit = consult.visit_for_doctor(work, visit_id)
    history = records.history_of(work, visit.patient_id)
    patient = identity.patient(work, visit.patient_id)
    note = consult.note_of(work, visit.id)
    return d.NoteView(
        doctor_frame(work, "visits", ("queue", f"visit:{visit.id}")), head(work, visit, patient),
        people.allergies(history), talk(work, visit), typed or _fields(note), note.at if note else None,
        diagnoses(work, visit), judge(work, visit, patient), query, hits(work, visit.id, query), errors)


def _fields(note: consult.VisitNote | None) -> d.NoteFields:
    if note is None:
        return d.NoteFields()
    return d.NoteFields(note.history, note.assessment, note.advice, note.red_flags, note.next_step)


def hits(work: Work, visit_id: UUID | None, query: str) -> tuple[d.IcdHit, ...]:
    """Codes for what was typed; the name is cut at the match."""
    kept = records.evidence_for_visit(work, visit_id) if visit_id and query.strip() else None
    return tuple(_hit(work, one, kept.diagnosis_code if kept else "")
                 for one in prescribing.conditions.search(prescribing.load(), query))


def _hit(work: Work, found: Any, proven: str) -> d.IcdHit:
    row, english = found.condition, work.actor.language == "en"
    name, other = (row.en, row.zh) if english else (row.zh, row.en)
    before, hit, after = name, "", ""
    if found.text == name and found.spans:
        start, end = found.spans[0][0], found.spans[-1][1]
        before, hit, after = name[:start], name[start:end], name[end:]
    note = IN_EVIDENCE if proven and row.code == proven else ""
    return d.IcdHit(row.code, before, hit, after, "" if english else other, note, row.emergency)


@router.get("/doctor/visits/{visit_id}/note")
def note(visit_id: UUID, door: Doctor, q: Asked = "") -> Response:
    """Talk, note and diagnosis side by side."""
    with door.read() as work:
        view = _view(work, visit_id, q)
    return show(door, NOTE, view)


@router.post("/doctor/visits/{visit_id}/note")
def save(visit_id: UUID, door: Doctor, history: Part = "", assessment: Part = "", advice: Part = "",
         red_flags: Part = "", next_step: Part = "") -> Response:
    """Keep the note as a new version; what stands is not written again."""
    typed = d.NoteFields(history, assessment, advice, red_flags, next_step)

    def act(work: Work) -> None:
        before = consult.note_of(work, visit_id)
        consult.write_note(work, visit_id, history, assessment, advice, red_flags, next_step,
                           before.next_visit_on if before else None)

    _, problem = attempt(door, act)
    return _after(door, visit_id, problem, typed)


def _after(door: Door, visit_id: UUID, problem: Problem | None, typed: d.NoteFields | None = None) -> Response:
    """After a step: the note again, with what was refused in its pane."""
    here = f"/doctor/visits/{visit_id}/note"
    if problem is None:
        return see_other(here)
    if problem.slug in ("visit-not-running", "wrong-state"):
        return stopped(door, problem, f"/doctor/visits/{visit_id}", "visits")
    errors = field_errors(problem, href=decision_href(door, problem))
    with door.read() as work:
        view = _view(work, visit_id, "", typed, errors)
    return show(door, NOTE, view, problem.status, here)


@router.post("/doctor/visits/{visit_id}/diagnoses")
def diagnose(visit_id: UUID, door: Doctor, code: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Code a diagnosis if the rules allow it."""
    known = prescribing.conditions.condition(prescribing.load(), code)
    label = known.name if known else None
    _, problem = attempt(door, lambda work: consult.diagnose(work, visit_id, known.code if known else code, label))
    return _after(door, visit_id, problem)


@router.post("/doctor/visits/{visit_id}/diagnoses/{code}/remove")
def remove(visit_id: UUID, code: str, door: Doctor) -> Response:
    """Take a diagnosis back; the record keeps it as entered in error."""
    _, problem = attempt(door, lambda work: consult.remove_diagnosis(work, visit_id, code))
    return _after(door, visit_id, problem)


@router.get("/doctor/icd")
def icd(door: Doctor, q: Asked = "", visit: Annotated[UUID | None, Query()] = None) -> Response:
    """Codes while typing."""
    with door.read() as work:
        mine = consult.visit_for_doctor(work, visit).id if visit else None
        found = hits(work, mine, q)
    return render_for(door, "staff/parts/_icd_hits.html", hits=found, query=q, visit_id=str(visit or ""))


@router.get("/doctor/icd.json")
def icd_json(door: Doctor, q: Asked = "") -> list[dict[str, str]]:
    """Codes and names for a field that offers them."""
    with door.read() as work:
        language = work.actor.language
    return [{"code": one.condition.code, "name": one.condition.name.get(language)}
            for one in prescribing.conditions.search(prescribing.load(), q)]
