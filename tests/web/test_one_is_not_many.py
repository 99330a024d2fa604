"""In English one thing is one thing: "1 packs" stands nowhere, in no template and in no sentence of the code."""
import re
from pathlib import Path

import pytest

from app.kit.text import counted
from web.rendering import PageContext, reading, t

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "consult", "pharmacy", "prescribing", "records", "web")
NOUNS = ("packs", "pages", "days", "months", "years", "hours", "minutes", "seconds", "rules", "entries", "medicines",
         "signs", "tries", "times", "pharmacies", "lines", "decisions", "notes", "findings", "orders", "visits")
# A figure with a plural after it. In a range or a share the plural is right whatever the number is.
IN_TEMPLATE = re.compile(rf"'[^'\n]*(?<!of )(?<!–)\{{n\}} (?:[a-z]+ )?(?:{'|'.join(NOUNS)})\b[^'\n]*', (?!one=)")
IN_CODE = re.compile(rf"en=f\"[^\"\n]*(?<!–)\{{[a-z_.]+\}} (?:{'|'.join(NOUNS)})\b")
# Settings and figures of the law that are never one, and what belongs to rooms with their own words.
NEVER_ONE = ("max_pages", "most_lines", "for n in (2, 3)", "{pairs} entries", "about {place.low_minutes}")


def found(pattern: re.Pattern[str], ending: str) -> list[str]:
    """Each line of the product that says so."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob(f"*.{ending}") if "call" not in path.parts]
    return [f"{path.relative_to(ROOT)}: {line.strip()[:160]}" for path in files
            for line in path.read_text("utf-8").splitlines()
            if pattern.search(line) and not any(word in line for word in NEVER_ONE)]


def test_a_template_has_a_sentence_for_one() -> None:
    assert found(IN_TEMPLATE, "html") == []


def test_a_sentence_of_the_code_counts_with_its_noun() -> None:
    assert found(IN_CODE, "py") == []


def test_the_patterns_find_what_they_look_for() -> None:
    assert IN_TEMPLATE.search("t('{n} 盒', 'only {n} packs', n=2)") and IN_CODE.search('en=f"{item.quantity} packs"')
    assert not IN_TEMPLATE.search("t('{n} 盒', 'only {n} packs', one='only 1 pack', n=2)")


@pytest.mark.parametrize(("count", "said"), [(0, "0 packs"), (1, "1 pack"), (2, "2 packs"), (1200, "1,200 packs")])
def test_a_number_has_its_noun(count: int, said: str) -> None:
    assert counted(count, "pack") == said


@pytest.mark.parametrize("one", [1, "1"])
def test_a_template_chooses_the_sentence_for_one_also_when_the_figure_is_written_out(one: object) -> None:
    with reading(PageContext(lang="en")):
        assert t("{n} 条", "{n} rules", one="1 rule", n=one) == "1 rule"
        assert t("{n} 条", "{n} rules", one="1 rule", n=11) == "11 rules"
