"""What the consultation puts into the house: the desk of recordings, whose process starts with the first copy, and what
carries calls."""
from app.kit.tools import Tools
from app.settings import Settings
from app.work import House
from consult.call.engines.carrier import Carrier, engine_of
from consult.call.recording.desk import RecordingDesk


def wire(tools: Tools, settings: Settings) -> None:
    """Nothing stands alone here."""


def attach(house: House) -> None:
    """Give the house its desk and its carrier; a server starts the first and stops both."""
    desk = RecordingDesk(house)
    house.tools.put(RecordingDesk, desk)
    house.tools.put(Carrier, Carrier(house, engine_of(house.tools.get(Settings), desk.keeper)))
