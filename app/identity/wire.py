"""Which outside systems this room talks to in this installation."""
from app.identity.people.realname import RealNameCheck, StandInRealName
from app.kit.tools import Tools
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Register the real-name adapter that the settings name."""
    adapters = {"stand_in": StandInRealName}
    tools.put(RealNameCheck, adapters[settings.realname_adapter]())  # type: ignore[type-abstract]
