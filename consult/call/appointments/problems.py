"""What can be wrong about an agreed time."""
from app.kit.problems import Conflict
from app.kit.text import Text


class OwnProposal(Conflict):
    """Whoever proposed a time waits for the other side; it can be taken back."""

    slug = "own-proposal"
    title = Text(zh="这个时间是您提的，等对方答复；也可以撤回",
                 en="You proposed this time; please wait for the other side, or take it back")


class TooManyProposals(Conflict):
    """So many times were proposed in this visit that one more helps nobody."""

    slug = "too-many-proposals"
    title = Text(zh="约了太多次时间，请直接打过去，或者打字商量",
                 en="Too many times were proposed in this visit; please call, or settle it in writing")


class AppointmentOver(Conflict):
    """The time was answered, taken back or has passed meanwhile."""

    slug = "appointment-over"
    title = Text(zh="这个约定已经变了，请看最新的", en="This has changed meanwhile; please look again")
