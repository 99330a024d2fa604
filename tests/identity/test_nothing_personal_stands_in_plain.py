"""A copy of the whole database gives away no number, phone, password, PIN, code or token."""
import logging

import pytest
from sqlalchemy import MetaData, select

from app.identity import api as identity
from app.kit.problems import Problem
from app.storage import Vault
from app.storage.vault import Unreadable
from app.work import HOUSE, NOBODY
from tests.identity.scenes import (
    PASSWORD,
    PHONES,
    SECRET,
    WANG_NUMBER,
    XIAOYU_NUMBER,
    code_sent_to,
    signed_in,
    totp_now,
)

PIN = "482915"


def everything_stored(house):
    """All rows of all tables as one text."""
    tables = MetaData()
    tables.reflect(house.database.reader)
    with house.database.reader.connect() as connection:
        return "\n".join(str(tuple(row)) for table in tables.sorted_tables
                         for row in connection.execute(select(table)))


def live_through(house, worker, hospital, wang):
    """Everything that handles secrets, well and badly; returns the secrets that came up on the way."""
    with house.write(wang) as work:
        person = identity.add_patient(work, "王建国", WANG_NUMBER, "self")
        child = identity.add_patient(work, "王小雨", XIAOYU_NUMBER, "child")
        invitation = identity.invite_guardian(work, child.id)
        identity.verify_identity(work, person.id)
    house.clock.forward(minutes=2)
    with house.write(NOBODY) as work:
        identity.reset_code(work, PHONES["Wang"])
    code = code_sent_to(house, worker, PHONES["Wang"])
    doctor, token = signed_in(house, "lin", totp=totp_now(house))
    with house.write(doctor) as work:
        identity.set_signing_pin(work, doctor.practitioner_id, PIN)
        identity.sign_bytes(work, doctor.practitioner_id, PIN, b"bytes")
    return [invitation, token, f"'{code}'", f'"{code}"']


def fail_at_everything(house, hospital, wang):
    """Refusals that could carry what was typed into the trail or the log."""
    doctor = hospital.doctor()
    tries = [lambda work: identity.sign_in(work, PHONES["Wang"], "guess-guess", address="203.0.113.9"),
             lambda work: identity.sign_in(work, "lin", PASSWORD, "482915"),
             lambda work: identity.register(work, PHONES["Zhao"], "482915", PASSWORD, "zh"),
             lambda work: identity.sign_bytes(work, doctor.practitioner_id, "735264", b"bytes"),
             lambda work: identity.add_patient(work, "王建国", WANG_NUMBER, "parent")]
    told = []
    for attempt in tries:
        for who in (NOBODY, wang, doctor):
            with pytest.raises(Problem) as refused, house.write(who) as work:
                attempt(work)
            told.append(str(refused.value) + str(refused.value.facts) + refused.value.detail.model_dump_json())
    return "\n".join(told)


@pytest.mark.invariant(15)
def test_no_secret_is_stored_told_or_logged(house, worker, hospital, wang, caplog):
    caplog.set_level(logging.INFO)
    found_on_the_way = live_through(house, worker, hospital, wang)
    told = fail_at_everything(house, hospital, wang)
    secrets = [WANG_NUMBER, XIAOYU_NUMBER, WANG_NUMBER[6:], PHONES["Wang"], PHONES["Zhao"], PASSWORD, SECRET,
               f"'{PIN}'", "guess-guess", "203.0.113.9", "735264", "PRIVATE KEY", *found_on_the_way]
    stored = everything_stored(house)
    assert "王建国" in stored  # the copy is not empty
    for secret in secrets:
        assert secret not in stored, f"{secret} is stored in plain"
        assert secret not in told, f"{secret} is told in a refusal"
        assert secret not in caplog.text, f"{secret} is logged"


@pytest.mark.invariant(15)
def test_sealed_values_of_two_people_cannot_be_swapped_for_another_place(house, wang):
    with house.write(wang) as work:
        person = identity.add_patient(work, "王建国", WANG_NUMBER, "self")
    vault = house.tools.get(Vault)
    assert vault.open(person.id_number_sealed, "patient.id_number") == WANG_NUMBER
    for place in ("account.phone", "account.totp", "signing_key.private", "sms"):
        with pytest.raises(Unreadable):
            vault.open(person.id_number_sealed, place)


def test_two_sealings_of_one_number_look_different_but_have_one_index(house):
    vault = house.tools.get(Vault)
    assert vault.seal(WANG_NUMBER, "patient.id_number") != vault.seal(WANG_NUMBER, "patient.id_number")
    with house.read(HOUSE) as work:
        assert identity.phone_index(work, "+8613800000001") == identity.phone_index(work, "+8613800000001")
        assert identity.phone_index(work, "+8613800000001") != identity.phone_index(work, "+8613800000002")
