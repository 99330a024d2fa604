"""Frames in, frames out, and what a line has seen: no socket, no database."""
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.work import Actor
from web.live.protocol import (
    BadFrame,
    Beat,
    Followed,
    Hello,
    Mark,
    Outbound,
    Receipt,
    Send,
    VisitNow,
    error_frame,
    read_frame,
    write_frame,
)
from web.live.topics import full_name, subject_of

VISIT = UUID("01931c1e-0000-7000-8000-000000000001")


@dataclass
class Line:
    """As much of a message as the protocol looks at."""

    seq: int
    sender: str = "doctor"


def draw(line: Line) -> dict:
    return {"data": {"sender": line.sender}}


def kinds(frames: list[dict]) -> list[str]:
    return [frame["type"] for frame in frames]


def follow(**seen: int) -> Followed:
    one = Followed(f"visit:{VISIT}", f"visit:{VISIT}", **seen)
    one.face = "in_progress"
    return one


NOW = VisitNow("in_progress", 0, 0)


@pytest.mark.parametrize("raw", [
    '{"type":"draft","topic":"t","text":"a\\u0000"}', '{"type":"draft","topic":"t","text":"\\ud800"}',
    '{"type":"hello","topics":{"t":1' + "0" * 30 + "}}",
    '{"type":"receipt","topic":"t","seq":2147483648,"state":"read"}',
    '{"type":"mark","topic":"t","delivered":9999999999}'])
def test_what_no_database_keeps_is_a_bad_frame(raw: str) -> None:
    with pytest.raises(BadFrame):
        read_frame(raw)


def test_frames_are_read_by_their_type() -> None:
    assert isinstance(read_frame('{"type":"hello","topics":{"queue":0}}'), Hello)
    assert isinstance(read_frame(f'{{"type":"send","topic":"visit:1","client_id":"{uuid4()}","text":"a"}}'), Send)
    assert isinstance(read_frame('{"type":"ping"}'), Beat)
    receipt = read_frame('{"type":"receipt","topic":"t","seq":4,"state":"read"}')
    assert isinstance(receipt, Receipt) and receipt.as_mark() == Mark(type="mark", topic="t", read=4)


def test_a_bad_frame_says_where_and_never_what() -> None:
    with pytest.raises(BadFrame) as refused:
        read_frame('{"type":"send","topic":"visit:1","client_id":"geheim","text":"头晕"}')
    told = write_frame(error_frame(refused.value))
    assert "geheim" not in told and "头晕" not in told and "bad-frame" in told


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        read_frame(raw)
    except BadFrame:
        return


def test_messages_raise_the_last_number_and_are_told_once() -> None:
    one = follow(after=2)
    assert [f["seq"] for f in one.told([Line(2), Line(3), Line(4)], NOW, draw)] == [3, 4]
    assert one.after == 4
    assert kinds(one.told([Line(3), Line(4)], NOW, draw)) == ["hint"]


def test_the_first_look_tells_no_hint() -> None:
    one = Followed("visit:1", "visit:1")
    assert one.told([], NOW, draw) == []
    assert kinds(one.told([], NOW, draw)) == ["hint"]


def test_a_change_of_the_visit_is_hinted_beside_its_message() -> None:
    one = follow()
    assert kinds(one.told([Line(1, "house")], VisitNow("completed", 0, 0), draw)) == ["message", "hint"]
    assert kinds(one.told([Line(2)], VisitNow("completed", 0, 0), draw)) == ["message"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_receipts_only_rise(marks: list[tuple[int, int]]) -> None:
    one, told = follow(), {"delivered": 0, "read": 0}
    for delivered, read in marks:
        for frame in one.told([], VisitNow("in_progress", delivered, read), draw):
            if frame["type"] == "receipt":
                assert frame["seq"] > told[frame["state"]]
                told[frame["state"]] = frame["seq"]
    assert told["read"] == max((read for _, read in marks), default=0)


@given(st.sets(st.integers(1, 40)), st.lists(st.integers(0, 40), max_size=8))
def test_however_often_the_line_is_cut_every_number_comes_once_and_in_order(stored: set[int], cuts: list[int]) -> None:
    heard: list[int] = []
    for upto in [*sorted(cuts), 40]:
        one = follow(after=max(heard, default=0))  # a new line says what the page has seen
        available = [Line(seq) for seq in sorted(stored) if seq <= upto and seq > one.after]
        heard += [frame["seq"] for frame in one.told(available, NOW, draw) if frame["type"] == "message"]
    assert heard == sorted(stored)


def test_many_hints_are_one_look_and_answers_are_bounded() -> None:
    out = Outbound(most=3)
    for _ in range(100):
        out.look_at("visit:1")
    for n in range(3):
        out.answer({"n": n})
    assert not out.overflown
    out.answer({"n": 3})
    assert out.overflown
    answers, topics = out.take()
    assert [frame["n"] for frame in answers] == [0, 1, 2] and topics == ["visit:1"]
    assert out.take() == ([], [])


def test_short_names_mean_ones_own_place() -> None:
    place, account = uuid4(), uuid4()
    doctor = Actor("doctor", account, place)
    assert full_name(doctor, "queue") == f"queue:{place}"
    assert full_name(doctor, "inbox") == f"inbox:{account}"
    assert full_name(Actor("patient", account), "board") is None
    assert full_name(doctor, "visit:not-an-id") is None
    assert full_name(doctor, f"visit:{str(VISIT).upper()}") == f"visit:{VISIT}"
    assert subject_of(f"visit:{VISIT}") == ("visit", VISIT)
