"""Whoever reads the trail reads words: every act that the code writes into it has a name in both languages."""
import ast
from collections.abc import Iterator

from app.events.event import Event
from tests.architecture.tree import code
from web.pages.staff.office.deeds import ABOUT, WORDS, in_words, meant_by

TOPS = ("app", "consult", "pharmacy", "prescribing", "records", "web")
# Where the name of the act or the kind of thing stands among the arguments of a call.
NAMED = {"Trace": (0, ""), "require_readable": (2, "read:"), "note_seen": (1, "")}


def calls() -> Iterator[ast.Call]:
    """Every call of the product that writes into the trail."""
    for _, tree in code(*TOPS):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in NAMED:
                    yield node


def acts() -> set[str]:
    """The acts that stand as words in those calls."""
    found = set()
    for call in calls():
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr  # type: ignore[attr-defined]
        place, prefix = NAMED[name]
        given = call.args[place] if len(call.args) > place else None
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            found.add(prefix + given.value)
    return found


def events(base: type[Event] = Event) -> Iterator[str]:
    """Every event that can be announced; a class that only carries fields for others is none."""
    for kind in base.__subclasses__():
        if kind.__subclasses__():
            yield from events(kind)
        elif kind.__module__.startswith("app."):
            yield kind.__name__


def test_every_act_has_words_in_both_languages():
    assert len(acts()) > 30
    missing = {act for act in (*acts(), *events()) if act not in WORDS}
    assert missing == set(), "give them words in web/pages/staff/office/deeds.py"
    assert all(words.zh and words.en for words in (*WORDS.values(), *ABOUT.values()))


def test_an_act_without_words_shows_its_name():
    assert in_words("something:new").zh == "something:new"


def test_the_search_finds_an_act_by_its_words():
    assert "PrescriptionSigned" in meant_by("签署") and "PrescriptionSigned" in meant_by("Signed a pre")
    assert meant_by("no such thing") == []
