"""Patients by phone and password, staff with an authenticator besides; guessing is slowed down."""
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.audit import AuditEntry
from app.identity import api as identity
from app.identity.accounts.models import RateCounter
from app.identity.accounts.rates import address_key
from app.identity.accounts.secrets import hash_password
from app.identity.problems import SecondCodeNeeded, SlowDown, WrongSecondCode, WrongSignIn
from app.kit.problems import NotAllowed
from app.work import HOUSE, NOBODY, all_of
from tests.identity.scenes import PASSWORD, PHONES, SECRET, signed_in, totp_now, whoever

PHONE = PHONES["Wang"]


def try_in(house, login, password=PASSWORD, totp=None, address=None):
    with house.write(NOBODY) as work:
        return identity.sign_in(work, login, password, totp, address=address)


def test_wang_signs_in_and_the_trail_says_who(house, wang):
    actor, token = signed_in(house, "138 0000 0001")
    assert (actor.role, actor.account_id, actor.practitioner_id) == ("patient", wang.account_id, None)
    with house.read(HOUSE) as work:
        entry = all_of(work, AuditEntry, AuditEntry.action == "SignedIn")[-1]
        assert entry.actor_id == wang.account_id and token not in str(entry.facts)


def test_a_wrong_password_and_an_unknown_login_sound_the_same(house, wang):
    told = []
    for login, password in ((PHONE, "not-the-password"), ("13999999999", PASSWORD), ("nobody", PASSWORD)):
        with pytest.raises(WrongSignIn) as refused:
            try_in(house, login, password)
        told.append((refused.value.slug, refused.value.detail, refused.value.facts))
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("login", ["", " ", "+", "'; DROP TABLE account;--", "\x00", "an\x00", "+86138\x00",
                                   "x" * 5000, "１３８"])
def test_odd_logins_are_refused_and_break_nothing(house, wang, login):
    with pytest.raises(WrongSignIn):
        try_in(house, login)


def test_ten_misses_close_the_account_for_a_while_and_then_it_opens(house, wang):
    for _ in range(10):
        with pytest.raises(WrongSignIn):
            try_in(house, PHONE, "guess-guess")
    with pytest.raises(SlowDown):
        try_in(house, PHONE)
    house.clock.forward(minutes=15)
    assert try_in(house, PHONE)


def test_writing_the_number_differently_does_not_give_more_guesses(house, wang):
    for number in range(10):
        with pytest.raises(WrongSignIn):
            try_in(house, [PHONE, "+86" + PHONE, " ".join(PHONE)][number % 3], "guess-guess")
    with pytest.raises(SlowDown):
        try_in(house, "+86 138 0000 0001")


def test_a_success_forgives_earlier_slips(house, wang):
    for _ in range(9):
        with pytest.raises(WrongSignIn):
            try_in(house, PHONE, "guess-guess")
    try_in(house, PHONE)
    with pytest.raises(WrongSignIn):
        try_in(house, PHONE, "guess-guess")
    assert try_in(house, PHONE)


def test_one_address_cannot_try_one_password_on_everybody(house, wang):
    for number in range(100):
        with pytest.raises(WrongSignIn):
            try_in(house, f"139{number:08d}", address="203.0.113.9")
    with pytest.raises(SlowDown):
        try_in(house, PHONE, address="203.0.113.9")
    assert try_in(house, PHONE, address="203.0.113.10")


