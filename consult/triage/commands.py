"""What a patient does in triage; every answer is kept at once, and an emergency closes the online way."""
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from app.audit import Trace
from app.events.consult import TriageFinished
from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import NotFound, NotSignedIn, invalid
from app.kit.states import WrongState
from app.kit.text import Text
from app.work import Work, one_or_none
from consult.triage.judging.case import Answer
from consult.triage.judging.deciding import gate_questions, settled_emergency
from consult.triage.judging.outcome import Outcome
from consult.triage.models import Triage, TriageAnswer, TriageResult, TriageRuleSet
from consult.triage.problems import GateFirst, GateIncomplete, LedToVisit, UnknownComplaint, UnknownQuestion
from consult.triage.queries import case_of, judged, signs_given_back, signs_of
from consult.triage.rulebook.facts import PatientFacts, YesNo, facts_of
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.reading import freeze_files, load_ruleset, shipped_files
from consult.triage.rules import fitting_answer
from consult.triage.states import TRIAGE
from records import api as records

LONGEST_WORDS = 500
CALL_BACK_WITHIN = timedelta(minutes=10)


def start_triage(work: Work, patient_id: UUID, complaint: str, free_text: str = "") -> Triage:
    """Begin a triage for a person one acts for. Raises NotYours, UnknownComplaint, Invalid.

    The danger signs of an emergency that no doctor has called about yet are not forgotten by beginning anew.
    """
    person = identity.require_acting_for(work, patient_id)
    words = _clean_words(free_text)
    facts = _facts(work, person)
    ruleset = load_ruleset()
    possible = [protocol.protocol for protocol in ruleset.complaints_for(facts.age_months)]
    if complaint not in possible:
        raise UnknownComplaint(possible=possible)
    _keep_ruleset(work, ruleset.hash)
    return work.add(Triage(
        organization_id=identity.hospital_id(work), patient_id=person.id, account_id=_account(work),
        complaint=complaint, free_text=words, language=work.actor.language, facts=asdict(facts),
        taken_back=signs_given_back(work, person.id), ruleset_hash=ruleset.hash, created_at=work.now))


def _clean_words(text: str) -> str:
    """The patient's words without control characters, which no page and no database needs."""
    words = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
    if len(words) > LONGEST_WORDS:
        raise invalid("free_text", f"请写在 {LONGEST_WORDS} 字以内", f"Please keep to {LONGEST_WORDS} characters")
    return words


def _facts(work: Work, person: identity.Patient) -> PatientFacts:
    """Age, sex, and what the history says about pregnancy; everything else is asked."""
    pregnancy = records.history_of(work, person.id).pregnancy
    told: dict[str, YesNo] = {"pregnant": "yes"} if pregnancy == "pregnant" else {}
    return facts_of(person.birth_date, local_date(work.now), person.sex, **told)


def _keep_ruleset(work: Work, digest: str) -> None:
    """Store the files on their first use; another process may do the same at the same moment."""
    if one_or_none(work, TriageRuleSet, TriageRuleSet.hash == digest):
        return
    try:
        with work.session.begin_nested():
            work.add(TriageRuleSet(hash=digest, content=freeze_files(shipped_files()), first_used_at=work.now))
    except IntegrityError:
        if one_or_none(work, TriageRuleSet, TriageRuleSet.hash == digest) is None:
            raise


def answer_gate(work: Work, triage_id: UUID, answers: Mapping[str, Any]) -> Triage:
    """Answer the whole first screen at once; an emergency closes the triage. Raises GateIncomplete, WrongState."""
    triage = _own_open(work, triage_id)
    case = case_of(work, triage)
    known = {question.id: question for question in case.ruleset.gate.questions}
    for name in answers:
        if name not in known:
            raise UnknownQuestion(question=name)
    missing = [q.id for q in gate_questions(case.ruleset, case.patient) if q.id not in answers]
    if missing:
        raise GateIncomplete(missing=missing)
    fitting = {name: fitting_answer(known[name], value) for name, value in answers.items()}
    kept = {name: value for name, value in triage.answers.items() if name not in known}
    triage.gate_answered_at = work.now
    return _take(work, triage, {**kept, **fitting}, fitting)


def answer_question(work: Work, triage_id: UUID, question_id: str, value: Any) -> Triage:
    """Answer one question, or answer it anew; an emergency closes the triage. Raises GateFirst, WrongState."""
    triage = _own_open(work, triage_id)
    if triage.gate_answered_at is None:
        raise GateFirst
    case = case_of(work, triage)
    question = next((q for q in case.protocol.questions if q.id == question_id), None)
    if question is None or not case.applies(question):
        raise UnknownQuestion(question=question_id)
    answer = fitting_answer(question, value)
    return _take(work, triage, {**triage.answers, question_id: answer}, {question_id: answer})


def finish_triage(work: Work, triage_id: UUID) -> Triage:
    """Work out the result; what is still open counts as not known. Raises GateFirst, WrongState."""
    triage = _own_open(work, triage_id)
    if triage.gate_answered_at is None:
        raise GateFirst
    return _conclude(work, triage)


