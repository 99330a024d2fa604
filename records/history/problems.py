"""What can be wrong with a history."""
from app.kit.problems import Conflict
from app.kit.text import Text


class StrikeSettled(Conflict):
    """A colleague confirmed it meanwhile, or the patient has written the allergy down again."""

    slug = "strike-settled"
    title = Text(zh="这条已经有人确认过，或患者又写上了，请再看一遍",
                 en="Somebody has confirmed this already, or the patient wrote it down again; please look again")


class HistoryIncomplete(Conflict):
    """`missing` names what was never asked; nobody can confirm an answer that was not given."""

    slug = "history-incomplete"
    title = Text(zh="还有几项没有问过，请先填完", en="Some questions were never asked; please answer them first")
