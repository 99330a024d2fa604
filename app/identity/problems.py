"""What can be wrong with sign-in, people, licences and keys."""
from typing import Any

from app.audit import Trace
from app.kit.problems import Conflict, NotAllowed, NotFound, NotSignedIn, Problem, TooMany
from app.kit.text import Text


class NotYours(NotFound):
    """Exists, but belongs to somebody else; told as "not found", and the attempt is kept in the trail."""

    def __init__(self, trace: Trace, **facts: Any) -> None:
        super().__init__(**facts)
        self.trace = trace


class WrongSignIn(NotSignedIn):
    """One answer for an unknown login and a wrong password, so that neither can be told apart."""

    slug = "wrong-sign-in"
    title = Text(zh="账号或密码不对，请再核对一遍", en="The login or the password is not right, please check both")


class SecondCodeNeeded(NotSignedIn):
    """The password was right; a code of the authenticator app is needed too."""

    slug = "second-code-needed"
    title = Text(zh="请再输入验证器上的 6 位数字", en="Please also enter the 6 digits of your authenticator")


class WrongSecondCode(NotSignedIn):
    """The code is wrong, too old, or was used before."""

    slug = "wrong-second-code"
    title = Text(zh="验证器上的数字不对，或已经用过，请等下一组",
                 en="These digits are wrong or were used before, please wait for the next ones")


class WrongCode(Problem):
    """The one-time code is wrong or its 10 minutes are over."""

    slug = "wrong-code"
    status = 422
    title = Text(zh="验证码不对或已过期，请核对，或重新获取",
                 en="This code is wrong or too old; please check it or ask for a new one")


class WrongInvitation(WrongCode):
    """The code of an invitation is wrong, was used, was taken back, or its day is over: which of them is not told."""

    slug = "wrong-invitation"
    title = Text(zh="这个邀请码不对、已经用过或过期了。请对一遍，或请家人重新发一个",
                 en="This code is wrong, was used or is too old. Please check it, or ask your family for a new one")


class SlowDown(TooMany):
    """A counter is full; `retry_after` says in how many seconds it starts anew."""

    @classmethod
    def after(cls, seconds: int) -> "SlowDown":
        """Build the problem with the waiting time in words."""
        minutes = max(1, -(-seconds // 60))
        told = Text(zh="试的次数太多了，请 {n} 分钟后再来", en="Too many tries, please come back in {n} min")
        return cls(told.with_facts(n=minutes), retry_after=seconds)


class PhoneTaken(Conflict):
    slug = "phone-taken"
    title = Text(zh="这个手机号已经注册过，请直接登录", en="This phone number has an account already, please sign in")


class LoginTaken(Conflict):
    slug = "login-taken"
    title = Text(zh="这个用户名已有人使用", en="This user name is taken")


class AlreadyOnYourList(Conflict):
    slug = "already-on-your-list"
    title = Text(zh="这位就诊人已经在您的名单里", en="This person is on your list already")


class PersonKnown(Conflict):
    """Somebody else's account already acts for this person; only they can let another account in."""

    slug = "person-known"
    title = Text(zh="这位就诊人已由另一个账号添加。请让那个账号的人给您一个邀请码",
                 en="Another account already cares for this person. Please ask them for an invitation code")


class SelfClaimed(Conflict):
    """Nobody can be "myself" to two accounts, and no account can be two people."""

    slug = "self-claimed"
    title = Text(zh="“本人”只能登记一次", en="“Myself” can be registered once only")


class NotTheLongest(NotAllowed):
    """A code for the patient's own account opens the way to end everybody else's part: only one guardian makes it."""

    slug = "not-the-longest"
    title = Text(zh="给本人的邀请码，只能由最早开始替这个人看诊的家人来发",
                 en="Only whoever has acted for this person longest can make a code for the person themself")


class LastGuardian(Conflict):
    slug = "last-guardian"
    title = Text(zh="您是唯一能管理这份档案的人，请先邀请另一位家人",
                 en="You are the only one who looks after this record; please invite someone else first")


class WrongPin(Problem):
    """The PIN does not open the signing key; `left` tries remain before a pause."""

    slug = "wrong-pin"
    status = 422
    title = Text(zh="签名密码不对", en="The signing PIN is not right")


class NoSigningKey(Conflict):
    slug = "no-signing-key"
    title = Text(zh="请先设置签名密码", en="Please set a signing PIN first")


class LicenceNotInForce(Conflict):
    slug = "licence-not-in-force"
    title = Text(zh="执业资质尚未通过审核或已失效，暂不能接诊",
                 en="The licence is not verified or no longer in force; patients cannot be taken yet")


class NotByYourself(Problem):
    """Nobody vouches for their own licence."""

    slug = "not-by-yourself"
    status = 403
    title = Text(zh="不能审核自己的资质", en="Nobody can verify their own licence")
