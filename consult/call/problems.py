"""What can be wrong with a call."""
from app.kit.problems import Conflict, TooMany
from app.kit.text import Text


class CallOver(Conflict):
    """The call has ended; `state` says how. The visit goes on."""

    slug = "call-over"
    title = Text(zh="这次通话已经结束，看诊还在继续", en="This call has ended; the visit goes on")


class CallNotAnswered(Conflict):
    """Nobody has answered yet, so there is nobody to tell anything."""

    slug = "call-not-answered"
    title = Text(zh="对方还没有接听", en="The call has not been answered yet")


class CallElsewhere(Conflict):
    """Another page or device of this side has the call now."""

    slug = "call-elsewhere"
    title = Text(zh="通话已经转到另一台设备上", en="The call has moved to another device")


class CallNotPossible(Conflict):
    """Calls belong to a running visit."""

    slug = "call-not-possible"
    title = Text(zh="医生接诊以后、就诊结束以前才能通话", en="A call is possible while the visit is in progress")


class TooManySignals(TooMany):
    """One page says more in a minute than any browser has to."""

    slug = "too-many-signals"
    title = Text(zh="通话连接太频繁，请稍等一下", en="The call is being set up too often; please wait a moment")
