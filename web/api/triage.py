"""Triage: complaints, the first screen of danger signs, one question after another, the result."""
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.identity import api as identity
from app.kit.clock import completed_months, local_date
from app.work import Work
from consult import api as consult
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["triage"])
Patient = Annotated[Door, ApiGate("patient")]


class TriageIn(BaseModel):
    """What is wrong, as a complaint of the list, and in the patient's own words."""

    patient_id: UUID
    complaint: str = Field(max_length=40)
    free_text: str = Field("", max_length=2000)


class WordsIn(BaseModel):
    """The patient's own words; they stand in the body, because addresses are kept in histories and logs."""

    patient_id: UUID
    words: str = Field(max_length=500)


@router.get("/complaints")
def complaints(door: Patient, patient_id: UUID) -> dict[str, Any]:
    """All complaints that this person can choose."""
    fitting = consult.load_ruleset().complaints_for(_months(door, patient_id))
    return {"complaints": [{"id": p.protocol, "title": p.title} for p in fitting]}


@router.post("/complaints/suggestions")
def suggestions(body: WordsIn, door: Patient) -> dict[str, Any]:
    """The likeliest complaints for this person's words; the person confirms, and nothing is kept."""
    months, words = _months(door, body.patient_id), body.words.strip()
    found = consult.suggest(consult.load_ruleset(), words, door.language, months) if words else []
    return {"suggestions": [hit.complaint for hit in found]}


def _months(door: Door, patient_id: UUID) -> int:
    with door.read() as work:
        person = identity.require_acting_for(work, patient_id)
        return completed_months(person.birth_date, local_date(work.now))


@router.post("/triages", status_code=201)
def start(body: TriageIn, door: Patient) -> dict[str, Any]:
    """Begin a triage."""
    with door.write() as work:
        return triage_out(work, consult.start_triage(work, body.patient_id, body.complaint, body.free_text).id)


def question_out(question: Any) -> dict[str, Any]:
    """One question with its choices, in both languages."""
    return question.model_dump(mode="json", exclude_none=True)


def triage_out(work: Work, triage_id: UUID) -> dict[str, Any]:
    """Where the triage stands: the gate, the next question, or the result."""
    view = consult.triage_view(work, triage_id)
    triage, outcome = view.triage, view.outcome
    gate = [] if triage.gate_answered_at else [{**question_out(line.question), "mentioned": line.mentioned}
                                               for line in view.gate]
    return {"id": triage.id, "patient_id": triage.patient_id, "state": triage.state, "level": triage.level,
            "department": triage.department, "gate": gate,
            "question": question_out(view.question) if view.question and not gate else None, "left": view.left,
            "outcome": outcome.model_dump(mode="json") if outcome else None}


@router.get("/triages/{triage_id}")
def triage(triage_id: UUID, door: Patient) -> dict[str, Any]:
    """Where a triage stands."""
    with door.read() as work:
        return triage_out(work, triage_id)


class AnswersIn(BaseModel):
    """The first screen at once: yes, no or unknown for every question."""

    answers: dict[str, Any] = Field(max_length=40)


@router.post("/triages/{triage_id}/gate")
def gate(triage_id: UUID, body: AnswersIn, door: Patient) -> dict[str, Any]:
    """Answer the danger signs; an emergency closes the online way."""
    with door.write() as work:
        consult.answer_gate(work, triage_id, body.answers)
        return triage_out(work, triage_id)


class AnswerIn(BaseModel):
    """One answer: yes, no or unknown, a choice, or a number in the question's unit."""

    question: str = Field(max_length=60)
    value: Any


@router.post("/triages/{triage_id}/answers")
def answer(triage_id: UUID, body: AnswerIn, door: Patient) -> dict[str, Any]:
    """Answer one question; answering it again replaces the answer and keeps the trace."""
    with door.write() as work:
        consult.answer_question(work, triage_id, body.question, body.value)
        return triage_out(work, triage_id)


@router.post("/triages/{triage_id}/finish")
def finish(triage_id: UUID, door: Patient) -> dict[str, Any]:
    """Work out the result; what is still open counts as not known."""
    with door.write() as work:
        consult.finish_triage(work, triage_id)
        return triage_out(work, triage_id)
