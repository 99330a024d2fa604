"""What a program may know of the demo: the text messages that the stand-in kept. Not there in production."""
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.kit.problems import NotFound
from app.notify import api as notify
from app.settings import Settings
from web.door import ANYONE, ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1/demo", route_class=GuardedRoute, tags=["demo"])


@router.get("/sms")
def sms(door: Annotated[Door, ApiGate(ANYONE)], phone: Annotated[str, Query(max_length=30)]) -> list[dict[str, Any]]:
    """Messages to one phone, newest first; the sender is a labelled stand-in. 404 in production."""
    if door.house.tools.get(Settings).mode == "production":
        raise NotFound
    with door.read() as work:
        return [{"at": m.at, "phone": m.phone, "text": m.text} for m in notify.sms_inbox(work, phone, 5)]