def correct_triage(work: Work, triage_id: UUID) -> Triage:
    """Open a result again to change answers; a danger sign taken back then counts as not known.

    Raises LedToVisit once a visit rests on it, WrongState while it is open.
    """
    triage = _own(work, triage_id)
    if triage.visit_id is not None:
        raise LedToVisit(visit_id=str(triage.visit_id))
    TRIAGE.move(triage, "correct", by=work.actor.role)
    triage.taken_back = list(dict.fromkeys([*triage.taken_back, *signs_of(work, triage)]))
    triage.level = triage.department = triage.outcome = triage.outcome_hash = triage.finished_at = None
    return work.add(triage)


def link_visit(work: Work, triage_id: UUID, visit_id: UUID, instead_of: UUID | None = None) -> Triage:
    """Remember the visit that rests on this triage; it stays as it is from now on. Raises LedToVisit.

    `instead_of` is an earlier visit that ended before any doctor began with it.
    """
    triage = work.get(Triage, triage_id, lock=True)
    if triage.visit_id not in (None, visit_id, instead_of):
        raise LedToVisit(visit_id=str(triage.visit_id))
    triage.visit_id = visit_id
    triage.history_confirmed_at = records.history_of(work, triage.patient_id).confirmed_at
    return work.add(triage)


def record_call_back(work: Work, triage_id: UUID) -> Triage:
    """A doctor of the house has called the patient; the call is no longer due. Anybody else finds nothing."""
    triage = work.get(Triage, triage_id, lock=True)
    ours = work.actor.role == "doctor" and work.actor.organization_id == triage.organization_id
    if not ours and work.actor.role != "house":
        raise NotFound
    if work.actor.practitioner_id is not None:
        identity.require_licence(work, work.actor.practitioner_id)
    if triage.call_back_due is not None:
        triage.call_back_due = None
        work.trace(Trace("call_back:made", "task", triage.patient_id, "triage", triage.id))
    return work.add(triage)


def _account(work: Work) -> UUID:
    """The account that acts; whoever passed `require_acting_for` has one."""
    if work.actor.account_id is None:
        raise NotSignedIn
    return work.actor.account_id


def _own(work: Work, triage_id: UUID) -> Triage:
    triage = work.get(Triage, triage_id, lock=True)
    identity.require_acting_for(work, triage.patient_id)
    return triage


def _own_open(work: Work, triage_id: UUID) -> Triage:
    triage = _own(work, triage_id)
    if triage.state != "open":
        raise WrongState(machine="triage", state=triage.state, move="answer", possible=TRIAGE.possible(triage.state))
    return triage


def _take(work: Work, triage: Triage, standing: dict[str, Answer], given: Mapping[str, Answer]) -> Triage:
    """Keep answers with their trace, and conclude at once when they make an emergency."""
    number = _last_number(work, TriageAnswer, triage)
    for name, value in given.items():
        number += 1
        work.add(TriageAnswer(
            triage_id=triage.id, number=number, question=name, value=value, account_id=_account(work),
            at=work.now))
    triage.answers = standing
    work.add(triage)
    emergency = settled_emergency(case_of(work, triage))
    return _conclude(work, triage) if emergency else triage


def _last_number(work: Work, kind: type[TriageAnswer] | type[TriageResult], triage: Triage) -> int:
    statement = select(func.coalesce(func.max(col(kind.number)), 0)).where(kind.triage_id == triage.id)
    return work.session.exec(statement).one()


def _conclude(work: Work, triage: Triage) -> Triage:
    """Judge, move, keep the result byte for byte, write it into the record and announce it."""
    outcome = judged(work, triage)
    emergency = outcome.level is Level.EMERGENCY
    content, digest = outcome.canonical(), outcome.digest()
    TRIAGE.move(triage, "close_as_emergency" if emergency else "finish", by=work.actor.role)
    triage.level, triage.department = outcome.level.value, _department(outcome)
    triage.outcome, triage.outcome_hash, triage.finished_at = content, digest, work.now
    triage.call_back_due = work.now + CALL_BACK_WITHIN if outcome.call_back else triage.call_back_due
    number = _last_number(work, TriageResult, triage) + 1
    work.add(TriageResult(triage_id=triage.id, number=number, level=outcome.level.value, content=content,
                          sha256=digest, at=work.now))
    work.add(triage)
    _write_entry(work, triage, outcome)
    work.announce(TriageFinished(triage.id, triage.patient_id, outcome.level.value))
    return triage


def _department(outcome: Outcome) -> str:
    """The best-ranked department that this hospital has."""
    ranked = [advice.code for advice in outcome.departments]
    return next((code for code in ranked if code in identity.DEPARTMENTS), "general_medicine")


def _write_entry(work: Work, triage: Triage, outcome: Outcome) -> None:
    title = Text(zh=f"问症状：{outcome.title.zh}", en=f"First questions: {outcome.title.en}")
    reason = outcome.fired[0].why
    summary = Text(zh=f"{outcome.headline.zh}。{reason.zh}", en=f"{outcome.headline.en}. {reason.en}")
    records.add_entry(work, patient_id=triage.patient_id, kind="triage", title=title, summary=summary,
                      source_kind="triage", source_id=triage.id, visit_id=triage.visit_id)
