"""ES256 with a key that only its holder's PIN opens; the database alone signs nothing."""
import base64
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from app.identity import api as identity
from app.identity.problems import NoSigningKey, SecondCodeNeeded, SlowDown, WrongPin
from app.identity.staff.signing import _unlock
from app.kit.problems import Invalid, NotAllowed
from app.work import HOUSE, all_of
from tests.identity.scenes import signed_in, totp_now

PIN = "482915"
DATA = "处方 canonical bytes".encode()


@pytest.fixture
def lin(house, hospital):
    """Dr Lin, signed in, with a signing key."""
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    with house.write(actor) as work:
        identity.set_signing_pin(work, actor.practitioner_id, PIN)
    return actor


def sign(house, who, pin=PIN, data=DATA, holder=None):
    with house.write(who) as work:
        return identity.sign_bytes(work, holder or who.practitioner_id, pin, data)


def set_pin(house, who, pin, totp=None):
    with house.write(who) as work:
        return identity.set_signing_pin(work, who.practitioner_id, pin, totp)


def test_what_was_signed_can_be_verified_by_anybody(house, lin):
    signed = sign(house, lin)
    assert signed.algorithm == "ES256" and len(base64.b64decode(signed.signature)) == 64
    assert identity.verify_signature(signed.public_key, DATA, signed.signature)
    with house.read(HOUSE) as work:
        assert identity.practitioner(work, lin.practitioner_id).public_key == signed.public_key
        assert identity.key_holder(work, signed.key_id) == (lin.practitioner_id, signed.public_key)


def test_one_changed_byte_and_the_signature_is_void(house, lin):
    signed = sign(house, lin)
    assert not identity.verify_signature(signed.public_key, DATA + b" ", signed.signature)
    raw = bytearray(base64.b64decode(signed.signature))
    raw[5] ^= 1
    assert not identity.verify_signature(signed.public_key, DATA, base64.b64encode(raw).decode())


def test_another_doctors_key_does_not_fit(house, hospital, lin):
    he = hospital.doctor(hospital.he)
    set_pin(house, he, "730264")
    assert not identity.verify_signature(sign(house, he, "730264").public_key, DATA, sign(house, lin).signature)


@pytest.mark.parametrize("signature", ["", "x", "AAAA", "é", base64.b64encode(bytes(64)).decode(),
                                       base64.b64encode(b"\xff" * 64).decode()])
def test_a_malformed_signature_is_false_and_no_fault(house, lin, signature):
    assert identity.verify_signature(sign(house, lin).public_key, DATA, signature) is False


@pytest.mark.parametrize("pem", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_malformed_key_is_false_and_no_fault(house, lin, pem):
    assert identity.verify_signature(pem, DATA, sign(house, lin).signature) is False


@pytest.mark.invariant(4)
def test_nobody_signs_for_somebody_else_even_with_the_pin(house, hospital, lin):
    for other in (hospital.doctor(hospital.he), hospital.admin(), HOUSE, replace(lin, practitioner_id=None)):
        with pytest.raises(NotAllowed):
            sign(house, other, holder=lin.practitioner_id)
        with pytest.raises(NotAllowed), house.write(replace(other, role="doctor")) as work:
            identity.set_signing_pin(work, lin.practitioner_id, "730264")


def test_five_wrong_pins_make_a_pause_that_the_right_one_cannot_skip(house, lin):
    left = []
    for _ in range(5):
        with pytest.raises(WrongPin) as refused:
            sign(house, lin, "111222")
        left.append(refused.value.facts["left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(SlowDown):
        sign(house, lin)
    house.clock.forward(minutes=15)
    assert sign(house, lin)


def test_the_right_pin_forgives_earlier_slips(house, lin):
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(WrongPin):
                sign(house, lin, "111222")
        assert sign(house, lin)


@pytest.mark.parametrize("pin", ["", "48291", "4829155", "abcdef", "000000", "123456", "987654", "４８２９１５",
                                 "4829 5"])
def test_a_pin_is_six_digits_that_are_not_the_first_guess(house, hospital, pin):
    with pytest.raises(Invalid):
        set_pin(house, hospital.doctor(), pin)


def test_without_a_key_nothing_is_signed(house, hospital):
    with pytest.raises(NoSigningKey):
        sign(house, hospital.doctor())


def test_the_private_key_stands_nowhere_in_plain(house, lin):
    with house.read(HOUSE) as work:
        row = str(tuple(work.session.execute(text("SELECT * FROM signing_key")).one()))
    assert "PRIVATE" not in row and PIN not in row


def test_the_installations_key_alone_does_not_open_it(house, lin):
    with house.read(HOUSE) as work:
        key = all_of(work, identity.SigningKey)[0]
        with pytest.raises(InvalidTag):
            _unlock(work, key, "000001")
        key.practitioner_id = key.id
        with pytest.raises(InvalidTag):
            _unlock(work, key, PIN)


def test_an_open_screen_is_not_enough_for_a_new_pin(house, lin):
    with pytest.raises(SecondCodeNeeded):
        set_pin(house, lin, "730264")
    house.clock.forward(minutes=1)
    set_pin(house, lin, "730264", totp_now(house))
    with pytest.raises(WrongPin):
        sign(house, lin)
    assert sign(house, lin, "730264")


def test_old_signatures_stay_provable_after_a_new_key(house, lin):
    old = sign(house, lin)
    house.clock.forward(minutes=1)
    set_pin(house, lin, "730264", totp_now(house))
    assert sign(house, lin, "730264").key_id != old.key_id
    with house.read(HOUSE) as work:
        holder, pem = identity.key_holder(work, old.key_id)
        assert holder == lin.practitioner_id and identity.verify_signature(pem, DATA, old.signature)
        assert identity.key_holder(work, lin.practitioner_id) is None
