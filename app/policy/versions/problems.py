"""What can go wrong with a version of the hospital's own rules."""
from app.kit.problems import Conflict, NotFound, Problem
from app.kit.text import Text


class VersionNotFound(NotFound):
    slug = "policy-version-not-found"
    title = Text(zh="没有找到这一版规则", en="This version of the rules was not found")


class VersionAltered(Problem):
    """A stored version no longer fits its own hash; nothing may be decided by it."""

    slug = "policy-version-altered"
    status = 409
    title = Text(zh="这一版规则的内容被改动过，不能采信",
                 en="This version of the rules was changed and cannot be trusted")


class ChangedMeanwhile(Conflict):
    """Somebody saved the draft, or it moved on, since the page was opened."""

    slug = "policy-draft-changed"
    title = Text(zh="这一版刚刚有人改过，请先看最新的内容",
                 en="Somebody changed this version just now; please look at it anew")


class NotTheSecondPerson(Problem):
    """Who wrote or proposed a version does not approve it."""

    slug = "policy-needs-second-person"
    status = 403
    title = Text(zh="写过或提出这一版的人不能批准它，请另一位合规官来",
                 en="Who wrote or proposed this version cannot approve it; please ask another officer")


class ReplayOutdated(Conflict):
    """The replay was made for other content, or the law above the version has changed since."""

    slug = "policy-replay-outdated"
    title = Text(zh="回放已经过时，请先重新回放", en="The replay is out of date; please run it again first")


class ApprovalOutdated(Conflict):
    """Since the approval other rules of the hospital were published, or the law above changed; nobody agreed to it."""

    slug = "policy-approval-outdated"
    title = Text(zh="批准以后，别的规则变了。请撤回这一版，以它为底写新的一版，重新回放，再请另一位批准",
                 en="Other rules have changed since the approval. Please withdraw this version, begin a new one from "
                    "it, replay it and have it approved anew")


class ReplayRunning(Conflict):
    slug = "policy-replay-running"
    title = Text(zh="回放还在进行，请等它结束或先取消", en="A replay is running; wait for its end or cancel it first")


class CasesFail(Problem):
    """Cases of the hospital's own that the version decides otherwise; `failures` lists them."""

    slug = "policy-cases-fail"
    status = 422
    title = Text(zh="有自己写的案例没有通过", en="Some of your own cases do not hold")


class InForceAlready(Conflict):
    """A version that has decided steps is not taken back; going back is a new version."""

    slug = "policy-in-force"
    title = Text(zh="这一版已经在用，不能撤回；要回到从前，请以旧版为底写新的一版",
                 en="This version is in force already; to go back, begin a new version from an older one")


class NumberTaken(Conflict):
    slug = "policy-number-taken"
    title = Text(zh="刚刚有人也开始了新的一版，请再点一次",
                 en="Somebody else began a version at this moment; please try again")
