"""The three small things that every room of the record file leans on."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import FrozenClock
from app.kit.problems import Invalid
from app.policy import api as policy
from app.work import HOUSE, House
from records.days import require_past
from records.icd import family_of, require_code
from records.words import tidy, visible

GOOD = {"I10": "I10", "i10": "I10", " j45.9 ": "J45.9", "I10.x00": "I10.X00", "e11.900": "E11.900", "U07.1": "U07.1"}
BAD = ["", " ", "I", "I1", "10", "高血压", "I10.", "I10 J45", "I10;DROP", "<script>", "I10.99999", "ＩＩ０"]
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.mark.parametrize("code", GOOD)
def test_codes_are_written_in_one_way(code: str) -> None:
    assert require_code(code, "code") == GOOD[code]


@pytest.mark.parametrize("code", BAD)
def test_what_is_no_code_names_its_field(code: str) -> None:
    with pytest.raises(Invalid) as caught:
        require_code(code, "diagnosis_code")
    assert caught.value.facts["errors"][0]["field"] == "diagnosis_code"


def test_a_missing_code_is_sent_back_and_not_guessed() -> None:
    with pytest.raises(Invalid):
        require_code(None, "code")


@pytest.mark.parametrize("code", GOOD)
def test_the_family_is_the_one_that_the_rules_compare(code: str) -> None:
    kept = require_code(code, "code")
    assert family_of(kept) == kept[:3]
    assert policy.same_family(kept, family_of(kept)) is True


@pytest.mark.parametrize(("days", "fine"), [(0, True), (-1, True), (-40_000, True), (1, False), (365, False)])
def test_a_day_lies_in_the_past_of_the_hospital(house: House, days: int, fine: bool) -> None:
    with house.read(HOUSE) as work:
        day = date(2026, 11, 21) + timedelta(days=days)
        if fine:
            assert require_past(work, day, "on") == day
            return
        with pytest.raises(Invalid):
            require_past(work, day, "on")


def test_today_is_the_hospitals_day_and_not_that_of_the_server(house: House, clock: FrozenClock) -> None:
    """At 17:00 UTC it is tomorrow in the hospital already."""
    clock.forward(hours=15)
    with house.read(HOUSE) as work:
        assert require_past(work, date(2026, 11, 22), "on")


@pytest.mark.invariant(14)
@given(TEXTS)
def test_tidy_words_are_one_line_that_shows_everything_it_holds(text: str) -> None:
    cleaned = tidy(text, 80)
    assert len(cleaned) <= 80 and cleaned == cleaned.strip()
    assert not set(cleaned) & {"\n", "\r", "\t", "\0", "\u202e", "\u200b", "\ufeff"}
    assert tidy(cleaned, 80) == cleaned


@given(TEXTS)
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    seen = "".join(c for c in text if c.isprintable())
    assert [c for c in visible(text) if c.isprintable()] == list(seen)


@pytest.mark.parametrize("name", ["𠮷田", "㐂", "龘", "José", "O'Neil", "阿卜杜·热合曼", "👵"])
def test_rare_names_are_not_changed(name: str) -> None:
    assert tidy(name, 60) == name


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\x1b[31m", "\x00"])
def test_what_hides_or_turns_text_around_is_dropped(hidden: str) -> None:
    assert tidy(f"前{hidden}后", 60).replace("[31m", "") == "前后"
