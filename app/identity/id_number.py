"""The resident identity number of mainland China and the permits that share its form: check, class, mask.

Sources: GB 11643-1999 (form, ISO 7064 MOD 11-2); residence permits of Hong Kong (81), Macao (82) and Taiwan
(83), State Council 2018; permanent residence card for foreigners, 2023 form (9). Places of birth are not
looked up: older people carry area codes that no current table knows.
"""
import re
from dataclasses import dataclass
from datetime import date

from app.kit.clock import completed_years
from app.kit.problems import Invalid, invalid

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
OLDEST = 130
CLASSES = {"81": "hong_kong", "82": "macao", "83": "taiwan"}
SPACES = re.compile(r"[\s\-·\u3000]+")
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")


@dataclass(frozen=True)
class IdNumber:
    """A number that passed: `kind` is mainland, hong_kong, macao, taiwan or foreign; sex as in Patient."""

    number: str
    kind: str
    birth_date: date
    sex: str

    @property
    def masked(self) -> str:
        """First three and last two characters, the rest as dots."""
        return mask(self.number)


def mask(number: str) -> str:
    """Show first 3 + last 2 of a number and hide the 13 between."""
    return f"{number[:3]}{'•' * (len(number) - 5)}{number[-2:]}"


def check_character(first17: str) -> str:
    """The last character by ISO 7064 MOD 11-2."""
    return CHECK_CHARACTERS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def kind_of(number: str) -> str | None:
    """The class by prefix; None when no place or class starts like this."""
    if number[0] == "9":
        return "foreign"
    if number[:2] in CLASSES:
        return CLASSES[number[:2]]
    return "mainland" if number[0] in "1234567" and number[:2] >= "11" else None


def read_id_number(text: str, today: date) -> IdNumber:
    """Read a number as people type it. Raises Invalid with what is wrong in words."""
    number = SPACES.sub("", text.translate(FULL_WIDTH)).upper()
    _require_form(number)
    kind = kind_of(number)
    if kind is None:
        raise _wrong("身份证号开头的两位不对，请对照证件再看一遍。",
                     "The first two digits are not right. Please check them against the card.")
    born = _birth_date(number[6:14], today)
    if check_character(number[:17]) != number[17]:
        raise _wrong("身份证号有一位填错了。请对照证件从头再看一遍。",
                     "One character of the ID number is wrong. Please check it against the card from the start.")
    return IdNumber(number, kind, born, "male" if int(number[16]) % 2 else "female")


def _require_form(number: str) -> None:
    if re.fullmatch(r"[0-9]{15}", number):
        raise _wrong("这是 15 位的旧身份证号，已经停用。请填写二代身份证上的 18 位号码。",
                     "This is the old 15-digit number, which is no longer used. "
                     "Please enter the 18 characters of the current card.")
    if len(number) != 18:
        raise _wrong_length(len(number))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise _wrong("身份证号只有数字，最后一位可能是字母 X。",
                     "The ID number has digits only; the last character may be the letter X.")


def _wrong_length(length: int) -> Invalid:
    if length < 18:
        return _wrong(f"身份证号少 {18 - length} 位，您填了 {length} 位。请对照身份证再看一遍。",
                      f"The ID number has 18 characters; you entered {length}. Please check it against your card.")
    return _wrong(f"身份证号多 {length - 18} 位，您填了 {length} 位。请对照身份证再看一遍。",
                  f"The ID number has 18 characters; you entered {length}. Please check it against your card.")


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _wrong("第 7 到 14 位是出生日期，这里的日期不存在。请对照证件再看一遍。",
                     "Characters 7 to 14 are the birth date, and this date does not exist. "
                     "Please check them against the card.") from None
    if born > today:
        raise _wrong("第 7 到 14 位是出生日期，这里的日期还没有到。",
                     "Characters 7 to 14 are the birth date, and this date has not come yet.")
    if completed_years(born, today) > OLDEST:
        raise _wrong(f"按第 7 到 14 位，年龄超过 {OLDEST} 岁。请对照证件再看一遍。",
                     f"By characters 7 to 14 the age is over {OLDEST}. Please check them against the card.")
    return born


def _wrong(zh: str, en: str) -> Invalid:
    return invalid("id_number", zh, en)
