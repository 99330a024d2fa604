"""The hospital's own versions: the list, the page of one, its replays, and every step up to its date."""
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.problems import Problem, invalid
from app.kit.text import Text
from app.policy import api as policy
from app.policy.api import desk
from app.work import Work
from web.door import Door, GuardedRoute, see_other
from web.fit import Number
from web.pages.staff import views as v
from web.pages.staff import views_policy as p
from web.pages.staff.desk import Officer, attempt, frame, show, stopped
from web.pages.staff.office.replays import replay_view
from web.pages.staff.office.rules import rule_row
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
LIST, PAGE, REPLAY = "staff/admin/versions.html", "staff/admin/version.html", "staff/admin/replay.html"
HOME = "/admin/rules/versions"
Words = Annotated[str, Form(max_length=1000)]
Day = Annotated[str, Form(max_length=10)]
EMPTY = "rules: []\n"
NOTHING = Text(zh="没有本院的规则", en="no rules of our own")
IN_FORCE = Text(zh="在用", en="In force")
STATES: dict[str, Text] = {
    "draft": Text(zh="草稿", en="Draft"), "checked": Text(zh="已检查", en="Checked"),
    "replayed": Text(zh="已回放", en="Replayed"), "proposed": Text(zh="待批准", en="Waits for approval"),
    "approved": Text(zh="已批准，还没有发布", en="Approved, not published"),
    "published": Text(zh="已发布", en="Published"),
    "rejected": Text(zh="已退回", en="Sent back"), "withdrawn": Text(zh="已撤回", en="Withdrawn"),
}


def names_of(work: Work, ids: set[UUID]) -> dict[UUID, str]:
    """Officers by name."""
    known = identity.account_names(work, ids)
    return {id: (one.name_en if work.actor.language == "en" else one.name_zh) or one.user_name or "" for id, one
            in known.items()}


def version_row(row: desk.PolicyVersion, names: dict[UUID, str], chosen: bool = False) -> p.VersionRow:
    """A version as one line."""
    return p.VersionRow(row.id, row.number, row.state, names.get(row.author_id, ""), row.changed_at, row.why,
                        row.effective_from or row.wanted_from, chosen)


def _versions_view(work: Work, errors: tuple[v.FieldError, ...] = ()) -> p.VersionsView:
    """The list. Cost: 2 statements besides the frame."""
    rows = desk.versions(work)
    names = names_of(work, {row.author_id for row in rows})
    waiting = sum(row.state == "proposed" for row in rows)
    templates = tuple(v.Choice(one.name, one.title) for one in desk.templates().values())
    older = tuple(v.Choice(str(row.id), Text(zh=f"第 {row.number} 版（{STATES[row.state].zh}）",
                                             en=f"Version {row.number} ({STATES[row.state].en})")) for row in rows)
    return p.VersionsView(frame(work, "versions", versions=waiting), tuple(version_row(row, names) for row in rows),
                          templates, older, errors)


@router.get("/admin/rules/versions")
def versions(door: Officer) -> Response:
    """All versions of the hospital's own rules, and how to begin a new one."""
    with door.read() as work:
        view = _versions_view(work)
    return show(door, LIST, view)


@router.post("/admin/rules/versions")
def begin(door: Officer, begin_from: Annotated[str, Form(alias="from", max_length=80)] = "") -> Response:
    """Begin a version from a template or from an older version."""
    kind, _, name = begin_from.partition(":")
    template, older = desk.templates().get(name), _uuid(name)
    if (kind, template) == ("template", None) or (kind, older) == ("version", None) or kind not in (
            "template", "version"):
        problem: Problem | None = invalid("from", "请选一样开始：一个模板，或者一个旧版。",
                                          "Please choose where to begin: a template or an older version.")
        made = None
    else:
        source = template.source if template and kind == "template" else ""
        made, problem = attempt(door, lambda work: desk.begin_draft(work, source, older if not source else None))
    if problem is None and made is not None:
        return see_other(f"{HOME}/{made.id}/edit")
    assert problem is not None
    with door.read() as work:
        view = _versions_view(work, field_errors(problem))
    return show(door, LIST, view, problem.status, HOME)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# --- one version ----------------------------------------------------------------------------------------------


