"""Phone numbers, passwords, names and codes as pure rules, against anything that could be typed."""
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.identity.accounts.rules import (
    COMMON,
    clean_phone,
    clean_user_name,
    masked_phone,
    require_good_password,
    require_language,
)
from app.identity.accounts.secrets import hash_password, new_code, new_token, token_hash, totp_step, verify_password
from app.kit.problems import Invalid
from tests.identity.scenes import SECRET

MOBILES = some.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
MOMENTS = some.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=some.just(UTC))


@given(MOBILES, some.sampled_from(["", "+86", "0086", "+86 ", " "]))
def test_every_mainland_mobile_is_read_in_every_form(number, prefix):
    assert clean_phone(prefix + number) == "+86" + number
    spaced = f"{prefix}{number[:3]} {number[3:7]}-{number[7:]}"
    assert clean_phone(spaced) == "+86" + number


@pytest.mark.parametrize(("typed", "read"), [("+6591234567", "+6591234567"), ("0065 9123 4567", "+6591234567"),
                                             ("+44 (20) 7946-0018", "+442079460018")])
def test_numbers_from_abroad_are_read(typed, read):
    assert clean_phone(typed) == read


def test_one_number_has_one_spelling_in_every_width_and_no_other_script():
    """Otherwise each spelling has counters of its own, and codes without end go to one phone."""
    assert clean_phone("１３８ ００１３－８０００") == clean_phone("138００１３８０００") == "+8613800138000"
    assert clean_phone("＋6591234567") == "+6591234567"
    for other in ("138٠٠١٣٨٠٠٠", "1380013800०", "+659123456৭"):
        with pytest.raises(Invalid):
            clean_phone(other)


@given(some.text(max_size=30))
def test_any_text_is_a_phone_number_or_refused(text):
    try:
        assert clean_phone(text).removeprefix("+").isascii()
    except Invalid as refused:
        assert refused.facts["errors"][0]["field"] == "phone"


@given(MOBILES)
def test_the_mask_hides_the_middle(number):
    assert masked_phone("+86" + number) == number[:3] + "••••" + number[-4:]


@given(some.text(min_size=8, max_size=128))
def test_a_password_is_good_or_refused_and_never_a_fault(password):
    try:
        require_good_password(password, "13800000001")
    except Invalid as refused:
        assert password not in refused.detail.en + refused.detail.zh


@pytest.mark.parametrize("password", sorted(COMMON))
def test_common_passwords_are_refused_in_any_case(password):
    for typed in (password, password.upper()):
        with pytest.raises(Invalid):
            require_good_password(typed)


@pytest.mark.parametrize("password", ["correct horse", "长城内外惟余莽莽", "lantern-river-27", "p4$$ w0rd zebra"])
def test_long_and_unusual_passwords_are_fine(password):
    assert require_good_password(password, "wang", "13800000001") is None


def test_a_password_made_of_the_own_name_is_refused():
    with pytest.raises(Invalid):
        require_good_password("Lin-jing2026", "lin-jing")


@pytest.mark.parametrize(("typed", "read"), [("Lin", "lin"), (" he.ning ", "he.ning"), ("kang-1_b", "kang-1_b")])
def test_user_names_are_small_letters(typed, read):
    assert clean_user_name(typed) == read


@pytest.mark.parametrize("typed", ["", "l", "1lin", "林", "a b", "a" * 41, "a/b", "lin@x", "lin\n"])
def test_odd_user_names_are_refused(typed):
    if typed.strip() == "lin":
        assert clean_user_name(typed) == "lin"
        return
    with pytest.raises(Invalid):
        clean_user_name(typed)


def test_two_languages_are_known():
    assert [require_language(code) for code in ("zh", "en")] == ["zh", "en"]
    for code in ("", "ZH", "fr", "zh-CN"):
        with pytest.raises(Invalid):
            require_language(code)


@given(MOMENTS, some.integers(-3, 3))
def test_an_authenticator_code_counts_within_one_step(moment, off):
    code = pyotp.TOTP(SECRET).at(moment + timedelta(seconds=30 * off))
    step = totp_step(SECRET, code, moment)
    if abs(off) <= 1:
        assert step is not None and abs(step - int(moment.timestamp()) // 30) <= 1
    elif step is not None:  # one code in a million is the same by chance
        assert pyotp.TOTP(SECRET).generate_otp(step) == code


@given(MOMENTS, some.text(max_size=12))
def test_any_text_is_a_code_or_not_and_never_a_fault(moment, code):
    assert totp_step(SECRET, code, moment) is None or len("".join(code.split())) == 6


def test_tokens_and_codes_are_never_alike():
    assert len({new_token() for _ in range(200)}) == 200
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190 and all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(token_hash("x")) == 64 and token_hash("x") != token_hash("y")


def test_a_password_is_verified_and_a_missing_one_takes_the_same_way():
    stored = hash_password("lantern-river-27")
    assert verify_password("lantern-river-27", stored) == (True, None)
    assert verify_password("lantern-river-28", stored)[0] is False
    assert verify_password("lantern-river-27", None) == (False, None)
    assert hash_password("lantern-river-27") != stored
