"""Which outside systems this room talks to in this installation."""
from app.identity.people.realname import RealNameCheck, StandInRealName
from app.kit.tools import Tools, plugged
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Register the real-name adapter that the settings name."""
    shipped = {"stand_in": StandInRealName}
    tools.put(RealNameCheck, plugged(settings.realname_adapter, shipped, RealNameCheck))  # type: ignore[type-abstract]
