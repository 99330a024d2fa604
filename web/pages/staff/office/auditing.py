"""The trail: its signed head, who did what on which ground, and the check of everything."""
import time
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import tuple_
from sqlmodel import col, or_, select

from app.audit import AuditEntry, AuditLeaf, Trace
from app.audit.checkpoints import AuditCheckpoint, CheckpointSigner, FileWitness
from app.audit.verify import verify_trail
from app.identity import api as identity
from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.text import Text
from app.work import Work
from pharmacy import api as pharmacy
from web.door import ANYONE, Door, Gate, GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff import views_admin as a
from web.pages.staff.desk import ROLES, Office, frame, show
from web.pages.staff.office.deeds import about, in_words, meant_by

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = 60
FIRST_DAY = date(2000, 1, 1)
Asked = Annotated[str, Query(max_length=80)]
GROUNDS: dict[str, Text] = {
    "treats": Text(zh="诊疗", en="treats"), "task": Text(zh="任务", en="task"), "own": Text(zh="本人", en="own"),
    "consent": Text(zh="授权", en="consent"), "job": Text(zh="系统", en="job"),
    "break_glass": Text(zh="紧急查阅", en="break-glass"), "refused": Text(zh="拒绝", en="refused"),
}
ACTORS: dict[str, Text] = {**ROLES, "patient": Text(zh="患者", en="patient"),
                           "guest": Text(zh="通话里的第三人", en="third person in a call"),
                           "house": Text(zh="系统", en="the house"),
                           "nobody": Text(zh="未登录", en="not signed in")}
NO_GROUND = Text(zh="没有诊疗关系，没有授权", en="no treatment relation, no consent")
PATIENT = Text(zh="患者账号", en="a patient's account")


@router.get("/office")
def office(door: Annotated[Door, Gate(ANYONE)]) -> Response:
    """The start page of the office leads to the trail."""
    return see_other("/admin/audit")


def _day(text: str, now: datetime) -> date:
    """The day that was asked for; today where none was, or one that no trail of ours can have."""
    today = local_date(now)
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return today
    return asked if FIRST_DAY <= asked <= today else today


def audit_view(work: Work, query: str, day: str, ground: str, entry: str, before: str,
               verified: a.Verification | None) -> a.AuditView:
    """One day of the trail. Cost: 4 statements besides the frame."""
    shown = _day(day, work.now)
    rows = _entries(work, query, shown, ground, before)
    names = identity.account_names(work, {row.actor_id for row, _ in rows if row.actor_id})
    link = f"q={query}&day={shown}&kind={ground}"
    chosen = next(((row, leaf) for row, leaf in rows if str(row.id) == entry), None)
    head = work.session.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.size).desc()).limit(1)).first()
    kinds = tuple(v.Choice(code, words, code == ground) for code, words in GROUNDS.items())
    return a.AuditView(
        frame(work, "audit"), a.Checkpoint(head.size, head.root, head.at) if head else None, verified,
        tuple(_row(work, row, leaf, names, f"?{link}&before={before}&entry={row.id}", str(row.id) == entry)
              for row, leaf in rows),
        shown, query, kinds, _entry(work, *chosen, names, head) if chosen else None,
        f"?{link}&before={rows[-1][0].id}" if len(rows) == PAGE else "")


def _entries(work: Work, query: str, day: date, ground: str, before: str) -> list[tuple[AuditEntry, AuditLeaf | None]]:
    since = datetime.combine(day, datetime.min.time(), HOSPITAL_ZONE)
    where: list[Any] = [col(AuditEntry.at) >= since, col(AuditEntry.at) < since + timedelta(days=1)]
    if ground in GROUNDS:
        where.append(AuditEntry.ground == ground)
    if query.strip():
        where.append(or_(col(AuditEntry.action).contains(query.strip(), autoescape=True),
                         col(AuditEntry.action).in_(meant_by(query)), AuditEntry.actor_role == query.strip()))
    last = work.find(AuditEntry, UUID(before)) if _is_id(before) else None
    if last is not None:
        where.append(tuple_(col(AuditEntry.at), col(AuditEntry.id)) < tuple_(last.at, last.id))
    placed = col(AuditLeaf.entry_id) == col(AuditEntry.id)
    statement = (select(AuditEntry, AuditLeaf).join(AuditLeaf, placed, isouter=True)
                 .where(*where).order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).limit(PAGE))
    return list(work.session.exec(statement).all())


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _who(work: Work, row: AuditEntry, names: dict[UUID, identity.Account]) -> v.Words:
    """Staff by name; patients never."""
    if row.actor_role == "patient":
        return PATIENT
    known = names.get(row.actor_id) if row.actor_id else None
    told = (known.name_en if work.actor.language == "en" else known.name_zh) if known else ""
    return told or (known.user_name if known else None) or ACTORS.get(row.actor_role, row.actor_role)


def _row(work: Work, row: AuditEntry, leaf: AuditLeaf | None, names: dict[UUID, identity.Account], href: str,
         chosen: bool) -> a.TrailRow:
    ground: Any = row.ground if row.ground in GROUNDS else "duty"
    role = ACTORS.get(row.actor_role, row.actor_role)
    return a.TrailRow(leaf.seq if leaf else 0, row.at, _who(work, row, names), role, in_words(row.action),
                      ground, NO_GROUND if row.ground == "refused" else about(row.subject_kind), href, chosen)


def _entry(work: Work, row: AuditEntry, leaf: AuditLeaf | None, names: dict[UUID, identity.Account],
           head: AuditCheckpoint | None) -> a.TrailEntry:
    """One entry with its place; ids and words only, nothing clinical."""
    who = _who(work, row, names)
    by = who if isinstance(who, Text) else Text(zh=who, en=who)
    told = {"subject": f"{row.subject_kind} {row.subject_id or ''}".strip(), "patient": str(row.patient_id or ""),
            "organization": str(row.organization_id or ""), **{str(k): str(x) for k, x in row.facts.items()}}
    included = None if leaf is None or head is None else leaf.seq < head.size
    deed = in_words(row.action)
    return a.TrailEntry(
        leaf.seq if leaf else 0, row.at, row.action, Text(zh=f"{by.zh}：{deed.zh}", en=f"{by.en}: {deed.en}"),
        leaf.leaf_hash if leaf else "—", tuple((name, value[:200]) for name, value in told.items() if value), included)


@router.get("/admin/audit")
def audit(door: Office, q: Asked = "", day: Asked = "", kind: Asked = "", entry: Asked = "",
          before: Asked = "") -> Response:
    """The trail of one day; reading it is written down too."""
    with door.read() as work:
        work.trace(Trace("read:audit", "task"))
        view = audit_view(work, q, day, kind, entry, before, getattr(door.request.app.state, "trail_check", None))
    return show(door, "staff/admin/audit.html", view)


@router.post("/admin/audit/verify")
def verify(door: Office) -> Response:
    """Compute all anew: rows, places, signed roots, witness, custody. The result stays until the process ends."""
    with door.read() as work:
        begun = time.perf_counter()
        found = verify_trail(work.session, work.tool(CheckpointSigner), work.tool(FileWitness).notes())
        found.faults += pharmacy.verify_custody(work.session).faults
        took = round((time.perf_counter() - begun) * 1000)
        work.trace(Trace("audit:verified", "task", facts={"ok": found.ok, "entries": found.entries}))
        door.request.app.state.trail_check = a.Verification(
            work.now, found.entries, found.ok, tuple(found.faults[:20]), took)
    return see_other("/admin/audit")
