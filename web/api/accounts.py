"""Sign in and out, register, and say who one is."""
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.identity import api as identity
from web.api.schemas import SessionOut
from web.door import ANYONE, STAFF, ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["accounts"])
EVERYBODY = ("patient", *STAFF)


class CodeIn(BaseModel):
    """A phone number that wants to register."""

    phone: str = Field(max_length=30)


class AccountIn(BaseModel):
    """A new patient's account."""

    phone: str = Field(max_length=30)
    code: str = Field(max_length=10)
    password: str = Field(max_length=200)
    language: str = Field("zh", pattern="^(zh|en)$")


class SessionIn(BaseModel):
    """Phone or user name, password, and for staff the authenticator code."""

    login: str = Field(max_length=60)
    password: str = Field(max_length=200)
    totp: str | None = Field(None, max_length=10)
    role: str | None = Field(None, max_length=20)


@router.post("/codes", status_code=202)
def request_code(body: CodeIn, door: Annotated[Door, ApiGate(ANYONE)]) -> dict[str, str]:
    """Send a one-time code to a phone; the answer is the same for every number."""
    with door.write() as work:
        identity.register_code(work, body.phone, door.address)
    return {"status": "sent"}


@router.post("/accounts", status_code=201)
def register(body: AccountIn, door: Annotated[Door, ApiGate(ANYONE)]) -> dict[str, UUID]:
    """Make an account for a phone that the code has proven."""
    with door.write() as work:
        account = identity.register(work, body.phone, body.code, body.password, body.language)
    return {"id": account.id}


@router.post("/sessions", status_code=201)
def sign_in(body: SessionIn, door: Annotated[Door, ApiGate(ANYONE)]) -> SessionOut:
    """Begin a session; send the token as `Authorization: Bearer …`."""
    with door.write() as work:
        session, token = identity.sign_in(work, body.login, body.password, body.totp, body.role, door.address)
    return SessionOut(token=token, role=session.role, expires_at=session.expires_at)


@router.delete("/sessions/current", status_code=204)
def sign_out(door: Annotated[Door, ApiGate(*EVERYBODY)]) -> Response:
    """End this session."""
    with door.write() as work:
        identity.sign_out(work)
    return Response(status_code=204)


@router.delete("/sessions", status_code=204)
def sign_out_everywhere(door: Annotated[Door, ApiGate(*EVERYBODY)]) -> Response:
    """End every session of this account, this one too."""
    with door.write() as work:
        identity.sign_out_everywhere(work)
    return Response(status_code=204)


@router.get("/me")
def me(door: Annotated[Door, ApiGate(*EVERYBODY)]) -> dict[str, Any]:
    """Who is signed in, in which role."""
    with door.read() as work:
        who = work.actor
        found = identity.account(work, who.account_id)
        return {"account_id": who.account_id, "role": who.role, "organization_id": who.organization_id,
                "practitioner_id": who.practitioner_id, "language": found.language, "name_zh": found.name_zh,
                "name_en": found.name_en}


class DutyIn(BaseModel):
    """On duty or off."""

    on: bool


@router.put("/duty")
def duty(body: DutyIn, door: Annotated[Door, ApiGate("doctor", "pharmacist")]) -> dict[str, bool]:
    """Begin or end taking patients or reviews."""
    with door.write() as work:
        identity.set_duty(work, body.on)
    return {"on": body.on}
