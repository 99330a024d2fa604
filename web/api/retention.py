"""How long things are kept, for programs: the list of what may go, the two who confirm it, holds; as on the pages."""
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.identity import api as identity
from app.kit.problems import invalid
from app.retention import api as retention
from app.work import Work
from web.api.schemas import Bilingual, Out
from web.door import ApiGate, Door, GuardedRoute
from web.fit import Number

router = APIRouter(prefix="/api/v1/retention", route_class=GuardedRoute, tags=["retention"])
Office = Annotated[Door, ApiGate("compliance", "admin", "operator")]
PAGE = 500


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConfirmIn(_In):
    """The digest of the list that was read."""

    digest: str = Field(pattern="^[0-9a-f]{64}$")


class HoldIn(_In):
    """Whose record, and why, in words that a court may read."""

    patient_id: UUID
    reason: str = Field(max_length=500)


class ReleaseIn(_In):
    """Why the hold is lifted."""

    reason: str = Field(max_length=500)


class PeriodOut(Out):
    """How long one kind of thing is kept, from when on, and by which source."""

    kind: str
    words: Bilingual
    months: int
    starts: Bilingual
    source: str


class ReportOut(Out):
    """A list of what may go; `possible` are the moves that its state allows the asker."""

    id: UUID
    state: str
    drawn_at: datetime
    drawn_by: UUID | None
    digest: str
    counts: dict[str, Any]
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    done_at: datetime | None
    possible: list[str] = []


class ItemOut(Out):
    """One thing that a list names; `why` says why it was spared after all."""

    kind: str
    subject_id: UUID
    patient_id: UUID | None
    started_at: datetime | None
    before: datetime
    rows: int
    state: str
    why: str


class ReportFullOut(ReportOut):
    """A list with a part of its items; `items_total` says how many there are."""

    items_total: int
    items: list[ItemOut]


class HoldOut(Out):
    """A hold in force."""

    id: UUID
    patient_id: UUID
    reason: str
    set_at: datetime
    set_by: UUID | None
    released_at: datetime | None


def _report(work: Work, row: retention.RetentionReport) -> ReportOut:
    mine = row.drawn_by is not None and row.drawn_by == work.actor.account_id
    acts = [name for name in retention.REPORT.possible(row.state, work.actor.role)
            if not (mine and name in ("confirm", "vouch")) and not (row.drawn_by is None and name == "confirm")
            and not (row.drawn_by is not None and name == "vouch")]
    return ReportOut.model_validate(row).model_copy(update={"possible": acts})


@router.get("/periods")
def periods(door: Office) -> list[PeriodOut]:
    """How long each kind of thing is kept."""
    with door.read():
        return [PeriodOut(kind=one.kind, words=Bilingual.model_validate(one.words), months=one.months,
                          starts=Bilingual.model_validate(one.starts), source=one.source)
                for one in retention.periods().values()]


@router.get("/reports")
def reports(door: Office) -> list[ReportOut]:
    """The newest lists, the newest first."""
    with door.read() as work:
        return [_report(work, row) for row in retention.reports(work)]


@router.post("/reports", status_code=201)
def draw(door: Office) -> ReportOut:
    """Write down what has passed its period; nothing is deleted."""
    with door.write() as work:
        return _report(work, retention.draw_report(work))


@router.get("/reports/{report_id}")
def report(report_id: UUID, door: Office, offset: Number = 0) -> ReportFullOut:
    """A list with what it names, 500 things from `offset` on."""
    with door.read() as work:
        row = work.get(retention.RetentionReport, report_id)
        items = retention.items_of(work, row.id)
        told = [ItemOut.model_validate(one) for one in items[offset:offset + PAGE]]
        return ReportFullOut(**_report(work, row).model_dump(), items_total=len(items), items=told)


@router.post("/reports/{report_id}/confirm")
def confirm(report_id: UUID, body: ConfirmIn, door: Office) -> ReportOut:
    """Confirm the list that was read, as the second person; of a list from the command line two people do."""
    with door.write() as work:
        return _report(work, retention.confirm_report(work, report_id, body.digest))


@router.post("/reports/{report_id}/run")
def run(report_id: UUID, door: Office) -> ReportOut:
    """Hand what a confirmed list names to the worker, which checks each thing again."""
    with door.write() as work:
        retention.run_report(work, report_id)
        return _report(work, work.get(retention.RetentionReport, report_id))


@router.post("/reports/{report_id}/drop")
def drop(report_id: UUID, door: Office) -> ReportOut:
    """Put a list aside."""
    with door.write() as work:
        return _report(work, retention.drop_report(work, report_id))


@router.get("/holds")
def holds(door: Office) -> list[HoldOut]:
    """The holds in force, the newest first."""
    with door.read() as work:
        return [HoldOut.model_validate(one) for one in retention.holds(work)]


@router.post("/holds", status_code=201)
def hold(body: HoldIn, door: Office) -> HoldOut:
    """Stop every deletion about a patient."""
    with door.write() as work:
        if work.find(identity.Patient, body.patient_id) is None:
            raise invalid("patient_id", "没有这位患者，请核对编号。", "There is no such patient; please check the id.")
        return HoldOut.model_validate(retention.set_hold(work, body.patient_id, body.reason))


@router.post("/holds/{hold_id}/release")
def release(hold_id: UUID, body: ReleaseIn, door: Office) -> HoldOut:
    """Lift a hold."""
    with door.write() as work:
        return HoldOut.model_validate(retention.release_hold(work, hold_id, body.reason))
