"""The hospital's own rules for programs: read what decides, write versions, prove them, and take them into force."""
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.kit.problems import invalid
from app.policy import api as policy
from app.policy.api import desk
from app.work import Work
from consult import api as consult
from web.api.schemas import Bilingual, Out
from web.door import ApiGate, Door, GuardedRoute
from web.fit import Number

router = APIRouter(prefix="/api/v1/policy", route_class=GuardedRoute, tags=["policy"])
Officer = Annotated[Door, ApiGate("compliance")]
Yaml = Annotated[str, Field(max_length=600_000)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftIn(_In):
    """What a version begins from: YAML, the name of a template, or an older version; exactly one."""

    source: Yaml = ""
    template: str = Field("", max_length=60)
    based_on: UUID | None = None


class SaveIn(_In):
    """The whole content of a draft; `revision` is the one that was read."""

    revision: Number
    source: Yaml
    why: str = Field("", max_length=1000)
    cases: Yaml = ""


class ReplayIn(_In):
    """How many stored decisions, the newest first."""

    last: Annotated[int, Field(ge=1, le=20_000)] = 1000


class ProposeIn(_In):
    """From when the version should decide, and why."""

    effective_from: date
    why: Reason


class ApproveIn(_In):
    """The hash of the content that the second person looked at."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class ReasonIn(_In):
    """Why a version ends."""

    reason: Reason


class PublishIn(_In):
    """The first day."""

    effective_from: date


class VersionOut(Out):
    """A version; `possible` are the moves that its state allows an officer."""

    id: UUID
    number: int
    state: str
    revision: int
    sha256: str
    why: str
    reason: str
    based_on: UUID | None
    author_id: UUID
    proposed_by: UUID | None
    approved_by: UUID | None
    published_by: UUID | None
    created_at: datetime
    wanted_from: date | None
    effective_from: date | None
    in_force: bool = False
    possible: list[str] = []


class DifferenceOut(Out):
    """One thing that a version says otherwise."""

    rule: str
    what: Bilingual
    before: Bilingual | None
    after: Bilingual | None


class VersionFullOut(VersionOut):
    """A version with its YAML, its cases, the whole policy, and what it says otherwise than the one before it."""

    source: str
    cases: str
    policy: dict[str, Any]
    differences: list[DifferenceOut]
    replays: list["ReplayOut"]


class ChangeOut(Out):
    """A stored decision that would be made otherwise."""

    decision_id: UUID
    stage: str
    as_of: date
    before: str
    after: str
    rules_before: list[str]
    rules_after: list[str]


class ReplayOut(Out):
    """A replay; `current` while it speaks of the content under the law of today."""

    id: UUID
    version_id: UUID
    state: str
    sha256: str
    total: int
    done: int
    changed: int
    unreadable: int
    assumed_from: date
    begun_at: datetime
    ended_at: datetime | None
    cases_total: int
    cases: list[dict[str, Any]]
    current: bool = False


class DepartmentOut(Out):
    """How many decisions of a department would be made otherwise, and about how many patients."""

    department: str
    changes: int
    patients: int


class RuleMoveOut(Out):
    """How many decisions a rule takes from one verdict to another, and about how many patients."""

    rule: str
    before: str
    after: str
    count: int
    patients: int


class ReplayFullOut(ReplayOut):
    """A replay with the changes it found (the newest 500) and how many people they are about; nobody is named."""

    changes: list[ChangeOut]
    patients: int
    staff: int
    departments: list[DepartmentOut]
    rules: list[RuleMoveOut]


class RuleOut(Out):
    """A rule that can decide, as a sentence and as data; how often its steps were judged and how often it spoke."""

    id: str
    policy: str
    layer: str
    effect: str
    sentence: Bilingual
    in_force: bool
    judged_30_days: int
    spoke_30_days: dict[str, int]
    rule: dict[str, Any]


def _version(work: Work, row: desk.PolicyVersion) -> VersionOut:
    current = desk.current_version(work)
    return VersionOut.model_validate(row).model_copy(update={
        "possible": desk.POLICY_VERSION.possible(row.state, "compliance"),
        "in_force": current is not None and current.id == row.id})


def _replay(work: Work, row: desk.PolicyReplay) -> ReplayOut:
    current = desk.is_current(work, desk.version(work, row.version_id), row)
    return ReplayOut.model_validate(row).model_copy(update={"current": current})


def _full(work: Work, row: desk.PolicyVersion) -> VersionFullOut:
    own = desk.policy_of(row)
    told = [DifferenceOut.model_validate(one) for one in policy.differences(desk.policy_under(work, row), own)]
    return VersionFullOut(**_version(work, row).model_dump(), source=row.source, cases=row.cases, policy=own.plain(),
                          differences=told, replays=[_replay(work, one) for one in desk.replays(work, row)])


@router.get("/rules")
def rules(door: Officer) -> list[RuleOut]:
    """Every rule of every layer that stands now."""
    with door.read() as work:
        desk.require_officer(work)
        policies = policy.policies_in_force(work)
        today, uses = policies.date_of(work.now), policy.uses(work)
        return [RuleOut(id=rule.id, policy=layer.id, layer=layer.layer, effect=rule.effect, in_force=rule.holds(today),
                        sentence=Bilingual.model_validate(policy.say_rule(layer, rule)),
                        rule=rule.model_dump(mode="json", by_alias=True, exclude_defaults=True),
                        judged_30_days=uses.of(rule).judged, spoke_30_days=uses.of(rule).how)
                for layer in policies.layers for rule in layer.rules]


@router.get("/schema")
def schema(door: Officer) -> dict[str, Any]:
    """The JSON Schema of a policy, and the facts that a rule may name."""
    with door.read() as work:
        desk.require_officer(work)
    specs = policy.fact_registry().specs
    return {"policy": policy.Policy.model_json_schema(by_alias=True),
            "facts": {name: {"type": spec.type, "label": spec.label.model_dump(),
                             "values": sorted(spec.values) if spec.values else None} for name, spec in specs.items()}}


@router.get("/versions")
def versions(door: Officer) -> list[VersionOut]:
    """All versions of the hospital's own rules, the newest first."""
    with door.read() as work:
        return [_version(work, row) for row in desk.versions(work)]


@router.post("/versions", status_code=201)
def begin(body: DraftIn, door: Officer) -> VersionFullOut:
    """Begin a version."""
    if sum(map(bool, (body.source, body.template, body.based_on))) != 1:
        raise invalid("source", "请给出 YAML、模板或旧版中的一样。", "Give one of: source, template, based_on.")
    template = desk.templates().get(body.template)
    if body.template and template is None:
        raise invalid("template", "没有这个模板。",
                      f"There is no such template; there are {', '.join(desk.templates())}.")
    with door.write() as work:
        return _full(work, desk.begin_draft(work, template.source if template else body.source, body.based_on))


@router.get("/versions/{version_id}")
def version(version_id: UUID, door: Officer) -> VersionFullOut:
    """One version."""
    with door.read() as work:
        return _full(work, desk.version(work, version_id))


@router.put("/versions/{version_id}")
def save(version_id: UUID, body: SaveIn, door: Officer) -> VersionFullOut:
    """Write a draft anew; a fault is told with line, rule and field, and changes nothing."""
    with door.write() as work:
        return _full(work, desk.save_draft(work, version_id, body.revision, body.source, body.why, body.cases))


@router.post("/versions/{version_id}/check")
def check(version_id: UUID, door: Officer) -> VersionFullOut:
    """Prove a draft: it fits under the law of today, and its own cases hold."""
    with door.write() as work:
        return _full(work, desk.check_version(work, version_id))


@router.post("/versions/{version_id}/replays", status_code=201)
def begin_replay(version_id: UUID, body: ReplayIn, door: Officer) -> ReplayOut:
    """Start a replay; it runs as a job."""
    with door.write() as work:
        return _replay(work, desk.begin_replay(work, version_id, body.last))


@router.get("/replays/{replay_id}")
def replay(replay_id: UUID, door: Officer) -> ReplayFullOut:
    """How far a replay is, and what it found."""
    with door.read() as work:
        row = desk.replay(work, replay_id)
        found = [ChangeOut.model_validate(one) for one in desk.changes(work, row, 500)]
        count = desk.affected(work, row)
        where = [DepartmentOut.model_validate(one) for one in consult.changes_by_department(work, row.id)]
        rules = [RuleMoveOut.model_validate(one) for one in desk.outcomes(work, row).moves]
        return ReplayFullOut(**_replay(work, row).model_dump(), changes=found, patients=count.patients,
                             staff=count.staff, departments=where, rules=rules)


@router.post("/replays/{replay_id}/cancel")
def cancel_replay(replay_id: UUID, door: Officer) -> ReplayOut:
    """Stop a running replay."""
    with door.write() as work:
        return _replay(work, desk.cancel_replay(work, replay_id))


@router.post("/versions/{version_id}/propose")
def propose(version_id: UUID, body: ProposeIn, door: Officer) -> VersionFullOut:
    """Hand a replayed version to a second person; it never changes again."""
    with door.write() as work:
        return _full(work, desk.propose(work, version_id, body.effective_from, body.why))


@router.post("/versions/{version_id}/approve")
def approve(version_id: UUID, body: ApproveIn, door: Officer) -> VersionFullOut:
    """Agree, as somebody who neither wrote nor proposed it."""
    with door.write() as work:
        return _full(work, desk.approve(work, version_id, body.sha256))


@router.post("/versions/{version_id}/reject")
def reject(version_id: UUID, body: ReasonIn, door: Officer) -> VersionFullOut:
    """Send a proposal back with a reason."""
    with door.write() as work:
        return _full(work, desk.reject(work, version_id, body.reason))


@router.post("/versions/{version_id}/publish")
def publish(version_id: UUID, body: PublishIn, door: Officer) -> VersionFullOut:
    """Let an approved version decide from a day on."""
    with door.write() as work:
        return _full(work, desk.publish(work, version_id, body.effective_from))


@router.post("/versions/{version_id}/withdraw")
def withdraw(version_id: UUID, body: ReasonIn, door: Officer) -> VersionFullOut:
    """Take back what has not decided anything yet."""
    with door.write() as work:
        return _full(work, desk.withdraw(work, version_id, body.reason))
