"""What triage found: the result, the emergency page that closes the way, and the way back to correct an answer."""
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from web.door import GuardedRoute, see_other
from web.pages.patient.acting import Acting, Patient, acting_for, framed, show
from web.pages.patient.places import places
from web.pages.patient.triage import next_page
from web.pages.patient.views import Citation, ConfirmView, Fact, FactKind, Place, Words
from web.pages.patient.views_triage import EmergencyView, ResultView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
MOST_FACTS = 6
CALM = ("routine", "self_care")
NOT_NO = Text(zh="我们没有把「不确定」当成「没有」", en="We do not read “not sure” as “no”")
OWN = "own"


def _reasons(outcome: consult.Outcome) -> tuple[Fact, ...]:
    """Rules that held, danger signs that were ruled out, and what stayed unknown."""
    calm: FactKind = "yes" if outcome.level.value in CALM else "note"
    fired = [Fact(calm, one.why) for one in outcome.fired]
    ruled_out = [Fact("yes", Text(zh=f"没有：{one.text.zh}", en=f"No: {one.text.en}")) for one in outcome.ruled_out]
    unknown = [Fact("off", Text(zh=f"还不清楚：{one.text.zh}", en=f"Not known: {one.text.en}"), NOT_NO)
               for one in outcome.stayed_unknown if one.red_flag]
    return tuple(fired[:MOST_FACTS] + ruled_out[:MOST_FACTS] + unknown)


def _understood(view: consult.TriageView) -> tuple[tuple[Words, Words], ...]:
    """What the system took in, a line each; a no to a danger sign stands among the reasons already."""
    own = view.triage.free_text.strip()
    told: list[tuple[Words, Words]] = [(Text(zh="您写的", en="You wrote"), own)] if own else []
    told.append((Text(zh="来看什么", en="What for"), view.title))
    return (*told, *((one.question.short, one.text) for one in view.given
                     if not (one.question.red_flag and one.value == "no")))


def _citations(outcome: consult.Outcome) -> tuple[Citation, ...]:
    """The sources of the rules that held, in short and with where they stand."""
    known = consult.load_ruleset().sources
    found = {key: one.why for one in outcome.fired for key in one.source if key != OWN and key in known}
    return tuple(Citation(Text(zh=f"大意：{why.zh}", en=f"In short: {why.en}"),
                          Text(zh=f"{known[key].title.zh}，{known[key].version}",
                               en=f"{known[key].title.en}, {known[key].version}"))
                 for key, why in found.items())


def _footnote(outcome: consult.Outcome) -> Text:
    """Under which number the hospital finds what was asked and judged; the names of the rules are for the doctor."""
    kept = outcome.ruleset_hash[:12]
    return Text(zh=f"医院留着这次用的全部问题和规定，编号 {kept}",
                en=f"The hospital keeps all questions and rules that were used, under number {kept}")


def _join(texts: tuple[Text, ...]) -> Text:
    return Text(zh="；".join(t.zh for t in texts) or "病情突然加重",
                en="; ".join(t.en for t in texts) or "Sudden worsening")


def result_view(work: Work, view: consult.TriageView, acting: Acting) -> ResultView:
    """The level with its reasons; danger signs stand before the buttons."""
    outcome, triage = view.outcome, view.triage
    assert outcome is not None
    advice = (*outcome.advice, *([outcome.safety_net] if outcome.safety_net else []))
    department = identity.DEPARTMENTS.get(triage.department or "", Text(zh="全科", en="General medicine"))
    return ResultView(
        acting.person, outcome.level.value, outcome.headline, department,  # type: ignore[arg-type]
        _reasons(outcome), _understood(view), _join(outcome.watch_for), f"/triage/{triage.id}/history",
        tuple(advice), places(work) if outcome.level.online_only_bridges else (), _citations(outcome),
        _footnote(outcome), "" if triage.visit_id else f"/triage/{triage.id}/correct", outcome.reviewed)


@router.get("/triage/{triage_id}/result")
def result(triage_id: UUID, door: Patient) -> Response:
    """The level, why, and what to do."""
    with door.read() as work:
        view = consult.triage_view(work, triage_id)
        if view.triage.state != "finished":
            return see_other(next_page(view))
        acting = acting_for(work, view.triage.patient_id)
        return show(door, "triage_result", framed(work), result_view(work, view, acting))


def _emergency_view(work: Work, view: consult.TriageView, acting: Acting) -> EmergencyView:
    outcome = view.outcome
    assert outcome is not None
    hospital = next(iter(places(work, "partner_hospital")), None)
    lines = outcome.crisis_lines if outcome.self_harm else ()
    crisis = tuple(Place(line.name, "", phone=line.number) for line in lines)
    return EmergencyView(acting.person, outcome.fired[0].why, outcome.meanwhile, hospital,
                         f"/triage/{view.triage.id}/correct", crisis=crisis)


@router.get("/triage/{triage_id}/emergency")
def emergency(triage_id: UUID, door: Patient) -> Response:
    """120 and what to do meanwhile; no way leads from here into the queue."""
    with door.read() as work:
        view = consult.triage_view(work, triage_id)
        if view.triage.state != "closed_emergency":
            return see_other(next_page(view))
        acting = acting_for(work, view.triage.patient_id)
        return show(door, "triage_emergency", framed(work), _emergency_view(work, view, acting))


CORRECT = ConfirmView(
    Text(zh="要修改刚才的答案吗？", en="Change the answers?"),
    Text(zh="从危险信号那一页重新看一遍。如果情况真的很急，请不要修改，马上拨打 120。",
         en="You go through the danger signs again. If it really is urgent, do not change anything: call 120 now."),
    Text(zh="我选错了，重新选", en="I ticked the wrong thing, choose again"), "",
    Text(zh="不改，返回", en="Keep them, go back"), "correct")


@router.get("/triage/{triage_id}/correct")
def correct_form(triage_id: UUID, door: Patient) -> Response:
    """Ask before a result is opened again."""
    with door.read() as work:
        view = consult.triage_view(work, triage_id)
        back = next_page(view)
        if view.triage.state == "open":
            return see_other(back)
        shown = ConfirmView(CORRECT.title, CORRECT.text, CORRECT.action, back, CORRECT.back_label, CORRECT.do)
        return show(door, "confirm", framed(work), shown)


@router.post("/triage/{triage_id}/correct")
def correct(triage_id: UUID, door: Patient) -> Response:
    """Open the result again; a danger sign taken back then counts as not known."""
    with door.write() as work:
        consult.triage_view(work, triage_id)
        consult.correct_triage(work, triage_id)
    return see_other(f"/triage/{triage_id}/flags")