def version_view(work: Work, version_id: UUID, against: str = "",
                 errors: tuple[v.FieldError, ...] = ()) -> p.VersionView:
    """One version: what it says otherwise, its proof, its people, and the acts that are possible."""
    row = desk.version(work, version_id)
    rows = [one for one in desk.versions(work) if one.id != row.id]
    own, names = desk.policy_of(row), names_of(work, _people(row))
    before, said = _against(work, row, rows, against)
    today = policy.policies_in_force(work).date_of(work.now)
    latest = next(iter(desk.replays(work, row)), None)
    return p.VersionView(
        frame(work, "versions", (f"policy:{row.id}",)), version_row(row, names), _status(work, row), row.sha256,
        tuple(rule_row(own, rule, rule.holds(today)) for rule in own.rules), said,
        tuple(v.Choice(str(one.id), Text(zh=f"第 {one.number} 版", en=f"Version {one.number}"), str(one.id) == against)
              for one in rows),
        tuple(p.Difference(one.rule, one.what, one.before, one.after) for one in policy.differences(before, own)),
        _gates(work, row, latest), _history(row, names), replay_view(work, row, latest) if latest else None,
        _possible(work, row, latest), _second(work, row), today, max(row.wanted_from or today, today), row.reason,
        row.source, errors)


def _people(row: desk.PolicyVersion) -> set[UUID]:
    known = (row.author_id, row.proposed_by, row.approved_by, row.published_by, row.ended_by)
    return {one for one in known if one is not None} | {UUID(one) for one in row.writers}


def _against(work: Work, row: desk.PolicyVersion, rows: list[desk.PolicyVersion],
             against: str) -> tuple[policy.Policy | None, Text]:
    chosen = next((one for one in rows if str(one.id) == against), None)
    if chosen is not None:
        return desk.policy_of(chosen), Text(zh=f"第 {chosen.number} 版", en=f"version {chosen.number}")
    before = desk.policy_under(work, row)
    if before is None:
        return None, NOTHING
    return before, Text(zh=f"第 {before.version} 版", en=f"version {before.version}")


def _status(work: Work, row: desk.PolicyVersion) -> Text:
    """The state in words; of a published version also whether it decides today."""
    if row.state != "published" or row.effective_from is None:
        return STATES[row.state]
    current = desk.current_version(work)
    if current is not None and current.id == row.id:
        return IN_FORCE
    if desk.is_over(work, row):
        return Text(zh="已被新版取代", en="Superseded")
    return Text(zh=f"{row.effective_from} 起用", en=f"In force from {row.effective_from}")


def _gates(work: Work, row: desk.PolicyVersion, latest: desk.PolicyReplay | None) -> tuple[p.GateLine, ...]:
    proven = latest is not None and desk.is_current(work, row, latest)
    own = row.cases_held
    cases = Text(zh="格式、出处、上面的规则都对得上" + (f"；自己的案例 {own} 个通过" if own else ""),
                 en="Loads, cites its source, fits under the law" + (f"; {own} own cases hold" if own else ""))
    told = [(row.checked_at is not None, cases),
            (proven, Text(zh="在案例和真实判定上回放过", en="Replayed on the case file and on stored decisions")),
            (row.proposed_at is not None, Text(zh="提出，内容从此不变", en="Proposed; from here on it never changes")),
            (row.approved_at is not None, Text(zh="第二个人批准", en="Approved by a second person")),
            (row.published_at is not None, Text(zh="定好日期发布", en="Published for a date"))]
    following = next((n for n, (done, _) in enumerate(told) if not done), len(told))
    return tuple(p.GateLine("done" if done else "next" if n == following else "todo", words)
                 for n, (done, words) in enumerate(told))


def _history(row: desk.PolicyVersion, names: dict[UUID, str]) -> tuple[tuple[Any, str, Any], ...]:
    ended = Text(zh="退回", en="Sent back") if row.state == "rejected" else Text(zh="撤回", en="Withdrawn")
    lines = ((Text(zh="起草", en="Begun"), row.author_id, row.created_at),
             (Text(zh="提出", en="Proposed"), row.proposed_by, row.proposed_at),
             (Text(zh="批准", en="Approved"), row.approved_by, row.approved_at),
             (Text(zh="发布", en="Published"), row.published_by, row.published_at), (ended, row.ended_by, row.ended_at))
    return tuple((words, names.get(who, ""), at) for words, who, at in lines if who is not None)


def _second(work: Work, row: desk.PolicyVersion) -> bool:
    mine = work.actor.account_id
    return str(mine) not in {*row.writers, str(row.author_id), str(row.proposed_by)}


def _possible(work: Work, row: desk.PolicyVersion, latest: desk.PolicyReplay | None) -> frozenset[str]:
    """What the buttons of the page are made from: the life cycle, and what its commands would refuse besides."""
    found = set(desk.POLICY_VERSION.possible(row.state, "compliance"))
    current, running = desk.current_version(work), latest is not None and latest.state == "running"
    if row.state in ("checked", "replayed", "proposed") and not running:
        found.add("replay")
    if running:
        found -= {"edit", "propose", "approve", "publish"}
    if latest is None or not desk.is_current(work, row, latest):
        found -= {"propose", "approve", "publish"}
    begun = row.effective_from is not None and row.effective_from <= policy.policies_in_force(work).date_of(work.now)
    return frozenset(found - {"withdraw"} if begun or (current and current.id == row.id) else found)


