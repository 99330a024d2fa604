"""A token is worth what its session is worth: until sign-out, its end, or sign-out everywhere."""
import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import event

from app.identity import api as identity
from app.identity.problems import SlowDown, WrongCode, WrongSignIn
from app.kit.problems import Invalid, NotSignedIn
from app.work import HOUSE, NOBODY, all_of
from tests.identity.scenes import PASSWORD, PHONES, code_sent_to, signed_in, totp_now, whoever

PHONE = PHONES["Wang"]
NEW = "harbour-bridge-88"


def test_the_table_keeps_only_the_hash_of_a_token(house, wang):
    _, token = signed_in(house, PHONE)
    with house.read(HOUSE) as work:
        hashes = [row.token_hash for row in all_of(work, identity.SessionToken)]
    assert token not in hashes and hashlib.sha256(token.encode()).hexdigest() in hashes


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "' OR 1=1 --", "令牌", "x" * 100_000])
def test_an_invented_token_is_nobody(house, wang, token):
    assert whoever(house, token) is None


def test_the_hash_itself_is_no_token(house, wang):
    _, token = signed_in(house, PHONE)
    assert whoever(house, hashlib.sha256(token.encode()).hexdigest()) is None


def test_looking_up_a_token_takes_one_statement(house, wang):
    _, token = signed_in(house, PHONE)
    seen = []
    event.listen(house.database.reader, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert whoever(house, token).account_id == wang.account_id
    assert len([sql for sql in seen if sql.lstrip().upper().startswith("SELECT")]) == 1


def test_signing_out_ends_this_session_only(house, wang):
    phone, token = signed_in(house, PHONE)
    _, tablet = signed_in(house, PHONE)
    with house.write(phone) as work:
        identity.sign_out(work)
    assert whoever(house, token) is None and whoever(house, tablet) is not None


@pytest.mark.invariant(13)
def test_a_stolen_token_is_worth_nothing_after_sign_out_everywhere(house, wang, zhao):
    _, stolen = signed_in(house, PHONE)
    mine, token = signed_in(house, PHONE)
    _, stranger = signed_in(house, PHONES["Zhao"])
    with house.write(mine) as work:
        identity.sign_out_everywhere(work)
    assert whoever(house, stolen) is None and whoever(house, token) is None
    assert whoever(house, stranger) is not None


def test_signing_in_again_in_the_same_browser_changes_the_token(house, wang):
    actor, old = signed_in(house, PHONE)
    with house.write(actor) as work:
        _, new = identity.sign_in(work, PHONE, PASSWORD)
    assert new != old and whoever(house, old) is None and whoever(house, new) is not None


def test_a_browser_may_hold_two_people_side_by_side(house, wang, hospital):
    actor, token = signed_in(house, PHONE)
    with house.write(actor) as work:
        identity.sign_in(work, "lin", PASSWORD, totp_now(house))
    assert whoever(house, token).account_id == wang.account_id


def test_a_patient_stays_thirty_days_and_staff_twelve_hours(house, wang, hospital):
    _, patient = signed_in(house, PHONE)
    _, doctor = signed_in(house, "lin", totp=totp_now(house))
    house.clock.forward(hours=12)
    assert whoever(house, doctor) is None and whoever(house, patient) is not None
    house.clock.forward(days=30)
    assert whoever(house, patient) is None


def test_sessions_that_ended_long_ago_are_forgotten(house, wang):
    signed_in(house, PHONE)
    house.clock.forward(days=61)
    signed_in(house, PHONE)
    with house.read(HOUSE) as work:
        assert len(all_of(work, identity.SessionToken)) == 1


def test_nobody_signs_out_without_a_session(house):
    for act in (identity.sign_out, identity.sign_out_everywhere):
        with pytest.raises(NotSignedIn), house.write(NOBODY) as work:
            act(work)


def test_a_new_password_ends_every_other_session(house, wang):
    actor, here = signed_in(house, PHONE)
    _, elsewhere = signed_in(house, PHONE)
    with house.write(actor) as work:
        identity.change_password(work, PASSWORD, NEW)
    assert whoever(house, here) is not None and whoever(house, elsewhere) is None
    assert signed_in(house, PHONE, NEW)
    with pytest.raises(WrongSignIn):
        signed_in(house, PHONE)


def test_the_old_password_cannot_be_guessed_from_an_open_screen(house, wang):
    for _ in range(10):
        with pytest.raises(WrongSignIn), house.write(wang) as work:
            identity.change_password(work, "guess-guess", NEW)
    with pytest.raises(SlowDown), house.write(wang) as work:
        identity.change_password(work, PASSWORD, NEW)


def test_a_forgotten_password_is_set_anew_by_the_phone(house, worker, wang):
    _, token = signed_in(house, PHONE)
    house.clock.forward(minutes=2)
    with house.write(NOBODY) as work:
        identity.reset_code(work, PHONE)
    code = code_sent_to(house, worker, PHONE)
    with house.write(NOBODY) as work:
        identity.reset_password(work, PHONE, code, NEW)
    assert whoever(house, token) is None and signed_in(house, PHONE, NEW)
    with pytest.raises(WrongCode), house.write(NOBODY) as work:
        identity.reset_password(work, PHONE, code, PASSWORD)


def test_a_phone_without_an_account_learns_nothing_by_resetting(house, worker):
    with house.write(NOBODY) as work:
        identity.reset_code(work, PHONE)
    code = code_sent_to(house, worker, PHONE)
    with pytest.raises(WrongCode), house.write(NOBODY) as work:
        identity.reset_password(work, PHONE, code, NEW)


def test_language_and_text_size_are_remembered(house, wang):
    with house.write(wang) as work:
        identity.set_language(work, "en")
        identity.set_text_size(work, "elder")
    actor, _ = signed_in(house, PHONE)
    assert actor.language == "en"
    with house.read(HOUSE) as work:
        assert identity.account(work, wang.account_id).text_size == "elder"


@pytest.mark.parametrize(("act", "value"), [("set_language", "de"), ("set_text_size", "huge")])
def test_unknown_languages_and_sizes_are_refused(house, wang, act, value):
    with pytest.raises(Invalid), house.write(wang) as work:
        getattr(identity, act)(work, value)


def test_the_phone_is_shown_masked(house, wang):
    with house.read(HOUSE) as work:
        assert identity.masked_phone_of(work, identity.account(work, wang.account_id)) == "138••••0001"


def test_an_id_of_no_session_ends_nothing(house, wang):
    actor, token = signed_in(house, PHONE)
    with house.write(replace(actor, session_id=uuid4())) as work:
        identity.sign_out(work)
    assert whoever(house, token) is not None
