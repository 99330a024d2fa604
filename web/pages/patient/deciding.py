"""Why: an answer of the rules about oneself in plain words, with everything that it rests on."""
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from web.api.decisions import decision_for, file_of, signed_file
from web.door import GuardedRoute, see_other
from web.pages import decision_words as words
from web.pages.dates import moment_text
from web.pages.patient.acting import Patient, acting_for, framed, show
from web.pages.patient.views import Citation, Fact, Way
from web.pages.patient.views_record import Decision, DecisionView, KnownFact

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
STEPS: dict[str, tuple[Text, Text]] = {
    "book": (Text(zh="可以约这次看诊", en="You may ask for this visit"),
             Text(zh="现在不能约这次看诊", en="This visit cannot be asked for now")),
    "settle": (Text(zh="可以付款（自费）", en="It may be paid for, by yourself"),
               Text(zh="现在不能收这笔钱", en="This cannot be paid for now")),
    "consult_start": (Text(zh="可以在线看", en="You may be seen online"),
                      Text(zh="这次不能在线看", en="This cannot be seen online")),
    "diagnose": (Text(zh="可以在线诊断", en="A diagnosis online is allowed"),
                 Text(zh="不能在线诊断", en="No diagnosis online")),
    "prescribe": (Text(zh="可以在线开药", en="Medicine may be prescribed online"),
                  Text(zh="不能在线开这个药", en="This cannot be prescribed online")),
    "review": (Text(zh="药师可以审核", en="The pharmacist may review it"),
               Text(zh="不能审核", en="It cannot be reviewed")),
    "dispense": (Text(zh="药房可以配药", en="The pharmacy may dispense it"),
                 Text(zh="现在不能配这个药", en="It cannot be dispensed now")),
    "deliver": (Text(zh="可以交到您手上", en="It may be handed to you"),
                Text(zh="不能交付", en="It cannot be handed over")),
    "record": (Text(zh="大家同意后，通话可以录像", en="The call may be recorded when everybody agrees"),
               Text(zh="这次通话不录像", en="This call is not recorded")),
}
OTHER_STEP = (Text(zh="规则允许这一步", en="The rules allow this step"),
              Text(zh="规则不允许这一步", en="The rules do not allow this step"))
WAITS = Text(zh="还差一步", en="Something is still needed")
KICKER = Text(zh="规则怎么说", en="What the rules say")


def _look(told: policy.Decision) -> tuple[str, str]:
    if told.verdict is policy.Verdict.REQUIRE:
        return "wait", "file-text"
    return ("ok", "shield-check") if told.allowed else ("urg", "ban")


def title_of(told: policy.Decision) -> Text:
    """The answer in a few words, for the person whom it is about."""
    yes, no = STEPS.get(told.stage, OTHER_STEP)
    if told.verdict is policy.Verdict.REQUIRE:
        return Text(zh=f"{WAITS.zh}：{no.zh}", en=f"{WAITS.en}: {no.en} yet")
    return yes if told.allowed else no


def answer_of(record: policy.DecisionRecord) -> Decision:
    """A stored answer of the rules: result, rules, citations, version and hash."""
    told = record.decision
    family, icon = _look(told)
    facts = tuple(Fact("yes" if one.why in ("satisfied", "excepted") else "no", one.message, words.here(one))
                  for one in told.fired)
    cites = tuple(Citation(Text(zh=f"大意：{one.message.zh}", en=f"In short: {one.message.en}"), _sources(one))
                  for one in told.fired)
    layers = ", ".join(f"{one.policy} {one.version} ({one.sha256[:8]})" for one in told.layers)
    names = ", ".join(one.rule for one in told.fired)
    note = Text(zh=f"规则 {names} · 政策 {layers}" if names else f"政策 {layers}",
                en=f"Rules {names} · policy {layers}" if names else f"Policy {layers}")
    return Decision(family, icon, KICKER, title_of(told), facts, cites, note)  # type: ignore[arg-type]


def _sources(fired: policy.FiredRule) -> Text:
    told = [words.cite(one) for one in fired.cite]
    return Text(zh="；".join(one.zh for one in told), en="; ".join(one.en for one in told))


def _known(work: Work, record: policy.DecisionRecord, registry: policy.FactRegistry) -> tuple[KnownFact, ...]:
    """Every fact with where it came from; then what nobody knew, which is never read as no."""
    used = tuple(KnownFact(registry.label(fact.name), policy.say_value(registry, fact.value),
                           words.origin(work, fact, record), fact.at) for fact in record.facts)
    names = [name for name in record.decision.missing if name not in record.values()]
    return used + tuple(KnownFact(registry.label(name), None, words.NOT_KNOWN_FROM, None) for name in names)


def _view(work: Work, row: policy.PolicyDecision, patient_id: UUID) -> DecisionView:
    record = policy.read_record(row)
    policies = policy.policies_of(work, record)
    freed = tuple(policy.say_remedy(one, policies.registry) for one in policy.remedies_of(work, record))
    return DecisionView(
        acting_for(work, patient_id).person, record.at, answer_of(record), record.decision.summary,
        len(policy.quiet_rules(policies, record)), freed, _known(work, record, policies.registry), row.sha256,
        f"/decisions/{row.id}/file", _back(row),
        words.silence(record.decision))


def _back(row: policy.PolicyDecision) -> str:
    """Where the decision belongs: its visit, the triage that led to a wish, else the record."""
    if row.subject_kind == "triage":
        return f"/triage/{row.subject_id}/result"
    return f"/visits/{row.visit_id}" if row.visit_id else "/record"


def why_refused(problem: policy.StepRefused) -> Response:
    """To the page that says which rule refused a step of the patient's own, and what would change it."""
    return see_other(f"/decisions/{problem.facts['decision_ids'][0]}")


def decisions_about(work: Work, visit_id: UUID) -> tuple[Way, ...]:
    """The answers of the rules in a visit, the newest of each step; what concerns a draft is left out."""
    found: dict[str, policy.PolicyDecision] = {}
    for row in policy.decisions_of_visit(work, visit_id):
        if row.prescription_id is None:
            found[row.stage] = row
    return tuple(_way(row, work.now) for row in found.values())


def _way(row: policy.PolicyDecision, now: datetime) -> Way:
    told = policy.read_record(row).decision
    family, icon = _look(told)
    at = moment_text(row.at, now)
    return Way(title_of(told), Text(zh=f"{at.zh} · 看看为什么", en=f"{at.en} · see why"), f"/decisions/{row.id}", icon,
               family)  # type: ignore[arg-type]


def _mine(work: Work, decision_id: UUID) -> tuple[policy.PolicyDecision, UUID]:
    """A decision about somebody whom the account acts for. Raises DecisionNotFound."""
    row = decision_for(work, decision_id)
    if row.patient_id is None:
        raise policy.DecisionNotFound(id=str(decision_id))
    return row, row.patient_id


@router.get("/decisions/{decision_id}")
def decision(decision_id: UUID, door: Patient) -> Response:
    """Why a step was allowed or not, and what would change it."""
    with door.read() as work:
        return show(door, "decision", framed(work), _view(work, *_mine(work, decision_id)))


@router.get("/decisions/{decision_id}/file")
def decision_file(decision_id: UUID, door: Patient) -> Response:
    """Facts, rules and policies with the hospital's signature, to keep or to show to somebody."""
    with door.read() as work:
        return signed_file(file_of(work, _mine(work, decision_id)[0]), decision_id)
