"""Holds, the report that shows, the second person who confirms, and the deletion of what was named, checked again."""
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotAllowed
from app.retention.models import RetentionHold, RetentionItem, RetentionReport
from app.retention.problems import HoldWithoutReason, NothingDue, ReportChanged, ReportStale, SamePerson
from app.retention.queries import chosen, count_rows, cutoff, digest_of, due, is_held, items_of
from app.retention.rules import SHORTEST_REASON, STALE, periods
from app.retention.states import ITEM, REPORT
from app.retention.tables import FILES, ROOTS, table
from app.storage import ObjectStore
from app.work import House, Work

OFFICE = ("compliance", "admin", "operator", "house")
ERASE, SHRED = "retention.erase", "retention.shred"


def _office(work: Work) -> None:
    if work.actor.role not in OFFICE:
        raise NotAllowed


def _said(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise HoldWithoutReason(errors=[{"field": "reason", "message": HoldWithoutReason.title.model_dump()}])
    return reason.strip()[:500]


def set_hold(work: Work, patient_id: UUID, reason: str) -> RetentionHold:
    """Stop every deletion about a patient, with the reason; a report that is confirmed already stops too."""
    _office(work)
    said = _said(reason)
    work.get(identity.Patient, patient_id, lock=True)   # a deletion that is under way has the same lock
    hold = work.add(RetentionHold(patient_id=patient_id, reason=said, set_at=work.now, set_by=work.actor.account_id))
    work.trace(Trace("retention_hold_set", patient_id=patient_id, subject_kind="retention_hold", subject_id=hold.id))
    return hold


def release_hold(work: Work, hold_id: UUID, reason: str) -> RetentionHold:
    """Lift a hold, with the reason; releasing it twice changes nothing."""
    _office(work)
    said = _said(reason)
    hold = work.get(RetentionHold, hold_id, lock=True)
    if hold.released_at is None:
        hold.released_at, hold.released_by, hold.release_reason = work.now, work.actor.account_id, said
        work.trace(Trace("retention_hold_released", patient_id=hold.patient_id, subject_kind="retention_hold",
                         subject_id=hold.id))
    return work.add(hold)


def draw_report(work: Work) -> RetentionReport:
    """Write down what may go now, and delete nothing. Raises NothingDue."""
    _office(work)
    report = RetentionReport(drawn_at=work.now, drawn_by=work.actor.account_id, digest="")
    items = [*_named(work, report), *_logs(work, report)]
    if not items:
        raise NothingDue
    report.digest = digest_of(items)
    report.counts = {kind: {"things": sum(one.kind == kind for one in items),
                            "rows": sum(one.rows for one in items if one.kind == kind)} for kind in periods()}
    work.add(report)
    work.session.add_all(items)
    work.session.flush()
    work.trace(Trace("retention_report_drawn", subject_kind="retention_report", subject_id=report.id,
                     facts={"digest": report.digest, "counts": report.counts}))
    return report


def _named(work: Work, report: RetentionReport) -> list[RetentionItem]:
    return [RetentionItem(report_id=report.id, kind=kind, subject_id=one.subject_id, patient_id=one.patient_id,
                          started_at=one.started_at, before=one.before,
                          rows=count_rows(work, kind, one.subject_id, one.before))
            for kind in ROOTS for one in due(work, kind, cutoff(work, kind))]


def _logs(work: Work, report: RetentionReport) -> list[RetentionItem]:
    before = cutoff(work, "logs")
    rows = count_rows(work, "logs", report.id, before)
    item = RetentionItem(report_id=report.id, kind="logs", subject_id=report.id, before=before, rows=rows)
    return [item] if rows else []


def confirm_report(work: Work, report_id: UUID, digest: str) -> RetentionReport:
    """A second person confirms the list that was read. Raises SamePerson, ReportStale, ReportChanged.

    The command line names nobody: a list from there needs two people here, of whom the first one vouches for it.
    """
    report = work.get(RetentionReport, report_id, lock=True)
    first = report.drawn_by is None
    REPORT.move(report, "vouch" if first else "confirm", work.actor.role)
    if report.drawn_by == work.actor.account_id:
        raise SamePerson
    _require_unchanged(work, report, digest)
    if first:
        report.drawn_by = work.actor.account_id
    else:
        report.confirmed_at, report.confirmed_by = work.now, work.actor.account_id
    work.trace(Trace("retention_report_vouched" if first else "retention_report_confirmed",
                     subject_kind="retention_report", subject_id=report.id, facts={"digest": report.digest}))
    return work.add(report)


def _require_unchanged(work: Work, report: RetentionReport, digest: str) -> None:
    if work.now - report.drawn_at > STALE:
        raise ReportStale
    if digest != report.digest or digest_of(items_of(work, report.id)) != report.digest:
        raise ReportChanged


def drop_report(work: Work, report_id: UUID) -> RetentionReport:
    """Put a list aside; nothing of it is deleted any more, also when a job was given up in the middle of it."""
    report = work.get(RetentionReport, report_id, lock=True)
    REPORT.move(report, "drop", work.actor.role)
    work.trace(Trace("retention_report_dropped", subject_kind="retention_report", subject_id=report.id))
    return work.add(report)


def run_report(work: Work, report_id: UUID) -> int:
    """Hand what a confirmed report named to the worker, one job each; returns how many. Raises WrongState."""
    report = work.get(RetentionReport, report_id, lock=True)
    REPORT.move(report, "run", work.actor.role)
    _require_unchanged(work, report, report.digest)
    work.add(report)
    items = items_of(work, report.id)
    for item in items:
        work.later(ERASE, {"item_id": str(item.id)}, f"{ERASE}:{item.id}")
    work.trace(Trace("retention_report_run", subject_kind="retention_report", subject_id=report.id))
    return len(items)


# --- the deletion of one item: one transaction, which may be tried again ---------------------------------------


def erase(work: Work, args: dict[str, Any], _: object) -> None:
    """Delete what one item names, if it may still go; otherwise spare it and say why."""
    item = work.get(RetentionItem, UUID(args["item_id"]))
    report = work.get(RetentionReport, item.report_id, lock=True)
    item = work.get(RetentionItem, item.id, lock=True)
    if report.state != "running" or item.state != "named":
        return
    why = _why_not(work, item)
    if why:
        ITEM.move(item, "spare", "house")
        item.why = why
    else:
        _erase(work, item)
    item.ended_at = work.now
    work.add(item)
    work.session.flush()
    _finish(work, report)


def _why_not(work: Work, item: RetentionItem) -> str:
    """Why this thing must stay after all; empty when its period is over still."""
    if item.kind == "logs":
        return ""
    if item.patient_id is not None and work.find(identity.Patient, item.patient_id, lock=True) is not None \
            and is_held(work, item.patient_id):
        return "held"
    found = due(work, item.kind, item.before, item.subject_id)
    return "" if found else "gone or begun anew"


def _erase(work: Work, item: RetentionItem) -> None:
    ITEM.move(item, "begin", "house")
    work.add(item)
    work.session.flush()        # now the database lets kept rows go, in this transaction alone
    files, gone = [], 0
    _loosen(work, item)
    for one, where in chosen(item.kind, item.subject_id, item.before):
        for column in FILES.get(one.name, ()):
            files += [key for (key,) in work.session.execute(select(one.c[column]).where(where)) if key]
        gone += work.session.execute(delete(one).where(where)).rowcount  # type: ignore[attr-defined]
    if files:
        work.later(SHRED, {"keys": sorted(files)}, f"{SHRED}:{item.id}")
    ITEM.move(item, "finish", "house")
    item.rows = gone
    work.trace(Trace("retention_erased", "job", None, f"retention:{item.kind}", item.subject_id,
                     {"rows": gone, "files": len(files), "report_id": str(item.report_id)}))


def _loosen(work: Work, item: RetentionItem) -> None:
    """A patient and the last check of the name point at each other."""
    if item.kind == "record":
        person = table("patient")
        work.session.execute(update(person).where(person.c.id == item.subject_id).values(realname_check_id=None))


def _finish(work: Work, report: RetentionReport) -> None:
    waiting = select(RetentionItem.id).where(RetentionItem.report_id == report.id, col(RetentionItem.state) == "named")
    if work.session.execute(waiting.limit(1)).first() is None:
        REPORT.move(report, "finish", "house")
        report.done_at = work.now
        work.add(report)


def shred(house: House, args: dict[str, Any], key: str) -> None:
    """Effect of the job after a deletion: the files go, each with its own key. A missing one is fine."""
    objects: ObjectStore = house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    for one in args["keys"]:
        objects.delete(one)


def shredded(work: Work, args: dict[str, Any], _: object) -> None:
    """Write down that the files are gone."""
    work.trace(Trace("retention_files_shredded", "job", facts={"files": len(args["keys"])}))