@router.get("/admin/rules/versions/{version_id}")
def version(version_id: UUID, door: Officer, against: Annotated[str, Query(max_length=40)] = "") -> Response:
    """One version."""
    with door.read() as work:
        view = version_view(work, version_id, against)
    return show(door, PAGE, view)


def acted(door: Door, version_id: UUID, act: Callable[[Work], Any]) -> Response:
    """One step of a version; what is wrong with a field is said on its page, everything else on a page of its own."""
    _, problem = attempt(door, act)
    here = f"{HOME}/{version_id}"
    if problem is None:
        return see_other(here)
    if problem.slug not in ("invalid", "policy-cases-fail", "policy-unusable"):
        return stopped(door, problem, here, "versions")
    with door.read() as work:
        view = version_view(work, version_id, errors=problem_errors(problem))
    return show(door, PAGE, view, problem.status, here)


def problem_errors(problem: Problem) -> tuple[v.FieldError, ...]:
    """What is wrong, each case of one's own that fails by name."""
    failures = problem.facts.get("failures") or []
    told = tuple(v.FieldError("", f"{one['case_id']}: {'; '.join(one['differences'])}") for one in failures)
    return told or field_errors(problem) or (v.FieldError("", problem.detail),)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise invalid(field, "请填一个日期，例如 2027-01-01。", "Please give a date, such as 2027-01-01.") from wrong


def _ticked(seen: str) -> None:
    if not seen:
        raise invalid("seen", "请先看过改动和回放，再打勾。",
                      "Please look at the changes and the replay first, then tick.")


@router.post("/admin/rules/versions/{version_id}/check")
def check(version_id: UUID, door: Officer) -> Response:
    """Prove the draft."""
    return acted(door, version_id, lambda work: desk.check_version(work, version_id))


@router.post("/admin/rules/versions/{version_id}/replay")
def begin_replay(version_id: UUID, door: Officer, last: Annotated[Number, Form()] = 1000) -> Response:
    """Start a replay and watch it."""
    return acted(door, version_id, lambda work: desk.begin_replay(work, version_id, last))


@router.post("/admin/rules/versions/{version_id}/propose")
def propose(version_id: UUID, door: Officer, why: Words = "", wanted_from: Day = "") -> Response:
    """Hand it to a second person."""
    return acted(door, version_id, lambda work: desk.propose(work, version_id, _day("wanted_from", wanted_from), why))


@router.post("/admin/rules/versions/{version_id}/approve")
def approve(version_id: UUID, door: Officer, sha256: Annotated[str, Form(max_length=64)] = "",
            seen: Annotated[str, Form(max_length=5)] = "", effective_from: Day = "") -> Response:
    """Agree to what was seen; with a day it is published in the same step."""
    def act(work: Work) -> None:
        _ticked(seen)
        desk.approve(work, version_id, sha256)
        if effective_from:
            desk.publish(work, version_id, _day("effective_from", effective_from))

    return acted(door, version_id, act)


@router.post("/admin/rules/versions/{version_id}/publish")
def publish(version_id: UUID, door: Officer, effective_from: Day = "") -> Response:
    """Let it decide from a day on."""
    return acted(door, version_id,
                 lambda work: desk.publish(work, version_id, _day("effective_from", effective_from)))


@router.post("/admin/rules/versions/{version_id}/reject")
def reject(version_id: UUID, door: Officer, reason: Words = "") -> Response:
    """Send it back with a reason."""
    return acted(door, version_id, lambda work: desk.reject(work, version_id, reason))


@router.post("/admin/rules/versions/{version_id}/withdraw")
def withdraw(version_id: UUID, door: Officer, reason: Words = "") -> Response:
    """Take it back."""
    return acted(door, version_id, lambda work: desk.withdraw(work, version_id, reason))


# --- replays --------------------------------------------------------------------------------------------------


@router.get("/admin/rules/replays/{replay_id}")
def replay(replay_id: UUID, door: Officer, offset: Number = 0) -> Response:
    """A replay with every decision that would change."""
    with door.read() as work:
        row = desk.replay(work, replay_id)
        own = desk.version(work, row.version_id)
        told = replay_view(work, own, row, offset)
        more = f"?offset={offset + len(told.changes)}" if offset + len(told.changes) < row.changed else ""
        view = p.ReplayPage(frame(work, "versions", (f"policy:{own.id}",)),
                            version_row(own, names_of(work, {own.author_id})), told, more)
    return show(door, REPLAY, view)


@router.post("/admin/rules/replays/{replay_id}/cancel")
def cancel(replay_id: UUID, door: Officer) -> Response:
    """Stop a running replay."""
    with door.read() as work:
        version_id = desk.replay(work, replay_id).version_id
    return acted(door, version_id, lambda work: desk.cancel_replay(work, replay_id))
