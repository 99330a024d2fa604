"""Turns a decision into an outcome that patient and doctor can read: reasons, open points, alternatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.kit.text import Text
from consult.triage.judging.case import Answer, Answers, Case
from consult.triage.judging.deciding import ENGINE_VERSION, NO_DOUBTS, Doubts, Held, Verdict, checked_case, decide
from consult.triage.judging.departments import ranked_departments
from consult.triage.judging.outcome import Bounds, Change, Fired, Open, Outcome, Said, Score
from consult.triage.rulebook.conditions import NOT_APPLICABLE
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.levels import Level, most_urgent
from consult.triage.rulebook.schema import Question, Rule, RuleSet

YES, NO = Text(zh="有", en="Yes"), Text(zh="没有", en="No")
UNKNOWN = Text(zh="不知道", en="Not known")
MOST_CHANGES = 6

UNKNOWN_WHY = Text(
    zh="有的危险信号还不确定。我们没有把「不确定」当成「没有」，所以提前一级。",
    en="Some danger signs are not certain. We do not read \"not sure\" as \"no\", so you are seen one step sooner.",
)


def evaluate(
    ruleset: RuleSet,
    complaint: str,
    answers: Answers,
    patient: PatientFacts,
    vitals: Mapping[str, Answer] | None = None,
    doubts: Doubts = NO_DOUBTS,
) -> Outcome:
    """The full outcome of triage; the same input always gives the same bytes. Raises GateUnanswered."""
    case = checked_case(ruleset, complaint, answers, patient, vitals)
    verdict = decide(case, doubts)
    gate, protocol = ruleset.gate, case.protocol
    self_harm = case.truth(gate.self_harm) is True and case.truth(gate.self_harm_unless) is not True
    emergency = verdict.level is Level.EMERGENCY
    return Outcome(
        complaint=complaint,
        title=protocol.title,
        level=verdict.level,
        headline=verdict.level.headline,
        departments=tuple(ranked_departments(case, verdict.level)),
        fired=tuple(_fired(case, verdict)),
        ruled_out=tuple(_ruled_out(case, verdict)),
        stayed_unknown=tuple(_stayed_unknown(case, verdict, doubts)),
        would_change=tuple(_changes(case, verdict, doubts)),
        bounds=_bounds(case, verdict),
        watch_for=protocol.watch_for,
        advice=protocol.self_care.advice if verdict.self_care and protocol.self_care else (),
        safety_net=protocol.self_care.safety_net if verdict.self_care and protocol.self_care else None,
        meanwhile=gate.meanwhile if emergency else (),
        self_harm=self_harm,
        crisis_lines=gate.crisis_lines if self_harm else (),
        call_back=emergency or any(name.startswith("gate_") for name in verdict.doubtful),
        score=_score(verdict),
        protocol_version=protocol.version,
        reviewed=all((gate.reviewed_by, protocol.reviewed_by, ruleset.modifiers.reviewed_by)),
        engine=ENGINE_VERSION,
        ruleset_hash=ruleset.hash,
    )


def answer_text(question: Question, value: object) -> Text:
    """An answer as a person reads it."""
    if question.kind == "choice":
        return next((o.text for o in question.options if o.id == value), UNKNOWN)
    if question.kind == "number" and question.unit and isinstance(value, int | float):
        return Text(zh=f"{value:g} {question.unit.zh}", en=f"{value:g} {question.unit.en}")
    return {"yes": YES, "no": NO}.get(str(value), UNKNOWN)


def _said(case: Case, name: str) -> Said | None:
    value = case.value(name)
    if value is None or value is NOT_APPLICABLE:
        return None
    if name in case.questions:
        question = case.questions[name]
        return Said(question=name, text=question.short, value=_plain(value), value_text=answer_text(question, value))
    words = _plain(value)
    labels = case.ruleset.modifiers.names | case.ruleset.vitals.names
    label = labels.get(name.partition(".")[2])
    shown = YES if words == "yes" else NO if words == "no" else Text(zh=words, en=words)
    return None if label is None else Said(question=name, text=label, value=words, value_text=shown)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _fired(case: Case, verdict: Verdict) -> Iterator[Fired]:
    found = [_fired_rule(case, held) for held in verdict.held] + list(_fired_score(case, verdict))
    yield from sorted(found, key=lambda fired: fired.level.number)
    protocol = case.protocol
    if verdict.doubtful:
        yield Fired(
            rule="unknown.red_flag", phase="unknown", level=verdict.level, why=UNKNOWN_WHY, answers=(), source=("own",)
        )
    care = protocol.self_care
    if verdict.self_care and care:
        said = tuple(filter(None, (_said(case, name) for name in case.support(care.when))))
        yield Fired(
            rule=f"{protocol.protocol}.self_care",
            phase="self_care",
            level=Level.SELF_CARE,
            why=care.why,
            answers=said,
            source=care.source,
        )
    elif not found:
        yield Fired(
            rule=f"{protocol.protocol}.default",
            phase="default",
            level=protocol.default_level,
            why=protocol.default_why,
            answers=(),
            source=("own",),
        )


def _fired_rule(case: Case, held: Held) -> Fired:
    rule = held.rule
    said = tuple(filter(None, (_said(case, name) for name in case.support(rule.when))))
    return Fired(
        rule=rule.id, phase=held.phase, level=rule.level, why=rule.why, answers=said, source=rule.source
    )


def _fired_score(case: Case, verdict: Verdict) -> Iterator[Fired]:
    if verdict.score is None or verdict.score.band == "none":
        return
    table = case.ruleset.vitals.news2
    why = table.emergency_why if verdict.score.band == "emergency" else table.urgent_why
    said = tuple(filter(None, (_said(case, f"vitals.{name}") for name in (*table.bands, *table.words))))
    level = Level(verdict.score.band)
    yield Fired(rule="vitals.news2", phase="vitals", level=level, why=why, answers=said, source=table.source)


def _ruled_out(case: Case, verdict: Verdict) -> Iterator[Said]:
    """Red flags of the complaint that were answered no; of the gate they are many and go without saying."""
    for question in case.protocol.questions:
        if question.red_flag and case.value(question.id) == "no" and question.id not in verdict.doubtful:
            said = _said(case, question.id)
            if said:
                yield said


def _stayed_unknown(case: Case, verdict: Verdict, doubts: Doubts) -> Iterator[Open]:
    for question in case.questions.values():
        doubted = question.id in verdict.doubtful and doubts.holds(question.id)
        if not case.applies(question) or (case.value(question.id) is not None and not doubted):
            continue
        if doubted:
            reason = "taken_back" if question.id in doubts.taken_back else "text_disagrees"
        elif not case.was_answered(question):
            reason = "not_answered"
        else:
            reason = "said_unknown" if case.answers[question.id] == "unknown" else "implausible"
        yield Open.model_validate(
            {"question": question.id, "text": question.short, "red_flag": question.red_flag, "reason": reason}
        )


def _changes(case: Case, verdict: Verdict, doubts: Doubts) -> Iterator[Change]:
    """Single other answers of the complaint's own questions that change the level, the most urgent first."""
    found = []
    for question in case.protocol.questions:
        for value in _other_answers(case, question):
            level = decide(replace(case, answers={**case.answers, question.id: value}), doubts).level
            if level is not verdict.level:
                found.append(_change(question, value, level))
    yield from sorted(found, key=lambda change: change.level.number)[:MOST_CHANGES]


