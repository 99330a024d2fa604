"""Our public keys at an address, so that a decision file can be checked without us."""
from typing import Annotated, Any

from fastapi import APIRouter

from app.policy import api as policy
from web.door import ANYONE, Door, Gate, GuardedRoute

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.get("/.well-known/fuzhen-keys.json")
def public_keys(door: Annotated[Door, Gate(ANYONE)]) -> dict[str, Any]:
    """The keys by which we sign decision files, a JWK set (RFC 7517); keep it before you need it."""
    with door.read() as work:
        return policy.decision_keys(work)
