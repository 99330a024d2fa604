"""Whatever bytes arrive, the answer is a checked file or a problem with a sentence, never a crash."""
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.problems import Problem
from records.api import check_file
from records.documents.kinds import CHECKS, kind_of
from records.documents.pictures import clean_copy
from tests.records.cast import PDF, picture

FORMS = ("JPEG", "PNG", "WEBP")
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WAVE", b"%PDF-", b"OggS",
          b"\x1a\x45\xdf\xa3webm", b"\0\0\0\0ftypM4A ")


def judge(data: bytes) -> Problem | None:
    """Return the problem, or None when the file was taken; anything else breaks the test."""
    try:
        check_file(data, "x.jpg")
    except Problem as problem:
        return problem
    return None


def damaged(whole: bytes, seed: int) -> bytes:
    """Change, cut or double some bytes after the first few, as a bad line or an attacker would."""
    chance, data = random.Random(seed), bytearray(whole)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(12, len(data))
        data[place] = chance.randrange(256)
    if chance.random() < 0.3:
        data = data[: chance.randrange(12, len(data))]
    if chance.random() < 0.2:
        data += data[12:40]
    return bytes(data)


@pytest.mark.parametrize("form", FORMS)
def test_damaged_pictures_are_taken_or_refused_and_never_crash(form: str) -> None:
    whole = picture((90, 70), form)
    answers = [judge(damaged(whole, seed)) for seed in range(150)]
    refusals = [a for a in answers if a is not None]
    assert refusals and all(400 <= a.status < 500 and a.title.zh and a.title.en for a in refusals)


@pytest.mark.parametrize("form", FORMS)
def test_every_cut_of_a_small_picture_is_answered(form: str) -> None:
    whole = picture((8, 8), form)
    for length in range(0, len(whole), 7):
        judge(whole[:length])
    assert judge(whole) is None


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_a_good_beginning_with_any_rest_is_answered(start: bytes, rest: bytes) -> None:
    judge(start + rest)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=64))
def test_any_bytes_have_at_most_one_kind(data: bytes) -> None:
    fitting = [kind for kind, fits in CHECKS if fits(data)]
    assert len(fitting) <= 1
    if fitting:
        assert kind_of(data) is fitting[0]


@pytest.mark.invariant(14)
@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"<?php system('id'); ?>", b"PK\x03\x04" + b"\0" * 30])
def test_a_file_that_is_two_things_at_once_is_only_ever_the_first(tail: bytes) -> None:
    """A picture with a program behind it is shown as a picture drawn anew; the program stays in the original."""
    checked = check_file(picture() + tail, "evil.php")
    assert checked.kind.media_type == "image/jpeg" and checked.name == "evil.jpg"
    assert checked.copy is not None and tail not in checked.copy.data
    assert check_file(PDF + tail, "evil.html").kind.media_type == "application/pdf"


def test_drawing_the_same_picture_twice_gives_the_same_bytes() -> None:
    """A copy can be made again from the original, should it ever be lost."""
    whole = picture((120, 80))
    assert clean_copy(whole) == clean_copy(whole)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 120), st.integers(1, 120), st.sampled_from(FORMS))
def test_small_pictures_keep_their_size(width: int, height: int, form: str) -> None:
    copy = clean_copy(picture((width, height), form))
    assert (copy.width, copy.height) == (width, height)


@pytest.mark.parametrize("size", [(9000, 10), (10, 9000)])
def test_a_very_long_strip_keeps_at_least_one_pixel(size: tuple[int, int]) -> None:
    copy = clean_copy(picture(size, "PNG"))
    assert max(copy.width, copy.height) <= 3000 and min(copy.width, copy.height) >= 1
