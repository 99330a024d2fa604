"""The triage as pages, doctors and auditors see it."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work, all_of, one_or_none
from consult.triage.judging.case import Case
from consult.triage.judging.deciding import (
    Doubts,
    gate_questions,
    harm_question,
    next_question,
    questions_left,
)
from consult.triage.judging.explaining import answer_text, evaluate
from consult.triage.judging.outcome import Outcome
from consult.triage.models import Triage, TriageAnswer, TriageResult, TriageRuleSet
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.reading import load_ruleset, thaw_ruleset
from consult.triage.rulebook.schema import Question, RuleSet
from consult.triage.rules import given_back
from consult.triage.words.scan import mentions, outweighing
from records import api as records

REMEMBERED = timedelta(hours=24)    # so long an emergency stands that no doctor has called about


@dataclass(frozen=True)
class GateLine:
    """A line of the first screen, its answer so far, and whether the patient's own words point to it."""

    question: Question
    answer: str | None
    mentioned: bool


@dataclass(frozen=True)
class Given:
    """An answer as a person reads it."""

    question: Question
    value: str | float
    text: Text


@dataclass(frozen=True)
class TriageView:
    """Everything a page of triage needs. `left` is about how many questions are still to come."""

    triage: Triage
    title: Text
    gate: list[GateLine]
    harm_question: Question
    question: Question | None
    answered: int
    left: int
    given: list[Given]
    outcome: Outcome | None
    understood: Text


def ruleset_of(work: Work, triage: Triage) -> RuleSet:
    """The rule set that this triage began with, from memory or from the store."""
    current = load_ruleset()
    if triage.ruleset_hash == current.hash:
        return current
    stored = one_or_none(work, TriageRuleSet, TriageRuleSet.hash == triage.ruleset_hash)
    if stored is None:
        raise LookupError(f"the rule set {triage.ruleset_hash} of triage {triage.id} is not in the store")
    return thaw_ruleset(stored.content)


def facts_in(triage: Triage) -> PatientFacts:
    """What was known of the person when the triage began."""
    return PatientFacts(**triage.facts)


def case_of(work: Work, triage: Triage) -> Case:
    """The triage as the judgement takes it."""
    return Case(ruleset_of(work, triage), triage.complaint, triage.answers, facts_in(triage))


def doubts_of(ruleset: RuleSet, triage: Triage) -> Doubts:
    """Red flags whose "no" does not stand: taken back after an emergency, or denied against the own words."""
    return Doubts(frozenset(triage.taken_back), outweighing(ruleset, triage.free_text))


def judged(work: Work, triage: Triage) -> Outcome:
    """The outcome that the stored answers and the stored rule set give, now or years later."""
    ruleset = ruleset_of(work, triage)
    doubts = doubts_of(ruleset, triage)
    return evaluate(ruleset, triage.complaint, triage.answers, facts_in(triage), doubts=doubts)


def outcome_of(triage: Triage) -> Outcome | None:
    """The outcome as it was told, from its stored bytes; None while questions are open."""
    return None if triage.outcome is None else Outcome.model_validate_json(triage.outcome)


def open_triage(work: Work, triage_id: UUID) -> Triage:
    """One triage for those who act for the patient, and for staff whom the record is open to."""
    found = work.get(Triage, triage_id)
    if work.actor.role == "patient":
        identity.require_acting_for(work, found.patient_id)
    else:
        records.require_readable(work, found.patient_id, "triage", found.id)
    return found


def triage_view(work: Work, triage_id: UUID) -> TriageView:
    """The state of a triage for its pages. Raises NotFound for strangers."""
    found = open_triage(work, triage_id)
    case = case_of(work, found)
    asking = found.state == "open" and found.gate_answered_at is not None
    question = next_question(case.ruleset, found.complaint, case.answers, case.patient) if asking else None
    return TriageView(
        triage=found,
        title=case.protocol.title,
        gate=_gate_lines(case, found.free_text),
        harm_question=harm_question(case.ruleset),
        question=question,
        answered=sum(1 for q in case.protocol.questions if case.was_answered(q)),
        left=questions_left(case.ruleset, found.complaint, case.answers, case.patient) if asking else 0,
        given=_given(case),
        outcome=outcome_of(found),
        understood=understood(case, found.free_text),
    )


def _gate_lines(case: Case, free_text: str) -> list[GateLine]:
    mentioned = {mention.question for mention in mentions(case.ruleset, free_text)}
    lines = gate_questions(case.ruleset, case.patient)
    return [GateLine(q, _text(case.answers.get(q.id)), q.id in mentioned) for q in lines]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _given(case: Case) -> list[Given]:
    """Answers of the complaint's own questions that apply, in the order of asking."""
    return [
        Given(q, case.answers[q.id], answer_text(q, case.answers[q.id]))
        for q in case.protocol.questions
        if case.was_answered(q) and case.applies(q)
    ]


