"""Pure checks of what people type to sign in: phone numbers, passwords, user names."""
import re
import unicodedata

from app.kit.problems import invalid

MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
USER_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
SHORTEST, LONGEST = 8, 128
# the first entries of every public list of leaked passwords that are long enough to pass the length check
COMMON = {"password", "passw0rd", "password1", "qwertyui", "qwerty123", "1q2w3e4r", "11111111", "12345678",
          "123456789", "1234567890", "87654321", "88888888", "00000000", "66668888", "abc12345", "a1234567",
          "a12345678", "aa123456", "woaini1314", "5201314520", "iloveyou", "admin123", "password123"}


def clean_phone(text: str) -> str:
    """Write a phone number in E.164; a mainland mobile number needs no prefix. Raises Invalid.

    One number has one spelling: digits in full width are those of a Chinese keyboard, other scripts are refused.
    """
    bare = re.sub(r"[\s()\-]", "", unicodedata.normalize("NFKC", text))
    bare = "+" + bare[2:] if bare.startswith("00") else bare
    if MAINLAND_MOBILE.fullmatch(bare):
        return "+86" + bare
    if E164.fullmatch(bare) and not (bare.startswith("+86") and not MAINLAND_MOBILE.fullmatch(bare[3:])):
        return bare
    raise invalid("phone", "请填写 11 位手机号；国外号码请以 + 和国家代码开头。",
                  "Please enter an 11-digit mobile number; numbers from abroad start with + and the country code.")


def masked_phone(phone: str) -> str:
    """Show the last four digits of an E.164 number, and the first three of a mainland one."""
    bare = phone.removeprefix("+86")
    return f"{bare[:3]}{'•' * (len(bare) - 7)}{bare[-4:]}"


def require_good_password(password: str, *own: str) -> None:
    """Refuse a password that is short, very long, common, or made of what everybody knows of its owner."""
    if len(password) < SHORTEST:
        raise invalid("password", f"密码至少 {SHORTEST} 位。", f"The password needs at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise invalid("password", f"密码最多 {LONGEST} 位。", f"The password has at most {LONGEST} characters.")
    lowered = password.lower()
    known = any(word and len(word) >= 4 and word.lower() in lowered for word in own)
    if lowered in COMMON or len(set(lowered)) < 3 or known:
        raise invalid("password", "这个密码太容易猜到，请换一个。",
                      "This password is easy to guess, please choose another one.")


def clean_user_name(text: str) -> str:
    """A user name of staff: 2 to 40 small letters, digits, dot, dash, underscore. Raises Invalid."""
    name = text.strip().lower()
    if not USER_NAME.fullmatch(name):
        raise invalid("user_name", "用户名由 2 到 40 个小写字母、数字、点或横线组成，以字母开头。",
                      "A user name has 2 to 40 small letters, digits, dots or dashes and starts with a letter.")
    return name


def require_language(language: str) -> str:
    """zh or en. Raises Invalid."""
    if language not in ("zh", "en"):
        raise invalid("language", "语言只有中文和英文。", "The language is Chinese or English.")
    return language
