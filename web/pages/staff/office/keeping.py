"""How long things are kept: a list that one draws and another confirms; holds; the register of what was given."""
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.kit.ids import parse_uuid
from app.kit.problems import NotFound, Problem
from app.kit.text import Text, counted
from app.retention import api as retention
from app.work import Work
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.fit import Number
from web.pages.staff import views as v
from web.pages.staff import views_keeping as k
from web.pages.staff.desk import Office, attempt, frame, show, stopped
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = "/admin/retention"
Said = Annotated[str, Form(max_length=500)]
Id = Annotated[str, Form(max_length=40)]
SHOWN = 200
NOBODY = Text(zh="没有这位患者，请核对编号", en="There is no such patient; please check the id")


def _kept(months: int) -> Text:
    years, rest = divmod(months, 12)
    if rest:
        return Text(zh=f"{months} 个月", en=counted(months, "month"))
    return Text(zh=f"{years} 年", en=counted(years, "year"))


def _periods(newest: retention.RetentionReport | None) -> tuple[k.PeriodRow, ...]:
    told = newest.counts if newest else {}
    return tuple(k.PeriodRow(one.words, _kept(one.months), one.starts, one.source,
                             told.get(one.kind, {}).get("things"), told.get(one.kind, {}).get("rows"))
                 for one in retention.periods().values())


def _report(work: Work, row: retention.RetentionReport, chosen: str) -> k.ReportRow:
    mine = row.drawn_by is not None and row.drawn_by == work.actor.account_id
    acts = tuple(name for name in ("confirm", "run", "drop") if retention.REPORT.can(row, name, work.actor.role)
                 and not (name == "confirm" and mine))
    return k.ReportRow(str(row.id), row.drawn_at, row.state, sum(c["things"] for c in row.counts.values()),
                       sum(c["rows"] for c in row.counts.values()), row.digest, f"{PAGE}?report={row.id}", acts,
                       mine and row.state == "drawn", str(row.id) == chosen)


def _item(one: retention.RetentionItem) -> k.ItemRow:
    return k.ItemRow(retention.periods()[one.kind].words, str(one.subject_id), one.started_at, one.rows, one.state,
                     one.why)


def keeping_view(work: Work, chosen: str, offset: int = 0, errors: tuple[v.FieldError, ...] = (), patient: str = "",
                 reason: str = "") -> k.KeepingView:
    """Periods, lists, holds and the register. Cost: 4 statements besides the frame."""
    found, report_id = retention.reports(work), parse_uuid(chosen)
    rows = tuple(_report(work, row, chosen) for row in found)
    items = retention.items_of(work, report_id) if report_id else []
    given = records.hand_over_register(work, 50) if work.actor.role in ("compliance", "admin") else []
    return k.KeepingView(
        frame(work, "retention"), _periods(found[0] if found else None), rows,
        tuple(k.HoldRow(str(one.id), str(one.patient_id), one.set_at, one.reason) for one in retention.holds(work)),
        tuple(map(_item, items[offset:offset + SHOWN])), _part(chosen, offset, len(items)), errors, patient, reason,
        tuple((one.at, one.recipient, one.fields, one.purpose) for one in given))


def _part(chosen: str, offset: int, total: int) -> k.Part:
    """Which part of the list stands on the page: whoever confirms it must be able to read all of it."""
    after = offset + SHOWN
    return k.Part(min(offset + 1, total), min(after, total), total,
                  f"{PAGE}?report={chosen}&offset={max(offset - SHOWN, 0)}" if offset else "",
                  f"{PAGE}?report={chosen}&offset={after}" if after < total else "")


def _page(door: Door, chosen: str = "", status: int = 200, **typed: Any) -> Response:
    with door.read() as work:
        view = keeping_view(work, chosen, **typed)
    return show(door, "staff/admin/retention.html", view, status, PAGE)


@router.get(PAGE)
def keeping(door: Office, report: Annotated[str, Query(max_length=40)] = "", offset: Number = 0) -> Response:
    """How long things are kept, what may go, and what is held."""
    return _page(door, report, offset=offset)


def _step(door: Door, act: Callable[[Work], Any], back: str = PAGE) -> Response:
    _, problem = attempt(door, act)
    return stopped(door, problem, back, "retention") if problem else see_other(back)


@router.post(f"{PAGE}/draw")
def draw(door: Office) -> Response:
    """Write down what has passed its period; nothing is deleted."""
    made, problem = attempt(door, lambda work: retention.draw_report(work).id)
    return stopped(door, problem, PAGE, "retention") if problem else see_other(f"{PAGE}?report={made}")


@router.post(PAGE + "/reports/{report_id}/confirm")
def confirm(report_id: UUID, door: Office, digest: Annotated[str, Form(max_length=64)] = "") -> Response:
    """A second person confirms the list that stands on the page."""
    return _step(door, lambda work: retention.confirm_report(work, report_id, digest), f"{PAGE}?report={report_id}")


@router.post(PAGE + "/reports/{report_id}/run")
def run(report_id: UUID, door: Office) -> Response:
    """Delete what was confirmed, each thing checked again."""
    return _step(door, lambda work: retention.run_report(work, report_id), f"{PAGE}?report={report_id}")


@router.post(PAGE + "/reports/{report_id}/drop")
def drop(report_id: UUID, door: Office) -> Response:
    """Put the list aside."""
    return _step(door, lambda work: retention.drop_report(work, report_id), f"{PAGE}?report={report_id}")


@router.post(f"{PAGE}/holds")
def hold(door: Office, patient: Id = "", reason: Said = "") -> Response:
    """Stop every deletion about a patient, with the reason."""
    problem: Problem | None = None
    who = parse_uuid(patient.strip())
    try:
        with door.write() as work:
            if who is None:
                raise NotFound
            retention.set_hold(work, who, reason)
    except (NotFound, retention.HoldWithoutReason) as refused:
        problem = refused
    if problem is None:
        return see_other(PAGE)
    wrong = field_errors(problem) if problem.status == 422 else (v.FieldError("patient", NOBODY),)
    return _page(door, status=422, errors=wrong, patient=patient, reason=reason)


@router.post(PAGE + "/holds/{hold_id}/release")
def release(hold_id: UUID, door: Office, reason: Said = "") -> Response:
    """Lift a hold, with the reason."""
    return _step(door, lambda work: retention.release_hold(work, hold_id, reason))
