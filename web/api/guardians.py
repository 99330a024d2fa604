"""Who else acts for a person: let one more account in by a code, come in by one, and end it."""
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.identity import api as identity
from web.api.patients import patient_out
from web.api.schemas import Out, PatientOut
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["patients"])
Patient = Annotated[Door, ApiGate("patient")]


class GuardianOut(Out):
    """One account that acts for a person; `relation` is what the person is to the account's owner."""

    account_id: UUID
    relation: str
    since: datetime


class GuardianInvitationIn(BaseModel):
    """`own`: the code is for the account of the person, a grown-up, who may then end what others do."""

    own: bool = False


class GuardianInvitationOut(BaseModel):
    """The code, told this one time; it works once."""

    code: str
    own: bool
    expires_at: datetime


class CodeIn(BaseModel):
    """The code of an invitation; spaces and capitals do not matter."""

    code: str = Field(max_length=100)


class InvitedOut(BaseModel):
    """What a code opens, before one says yes."""

    name: str
    birth_date: date
    own: bool


class GuardianIn(CodeIn):
    """The code and what the person is to the account's owner; `self` with a code for the own account, only then."""

    relation: str = Field(max_length=10)


@router.get("/patients/{patient_id}/guardians")
def guardians(patient_id: UUID, door: Patient) -> list[GuardianOut]:
    """Every account that acts for this person now, in order of joining."""
    with door.read() as work:
        return [GuardianOut.model_validate(one) for one in identity.guardianships(work, patient_id)]


@router.post("/patients/{patient_id}/guardian-invitations", status_code=201)
def invite(patient_id: UUID, body: GuardianInvitationIn, door: Patient) -> GuardianInvitationOut:
    """Make a code by which one more account may act for this person; an older one of this account is void."""
    with door.write() as work:
        code = identity.invite_guardian(work, patient_id, body.own)
        made = identity.open_invitations(work, patient_id)[0]
        return GuardianInvitationOut(code=code, own=made.own, expires_at=made.expires_at)


@router.delete("/patients/{patient_id}/guardian-invitations", status_code=204)
def take_back(patient_id: UUID, door: Patient) -> Response:
    """Make the codes void that this account gave out for this person."""
    with door.write() as work:
        identity.take_back_invitation(work, patient_id)
    return Response(status_code=204)


@router.post("/guardian-invitations/look")
def look(body: CodeIn, door: Patient) -> InvitedOut:
    """Whom a code is about; a wrong one counts as a miss."""
    with door.write() as work:
        found = identity.open_invitation(work, body.code)
        return InvitedOut(name=found.patient.name, birth_date=found.patient.birth_date, own=found.own)


@router.post("/guardianships", status_code=201)
def join(body: GuardianIn, door: Patient) -> PatientOut:
    """Act for the person of a code from now on; the others who do are told."""
    with door.write() as work:
        return patient_out(work, identity.join_as_guardian(work, body.code, body.relation), body.relation)


@router.delete("/patients/{patient_id}/guardians/{account_id}", status_code=204)
def end(patient_id: UUID, account_id: UUID, door: Patient) -> Response:
    """Stop acting for a person; the person's own account may end anybody's."""
    with door.write() as work:
        identity.end_guardianship(work, patient_id, account_id)
    return Response(status_code=204)
