"""The doctor's queue as a view, and the frame of the doctor's pages."""
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from records import api as records
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d
from web.pages.staff.desk import frame
from web.pages.staff.people import sex_of

WAITS_PROOF = Text(zh="凭证等您判断", en="evidence waits for you")
WAITS_REPLY = Text(zh="等您回复", en="waits for your answer")
IN_PERSON = Text(zh="须今日面诊，线上只能过渡", en="to be seen in person today; online only bridges")
ONLY_ADVICE = Text(zh="咨询：只可给建议", en="advice only")
FOR_ME = Text(zh="指定您", en="asked for you")


def doctor_frame(work: Work, current: str = "visits", topics: tuple[str, ...] = ("queue",)) -> v.StaffFrame:
    """Top bar of the doctor's pages, which follow the queue."""
    return frame(work, current, topics)


def undecided(work: Work, visit_ids: Iterable[UUID]) -> set[UUID]:
    """Visits with a paper that nobody has judged for them yet; one statement."""
    shown, piece = records.VisitEvidence, records.Evidence
    ids = list(visit_ids)
    if not ids:
        return set()
    return set(work.session.exec(
        select(shown.visit_id).join(piece, col(piece.id) == col(shown.evidence_id))
        .where(col(shown.visit_id).in_(ids), col(shown.confirmed_at).is_(None), piece.state != "refused")).all())


def babies(work: Work, rows: Iterable[consult.QueueRow]) -> dict[UUID, identity.Patient]:
    """Those whose age is told in months, with their birth dates; one statement if there are any."""
    ids = {row.visit.patient_id for row in rows if row.age < 2}
    rows = work.session.exec(select(identity.Patient).where(col(identity.Patient.id).in_(ids))).all() if ids else []
    return {row.id: row for row in rows}


def queue_view(work: Work, only: str, current: UUID | None = None) -> d.Queue:
    """Visits in hand, then who waits, the most urgent first. Cost: the queue's statements and one or two."""
    found = consult.queue(work)
    rows = [*found.in_progress, *found.waiting]
    waits = undecided(work, [row.visit.id for row in found.in_progress])
    people = babies(work, rows)
    kept = [row for row in found.waiting if _wanted(row, only)]
    return d.Queue(tuple(_open_row(work, row, people, waits, current) for row in found.in_progress),
                   tuple(_waiting_row(work, row, people, current) for row in kept),
                   (), only if only in ("mine", "first") else "all",  # type: ignore[arg-type]
                   licensed=found.licensed)


def _wanted(row: consult.QueueRow, only: str) -> bool:
    return {"mine": row.mine, "first": not row.mine}.get(only, True)


def _person(row: consult.QueueRow, people: dict[UUID, identity.Patient]) -> v.Person:
    born = people[row.visit.patient_id].birth_date if row.visit.patient_id in people else row.age
    return v.Person(row.patient_name, born, sex_of(row.sex))


def _open_row(work: Work, row: consult.QueueRow, people: dict[UUID, identity.Patient], waits: set[UUID],
              current: UUID | None) -> d.QueueRow:
    visit = row.visit
    needs = WAITS_PROOF if visit.id in waits else WAITS_REPLY if visit.last_sender == "patient" else ""
    return _line(row, people, consult.remaining_minutes(visit, work.now), needs, current)


def _waiting_row(work: Work, row: consult.QueueRow, people: dict[UUID, identity.Patient],
                 current: UUID | None) -> d.QueueRow:
    since = row.visit.waiting_since or row.visit.requested_at
    needs = IN_PERSON if row.visit.bridge else ONLY_ADVICE if row.visit.kind == "advice" else FOR_ME if row.mine else ""
    return _line(row, people, max(0, int((work.now - since).total_seconds() // 60)), needs, current)


def _line(row: consult.QueueRow, people: dict[UUID, identity.Patient], minutes: int, needs: v.Words,
          current: UUID | None) -> d.QueueRow:
    visit = row.visit
    unread = row.unread if visit.id != current else 0
    return d.QueueRow(f"/doctor/visits/{visit.id}", _person(row, people), visit.level,  # type: ignore[arg-type]
                      visit.kind, consult.complaint_said(visit.complaint), minutes, unread, needs, visit.id == current)  # type: ignore[arg-type]
