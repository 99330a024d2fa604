"""What can be wrong at the door of a call."""
from app.kit.problems import Conflict, Invalid, Problem
from app.kit.text import Text


class DoorShut(Problem):
    """The invitation is over, used, unknown, or its visit has ended: nobody learns which of them."""

    slug = "call-door-shut"
    status = 410
    title = Text(zh="这个邀请不能再用了", en="This invitation can no longer be used")


class WrongGuestCode(Invalid):
    """The code does not fit the link; `left` says how many tries there are before the link is shut."""

    slug = "wrong-call-code"
    title = Text(zh="口令不对，请再核对一下", en="This is not the code; please check it once more")


class NoCallToJoin(Conflict):
    """Somebody is let into a call that goes on, never into an empty room."""

    slug = "no-call-to-join"
    title = Text(zh="请先接通和对方的通话，再让人进来", en="Please begin the call first, then let people in")


class TooManyGuests(Conflict):
    """As many as pictures fit beside each other, and browsers can send to."""

    slug = "too-many-guests"
    title = Text(zh="这次看诊邀请的人已经够多了，先撤回一个再邀请",
                 en="Enough people are asked into this visit; withdraw one invitation first")


class OwnCall(Conflict):
    """The attending doctor is in the call already."""

    slug = "own-call"
    title = Text(zh="这是您自己的看诊，不用从邀请进来", en="This visit is yours; you need no invitation")
