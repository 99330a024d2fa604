"""What is told in the place of a talk that was deleted when its years were over."""
from app.kit.text import Text
from app.retention import api as retention
from app.work import Work
from consult import api as consult


def talk_cleared(work: Work, visit: consult.Visit) -> Text | str:
    """In words, that the talk of a visit was cleared after its years; empty while there is nothing to say."""
    gone = retention.erased(work, "chat", visit.id) if visit.last_seq else None
    return retention.say_cleared(gone) if gone else ""
