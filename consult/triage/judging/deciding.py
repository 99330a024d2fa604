"""Decides: which question comes next, and how soon and where the person needs to be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from consult.triage.judging.case import Answer, Answers, Case
from consult.triage.judging.outcome import Phase
from consult.triage.judging.vitals import EarlyWarning, news2
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.levels import Level, most_urgent
from consult.triage.rulebook.schema import Question, Rule, RuleSet

ENGINE_VERSION = 1


class GateUnanswered(Exception):
    """The gate cannot be skipped; `questions` lists what is missing."""

    def __init__(self, questions: list[str]) -> None:
        super().__init__(", ".join(questions))
        self.questions = questions


@dataclass(frozen=True)
class Held:
    """A rule that holds, and the step of the order in which it was judged."""

    rule: Rule
    phase: Phase


@dataclass(frozen=True)
class Verdict:
    """The bare decision, before it is explained."""

    level: Level
    held: tuple[Held, ...]
    self_care: bool
    doubtful: tuple[str, ...]
    score: EarlyWarning | None = None


@dataclass(frozen=True)
class Doubts:
    """Red flags that count as unknown whatever the last answer says: taken back, or denied against the text."""

    taken_back: Collection[str] = field(default_factory=frozenset)
    text_disagrees: Collection[str] = field(default_factory=frozenset)

    def holds(self, question: str) -> bool:
        return question in self.taken_back or question in self.text_disagrees


NO_DOUBTS = Doubts()


def gate_questions(ruleset: RuleSet, patient: PatientFacts) -> list[Question]:
    """The lines of the first screen for this person; each must be answered."""
    case = Case(ruleset, next(iter(ruleset.protocols)), {}, patient)
    return [question for question in ruleset.gate.questions if question.red_flag and case.applies(question)]


def harm_question(ruleset: RuleSet) -> Question:
    """Asked on the first screen below the line on poison and self-harm, once that line is ticked."""
    return next(question for question in ruleset.gate.questions if question.kind == "choice")


def next_question(
    ruleset: RuleSet,
    complaint: str,
    answers: Answers,
    patient: PatientFacts,
    measured: Mapping[str, Answer] | None = None,
) -> Question | None:
    """The question to ask now, or None when no further answer is needed; the gate must be answered before."""
    case = _complete_gate(Case(ruleset, complaint, answers, patient, measured or {}))
    return next(_worth_asking(case), None)


def questions_left(
    ruleset: RuleSet, complaint: str, answers: Answers, patient: PatientFacts
) -> int:
    """About how many questions are still to come, if nothing new turns up."""
    return sum(1 for _ in _worth_asking(_complete_gate(Case(ruleset, complaint, answers, patient))))


def settled_emergency(case: Case) -> bool:
    """Whether the answers so far already make an emergency, whatever else would be said."""
    return _level_so_far(_complete_gate(case)) is Level.EMERGENCY


def _worth_asking(case: Case) -> Iterator[Question]:
    """Nothing after an emergency; after urgent only what could still make it one."""
    level = _level_so_far(case)
    if level is Level.EMERGENCY:
        return
    for question in case.protocol.questions:
        if case.was_answered(question) or not case.applies(question):
            continue
        if level is not Level.URGENT or question.red_flag:
            yield question


def _level_so_far(case: Case) -> Level:
    """What the answers given until now amount to, without weighing what is still open."""
    held = tuple(_held(case))
    answered = [h.rule.level for h in held if h.phase != "vitals"]
    return _with_vitals(most_urgent([*answered, case.protocol.default_level]), held, _score(case))


def decide(case: Case, doubts: Doubts = NO_DOUBTS) -> Verdict:
    """Gate, red flags, vitals, discriminators, modifiers, default; the highest wins and no step lowers."""
    held = tuple(_held(case))
    score = _score(case)
    doubtful = tuple(_doubtful(case, doubts))
    care = not held and not doubtful and _score_level(score) is None and _earns_self_care(case)
    answered = [h.rule.level for h in held if h.phase != "vitals"]
    level = most_urgent([*answered, Level.SELF_CARE if care else case.protocol.default_level])
    level = _with_vitals(level, held, score)
    if doubtful:
        level = level.raised(Level.URGENT)
    return Verdict(level, held, care, doubtful, score)


def _held(case: Case) -> Iterator[Held]:
    for phase, rules in _steps(case):
        for rule in rules:
            if case.rule_truth(rule) is True:
                yield Held(rule, phase)


def _steps(case: Case) -> tuple[tuple[Phase, Iterable[Rule]], ...]:
    ruleset, protocol = case.ruleset, case.protocol
    return (
        ("gate", ruleset.gate.rules),
        ("red_flag", protocol.red_flags),
        ("vitals", ruleset.vitals.rules),
        ("discriminator", protocol.rules),
        ("modifier", ruleset.modifiers.rules),
    )


def _with_vitals(level: Level, held: Iterable[Held], score: EarlyWarning | None) -> Level:
    """Vitals lift to their own level; some also lift by one step what the answers alone gave."""
    vital = [h.rule for h in held if h.phase == "vitals"]
    found = [level, *(rule.level for rule in vital)]
    if any(getattr(rule, "raises", False) for rule in vital):
        found.append(level.raised(Level.EMERGENCY))
    scored = _score_level(score)
    return most_urgent(found if scored is None else [*found, scored])


def _score(case: Case) -> EarlyWarning | None:
    """NEWS2, for adults who are not known to be pregnant and of whom something was measured."""
    table, age = case.ruleset.vitals.news2, case.patient.age_years
    if age is None or age < table.min_age_years or case.value("patient.pregnant") == "yes":
        return None
    return news2(table, case.vitals) if case.vitals else None


def _score_level(score: EarlyWarning | None) -> Level | None:
    return None if score is None or score.band == "none" else Level(score.band)


def _doubtful(case: Case, doubts: Doubts) -> Iterator[str]:
    """Red flags that apply and are not known."""
    for question in case.questions.values():
        if question.red_flag and case.applies(question):
            value = case.value(question.id)
            if value is None or (value == "no" and doubts.holds(question.id)):
                yield question.id


def _earns_self_care(case: Case) -> bool:
    care = case.protocol.self_care
    if care is None or case.truth(care.when) is not True:
        return False
    return all(case.value(name) not in ("yes", None) for name in care.must_be_no)


def _complete_gate(case: Case) -> Case:
    lines = [q for q in case.ruleset.gate.questions if q.red_flag and case.applies(q)]
    missing = [q.id for q in lines if not case.was_answered(q)]
    if missing:
        raise GateUnanswered(missing)
    return case


def checked_case(
    ruleset: RuleSet,
    complaint: str,
    answers: Answers,
    patient: PatientFacts,
    measured: Mapping[str, Answer] | None = None,
) -> Case:
    """The case, ready to be judged; raises GateUnanswered while a line of the first screen is open."""
    return _complete_gate(Case(ruleset, complaint, answers, patient, measured or {}))
