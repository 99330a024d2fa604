"""Doctors' licence files: what the paper says, what was checked, and until when it holds."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.clock import completed_years, local_date
from app.kit.text import Text
from app.work import Work
from web.door import Door, Gate, GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff import views_admin as a
from web.pages.staff.desk import Office, attempt, frame, show, stopped
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
CLASSES = {"physician": Text(zh="执业医师", en="physician"),
           "assistant": Text(zh="执业助理医师", en="assistant physician"),
           "other": Text(zh="其他", en="other")}
FILE, REGISTER = Text(zh="档案", en="file"), Text(zh="管理员核实", en="verified by the administrator")
UNKNOWN = Text(zh="未知", en="not known")


def licences_view(work: Work, chosen: UUID | None, errors: tuple[v.FieldError, ...] = (),
                  said: str = "") -> a.LicencesView:
    """All files. Cost: 2 statements besides the frame."""
    file, doctor = identity.LicenceFile, identity.Practitioner
    found = work.session.exec(select(file, doctor).join(doctor, col(doctor.id) == col(file.practitioner_id))
                              .order_by(col(file.state) != "submitted", col(doctor.name_zh))).all()
    ids = {UUID(place) for row, _ in found for place in row.places}
    org = identity.Organization
    known = work.session.exec(select(org).where(col(org.id).in_(ids))).all() if ids else []
    places = {one.id: one.name for one in known}
    rows = [_row(work, row, own, places, row.id == chosen) for row, own in found]
    picked = next(((row, view) for (row, _), view in zip(found, rows, strict=True) if row.id == chosen), None)
    return a.LicencesView(frame(work, "licences"), tuple(rows), picked[1] if picked else None,
                          tuple(_lines(picked[0])) if picked else (), _acts(work, picked[0]) if picked else (),
                          picked[0].reason if picked else "", errors, said)


def _acts(work: Work, row: identity.LicenceFile) -> tuple[str, ...]:
    """What the reader may decide now; an expired file wants new papers first."""
    current = row.expires >= local_date(work.now)
    return tuple(name for name in ("verify", "restore", "suspend") if identity.LICENCE.can(row, name, work.actor.role)
                 and (current or name == "suspend"))


def _row(work: Work, row: identity.LicenceFile, own: identity.Practitioner, places: dict[UUID, Text],
         chosen: bool) -> a.LicenceRow:
    fields = tuple(identity.DEPARTMENTS.get(one, one) for one in row.specialties)
    return a.LicenceRow(
        f"/admin/licences/{row.id}", own.name.get(work.actor.language), own.title or "", fields, row.registration_no,
        completed_years(row.independent_since, local_date(work.now)),
        tuple(places.get(UUID(place), place) for place in row.places), row.expires, row.state, chosen)  # type: ignore


def _lines(row: identity.LicenceFile) -> list[a.LicenceLine]:
    """Each line of the paper, where it comes from, and whether somebody vouched for it."""
    checked = row.state == "verified"
    source = REGISTER if checked else FILE
    told: list[tuple[Text, Text | str]] = [
        (Text(zh="执业证号", en="Registration"), row.registration_no),
        (Text(zh="类别", en="Class"), CLASSES.get(row.licence_class, row.licence_class)),
        (Text(zh="独立执业起", en="Independent since"), row.independent_since.isoformat()),
        (Text(zh="执业证有效至", en="Licence valid until"), row.expires.isoformat()),
        (Text(zh="第一执业机构同意至", en="Consent of the main institution until"),
         _date(row.institution_consent_until)),
        (Text(zh="互联网诊疗备案至", en="Filed for online care until"), _date(row.filed_until)),
    ]
    return [a.LicenceLine(name, value, source, checked and value is not UNKNOWN) for name, value in told]


def _date(value: object) -> Text | str:
    return value.isoformat() if value is not None else UNKNOWN  # type: ignore[attr-defined]


@router.get("/admin/licences")
def licences(door: Office) -> Response:
    """Every doctor's file, those that wait first."""
    with door.read() as work:
        view = licences_view(work, None)
    return show(door, "staff/admin/licences.html", view)


@router.get("/admin/licences/{file_id}")
def licence(file_id: UUID, door: Office) -> Response:
    """One file beside the list."""
    with door.read() as work:
        view = licences_view(work, file_id)
    return show(door, "staff/admin/licences.html", view)


@router.post("/admin/licences/{file_id}/verify")
def verify(file_id: UUID, door: Annotated[Door, Gate("admin")]) -> Response:
    """An administrator vouches for a file, or puts it in force again."""
    _, problem = attempt(door, lambda work: identity.verify_licence(work, file_id))
    here = f"/admin/licences/{file_id}"
    return stopped(door, problem, here, "licences") if problem else see_other(here)


@router.post("/admin/licences/{file_id}/suspend")
def suspend(file_id: UUID, door: Annotated[Door, Gate("admin", "compliance")],
            reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Take a file out of force at once; the doctor goes off duty."""
    _, problem = attempt(door, lambda work: identity.suspend_licence(work, file_id, reason))
    here = f"/admin/licences/{file_id}"
    if problem is None:
        return see_other(here)
    if problem.status != 422:
        return stopped(door, problem, here, "licences")
    with door.read() as work:
        view = licences_view(work, file_id, field_errors(problem), reason)
    return show(door, "staff/admin/licences.html", view, 422, here)
