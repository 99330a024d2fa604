"""Words that people typed: cleaned of what cannot be seen, cut to length, and kept as text."""
import unicodedata

# Cc control, Cf format (bidi overrides, zero width), Cs surrogates. Unassigned characters stay: rare names
# are written with characters that are younger than this Python.
HIDDEN = {"Cc", "Cf", "Cs"}
KEPT = {"\n", "\t", "\u200d"}  # a zero-width joiner belongs to some scripts and to emoji


def visible(text: str) -> str:
    """Drop the characters that hide or turn text around."""
    return "".join(c for c in text if c in KEPT or unicodedata.category(c) not in HIDDEN)


def tidy(text: str, longest: int) -> str:
    """One line of visible text of at most `longest` characters; what looks like code stays text."""
    return " ".join(visible(text).split())[:longest].strip()
