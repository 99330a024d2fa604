"""Which outside systems this room talks to in this installation, and what it tells the rooms below."""
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from app.identity.people.realname import RealNameCheck, StandInRealName
from app.identity.staff.models import Organization
from app.kit.tools import Tools, plugged
from app.policy.api import OwnRules
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Register the real-name adapter that the settings name, and whose rules are the hospital's own."""
    shipped = {"stand_in": StandInRealName}
    tools.put(RealNameCheck, plugged(settings.realname_adapter, shipped, RealNameCheck))  # type: ignore[type-abstract]
    tools.put(OwnRules, OwnRules(_of_the_hospital))


def _of_the_hospital(organization_id: Any) -> ColumnElement[bool]:
    """No version of a pharmacy, a clinic or a partner hospital decides here."""
    others = select(Organization.id).where(col(Organization.kind) != "hospital")
    return col(organization_id).not_in(others)
