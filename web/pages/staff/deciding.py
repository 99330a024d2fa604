"""The page of one decision: verdict, reason, rules with their sources, facts with origin and time, version and hash."""
import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from web.api.decisions import decision_for
from web.door import Door, GuardedRoute
from web.pages.staff import views_admin as a
from web.pages.staff.desk import ROLES, Doctor, Office, Pharmacist, Pharmacy, prefix_of, show
from web.pages.staff.verdicts import OUTCOMES, title_of

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
DECISION = "staff/decision.html"
SURE: dict[str, Text] = {
    "text": Text(zh="原文已读", en="text read"), "summary": Text(zh="只读过摘要", en="summary read"),
    "unverified": Text(zh="未核实", en="not verified"),
}
RESULTS: dict[str, Any] = {"fired": "fired", "cannot_determine": "unknown", "satisfied": "satisfied",
                           "excepted": "satisfied"}
HERE: dict[str, Text] = {
    "fired": Text(zh="条件成立", en="its condition holds"),
    "satisfied": Text(zh="要的都有", en="what it asks for is there"),
    "excepted": Text(zh="适用例外", en="an exception applies"),
}
SOURCES: dict[str, Text] = {
    "visit": Text(zh="就诊", en="visit"), "visit_judgement": Text(zh="医生的判断", en="the doctor's judgement"),
    "evidence": Text(zh="凭证", en="evidence"), "prescription": Text(zh="处方", en="prescription"),
    "prescription_item": Text(zh="处方的一行", en="a line of the prescription"),
    "triage": Text(zh="分诊", en="triage"), "patient": Text(zh="实名信息", en="the patient's identity"),
    "consent": Text(zh="知情同意", en="consent"), "drug_class": Text(zh="药品分类表", en="table of drug classes"),
    "licence_file": Text(zh="执业档案", en="licence file"), "organization": Text(zh="机构资料", en="organisation"),
    "practitioner": Text(zh="人员资料", en="staff file"), "order": Text(zh="订单", en="order"),
    "dispense": Text(zh="调配", en="dispensing"), "session": Text(zh="本次登录", en="this sign-in"),
    "licence": Text(zh="执业档案", en="licence file"), "realname_check": Text(zh="实名核验", en="identity check"),
}
NOT_KNOWN_FROM = Text(zh="没有来源", en="no source")
SYSTEM = Text(zh="系统", en="the system")
DISCLAIMS = Text(zh="本院判定说明，规则原文以官方发布为准", en="The official text of each rule prevails")


def decision_view(work: Work, row: policy.PolicyDecision, back: str) -> a.DecisionView:
    """A stored decision; one whose record was altered raises DecisionAltered."""
    record = policy.read_record(row)
    decision, policies = record.decision, policy.policies_of(work, record)
    asked = policies.by_stage.get(record.stage, ())
    return a.DecisionView(
        _house(work, row), f"D-{row.id.hex[-10:].upper()}", record.at, OUTCOMES[decision.verdict.value],
        title_of(record.stage, decision.verdict), decision.summary, tuple(map(_rule, decision.fired)),
        max(0, sum(one.rule.holds(record.as_of) for one in asked) - len(decision.fired)),
        _facts(record, policies.registry), _made_by(work, record), _version(decision),
        "、".join(layer.sha256 for layer in decision.layers),
        Text(zh=f"判定记录 sha256 {row.sha256}", en=f"decision record sha256 {row.sha256}"),
        f"{prefix_of(work.actor.role)}/decisions/{row.id}.json", back, printed=DISCLAIMS,
        remedies=tuple(a.Remedied(one.rule, policy.say_remedy(one, policies.registry))
                       for one in policy.remedies_of(work, record)))


def _house(work: Work, row: policy.PolicyDecision) -> Text:
    own = identity.organization(work, row.organization_id) if row.organization_id else identity.hospital(work)
    return own.name


def _version(answer: policy.Decision | policy.Forecast) -> str:
    return "、".join(f"{layer.policy} {layer.version}" for layer in answer.layers)


def _rule(fired: policy.FiredRule) -> a.DecidedRule:
    return a.DecidedRule(fired.rule, fired.message, RESULTS[fired.why], _here(fired),
                         tuple(_cite(one) for one in fired.cite))


def _here(fired: policy.FiredRule) -> Text:
    """What was missing, else how the rule stood."""
    names = [*fired.missing, *fired.evidence_needed]
    if names:
        told = policy.name_facts(names, policy.fact_registry())
        return Text(zh=f"还不知道或还缺：{told.zh}", en=f"not known or still needed: {told.en}")
    return HERE.get(fired.why, Text(zh="不能判断", en="cannot be told"))


def _cite(cite: Any) -> Text:
    sure = SURE[cite.confidence]
    return Text(zh=f"{cite.instrument} {cite.article}（{sure.zh}）", en=f"{cite.instrument} {cite.article} ({sure.en})")


def _facts(record: policy.DecisionRecord, registry: policy.FactRegistry) -> tuple[a.DecidedFact, ...]:
    """Every fact that was used, then those that were missing: not known, never read as no."""
    known = tuple(a.DecidedFact(registry.label(fact.name), policy.say_value(registry, fact.value), _source(fact.source),
                               fact.at)
                  for fact in record.facts)
    missing = [name for name in record.decision.missing if name not in record.values()]
    return known + tuple(a.DecidedFact(registry.label(name), None, NOT_KNOWN_FROM, None) for name in missing)


def _source(source: str) -> Text:
    kind = source.partition(":")[0]
    return SOURCES.get(kind, Text(zh=kind, en=kind) if kind else SYSTEM)


def _made_by(work: Work, record: policy.DecisionRecord) -> Text:
    """Who acted when the rules were asked."""
    who = record.actor
    role = ROLES.get(who.role, Text(zh="患者", en="patient") if who.role == "patient" else SYSTEM)
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
    """Facts, rules and version as they were stored, with their hash."""
    with door.read() as work:
        row = decision_for(work, decision_id)
        content = json.dumps({"sha256": row.sha256, "record": json.loads(row.record)}, ensure_ascii=False, indent=1)
    return Response(content, media_type="application/json",
                    headers={"Content-Disposition": f'attachment; filename="decision-{decision_id}.json"'})


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
        told.summary, (*map(_rule, told.fired), *later), 0, (), SYSTEM, _version(told),
        "、".join(layer.sha256 for layer in told.layers),
        Text(zh=f"预判 sha256 {row.sha256}", en=f"forecast sha256 {row.sha256}"),
        "", back, True, DISCLAIMS)


