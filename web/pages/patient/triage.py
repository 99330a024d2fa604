"""Triage: what is wrong, the danger signs, one question a page."""
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.kit.clock import completed_months, local_date
from app.kit.problems import Invalid, NotFound
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from web.door import Door, GuardedRoute, see_other
from web.pages.patient import views
from web.pages.patient.acting import Acting, Patient, acting_for, chosen, framed, mistakes, posted_for, show
from web.pages.patient.views import Option
from web.pages.patient.views_triage import ComplaintView, QuestionView, RedFlagsView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=4000)]
Ticks = Annotated[list[str], Form(default_factory=list)]
HARM = "gate_harm"
REST = {"none": "no", "unsure": "unknown"}
CHOOSE = Text(zh="请写下哪里不舒服，或从列表里选一个", en="Please write what is wrong, or choose from the list")
TICK = Text(zh="请勾选有的情况，或选「以上都没有」", en="Please tick what applies, or choose “None of these”")
WHICH = Text(zh="请再选一项，我们才知道怎么帮您", en="Please choose one, so that we know how to help")
ANSWER = Text(zh="请选一个答案，不知道也可以选", en="Please choose an answer; “I do not know” is one too")
UNSURE = Text(zh="我不确定", en="I am not sure")
MENTIONED = Text(zh="您写的话里提到了，请再看一眼", en="Your words point to this, please look again")
YES_NO = (("yes", Text(zh="是，有", en="Yes")), ("no", Text(zh="没有，不是", en="No")))
UNKNOWN = Option("unknown", Text(zh="不知道", en="I do not know"),
                 Text(zh="没关系，我们会按更谨慎的情况处理", en="That is fine; we take the more careful way"))


# --- what is wrong ------------------------------------------------------------------------------------------


def _options(acting: Acting, work: Work, words: str, ticked: str,
             refill: bool) -> tuple[tuple[Option, ...], tuple[Option, ...]]:
    """All complaints for this person, and those that the words point to."""
    ruleset = consult.load_ruleset()
    months = completed_months(acting.patient.birth_date, local_date(work.now))
    fitting = ruleset.complaints_for(months)
    every = {p.protocol: Option(p.protocol, p.title, p.covers, p.protocol == ticked)
             for p in sorted(fitting, key=lambda p: not p.follow_up if refill else False)}
    hits = consult.suggest(ruleset, words, work.actor.language, months) if words.strip() else []
    return tuple(every.values()), tuple(every[hit.complaint] for hit in hits)


def _complaint_page(door: Door, work: Work, acting: Acting, form: views.Form, refill: bool = False,
                    status: int = 200) -> Response:
    words, ticked = form.value("words"), form.value("complaint")
    every, suggested = _options(acting, work, words, ticked, refill)
    view = ComplaintView(acting.person, every, suggested, form)
    return show(door, "triage_complaint", framed(work), view, status)


