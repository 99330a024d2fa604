"""What every staff page begins with: whose desk it is, its frame, and how a refused step is told."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.problems import NotAllowed, NotFound, NotSignedIn, Problem
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from web.door import Door, Gate
from web.pages.staff import views as v
from web.pages.staff.counting import COUNTED, counts
from web.pages.staff.stops import stop_view
from web.rendering import render

T = TypeVar("T")
Doctor = Annotated[Door, Gate("doctor")]
Pharmacist = Annotated[Door, Gate("pharmacist")]
Pharmacy = Annotated[Door, Gate("pharmacy")]
OFFICE = ("compliance", "admin", "operator")
Office = Annotated[Door, Gate(*OFFICE)]
Officer = Annotated[Door, Gate("compliance")]
ROLES = {"compliance": Text(zh="合规官", en="Compliance officer"), "admin": Text(zh="医院管理员", en="Administrator"),
         "operator": Text(zh="运维", en="Operator"), "pharmacy": Text(zh="药房", en="Pharmacy"),
         "pharmacist": Text(zh="药师", en="Pharmacist"), "doctor": Text(zh="医生", en="Doctor")}
PLACES: dict[str, tuple[tuple[str, str, Text], ...]] = {
    "doctor": (("visits", "/doctor", Text(zh="接诊", en="Visits")),
               ("rx", "/doctor/prescriptions", Text(zh="处方", en="Prescriptions")),
               ("calls", "/doctor/call-backs", Text(zh="回电", en="Calls"))),
    "pharmacist": (("review", "/pharmacist", Text(zh="审方", en="Review")),
                   ("returned", "/pharmacist/returned", Text(zh="已退回", en="Returned")),
                   ("decided", "/pharmacist/decided", Text(zh="今日已审", en="Decided today"))),
    "pharmacy": (("board", "/pharmacy/board", Text(zh="配药", en="Dispatch")),),
    "office": (("licences", "/admin/licences", Text(zh="执业档案", en="Licence files")),
               ("audit", "/admin/audit", Text(zh="审计", en="Audit")),
               ("retention", "/admin/retention", Text(zh="保存期限", en="Retention")),
               ("calls", "/admin/calls", Text(zh="通话", en="Calls"))),
    "compliance": (("rules", "/admin/rules", Text(zh="规则", en="Rules")),
                   ("versions", "/admin/rules/versions", Text(zh="本院的版本", en="Our versions")),
                   ("licences", "/admin/licences", Text(zh="执业档案", en="Licence files")),
                   ("audit", "/admin/audit", Text(zh="审计", en="Audit")),
                   ("retention", "/admin/retention", Text(zh="保存期限", en="Retention"))),
}
HOMES = {"doctor": "/doctor", "pharmacist": "/pharmacist", "pharmacy": "/pharmacy/board",
         "compliance": "/admin/rules", "admin": "/office", "operator": "/office"}


def prefix_of(role: str) -> str:
    """The first part of the addresses of a role's pages; the office shares one."""
    return "/admin" if role in OFFICE else f"/{role}"


@dataclass(frozen=True)
class Sitter:
    """Who sits at the desk: the names that the top bar shows."""

    house: Text
    role: Text
    person: str
    on_duty: bool | None = None


def sitter(work: Work) -> Sitter:
    """The signed-in person with house and role; two statements, for a pharmacy or the office one."""
    me = work.actor
    if me.practitioner_id is not None:
        own = identity.practitioner(work, me.practitioner_id)
        role = own.title or ROLES[me.role]
        if me.role == "doctor" and own.department:
            field = identity.DEPARTMENTS[own.department]
            role = Text(zh=f"{field.zh}医生", en=field.en)
        duty = own.on_duty_since is not None if me.role == "doctor" else None
        return Sitter(identity.hospital(work).name, role, own.name.get(me.language), duty)
    account, place = work.session.exec(
        select(identity.Account, identity.Organization)
        .join(identity.StaffRole, col(identity.StaffRole.account_id) == col(identity.Account.id))
        .join(identity.Organization, col(identity.Organization.id) == col(identity.StaffRole.organization_id))
        .where(identity.Account.id == me.account_id, identity.Organization.id == me.organization_id,
               identity.StaffRole.role == me.role)).one()
    person = (account.name_en if me.language == "en" else account.name_zh) or account.user_name or ""
    return Sitter(place.name, ROLES[me.role], person)


def frame(work: Work, current: str, topics: tuple[str, ...] = (), **known: int) -> v.StaffFrame:
    """Top bar and foot of the signed-in person's pages; what a page has counted already is not asked again."""
    who, role = sitter(work), work.actor.role
    waits = known or counts(work)
    places = tuple(v.Place(href, words, waits.get(key), key == current)
                   for key, href, words in PLACES.get(role, PLACES["office"]))
    return v.StaffFrame(who.house, who.role, who.person, HOMES[role], places, work.now, who.on_duty,
                        finds=role not in OFFICE, topics=topics or COUNTED.get(role, ())[:1], desk=prefix_of(role),
                        here=current, counted=COUNTED[role][0] if role in COUNTED else "")


def show(door: Door, template: str, view: Any, status: int = 200, path: str | None = None) -> HTMLResponse:
    """Render one staff page or part; `path` is where a change of language comes back to."""
    if path is None and door.request.method != "GET":
        path = HOMES[door.actor.role]
    more = {"path": path} if path else None
    return render_for(door, template, status, more, view=view)


def render_for(door: Door, template: str, status: int = 200, more: dict[str, Any] | None = None,
               **names: Any) -> HTMLResponse:
    """Render with other names than `view`, as parts of a page need."""
    context = replace(door.context("staff"), **(more or {}))
    return HTMLResponse(render(template, context, **names), status)


def attempt(door: Door, act: Callable[[Work], T]) -> tuple[T | None, Problem | None]:
    """Do one step in its own transaction; a refusal comes back to be told in its place.

    Whoever may not be here at all, and whatever does not exist for them, is answered as everywhere; a wrong password
    or code, which is a kind of not being signed in, belongs beside its field.
    """
    try:
        with door.write() as work:
            return act(work), None
    except NotFound:
        raise
    except Problem as problem:
        if type(problem) in (NotSignedIn, NotAllowed):
            raise
        return None, problem


def stopped(door: Door, problem: Problem, back: str, current: str) -> HTMLResponse:
    """The page that says what was refused, what it means and where to go on."""
    with door.read() as work:
        around = frame(work, current)
        rules = cited(work, problem)
    view = stop_view(around, problem, back, decision_href(door, problem), rules)
    return show(door, "staff/stop.html", view, problem.status, back)


def decision_href(door: Door, problem: Problem) -> str:
    """Where the decision that refused a step is explained; empty for other problems."""
    ids = problem.facts.get("decision_ids") or []
    return f"{prefix_of(door.actor.role)}/decisions/{ids[0]}" if ids else ""


def cited(work: Work, problem: Problem) -> tuple[Text, ...]:
    """The law behind a refusal, each source once."""
    if not isinstance(problem, policy.StepRefused):
        return ()
    found: dict[str, Text] = {}
    for one in problem.facts.get("decision_ids") or []:
        for cite in policy.decision_record(work, UUID(one)).decision.citations:
            words = f"{cite.instrument} {cite.article}"
            found[words] = Text(zh=f"依据：{words}", en=f"Source: {words}")
    return tuple(found.values())[:4]