def uncapitalised(words: str) -> str:
    """In the middle of a sentence: "Two days" begins small, a unit or an abbreviation stays as it is."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def understood(case: Case, free_text: str) -> Text:
    """In one sentence each language what the system took in; a no to a danger sign goes without saying."""
    said = [g for g in _given(case) if not (g.question.red_flag and g.value == "no")]
    words = free_text.strip()
    zh = [case.protocol.title.zh, *(f"{g.question.short.zh}：{g.text.zh}" for g in said)]
    en = [case.protocol.title.en, *(f"{g.question.short.en}: {uncapitalised(g.text.en)}" for g in said)]
    own_zh, own_en = (f"您写的是：{words}。", f"You wrote: {words}. ") if words else ("", "")
    return Text(zh=own_zh + "；".join(zh) + "。", en=own_en + "; ".join(en) + ".")


def complaint_words(triage: Triage) -> str:
    """The complaint for queues and lists: the patient's own words, else the name of the complaint."""
    if triage.free_text.strip():
        return triage.free_text.strip()
    protocol = load_ruleset().protocols.get(triage.complaint)
    return protocol.title.get(triage.language) if protocol else triage.complaint


def complaint_said(words: str) -> Text:
    """What a visit is for: the patient's own words as they are, a complaint of ours in both languages."""
    titles = (protocol.title for protocol in load_ruleset().protocols.values())
    return next((title for title in titles if words in (title.zh, title.en)), Text(zh=words, en=words))


def complaint_title(work: Work, triage: Triage) -> Text:
    """The complaint's name in both languages."""
    return ruleset_of(work, triage).protocol(triage.complaint).title


def answer_trace(work: Work, triage_id: UUID) -> list[TriageAnswer]:
    """Every answer that was ever given, in order; later ones replaced earlier ones."""
    open_triage(work, triage_id)
    return all_of(work, TriageAnswer, TriageAnswer.triage_id == triage_id, order=col(TriageAnswer.number))


def result_trace(work: Work, triage_id: UUID) -> list[TriageResult]:
    """Every result that was ever told, in order."""
    open_triage(work, triage_id)
    return all_of(work, TriageResult, TriageResult.triage_id == triage_id, order=col(TriageResult.number))


def newest_triage(work: Work, patient_id: UUID) -> Triage | None:
    """The patient's latest triage, to go on with or to look at; None when there is none."""
    identity.require_acting_for(work, patient_id)
    newest = select(Triage).where(Triage.patient_id == patient_id).order_by(col(Triage.created_at).desc())
    return work.session.exec(newest.limit(1)).first()


def uncalled_emergencies(work: Work, patient_id: UUID) -> list[Triage]:
    """Triages of the last day that told an emergency, corrected since or not, and that no doctor has called about."""
    told = select(TriageResult.id).where(
        TriageResult.triage_id == Triage.id, TriageResult.level == Level.EMERGENCY.value,
        col(TriageResult.at) > work.now - REMEMBERED)
    return all_of(work, Triage, Triage.patient_id == patient_id, col(Triage.call_back_due).is_not(None), told.exists(),
                  order=col(Triage.created_at))


def emergency_told(work: Work, triage_id: UUID) -> datetime | None:
    """When this triage last told an emergency, corrected since or not; None: never."""
    newest = select(func.max(TriageResult.at)).where(TriageResult.triage_id == triage_id,
                                                     TriageResult.level == Level.EMERGENCY.value)
    return work.session.exec(newest).one()


def told_since(work: Work, triage: Triage) -> list[Triage]:
    """Later triages of the same patient that have a result, oldest first; the caller has checked who reads."""
    return all_of(work, Triage, Triage.patient_id == triage.patient_id, Triage.id != triage.id,
                  col(Triage.finished_at) > triage.finished_at, order=col(Triage.finished_at))


def signs_given_back(work: Work, patient_id: UUID) -> list[str]:
    """The danger signs of those emergencies: said once, a "no" to them now counts as not known."""
    found: list[str] = []
    for triage in uncalled_emergencies(work, patient_id):
        found += [*triage.taken_back, *signs_of(work, triage)]
    return list(dict.fromkeys(found))


def signs_of(work: Work, triage: Triage) -> list[str]:
    """The danger signs on which a told emergency rests; none when it tells anything else."""
    told = outcome_of(triage)
    if told is None or told.level is not Level.EMERGENCY:
        return []
    return given_back(told, {q.id for q in case_of(work, triage).questions.values() if q.red_flag})


def call_backs_due(work: Work, organization_id: UUID) -> list[Triage]:
    """Triages whose patient waits for a call: an emergency, or danger signs that stayed unclear; oldest first.

    Raises LicenceNotInForce for a doctor who may not practise.
    """
    if work.actor.practitioner_id is not None and work.actor.role == "doctor":
        identity.require_licence(work, work.actor.practitioner_id)
    waiting = [Triage.organization_id == organization_id, col(Triage.call_back_due).is_not(None)]
    found = all_of(work, Triage, *waiting, order=col(Triage.call_back_due))
    records.note_seen(work, "read:call_back", [records.Listed(t.patient_id, "triage", t.id) for t in found])
    return found


def call_backs_waiting(organization_id: UUID) -> Any:
    """How many wait for a call, as a subquery for a page that counts several things at once; names nobody."""
    return select(func.count()).select_from(Triage).where(
        Triage.organization_id == organization_id, col(Triage.call_back_due).is_not(None)).scalar_subquery()
