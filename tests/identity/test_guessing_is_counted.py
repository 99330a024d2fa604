"""Counters with a window: full, waiting, anew; kept although the refusal rolled everything else back."""
from datetime import timedelta

import pytest

from app.identity.accounts.models import RateCounter
from app.identity.accounts.rates import Limit, count, counted, forget, require_room, use_up
from app.identity.problems import SlowDown, WrongCode
from app.work import HOUSE, all_of

THREE = Limit("three", 3, timedelta(minutes=10))


def step(house, act, *given):
    with house.write(HOUSE) as work:
        return act(work, *given)


def left(house, limit=THREE, of="x"):
    with house.read(HOUSE) as work:
        return require_room(work, limit, of)


def test_room_shrinks_to_nothing_and_says_how_long_to_wait(house):
    assert left(house) == 3
    for rest in (2, 1):
        step(house, use_up, THREE, "x")
        assert left(house) == rest
    step(house, use_up, THREE, "x")
    house.clock.forward(minutes=4)
    with pytest.raises(SlowDown) as refused:
        left(house)
    assert refused.value.facts["retry_after"] == 360
    assert refused.value.detail.en.endswith("6 min") and "6 分钟" in refused.value.detail.zh


def test_less_than_a_minute_is_told_as_one(house):
    for _ in range(3):
        step(house, count, THREE, "x")
    house.clock.forward(minutes=9, seconds=50)
    with pytest.raises(SlowDown) as refused:
        left(house)
    assert refused.value.facts["retry_after"] == 10 and refused.value.detail.en.endswith("1 min")


def test_the_window_begins_with_the_first_try_and_then_anew(house):
    step(house, count, THREE, "x")
    house.clock.forward(minutes=9)
    step(house, count, THREE, "x")
    step(house, count, THREE, "x")
    house.clock.forward(minutes=1)
    assert left(house) == 3
    step(house, count, THREE, "x")
    assert left(house) == 2


def test_keys_and_limits_do_not_mix(house):
    for _ in range(3):
        step(house, count, THREE, "x")
    assert left(house, of="y") == 3 and left(house, Limit("other", 3, timedelta(minutes=1))) == 3


def test_a_success_starts_anew(house):
    for _ in range(3):
        step(house, count, THREE, "x")
    step(house, forget, THREE, "x")
    assert left(house) == 3


def test_a_miss_is_kept_although_its_transaction_is_not(house):
    with pytest.raises(WrongCode), house.write(HOUSE) as work:
        count(work, THREE, "lost")
        raise counted(WrongCode(), (THREE, "kept"), (THREE, "too"))
    with house.read(HOUSE) as work:
        assert [(r.key, r.count) for r in all_of(work, RateCounter, order=RateCounter.key)] == [
            ("three:kept", 1), ("three:too", 1)]


def test_nothing_is_used_up_when_there_is_no_room(house):
    for _ in range(3):
        step(house, use_up, THREE, "x")
    for _ in range(3):
        with pytest.raises(SlowDown):
            step(house, use_up, THREE, "x")
    with house.read(HOUSE) as work:
        assert [row.count for row in all_of(work, RateCounter, order=RateCounter.key)] == [3]
