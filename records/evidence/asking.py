"""The patient lets one partner hospital send its record: the hospital sees who asked, and may write, for a week."""
from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import UUID, uuid5

from sqlmodel import col

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotFound
from app.work import Work, all_of, one_or_none
from records.evidence.fhir import SentRecord, read_record
from records.evidence.models import Evidence
from records.evidence.partners import import_partner_record
from records.evidence.problems import IdentityNotChecked, NotAPartner, bad_record
from records.file.commands import close_task, open_task
from records.file.gate import require_writable
from records.file.handing import note_hand_over
from records.file.models import AccessTask

ASKED = "partner_record"
HOLDS = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """One person whose record a partner hospital is asked for."""

    request: AccessTask
    name: str
    id_number: str


def ask_partner(work: Work, patient_id: UUID, institution_id: UUID) -> AccessTask:
    """The patient asks a partner hospital for the record and lets it know who they are.

    Raises IdentityNotChecked, NotAPartner.
    """
    require_writable(work, patient_id, "evidence")
    if not _identity_checked(work, patient_id):
        raise IdentityNotChecked()
    if institution_id not in {one.id for one in identity.connected_partners(work)}:
        raise NotAPartner()
    task = open_task(work, patient_id, institution_id, ASKED, patient_id)
    task.opened_at = work.now
    work.trace(Trace("partner:asked", "own", patient_id, "organization", institution_id))
    return work.add(task)


def stop_asking(work: Work, patient_id: UUID, institution_id: UUID) -> None:
    """The patient takes it back: the hospital sees and sends nothing any more."""
    require_writable(work, patient_id, "evidence")
    close_task(work, ASKED, patient_id, institution_id)
    work.trace(Trace("partner:not-asked", "own", patient_id, "organization", institution_id))


def asked_of(work: Work, patient_id: UUID) -> list[AccessTask]:
    """What the patient asked for and what is still open."""
    return [task for task in all_of(work, AccessTask, AccessTask.patient_id == patient_id, AccessTask.kind == ASKED,
                                    col(AccessTask.closed_at).is_(None)) if _holds(work, task)]


def open_requests(work: Work) -> list[Asked]:
    """For the partner hospital's program: who asked it for the record, oldest first; each look is written down.

    Writes: the first look of each asking stands in the register of what was given away.
    """
    held = all_of(work, AccessTask, AccessTask.kind == ASKED, AccessTask.holder_id == work.actor.organization_id,
                  col(AccessTask.closed_at).is_(None), order=col(AccessTask.opened_at))
    locked = (work.get(AccessTask, task.id, lock=True) for task in held)  # two looks at once: one line in the register
    return [_asked(work, task) for task in locked if _may_send(work, task)]


def _asked(work: Work, task: AccessTask) -> Asked:
    person = identity.patient(work, task.patient_id)
    work.trace(Trace("read:identity", "task", person.id, "access_task", task.id))
    asking = uuid5(task.id, task.opened_at.astimezone(UTC).isoformat())  # asked anew, the same task gives it away anew
    note_hand_over(work, person.id, task.holder_id, ("partner_asking", asking), "fetch_record", ("name", "id_number"),
                   basis="consent")
    return Asked(task, person.name, identity.id_number(work, person) or "")


def _holds(work: Work, task: AccessTask) -> bool:
    return task.closed_at is None and work.now - task.opened_at <= HOLDS


def _may_send(work: Work, task: AccessTask) -> bool:
    """A check that lapsed, or that found no match since, ends a request as its time does."""
    return _holds(work, task) and _identity_checked(work, task.patient_id)


def _identity_checked(work: Work, patient_id: UUID) -> bool:
    """Name and number belong together, says a check in force; typed ones alone ask for nobody's record."""
    return identity.realname_in_force(work, identity.patient(work, patient_id)) is True


def receive_record(work: Work, request_id: UUID, raw: bytes) -> Evidence:
    """Keep what a partner hospital sends for a request, byte for byte; the same bytes again are the same piece.

    Raises NotFound for a request that is not its own or not open, BadRecord for what cannot be read or is not theirs.
    """
    task = one_or_none(work, AccessTask, AccessTask.id == request_id)
    mine = task is not None and task.kind == ASKED and task.holder_id == work.actor.organization_id
    if task is None or not mine or not _may_send(work, task):
        raise NotFound
    sent = read_record(raw)
    _require_same_person(work, task.patient_id, sent)
    return import_partner_record(work, task.patient_id, task.holder_id, sent.code, sent.diagnosed_on, raw)


def _require_same_person(work: Work, patient_id: UUID, sent: SentRecord) -> None:
    person = identity.patient(work, patient_id)
    if (sent.name, sent.id_number.upper()) != (person.name, identity.id_number(work, person)):
        raise bad_record("subject", "姓名或身份证号和请求里的人不一致。",
                     "Name or identity number is not that of the person who asked.")
