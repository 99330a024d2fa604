"""What people write about a visit: made visible, cut of nothing, and refused when it is too long."""
import unicodedata

from app.kit.problems import invalid

# Cc control, Cf format (bidi overrides), Cs surrogates; a database refuses some and a page is fooled by others.
HIDDEN = {"Cc", "Cf", "Cs"}
KEPT = {"\n", "\t", "\u200d"}


def visible(text: str) -> str:
    """Drop what cannot be seen; lines and blanks stay."""
    return "".join(c for c in text if c in KEPT or unicodedata.category(c) not in HIDDEN)


def clean(text: str) -> str:
    """Drop what cannot be seen, and blanks around it."""
    return visible(text).strip()


def written(text: str, field: str, most: int, needed: bool = False) -> str:
    """The cleaned text of a field. Raises Invalid when it is longer than `most`, or empty and `needed`."""
    text = clean(text)
    if len(text) > most:
        raise invalid(field, f"最多 {most} 字。", f"At most {most} characters.")
    if needed and not text:
        raise invalid(field, "请写上这一项。", "Please fill this in.")
    return text
