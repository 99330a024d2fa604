"""The editor of a draft: a form made from the schema and the YAML beside it; either side can be saved."""
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from app.kit.problems import Problem
from app.kit.text import Text
from app.policy import api as policy
from app.policy.api import desk
from app.work import Work
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff import views_policy as p
from web.pages.staff.desk import Officer, attempt, frame, show, stopped
from web.pages.staff.office.form_reading import Pairs, carried_out, read_form
from web.pages.staff.office.rule_form import Data, named, rule_form
from web.pages.staff.office.versions import HOME, names_of, version_row

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = "staff/admin/rule_edit.html"
MOST_RULES = 20     # a larger version is written as YAML: a browser's form has its limits
TOLD_HERE = ("policy-unusable", "invalid", "policy-draft-changed")


async def _pairs(request: Request) -> Pairs:
    """Every field of the form by name."""
    made: Pairs = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            made.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return made


Given = Annotated[Pairs, Depends(_pairs)]


def _one(pairs: Pairs, name: str) -> str:
    return pairs.get(name, [""])[0]


def edit_view(work: Work, version_id: UUID, typed: Pairs | None = None, data: Data | None = None,
              yaml: str | None = None, problem: Problem | None = None) -> p.EditView:
    """The stored draft, or what was typed over it; `problem` is what could not be used of it."""
    row = desk.version(work, version_id)
    unsaved = typed is not None
    if data is None:
        data = _readable(row.source if yaml is None else yaml)
    whole = data is not None and len(data.get("rules") or ()) <= MOST_RULES
    shown = data if whole and data is not None else {}
    rules = shown.get("rules") if isinstance(shown.get("rules"), list) else []
    said = _sentences(work, row, shown)
    was = _sentences(work, row, _readable(row.source) or {})
    old = desk.policy_under(work, row)
    before = {rule.id: policy.say_rule(old, rule) for rule in old.rules} if old else was
    return p.EditView(
        frame(work, "versions"), version_row(row, names_of(work, {row.author_id})),
        int(_one(typed, "revision") or 0) if typed and _one(typed, "revision").isdecimal() else row.revision,
        named("params", shown.get("params")), named("lists", shown.get("lists")),
        tuple(rule_form(n, one, said.get(str(one.get("id"))), before.get(str(one.get("id"))))
              for n, one in enumerate(rules or ()) if isinstance(one, dict)),
        yaml if yaml is not None else desk.written(data) if unsaved and data else row.source,
        _one(typed, "why") if typed else row.why, _one(typed, "cases") if typed else row.cases, unsaved,
        _numbers(yaml or row.source), tuple(_names(shown)), _errors(problem),
        int(problem.facts.get("line") or 0) if problem else 0, whole,
        problem is not None and problem.slug == "policy-draft-changed",
        tuple(name for name, spec in policy.fact_registry().specs.items() if spec.type == "bool"))


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(str(n) for n in range(1, min(text.count("\n") + 2, 400)))


def _names(data: Data) -> list[str]:
    return [str(name) for kind in ("params", "lists") if isinstance(data.get(kind), dict) for name in data[kind]]


def _readable(source: str) -> Data | None:
    """The plain data of a YAML; None where it cannot be read at all."""
    try:
        return desk.read_body(source)
    except policy.PolicyError:
        return None


def _sentences(work: Work, row: desk.PolicyVersion, data: Data) -> dict[str, Text]:
    """Each rule as it reads, where the whole can be used; else nothing."""
    try:
        own = desk.house_policy(desk.written(data), row.number, work.tool(policy.PolicySet))
    except (policy.PolicyError, ValueError, TypeError):
        return {}
    return {rule.id: policy.say_rule(own, rule) for rule in own.rules}


def _errors(problem: Problem | None) -> tuple[v.FieldError, ...]:
    if problem is None:
        return ()
    rows: list[Any] = problem.facts.get("errors") or []
    told = tuple(v.FieldError(row["field"], Text(**row["message"])) for row in rows)
    return told or (v.FieldError("yaml" if problem.slug == "policy-unusable" else "", problem.detail),)


@router.get("/admin/rules/versions/{version_id}/edit")
def edit(version_id: UUID, door: Officer) -> Response:
    """The draft in a form, with its YAML beside it."""
    with door.read() as work:
        row = desk.version(work, version_id)
        if row.state not in desk.OPEN:
            return see_other(f"{HOME}/{version_id}")
        view = edit_view(work, version_id)
    return show(door, PAGE, view)


@router.post("/admin/rules/versions/{version_id}/edit")
def save(version_id: UUID, door: Officer, pairs: Given) -> Response:
    """Save one of the two sides, or carry out a button of the form without saving; what was typed is never lost."""
    act, _, path = _one(pairs, "do").partition(":")
    yaml = _one(pairs, "yaml")
    try:
        data = None if act in ("yaml", "form") else carried_out(read_form(pairs), act, path)
    except Problem as unfit:
        return _again(door, version_id, pairs, None, yaml, unfit)
    if data is not None and act != "save":
        return _again(door, version_id, pairs, data, None, None)
    if act == "form":
        return _again(door, version_id, pairs, _readable(yaml), yaml, None)
    source = yaml if data is None else desk.written(data)
    revision = int(_one(pairs, "revision")) if _one(pairs, "revision").isdecimal() else 0
    _, problem = attempt(door, lambda work: desk.save_draft(
        work, version_id, revision, source, _one(pairs, "why"), _one(pairs, "cases")))
    if problem is None:
        return see_other(f"{HOME}/{version_id}")
    if problem.slug not in TOLD_HERE:
        return stopped(door, problem, f"{HOME}/{version_id}", "versions")
    return _again(door, version_id, pairs, data, source, problem)


def _again(door: Door, version_id: UUID, pairs: Pairs, data: Data | None, yaml: str | None,
           problem: Problem | None) -> Response:
    """The same page with what was typed."""
    with door.read() as work:
        view = edit_view(work, version_id, pairs, data, yaml, problem)
    return show(door, PAGE, view, problem.status if problem else 200, f"{HOME}/{version_id}/edit")