@router.get("/triage")
def complaint_form(door: Patient, reason: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Ask what is wrong."""
    with door.read() as work:
        return _complaint_page(door, work, chosen(work, door), views.Form(), reason == "refill")


@router.post("/triage")
def begin(door: Patient, words: Field = "", complaint: Field = "", other: Field = "", patient: Field = "") -> Response:
    """Begin a triage; words alone first lead to the complaints that they may mean."""
    picked = other or complaint
    form = views.Form({"words": words, "complaint": picked})
    if not picked:
        with door.read() as work:
            errors: dict[str, views.Words] = {} if words.strip() else {"words": CHOOSE}
            acting = posted_for(work, door, patient)
            return _complaint_page(door, work, acting, views.Form(form.values, errors), status=422 if errors else 200)
    try:
        with door.write() as work:
            triage = consult.start_triage(work, posted_for(work, door, patient).id, picked, words)
    except Invalid as problem:
        errors = mistakes(problem, "complaint", {"free_text": "words"})
        with door.read() as work:
            acting = posted_for(work, door, patient)
            return _complaint_page(door, work, acting, views.Form(form.values, errors), status=422)
    return see_other(f"/triage/{triage.id}")


# --- where it stands ----------------------------------------------------------------------------------------


def next_page(view: consult.TriageView) -> str:
    """The page that is due now."""
    triage, here = view.triage, f"/triage/{view.triage.id}"
    if triage.state == "closed_emergency":
        return f"{here}/emergency"
    if triage.state == "finished":
        return f"{here}/result"
    if triage.gate_answered_at is None:
        return f"{here}/flags"
    return f"{here}/questions/{view.question.id}" if view.question else f"{here}/finish"


@router.get("/triage/{triage_id}")
def go_on(triage_id: UUID, door: Patient) -> Response:
    """Go to where it stands."""
    with door.read() as work:
        return see_other(next_page(consult.triage_view(work, triage_id)))


def _moved_on(view: consult.TriageView) -> bool:
    """True when nothing can be answered any more: an old page was opened again."""
    return view.triage.state != "open"


# --- danger signs -------------------------------------------------------------------------------------------


def _flags_view(view: consult.TriageView, acting: Acting, given: Mapping[str, str] | None,
                errors: Mapping[str, views.Words]) -> RedFlagsView:
    ticks = set((given or {}).get("flags", "").split())
    gate = consult.load_ruleset().gate
    lines = tuple(Option(line.question.id, line.question.text,
                         MENTIONED if line.mentioned else line.question.help or "", line.question.id in ticks)
                  for line in view.gate)
    harm = HARM in ticks
    kinds = tuple(Option(one.id, one.text, checked=(given or {}).get("harm") == one.id)
                  for one in view.harm_question.options)
    return RedFlagsView(
        acting.person, lines, Option("none", gate.none_of_these, checked="none" in ticks, exclusive=True),
        Option("unsure", UNSURE, checked="unsure" in ticks, exclusive=True), "/triage",
        views.Form(given or {}, errors), view.harm_question.text if harm else "", (*kinds, UNKNOWN) if harm else ())


def _flags_page(door: Door, work: Work, triage_id: UUID, given: Mapping[str, str] | None = None,
                errors: Mapping[str, views.Words] | None = None) -> Response:
    view = consult.triage_view(work, triage_id)
    if _moved_on(view):
        return see_other(next_page(view))
    shown = _flags_view(view, acting_for(work, view.triage.patient_id), given, errors or {})
    return show(door, "triage_flags", framed(work), shown, 422 if errors else 200)


@router.get("/triage/{triage_id}/flags")
def flags_form(triage_id: UUID, door: Patient) -> Response:
    """All danger signs on one screen; nothing is ticked beforehand."""
    with door.read() as work:
        return _flags_page(door, work, triage_id)


def _flag_errors(flags: list[str], harm: str) -> dict[str, views.Words]:
    alone = [one for one in flags if one in REST]
    if not flags or len(flags) > 1 and "none" in flags or len(alone) > 1:
        return {"flags": TICK}
    return {"harm": WHICH} if HARM in flags and not harm else {}


@router.post("/triage/{triage_id}/flags")
def answer_flags(triage_id: UUID, door: Patient, flags: Ticks, harm: Field = "") -> Response:
    """Answer the whole screen; an emergency closes the online way at once."""
    errors = _flag_errors(flags, harm)
    if errors:
        with door.read() as work:
            return _flags_page(door, work, triage_id, {"flags": " ".join(flags), "harm": harm}, errors)
    ticks = [one for one in flags if one not in REST]
    rest = "unknown" if "unsure" in flags else "no"
    with door.write() as work:
        view = consult.triage_view(work, triage_id)
        if _moved_on(view):
            return see_other(next_page(view))
        answers = dict(consult.ticked([line.question.id for line in view.gate], ticks, rest))
        if HARM in ticks:
            answers[view.harm_question.id] = harm
        consult.answer_gate(work, triage_id, answers)
        return see_other(_after(work, triage_id))


def _after(work: Work, triage_id: UUID) -> str:
    """Where an answer leads; without a further question the result is worked out at once."""
    view = consult.triage_view(work, triage_id)
    if view.triage.state == "open" and view.question is None:
        consult.finish_triage(work, triage_id)
        view = consult.triage_view(work, triage_id)
    return next_page(view)


@router.get("/triage/{triage_id}/finish")
def finish_form(triage_id: UUID, door: Patient) -> Response:
    """Everything was asked but the result was not worked out yet: a reload in the wrong moment."""
    with door.write() as work:
        consult.triage_view(work, triage_id)
        return see_other(_after(work, triage_id))


# --- one question a page ------------------------------------------------------------------------------------


def _question_options(question: Any, kind: str, value: str) -> tuple[Option, ...]:
    if kind == "number":
        return ()
    listed = [(o.id, o.text) for o in question.options] or YES_NO
    found = [Option(id, text, checked=id == value) for id, text in listed]
    known = any(option.value == "unknown" for option in found)
    return tuple(found) if known else (*found, views.Option(UNKNOWN.value, UNKNOWN.label, UNKNOWN.hint,
                                                            value == "unknown"))


def _find(view: consult.TriageView, question_id: str) -> tuple[Any, str, int]:
    """The question, its answer so far, and its number. Raises NotFound."""
    for number, given in enumerate(view.given, 1):
        if given.question.id == question_id:
            value = f"{given.value:g}" if isinstance(given.value, float) else str(given.value)
            return given.question, value, number
    if view.question is not None and view.question.id == question_id:
        return view.question, "", view.answered + 1
    raise NotFound


def _back(view: consult.TriageView, number: int) -> str:
    here = f"/triage/{view.triage.id}"
    return f"{here}/questions/{view.given[number - 2].question.id}" if number > 1 else f"{here}/flags"


def _question_view(view: consult.TriageView, acting: Acting, question_id: str, form: views.Form) -> QuestionView:
    question, value, number = _find(view, question_id)
    kind = question.kind
    shown = {"answer": "" if value == "unknown" else value, "unknown": "yes" if value == "unknown" else ""}
    return QuestionView(
        acting.person, question.text, question.help or "",
        "number" if kind == "number" else "one", number, max(view.answered + view.left, number), _back(view, number),
        _question_options(question, kind, form.value("answer") or value),
        question.unit or "",
        saved=number > 1, form=form if form.errors else views.Form(shown))


@router.get("/triage/{triage_id}/questions/{question_id}")
def question_form(triage_id: UUID, question_id: str, door: Patient) -> Response:
    """One question; an answered one can be answered anew."""
    with door.read() as work:
        view = consult.triage_view(work, triage_id)
        if _moved_on(view):
            return see_other(next_page(view))
        shown = _question_view(view, acting_for(work, view.triage.patient_id), question_id, views.Form())
        return show(door, "triage_question", framed(work), shown)


@router.post("/triage/{triage_id}/questions/{question_id}")
def answer(triage_id: UUID, question_id: str, door: Patient, answer: Field = "", unknown: Field = "") -> Response:
    """Keep one answer and go on."""
    value = "unknown" if unknown else answer
    try:
        with door.write() as work:
            view = consult.triage_view(work, triage_id)
            if _moved_on(view):
                return see_other(next_page(view))
            _require_answer(view, question_id, value)
            consult.answer_question(work, triage_id, question_id, value)
            return see_other(_after(work, triage_id))
    except Invalid as problem:
        with door.read() as work:
            view = consult.triage_view(work, triage_id)
            form = views.Form({"answer": answer, "unknown": unknown}, {"answer": problem.detail})
            shown = _question_view(view, acting_for(work, view.triage.patient_id), question_id, form)
            return show(door, "triage_question", framed(work), shown, 422)


def _require_answer(view: consult.TriageView, question_id: str, value: str) -> None:
    """An empty or impossible answer is asked again; "I do not know" is one. Raises Invalid."""
    question, _, _ = _find(view, question_id)
    low, high = question.lowest, question.highest
    if not value.strip() and (low is None or high is None):
        raise Invalid(ANSWER)
    if value != "unknown" and low is not None and high is not None:
        _require_possible(value, low, high)


def _require_possible(value: str, low: float, high: float) -> None:
    try:
        fits = low <= float(value.replace(",", ".")) <= high
    except ValueError:
        fits = False
    if not fits:
        raise Invalid(Text(zh=f"请填 {low:g} 到 {high:g} 之间的数。量不了就选「我不知道」",
                           en=f"Please give a number from {low:g} to {high:g}, or choose “I do not know”"))
