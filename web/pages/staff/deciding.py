"""The page of one decision: verdict, reason, rules with their sources, facts with origin and time, version and hash."""
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from web.api.decisions import decision_for, file_of, signed_file
from web.door import Door, GuardedRoute
from web.pages import decision_words as words
from web.pages.staff import views_admin as a
from web.pages.staff.desk import ROLES, Doctor, Office, Pharmacist, Pharmacy, prefix_of, show
from web.pages.staff.verdicts import OUTCOMES, title_of

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
DECISION = "staff/decision.html"
DISCLAIMS = Text(zh="本院判定说明，规则原文以官方发布为准", en="The official text of each rule prevails")


def decision_view(work: Work, row: policy.PolicyDecision, back: str) -> a.DecisionView:
    """A stored decision; one whose record was altered raises DecisionAltered."""
    record = policy.read_record(row)
    decision, policies = record.decision, policy.policies_of(work, record)
    return a.DecisionView(
        _house(work, row), f"D-{row.id.hex[-10:].upper()}", record.at, OUTCOMES[decision.verdict.value],
        title_of(record.stage, decision.verdict), decision.summary, tuple(map(_rule, decision.fired)),
        _quiet(policies, record),
        _facts(work, record, policies.registry), _made_by(work, record), _version(decision),
        "、".join(layer.sha256 for layer in decision.layers),
        Text(zh=f"判定记录 sha256 {row.sha256}", en=f"decision record sha256 {row.sha256}"),
        f"{prefix_of(work.actor.role)}/decisions/{row.id}.json", back, printed=DISCLAIMS,
        silence=words.silence(decision),
        remedies=tuple(a.Remedied(one.rule, policy.say_remedy(one, policies.registry))
                       for one in policy.remedies_of(work, record)))


def _quiet(policies: policy.PolicySet, record: policy.DecisionRecord) -> tuple[a.QuietRule, ...]:
    """The rules of the step that were judged too and had nothing to say."""
    named = {one.rule.id: one.rule.message.text for one in policies.by_stage.get(record.stage, ())
             if one.rule.holds(record.as_of)}
    return tuple(a.QuietRule(rule, named[rule]) for rule in policy.quiet_rules(policies, record))


def _house(work: Work, row: policy.PolicyDecision) -> Text:
    own = identity.organization(work, row.organization_id) if row.organization_id else identity.hospital(work)
    return own.name


def _version(answer: policy.Decision | policy.Forecast) -> str:
    return "、".join(f"{layer.policy} {layer.version}" for layer in answer.layers)


def _rule(fired: policy.FiredRule) -> a.DecidedRule:
    return a.DecidedRule(fired.rule, fired.message, words.RESULTS[fired.why], words.here(fired),
                         tuple(words.cite(one) for one in fired.cite))


def _facts(work: Work, record: policy.DecisionRecord, registry: policy.FactRegistry) -> tuple[a.DecidedFact, ...]:
    """Every fact that was used, then those that were missing: not known, never read as no."""
    known = tuple(a.DecidedFact(registry.label(fact.name), policy.say_value(registry, fact.value),
                                words.origin(work, fact, record), fact.at) for fact in record.facts)
    missing = [name for name in record.decision.missing if name not in record.values()]
    return known + tuple(a.DecidedFact(registry.label(name), None, words.NOT_KNOWN_FROM, None) for name in missing)


def _made_by(work: Work, record: policy.DecisionRecord) -> Text:
    """Who acted when the rules were asked."""
    who = record.actor
    role = ROLES.get(who.role, Text(zh="患者", en="patient") if who.role == "patient" else words.SYSTEM)
    if who.practitioner_id is None:
        return Text(zh=f"{role.zh}操作时由系统判定", en=f"Decided by the system when the {role.en.lower()} acted")
    own = identity.practitioner(work, who.practitioner_id)
    return Text(zh=f"{own.name_zh}（{role.zh}）操作时由系统判定",
                en=f"Decided by the system when {own.name_en} ({role.en.lower()}) acted")


