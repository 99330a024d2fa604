"""What is written about the program is true of the program."""
import re

import pytest

from app.settings import Settings
from tests.architecture.settings_page import PAGE, page
from tests.architecture.tree import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_the_page_of_settings_is_fresh():
    assert PAGE.read_text("utf-8") == page(), "python -m tests.architecture.settings_page writes it anew"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_means(name):
    told = Settings.model_fields[name].description
    assert told and len(told) > 10


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]
    heads = [path.read_text("utf-8").split(".")[0] for path in DECISIONS]
    assert heads == [f"# {n}" for n in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_and_what_follows(path):
    text = path.read_text("utf-8")
    assert re.match(r"# \d+\. ", text) and len(text.splitlines()) <= 25
    for part in ("## Context", "## Decision", "## Consequence"):
        assert part in text


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_names_files_that_exist(path):
    named = re.findall(r"`((?:app|consult|prescribing|pharmacy|records|web|tests|migrations)/[\w/.]+)`",
                       path.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
