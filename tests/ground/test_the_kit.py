"""Small tools: time, ids, money, states, text, problems, events."""
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.events.event import Event
from app.kit.clock import (
    FrozenClock,
    ShiftedClock,
    SystemClock,
    completed_months,
    completed_years,
    local_date,
)
from app.kit.database import enum_column
from app.kit.ids import parse_uuid, uuid7
from app.kit.money import format_money
from app.kit.problems import Conflict, NotFound, Problem, TooMany, invalid
from app.kit.states import Machine, NotYourMove, WrongState, moves
from app.kit.text import Text, sentences
from app.kit.tools import Tools

# --- time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", [SystemClock(), ShiftedClock(datetime(2026, 11, 21, tzinfo=UTC)),
                                   FrozenClock(datetime(2026, 11, 21, tzinfo=UTC))])
def test_every_clock_tells_aware_utc(clock):
    assert clock.now().utcoffset() == timedelta(0)


def test_a_shifted_clock_runs_on_from_its_moment():
    clock = ShiftedClock(datetime(2022, 12, 5, tzinfo=UTC), begun=datetime.now(UTC) - timedelta(hours=3))
    assert timedelta(hours=3) <= clock.now() - clock.start < timedelta(hours=4)


@pytest.mark.parametrize(("moment", "day"), [
    ("2026-11-21T15:59:59+00:00", date(2026, 11, 21)), ("2026-11-21T16:00:00+00:00", date(2026, 11, 22)),
    ("2026-12-31T16:00:00+00:00", date(2027, 1, 1)), ("2026-11-22T00:30:00+08:00", date(2026, 11, 22))])
def test_the_day_is_the_hospitals_day(moment, day):
    assert local_date(datetime.fromisoformat(moment)) == day


@pytest.mark.parametrize(("born", "on", "years"), [
    (date(2020, 11, 21), date(2026, 11, 20), 5), (date(2020, 11, 21), date(2026, 11, 21), 6),
    (date(2020, 2, 29), date(2026, 2, 28), 5), (date(2020, 2, 29), date(2026, 3, 1), 6),
    (date(2020, 2, 29), date(2024, 2, 29), 4), (date(2026, 1, 1), date(2026, 1, 1), 0)])
def test_age_is_counted_in_completed_years(born, on, years):
    assert completed_years(born, on) == years


@pytest.mark.parametrize(("born", "on", "months"), [
    (date(2026, 1, 31), date(2026, 2, 28), 0), (date(2026, 1, 31), date(2026, 3, 31), 2),
    (date(2025, 12, 15), date(2026, 1, 14), 0), (date(2025, 12, 15), date(2026, 1, 15), 1)])
def test_age_of_babies_is_counted_in_completed_months(born, on, months):
    assert completed_months(born, on) == months


@given(st.dates(date(1920, 1, 1), date(2026, 1, 1)), st.integers(0, 40000))
def test_years_and_months_agree(born, days):
    on = min(born + timedelta(days=days), date(2100, 1, 1))
    assert completed_months(born, on) // 12 == completed_years(born, on)


# --- ids ---------------------------------------------------------------------------------------------------

def test_ids_are_of_version_seven_and_rise():
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made) and len(set(made)) == 5000
    assert {one.version for one in made} == {7} and {one.variant for one in made} == {"specified in RFC 4122"}


def test_ids_of_many_threads_never_meet():
    made, lock = [], threading.Lock()

    def make():
        mine = [uuid7() for _ in range(500)]
        assert mine == sorted(mine)
        with lock:
            made.extend(mine)
    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4000


@pytest.mark.parametrize("text", ["", "x", "0" * 31, "../etc", None, 5, "{}", "0" * 33])
def test_what_is_no_id_reads_as_none(text):
    assert parse_uuid(text) is None


def test_an_id_reads_back():
    one = uuid7()
    assert parse_uuid(str(one)) == one == parse_uuid(one.hex)


# --- money -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("fen", "text"), [(0, "¥0.00"), (1, "¥0.01"), (5000, "¥50.00"), (123456789, "¥1,234,567.89"),
                                           (-250, "-¥2.50")])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_money_is_written_alike_in_both_languages(fen, text, language):
    assert format_money(fen, language) == text


def test_a_currency_without_small_coins_has_no_decimals():
    assert format_money(1500, "en", "JPY") == "¥1,500"


# --- text --------------------------------------------------------------------------------------------------

