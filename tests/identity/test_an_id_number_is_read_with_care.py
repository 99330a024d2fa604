"""The number is refused for a reason that a person can act on, and never for its place of birth."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.identity.id_number import check_character, mask, read_id_number
from app.kit.problems import Invalid
from tests.identity.scenes import id_number

TODAY = date(2026, 11, 21)
BIRTHS = some.dates(date(1897, 1, 1), TODAY)
AREAS = some.sampled_from(["110105", "310104", "440301", "652801", "710000", "810000", "820000", "830000",
                           "911124", "970840", "130199"])


def problem_with(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        read_id_number(text, TODAY)
    assert refused.value.facts["errors"][0]["field"] == "id_number"
    return refused.value.detail.en


def test_a_published_example_passes():
    number = read_id_number("11010519491231002X", TODAY)
    assert (number.birth_date, number.sex, number.kind) == (date(1949, 12, 31), "female", "mainland")


@pytest.mark.parametrize(("area", "kind"), [("440524", "mainland"), ("810000", "hong_kong"), ("820000", "macao"),
                                            ("830000", "taiwan"), ("911124", "foreign"), ("970840", "foreign")])
def test_every_class_of_permit_is_known(area, kind):
    assert read_id_number(id_number(date(1990, 5, 5), area=area), TODAY).kind == kind


@pytest.mark.parametrize("typed", ["11010519491231002x", " 110105 19491231 002X ", "110105-19491231-002X",
                                   "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002ｘ"])
def test_people_may_type_it_as_they_like(typed):
    assert read_id_number(typed, TODAY).number == "11010519491231002X"


def test_one_digit_short_says_how_many_were_entered():
    assert "you entered 17" in problem_with("1101051949123100X")
    assert "you entered 19" in problem_with("11010519491231002XX")


def test_an_empty_number_is_refused():
    assert "you entered 0" in problem_with("   ")


def test_the_old_form_is_told_from_a_slip():
    assert "old 15-digit" in problem_with("110105491231002")


def test_a_letter_in_the_middle_is_named():
    assert "digits only" in problem_with("1101051949123A002X")
    assert "digits only" in problem_with("X10105194912310021")


def test_a_digit_of_another_script_is_no_digit():
    assert "digits only" in problem_with("١" * 17 + "X")


def test_a_date_that_does_not_exist_is_named():
    first = "11010520230229001"
    assert "does not exist" in problem_with(first + check_character(first))


def test_nobody_is_born_tomorrow():
    assert "not come yet" in problem_with(id_number(TODAY + timedelta(days=1)))


def test_a_child_born_today_has_a_number():
    assert read_id_number(id_number(TODAY), TODAY).birth_date == TODAY


def test_nobody_is_older_than_130():
    assert "over 130" in problem_with(id_number(date(1895, 11, 21)))
    assert read_id_number(id_number(date(1896, 11, 21)), TODAY)


@pytest.mark.parametrize("area", ["000000", "100000", "840000", "010101"])
def test_a_class_that_does_not_exist_is_refused(area):
    assert "first two digits" in problem_with(id_number(date(1990, 5, 5), area=area))


def test_the_mask_shows_five_characters():
    assert mask("11010519491231002X") == "110•••••••••••••2X"


@given(BIRTHS, some.sampled_from(["female", "male"]), AREAS, some.integers(0, 999))
def test_birth_and_sex_come_back_from_every_number(born, sex, area, order):
    number = read_id_number(id_number(born, sex, area, order), TODAY)
    assert (number.birth_date, number.sex) == (born, sex)


@given(BIRTHS, AREAS, some.integers(0, 999), some.integers(0, 17), some.integers(1, 9))
def test_one_wrong_digit_never_passes(born, area, order, place, step):
    good = id_number(born, "male", area, order)
    wrong = "0123456789"[(int(good[place].replace("X", "0")) + step) % 10]
    bad = good[:place] + wrong + good[place + 1:]
    if bad == good:
        return
    with pytest.raises(Invalid):
        read_id_number(bad, TODAY)


@given(BIRTHS, some.integers(0, 999), some.integers(0, 15))
def test_two_neighbours_swapped_never_pass(born, order, place):
    good = id_number(born, "male", "110105", order)
    if good[place] == good[place + 1]:
        return
    with pytest.raises(Invalid):
        read_id_number(good[:place] + good[place + 1] + good[place] + good[place + 2:], TODAY)


@given(some.text(max_size=40))
def test_any_text_is_read_or_refused_but_never_a_fault(text):
    try:
        assert len(read_id_number(text, TODAY).number) == 18
    except Invalid as refused:
        assert refused.detail.zh and refused.detail.en


@given(BIRTHS, AREAS)
def test_the_mask_never_shows_the_birth_date(born, area):
    number = read_id_number(id_number(born, area=area), TODAY)
    assert f"{born:%Y%m%d}" not in number.masked and len(number.masked) == 18
