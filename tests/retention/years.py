"""Years that go by, and the way of a report from its drawing to the last deletion."""
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from app.audit.checkpoints import CheckpointSigner, FileWitness
from app.audit.verify import Findings, verify_trail
from app.retention import api as retention
from app.retention.tables import OWNERS, parts, table
from tests.hospital import Scene


def years_pass(scene: Scene, years: int, days: int = 0, of: datetime | None = None) -> None:
    """Put the clock to the day `years` after a moment, and some days more or less; no job runs on the way."""
    here = of or scene.clock.now()
    scene.clock.at = here.replace(year=here.year + years, tzinfo=UTC)
    scene.clock.forward(days=days)


def drawn(scene: Scene, who: str = "qin") -> retention.RetentionReport:
    """What may go now, as a compliance officer draws it."""
    return scene.does(who, retention.draw_report)


def named(scene: Scene, report: retention.RetentionReport) -> set[tuple[str, UUID]]:
    """What a report names; of logs only that they are named."""
    with scene.sees("house") as work:
        return {(one.kind, one.subject_id) for one in retention.items_of(work, report.id) if one.kind != "logs"}


def started(scene: Scene, report: retention.RetentionReport) -> None:
    """A second person confirms, and the jobs are written."""
    scene.does("bai", retention.confirm_report, report.id, report.digest)
    scene.does("house", retention.run_report, report.id)


def carried_out(scene: Scene) -> retention.RetentionReport:
    """Everything that is due is deleted."""
    report = drawn(scene)
    started(scene, report)
    scene.run()
    return scene.row(retention.RetentionReport, report.id)


def left(scene: Scene, kind: str, subject_id: UUID) -> dict[str, int]:
    """How many rows of a subject stand in each table that has any."""
    with scene.sees("house") as work:
        found = {one.name: work.session.execute(select(func.count()).select_from(one).where(where)).scalar_one()
                 for one, where in parts(kind, subject_id)}
    return {name: count for name, count in found.items() if count}


def orphans(scene: Scene) -> dict[str, int]:
    """How many rows of each table name an owner that is not there: what a deletion forgot, however it chose."""
    found = {}
    with scene.sees("house") as work:
        for name, (column, owner) in OWNERS.items():
            link = table(name).c[column]
            lost = select(func.count()).where(link.is_not(None), link.not_in(select(table(owner).c.id)))
            found[name] = work.session.execute(lost).scalar_one()
    return {name: count for name, count in found.items() if count}


def became(scene: Scene, report: retention.RetentionReport, kind: str, subject_id: UUID) -> str:
    """What became of one thing; "not named" when the report does not know it."""
    with scene.sees("house") as work:
        return next((one.state for one in retention.items_of(work, report.id)
                     if (one.kind, one.subject_id) == (kind, subject_id)), "not named")


def proof(scene: Scene) -> Findings:
    """The trail, computed anew after the worker gave every entry its place."""
    while scene.worker.sequence_audit():
        pass
    tools = scene.house.tools
    with Session(scene.house.database.reader) as session:
        return verify_trail(session, tools.get(CheckpointSigner), tools.get(FileWitness).notes())


def rows_in(scene: Scene, name: str) -> int:
    """How many rows a table has."""
    with scene.sees("house") as work:
        return work.session.execute(select(func.count()).select_from(table(name))).scalar_one()