def test_sentences_that_are_joined_each_get_their_full_stop():
    told = sentences(Text(zh="没有核对", en="It was not compared"), Text(zh="请问患者。", en="Ask the patient."))
    assert (told.zh, told.en) == ("没有核对。请问患者。", "It was not compared. Ask the patient.")


def test_a_text_speaks_both_languages_and_chinese_when_unsure():
    text = Text(zh="您好", en="Hello")
    assert (text.get("zh"), text.get("en"), text.get("fr")) == ("您好", "Hello", "您好")


@pytest.mark.parametrize("half", [{"zh": "好"}, {"en": "ok"}, {"zh": "", "en": "ok"}, {"zh": "好", "en": ""},
                                  {"zh": "好", "en": "ok", "fr": "bon"}])
def test_a_text_never_lacks_a_language(half):
    with pytest.raises(ValidationError):
        Text(**half)


def test_facts_are_filled_into_both_halves():
    assert Text(zh="{n} 天", en="{n} days").with_facts(n=3) == Text(zh="3 天", en="3 days")


# --- states ------------------------------------------------------------------------------------------------

DOOR = Machine.of("door", "closed", moves("open", "closed", "open", "porter"),
                  moves("close", "open", "closed", "porter guest"), moves("wall_up", "closed", "gone", "house"))


def test_a_move_changes_the_state():
    door = SimpleNamespace(state="closed")
    assert DOOR.move(door, "open", "porter") == "open" == door.state


def test_a_wrong_move_says_what_is_possible():
    with pytest.raises(WrongState) as refused:
        DOOR.move(SimpleNamespace(state="closed"), "close", "porter")
    assert refused.value.facts == {"machine": "door", "state": "closed", "move": "close",
                                   "possible": ["open", "wall_up"]}


def test_somebody_elses_move_is_refused():
    door = SimpleNamespace(state="closed")
    with pytest.raises(NotYourMove):
        DOOR.move(door, "wall_up", "guest")
    assert door.state == "closed"


def test_buttons_are_what_a_role_may_do_now():
    assert DOOR.possible("closed", "porter") == ["open"] and DOOR.possible("gone") == []
    assert DOOR.can(SimpleNamespace(state="open"), "close", "guest")


def test_check_and_picture_come_from_the_same_rows():
    assert DOOR.check() == "state IN ('closed', 'open', 'gone')"
    assert DOOR.mermaid().splitlines() == [
        "stateDiagram-v2", "    [*] --> closed", "    closed --> open: open", "    open --> closed: close",
        "    closed --> gone: wall_up", "    gone --> [*]"]


def test_a_move_cannot_stand_twice():
    with pytest.raises(ValueError, match="twice"):
        Machine.of("door", "a", moves("go", "a", "b", "x"), moves("go", "a", "c", "x"))


# --- problems ----------------------------------------------------------------------------------------------

def every_problem(kind=Problem):
    yield kind
    for child in kind.__subclasses__():
        yield from every_problem(child)


def test_every_problem_of_the_kit_has_its_slug_and_status():
    kinds = [kind for kind in every_problem() if kind.__module__.startswith("app.kit")]
    assert len({kind.slug for kind in kinds}) == len(kinds) and all(400 <= kind.status <= 503 for kind in kinds)


def test_a_problem_carries_facts_and_falls_back_to_its_title():
    problem = NotFound(kind="visit")
    assert problem.detail is NotFound.title and problem.facts == {"kind": "visit"} and str(problem) == "not-found"
    assert isinstance(WrongState(), Conflict) and TooMany.status == 429


def test_a_wrong_field_is_named_in_both_languages():
    problem = invalid("phone", "请填手机号", "Please give a phone number")
    assert problem.facts["errors"] == [{"field": "phone", "message": {"zh": "请填手机号",
                                                                     "en": "Please give a phone number"}}]


# --- events, tools, columns --------------------------------------------------------------------------------

@dataclass(frozen=True)
class Rang(Event):
    bell_id: UUID
    times: int
    who: UUID | None
    word: str


@pytest.mark.parametrize("who", [None, uuid7()])
def test_an_event_survives_its_way_through_a_job_row(who):
    rang = Rang(uuid7(), 2, who, "ding")
    assert Rang.from_json(rang.to_json()) == rang


def test_a_tool_is_handed_out_by_its_type():
    tools = Tools()
    tools.put(Text, Text(zh="一", en="one"))
    assert tools.get(Text).en == "one"
    with pytest.raises(LookupError):
        tools.get(str)


class Colour(Enum):
    RED = "red"


def test_an_enum_column_stores_values():
    assert enum_column(Colour).type.enums == ["red"]
