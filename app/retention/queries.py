"""What has passed its period, which holds are in force, and what reports say."""
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import ColumnElement, Row, func, or_, select, union_all
from sqlmodel import col

from app.kit.clock import local_date
from app.kit.text import Text
from app.retention.models import RetentionHold, RetentionItem, RetentionReport
from app.retention.rules import MOST, months_before, periods
from app.retention.tables import HAPPENED, LOGS, parts, table
from app.work import Work, all_of


@dataclass(frozen=True)
class Due:
    """One thing whose period is over: since when its clock runs, and how many rows it has."""

    kind: str
    subject_id: UUID
    patient_id: UUID | None
    started_at: datetime | None
    before: datetime


def held(patient_id: Any) -> ColumnElement[bool]:
    """The condition that a hold on this patient (an id or a column) is in force."""
    hold = table("retention_hold").c
    return select(hold.id).where(hold.patient_id == patient_id, hold.released_at.is_(None)).exists()


def is_held(work: Work, patient_id: UUID) -> bool:
    """Whether a hold on this patient is in force."""
    return bool(work.session.execute(select(held(patient_id))).scalar())


def holds(work: Work) -> list[RetentionHold]:
    """Holds in force, the newest first."""
    return all_of(work, RetentionHold, col(RetentionHold.released_at).is_(None), order=col(RetentionHold.id).desc())


def _chat(_: UUID | None = None) -> Any:
    visit, message, draft = table("visit").c, table("message").c, table("message_draft").c
    talked = or_(select(message.id).where(message.visit_id == visit.id).exists(),
                 select(draft.id).where(draft.visit_id == visit.id).exists())
    return select(visit.id, visit.patient_id, visit.ended_at).where(visit.ended_at.is_not(None), talked)


def _recording(_: UUID | None = None) -> Any:
    visit, leg = table("visit").c, table("recording_leg").c
    recorded = select(leg.id).where(leg.visit_id == visit.id).exists()
    return select(visit.id, visit.patient_id, visit.ended_at).where(visit.ended_at.is_not(None), recorded)


def _sales(_: UUID | None = None) -> Any:
    order = table("medicine_order").c
    return select(order.id, order.patient_id, order.ended_at).where(order.ended_at.is_not(None))


def _happened(patient_id: UUID | None) -> Any:
    """Each moment at which something happened, with its patient: of one patient, or of all."""
    person, bond, session = table("patient").c, table("guardianship").c, table("session_token").c
    moments = [(person.id, select(person.id.label("patient_id"), person.created_at.label("at"))),
               (bond.patient_id, select(bond.patient_id, session.created_at).where(
                   bond.account_id == session.account_id, bond.ended_at.is_(None)))]
    moments += [(table(name).c.patient_id, select(table(name).c.patient_id, table(name).c[column]))
                for name, columns in HAPPENED.items() for column in columns]
    return union_all(*(asked if patient_id is None else asked.where(whose == patient_id) for whose, asked in moments))


def _record(patient_id: UUID | None = None) -> Any:
    """Patients by the last thing that happened with them here; a visit or order that still runs has no end yet."""
    person, visit, order = (table(name).c for name in ("patient", "visit", "medicine_order"))
    happened = _happened(patient_id).subquery()
    running = or_(select(visit.id).where(visit.patient_id == person.id, visit.ended_at.is_(None)).exists(),
                  select(order.id).where(order.patient_id == person.id, order.ended_at.is_(None)).exists())
    last = (select(happened.c.patient_id, func.max(happened.c.at).label("at")).group_by(happened.c.patient_id)
            .subquery())
    return select(person.id, person.id.label("patient_id"), last.c.at).join(
        last, last.c.patient_id == person.id).where(~running)


STARTS = {"record": _record, "chat": _chat, "recording": _recording, "sales": _sales}


def _rows(work: Work, kind: str, before: datetime, subject_id: UUID | None) -> list[Row[Any]]:
    every = STARTS[kind](subject_id).subquery()
    subject, patient, at = every.c[0], every.c[1], every.c[2]
    asked = select(subject, patient, at).where(at < before, ~held(patient)).order_by(at, subject).limit(MOST)
    return list(work.session.execute(asked if subject_id is None else asked.where(subject == subject_id)).all())


def due(work: Work, kind: str, before: datetime, subject_id: UUID | None = None) -> list[Due]:
    """What of a kind began its clock before `before` and is not held, the oldest first; one subject when asked."""
    return [Due(kind, *row, before) for row in _rows(work, kind, before, subject_id)]


def cutoff(work: Work, kind: str) -> datetime:
    """The moment before which a clock must have begun, to be over now."""
    return months_before(work.now, periods()[kind].months)


def old_logs(name: str, before: datetime) -> ColumnElement[bool]:
    """Lines of a log that are older than `before`; those of accounts that act for a held patient stay."""
    log = table(name).c
    bond, account = table("guardianship").c, table("account").c
    mine = select(bond.account_id).where(held(bond.patient_id))
    phones = select(account.phone_index).where(account.id.in_(mine), account.phone_index.is_not(None))
    old: ColumnElement[bool] = log[LOGS[name]] < before
    if name == "session_token":
        return old & log.account_id.not_in(mine)
    return old & log.phone_index.not_in(phones) if "phone_index" in log else old


def count_rows(work: Work, kind: str, subject_id: UUID, before: datetime) -> int:
    """How many rows would go."""
    return sum(work.session.execute(select(func.count()).select_from(one).where(where)).scalar_one()
               for one, where in chosen(kind, subject_id, before))


def chosen(kind: str, subject_id: UUID, before: datetime) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    """Tables and conditions of what one item means, children first."""
    if kind == "logs":
        yield from ((table(name), old_logs(name, before)) for name in LOGS)
    else:
        yield from parts(kind, subject_id)


def items_of(work: Work, report_id: UUID) -> list[RetentionItem]:
    """What a report names, in its order."""
    return all_of(work, RetentionItem, RetentionItem.report_id == report_id)


def erased(work: Work, kind: str, subject_id: UUID) -> RetentionItem | None:
    """The item under which a thing was deleted when its period was over; None when it was never deleted so."""
    statement = select(RetentionItem).where(
        col(RetentionItem.subject_id) == subject_id, col(RetentionItem.kind) == kind,
        col(RetentionItem.state) == "erased")
    return work.session.execute(statement.limit(1)).scalars().first()


def say_cleared(item: RetentionItem) -> Text:
    """What was deleted, how long it had been kept, and when it went, in words."""
    period = periods()[item.kind]
    on = local_date(item.ended_at) if item.ended_at else local_date(item.before)
    day = f"{on.year} 年 {on.month} 月 {on.day} 日"
    return Text(zh=f"{period.words.zh}保存 {period.months // 12} 年，已在 {day}按期清除。",
                en=f"{period.words.en}: kept for {period.months // 12} years and cleared on time, on {on.isoformat()}.")


def reports(work: Work, most: int = 20) -> list[RetentionReport]:
    """The newest reports."""
    return all_of(work, RetentionReport, order=col(RetentionReport.id).desc())[:most]


def digest_of(items: list[RetentionItem]) -> str:
    """SHA-256 over what the items name, in a fixed order."""
    told = sorted([one.kind, str(one.subject_id), str(one.patient_id or ""), one.before.isoformat()] for one in items)
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()
