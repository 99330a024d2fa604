"""What may stand in a message to a person."""
import re

from app.kit.text import Text

KIND = re.compile(r"[a-z][a-z_]{1,39}")
LINK = re.compile(r"/(?!/)[A-Za-z0-9/_\-.]*(#[A-Za-z0-9_\-]+)?")
LONGEST = 200


class UnfitMessage(ValueError):
    """A room built a message that must not go out; a defect of that room, not of the person."""


def require_fit(kind: str, text: Text, link: str) -> None:
    """Refuse a message that is too long, has an odd kind, or leads out of the product. Raises UnfitMessage."""
    if not KIND.fullmatch(kind):
        raise UnfitMessage("kind")
    if len(link) > LONGEST or not LINK.fullmatch(link):
        raise UnfitMessage("link")
    if max(len(text.zh), len(text.en)) > LONGEST or not (text.zh + text.en).isprintable():
        raise UnfitMessage("text")


def code_text(code: str, language: str = "zh") -> str:
    """The text message that carries a one-time code."""
    return CODE_TEXT.with_facts(code=code).get(language)


CODE_TEXT = Text(zh="【复诊】验证码 {code}，10 分钟内有效。工作人员不会向您要验证码。",
                 en="[Fuzhen] Your code is {code}, good for 10 minutes. Our staff will never ask you for it.")