def _back(work: Work, row: policy.PolicyDecision) -> str:
    """Where the reader came from, by what was decided about."""
    role = work.actor.role
    if role == "doctor" and row.visit_id:
        return f"/doctor/visits/{row.visit_id}"
    if role == "pharmacist" and row.prescription_id:
        return f"/pharmacist/reviews/{row.prescription_id}"
    return {"doctor": "/doctor", "pharmacist": "/pharmacist", "pharmacy": "/pharmacy/board"}.get(role, "/admin/audit")


def _page(door: Door, decision_id: UUID) -> Response:
    with door.read() as work:
        row = decision_for(work, decision_id)
        view = decision_view(work, row, _back(work, row))
    return show(door, DECISION, view)


def _file(door: Door, decision_id: UUID) -> Response:
    """Facts, rules and policies as they were stored, signed by the hospital."""
    with door.read() as work:
        return signed_file(file_of(work, decision_for(work, decision_id)), decision_id)


# The `.json` routes stand first, because a path of the other kind would take them.
@router.get("/doctor/decisions/{decision_id}.json")
def doctor_file(decision_id: UUID, door: Doctor) -> Response:
    """The decision file."""
    return _file(door, decision_id)


@router.get("/doctor/decisions/{decision_id}")
def doctor_page(decision_id: UUID, door: Doctor) -> Response:
    """Why a step was allowed or refused."""
    return _page(door, decision_id)


@router.get("/pharmacist/decisions/{decision_id}.json")
def pharmacist_file(decision_id: UUID, door: Pharmacist) -> Response:
    """The decision file."""
    return _file(door, decision_id)


@router.get("/pharmacist/decisions/{decision_id}")
def pharmacist_page(decision_id: UUID, door: Pharmacist) -> Response:
    """Why a step was allowed or refused."""
    return _page(door, decision_id)


@router.get("/pharmacy/decisions/{decision_id}.json")
def pharmacy_file(decision_id: UUID, door: Pharmacy) -> Response:
    """The decision file of the pharmacy's own step."""
    return _file(door, decision_id)


@router.get("/pharmacy/decisions/{decision_id}")
def pharmacy_page(decision_id: UUID, door: Pharmacy) -> Response:
    """Why the pharmacy's own step was allowed or refused."""
    return _page(door, decision_id)


@router.get("/admin/decisions/{decision_id}.json")
def office_file(decision_id: UUID, door: Office) -> Response:
    """The decision file."""
    return _file(door, decision_id)


@router.get("/admin/decisions/{decision_id}")
def office_page(decision_id: UUID, door: Office) -> Response:
    """Why a step was allowed or refused."""
    return _page(door, decision_id)


@router.get("/doctor/visits/{visit_id}/forecast")
def forecast(visit_id: UUID, door: Doctor) -> Response:
    """What the patient was told before any money, with what is decided later."""
    with door.read() as work:
        visit = consult.visit_for_doctor(work, visit_id)
        row = work.get(consult.VisitForecast, visit.forecast_id)
        view = _forecast_view(work, row, f"/doctor/visits/{visit_id}")
    return show(door, DECISION, view)


def _forecast_view(work: Work, row: consult.VisitForecast, back: str) -> a.DecisionView:
    told = consult.told_in(row)
    later = tuple(a.DecidedRule(one.rule, one.message, "unknown", Text(zh="到时再定", en="decided later"), ())
                  for one in told.later)
    return a.DecisionView(
        identity.hospital(work).name, f"F-{row.id.hex[-10:].upper()}", row.at, OUTCOMES[told.verdict.value], told.label,
        told.summary, (*map(_rule, told.fired), *later), (), (), words.SYSTEM, _version(told),
        "、".join(layer.sha256 for layer in told.layers),
        Text(zh=f"预判 sha256 {row.sha256}", en=f"forecast sha256 {row.sha256}"),
        "", back, True, DISCLAIMS, words.silence(told))