def _other_answers(case: Case, question: Question) -> list[str]:
    if question.kind == "number" or not case.applies(question):
        return []
    every = [o.id for o in question.options] or ["yes", "no"]
    return [value for value in every if value != case.value(question.id)]


def _change(question: Question, value: str, level: Level) -> Change:
    shown = answer_text(question, value)
    return Change(question=question.id, text=question.short, value=value, value_text=shown, level=level)


def _bounds(case: Case, verdict: Verdict) -> Bounds:
    """Judges open answers once as harmless and once as serious; the decision always lies between."""
    harmless = decide(replace(case, answers=_with_open(case, "no"))).level
    serious = [rule.level for rule in _rules_that_may_hold(case)]
    return Bounds(
        lowest=max((harmless, verdict.level), key=lambda level: level.number),
        highest=most_urgent([*serious, verdict.level]),
    )


def _with_open(case: Case, value: str) -> dict[str, Answer]:
    filled = {q.id: value for q in case.questions.values() if q.kind == "yes_no_unknown" and case.value(q.id) is None}
    return {**case.answers, **filled}


def _rules_that_may_hold(case: Case) -> Iterator[Rule]:
    ruleset, protocol = case.ruleset, case.protocol
    for rule in (*ruleset.gate.rules, *protocol.red_flags, *protocol.rules, *ruleset.modifiers.rules):
        if case.rule_truth(rule) is not False:
            yield rule


def _score(verdict: Verdict) -> Score | None:
    score = verdict.score
    if score is None:
        return None
    return Score(points=score.points, highest_single=score.highest_single, missing=score.missing)