@pytest.mark.parametrize(("one", "other", "same"), [
    ("203.0.113.9", "203.0.113.9", True), ("203.0.113.9", "203.0.113.10", False),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:203.0.113.9", "203.0.113.9", True)])
def test_one_customers_network_is_one_counter(house, one, other, same):
    with house.read(HOUSE) as work:
        assert (address_key(work, one) == address_key(work, other)) is same


@pytest.mark.parametrize("address", [None, "", "127.0.0.1", "::1", "testclient", "203.0.113.9; DROP"])
def test_an_address_that_names_nobody_limits_nobody(house, address):
    with house.read(HOUSE) as work:
        assert address_key(work, address) is None


@pytest.mark.invariant(15)
def test_counters_name_neither_phones_nor_addresses(house, wang):
    for login in (PHONE, "13999999999"):
        with pytest.raises(WrongSignIn):
            try_in(house, login, "guess-guess", address="203.0.113.9")
    with house.read(HOUSE) as work:
        keys = " ".join(row.key for row in all_of(work, RateCounter, order=RateCounter.key))
    assert "13800000001" not in keys and "13999999999" not in keys and "203.0.113" not in keys


def test_staff_need_the_second_code_after_the_right_password_only(house, hospital):
    with pytest.raises(SecondCodeNeeded):
        try_in(house, "lin")
    with pytest.raises(WrongSignIn):
        try_in(house, "lin", "not-the-password", totp_now(house))
    actor, _ = signed_in(house, "LIN", totp=totp_now(house))
    assert (actor.role, actor.practitioner_id) == ("doctor", hospital.lin.practitioner_id)
    assert actor.organization_id == hospital.id


def test_an_authenticator_code_works_once(house, hospital):
    code = totp_now(house)
    signed_in(house, "lin", totp=code)
    with pytest.raises(WrongSecondCode):
        try_in(house, "lin", totp=code)


def test_an_older_code_does_not_work_after_a_newer_one(house, hospital):
    earlier = totp_now(house)
    house.clock.forward(seconds=30)
    signed_in(house, "lin", totp=totp_now(house))
    with pytest.raises(WrongSecondCode):
        try_in(house, "lin", totp=earlier)


def test_a_clock_that_is_half_a_minute_off_is_forgiven_but_not_two(house, hospital):
    code = totp_now(house)
    house.clock.forward(seconds=60)
    with pytest.raises(WrongSecondCode):
        try_in(house, "lin", totp=code)
    code = totp_now(house)
    house.clock.forward(seconds=30)
    assert try_in(house, "lin", totp=f"{code[:3]} {code[3:]}")


@pytest.mark.parametrize("code", ["000000x", "12345", "", "一二三四五六", "0" * 5000])
def test_odd_second_codes_are_refused(house, hospital, code):
    with pytest.raises((WrongSecondCode, SecondCodeNeeded)):
        try_in(house, "lin", totp=code)


def test_guessing_the_second_code_is_slowed_down(house, hospital):
    for number in range(10):
        with pytest.raises(WrongSecondCode):
            try_in(house, "lin", totp=f"x{number:05d}")
    with pytest.raises(SlowDown):
        try_in(house, "lin", totp=totp_now(house))


def test_a_password_hash_of_an_older_setting_is_renewed(house, wang, real_passwords):
    weaker = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1),))
    with house.write(HOUSE) as work:
        work.get(identity.Account, wang.account_id).password_hash = weaker.hash(PASSWORD)
    try_in(house, PHONE)
    with house.read(HOUSE) as work:
        stored = work.get(identity.Account, wang.account_id).password_hash
    assert "m=19456,t=2" in stored and stored.split("$")[3] == hash_password("x").split("$")[3]


def test_the_totp_secret_is_sealed(house, hospital):
    with house.read(HOUSE) as work:
        kept = work.get(identity.Account, hospital.lin.account_id).model_dump_json()
    assert SECRET not in kept


def test_one_person_acts_in_one_role_at_a_time(house, hospital):
    with house.write(HOUSE) as work:
        identity.give_role(work, hospital.lin.account_id, "admin", hospital.id)
    as_doctor, token = signed_in(house, "lin", totp=totp_now(house))
    with house.write(as_doctor) as work:
        _, other = identity.switch_role(work, "admin")
    as_admin = whoever(house, other)
    assert (as_admin.role, as_admin.practitioner_id) == ("admin", None)
    assert whoever(house, token) is None


def test_nobody_switches_to_a_role_that_was_not_given(house, hospital, wang):
    as_doctor, _ = signed_in(house, "lin", totp=totp_now(house))
    with pytest.raises(NotAllowed), house.write(as_doctor) as work:
        identity.switch_role(work, "admin")
    with pytest.raises(NotAllowed), house.write(wang) as work:
        identity.switch_role(work, "doctor")
