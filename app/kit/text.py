"""A sentence in both languages, which travel together so that neither can be missing."""
from calendar import month_name
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh", "en"]


class Text(BaseModel):
    """One text in Simplified Chinese and English; both are required and not empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, language: str) -> str:
        """Return the text in `language` ("zh" or "en"); anything else reads Chinese, the default."""
        return self.en if language == "en" else self.zh

    def with_facts(self, **facts: object) -> "Text":
        """Fill `{name}` places of both languages with the same facts."""
        return Text(zh=self.zh.format(**facts), en=self.en.format(**facts))


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its English noun: 1 pack, 2 packs, 0 packs; `many` where the plural is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def dated(on: date) -> Text:
    """A day as people write it, with its year."""
    return Text(zh=f"{on.year}年{on.month}月{on.day}日", en=f"{on.day} {month_name[on.month]} {on.year}")


def sentences(*parts: Text) -> Text:
    """Several statements as one text: each ends with its full stop, whether it came with one or not."""
    return Text(zh="".join(_ended(part.zh, "。") for part in parts if part.zh),
                en=" ".join(_ended(part.en, ".") for part in parts if part.en))


def _ended(words: str, stop: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "。", "?", "？", "!", "！", "…")) else words + stop
