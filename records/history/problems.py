"""What can be wrong with a history."""
from app.kit.problems import Conflict
from app.kit.text import Text


class HistoryIncomplete(Conflict):
    """`missing` names what was never asked; nobody can confirm an answer that was not given."""

    slug = "history-incomplete"
    title = Text(zh="还有几项没有问过，请先填完", en="Some questions were never asked; please answer them first")
