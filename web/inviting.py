"""What pages and programs share about invitations: their addresses, and acts on a third person in a call."""
from collections.abc import Callable
from uuid import UUID

from app.kit.problems import NotFound
from app.settings import Settings
from app.work import Work
from consult import api as consult
from web.door import Door


def site_of(door: Door) -> str:
    """Where people reach us: the address of the settings, else the one of this request."""
    here, known = door.request.url, door.house.tools.get(Settings).public_url.rstrip("/")
    return known or f"{here.scheme}://{here.netloc}"


def address_of(door: Door, made: consult.Offered) -> str:
    """The address of an invitation, as its reader reaches us."""
    desk = "/doctor" if made.guest.role == "doctor" else ""
    return f"{site_of(door)}{desk}/join/{made.link}"


def decided(work: Work, visit_id: UUID, guest_id: UUID, act: Callable[[Work, UUID], consult.CallGuest],
            ) -> consult.CallGuest:
    """Do something about a guest of this visit. Raises NotFound for a guest of another one, and nothing is done."""
    if work.get(consult.CallGuest, guest_id).visit_id != visit_id:
        raise NotFound
    return act(work, guest_id)
