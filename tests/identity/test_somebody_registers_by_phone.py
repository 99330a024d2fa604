"""A phone, a code, a password: an account. Guessing the code does not work."""
from datetime import timedelta

import pytest

from app.audit import AuditEntry
from app.identity import api as identity
from app.identity.accounts.models import Account, OneTimeCode
from app.identity.problems import PhoneTaken, SlowDown, WrongCode
from app.jobs import Job
from app.kit.problems import Invalid
from app.work import HOUSE, NOBODY, all_of
from tests.identity.scenes import PASSWORD, PHONES, code_sent_to, registered

PHONE = PHONES["Wang"]


def ask(house, phone=PHONE, address=None):
    with house.write(NOBODY) as work:
        identity.register_code(work, phone, address)


def register(house, code, phone=PHONE, password=PASSWORD, language="zh"):
    with house.write(NOBODY) as work:
        return identity.register(work, phone, code, password, language)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_wang_registers_and_the_event_is_in_the_trail(house, worker):
    ask(house)
    made = register(house, code_sent_to(house, worker, PHONE), language="en")
    assert (made.kind, made.language, made.text_size) == ("patient", "en", "")
    with house.read(HOUSE) as work:
        assert [e.action for e in all_of(work, AuditEntry)] == ["AccountRegistered"]


@pytest.mark.invariant(15)
def test_phone_password_and_code_stand_nowhere_in_plain_text(house, worker, real_passwords):
    ask(house)
    with house.read(HOUSE) as work:
        waiting = str(all_of(work, Job)[0].args) + all_of(work, Job)[0].key
        kept = all_of(work, OneTimeCode)[0].model_dump_json()
    code = code_sent_to(house, worker, PHONE)
    made = register(house, code)
    assert PHONE not in waiting and code not in waiting
    assert f'"{code}"' not in kept and PHONE not in kept
    assert PHONE not in made.model_dump_json() and PASSWORD not in made.model_dump_json()
    assert made.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("typed", ["138 0000 0001", "+86 138-0000-0001", "008613800000001", "13800000001"])
def test_one_number_written_in_four_ways_is_one_account(house, worker, typed):
    registered(house, worker)
    house.clock.forward(minutes=2)
    ask(house, typed)
    code = code_sent_to(house, worker, PHONE)
    with pytest.raises(PhoneTaken):
        register(house, code, typed)


@pytest.mark.parametrize("typed", ["", "12345", "23800000001", "+8612345", "1380000000", "138000000011", "abc",
                                   "+0138000000", "１３８0000000"])
def test_what_is_no_phone_number_gets_no_code(house, typed):
    with pytest.raises(Invalid):
        ask(house, typed)
    with house.read(HOUSE) as work:
        assert all_of(work, Job) == []


@pytest.mark.parametrize("password", ["", "short1", "12345678", "aaaaaaaa", "x" * 129, "13800000001", "w-00000001"])
def test_a_password_that_is_easy_to_guess_is_refused(house, worker, password):
    ask(house)
    code = code_sent_to(house, worker, PHONE)
    with pytest.raises(Invalid) as refused:
        register(house, code, password=password)
    assert refused.value.facts["errors"][0]["field"] == "password"


def test_a_refused_password_does_not_use_up_the_code(house, worker):
    ask(house)
    code = code_sent_to(house, worker, PHONE)
    with pytest.raises(Invalid):
        register(house, code, password="short")
    assert register(house, code).id


def test_an_unknown_language_is_refused(house, worker):
    ask(house)
    with pytest.raises(Invalid):
        register(house, code_sent_to(house, worker, PHONE), language="fr")


def test_five_wrong_codes_close_the_door_even_to_the_right_one(house, worker):
    ask(house)
    code = code_sent_to(house, worker, PHONE)
    for _ in range(5):
        with pytest.raises(WrongCode):
            register(house, wrong(code))
    with pytest.raises(SlowDown) as refused:
        register(house, code)
    assert 0 < refused.value.facts["retry_after"] <= 600
    with house.read(HOUSE) as work:
        assert all_of(work, Account) == []


def test_a_new_code_opens_the_door_again_and_the_old_one_is_void(house, worker):
    ask(house)
    old = code_sent_to(house, worker, PHONE)
    for _ in range(5):
        with pytest.raises(WrongCode):
            register(house, wrong(old))
    house.clock.forward(minutes=1)
    ask(house)
    new = code_sent_to(house, worker, PHONE)
    if new != old:
        with pytest.raises(WrongCode):
            register(house, old)
    assert register(house, new).id


def test_a_code_holds_ten_minutes(house, worker):
    ask(house)
    code = code_sent_to(house, worker, PHONE)
    house.clock.at += timedelta(minutes=10)
    with pytest.raises(WrongCode):
        register(house, code)


def test_a_code_of_another_phone_opens_nothing(house, worker):
    ask(house)
    code = code_sent_to(house, worker, PHONE)
    with pytest.raises(WrongCode):
        register(house, code, PHONES["Zhao"])


def test_a_code_to_reset_does_not_register(house, worker):
    with house.write(NOBODY) as work:
        identity.reset_code(work, PHONE)
    with pytest.raises(WrongCode):
        register(house, code_sent_to(house, worker, PHONE))


def test_codes_are_sent_once_a_minute(house):
    ask(house)
    with pytest.raises(SlowDown):
        ask(house)
    house.clock.forward(seconds=60)
    ask(house)


def test_codes_are_sent_ten_times_a_day(house):
    for _ in range(10):
        ask(house)
        house.clock.forward(minutes=2)
    with pytest.raises(SlowDown):
        ask(house)
    house.clock.forward(days=1)
    ask(house)


def test_one_address_cannot_ask_for_the_phones_of_a_whole_town(house):
    for number in range(60):
        ask(house, f"139000{number:05d}", "203.0.113.9")
    with pytest.raises(SlowDown):
        ask(house, "13900099999", "203.0.113.9")
    ask(house, "13900099999", "203.0.113.10")
