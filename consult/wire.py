"""What the consultation puts into the house: the desk of recordings, whose process starts with the first copy."""
from app.kit.tools import Tools
from app.settings import Settings
from app.work import House
from consult.call.recording.desk import RecordingDesk


def wire(tools: Tools, settings: Settings) -> None:
    """Nothing stands alone here."""


def attach(house: House) -> None:
    """Give the house its desk; a server starts it."""
    house.tools.put(RecordingDesk, RecordingDesk(house))
