"""Every pharmacy that learns something of a patient stands in a register that the patient reads."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kit.problems import NotAllowed, NotFound
from pharmacy import api as pharmacy
from records import api as records
from tests.pharmacy.counter import accept, accepted, offer_of, offered


def given(scene, who="wang"):
    """The register as a patient reads it, oldest first: to whom, what for, which kinds of data."""
    with scene.sees(who) as work:
        found = records.hand_overs(work, scene.patients["wang"])
    return [(one.recipient.en, one.purpose.en, {field.en for field in one.fields}) for one in reversed(found)]


def test_an_offer_gives_a_masked_name_and_the_acceptance_the_address(scene):
    order = offered(scene)
    name, purpose, fields = given(scene)[0]
    assert (name, purpose) == ("Kang Pharmacy", "to ask whether the pharmacy can fill it")
    assert "masked name" in fields and not {"name", "phone number", "delivery address"} & fields
    accept(scene, order)
    _, purpose, fields = given(scene)[1]
    assert purpose == "to fill and deliver the order" and {"name", "phone number", "delivery address"} <= fields


def test_the_next_pharmacy_stands_there_too_and_one_that_declined_never_got_the_address(scene):
    order = offered(scene, at="an")
    scene.does("an", pharmacy.decline_offer, offer_of(scene, order).id, "缺货")
    scene.run()
    told = given(scene)
    assert [row[0] for row in told] == ["An Pharmacy", "Kang Pharmacy"]
    assert all("delivery address" not in row[2] for row in told)


def test_who_collects_the_box_gives_no_address(scene):
    accepted(scene, channel="pickup")
    assert all("delivery address" not in row[2] and "district" not in row[2] for row in given(scene))


@pytest.mark.invariant(9)
def test_nobody_else_reads_it_and_the_officer_sees_no_name(scene):
    accepted(scene)
    for who in ("zhao", "kang"):
        with pytest.raises(NotFound), scene.sees(who) as work:
            records.hand_overs(work, scene.patients["wang"])
    with pytest.raises(NotAllowed), scene.sees("lin") as work:
        records.hand_over_register(work)
    with scene.sees("qin") as work:
        register = records.hand_over_register(work)
    assert len(register) == 2 and "王" not in repr(register) and register[0].patient_id == scene.patients["wang"]
    assert scene.trail("read:hand_overs")


@pytest.mark.invariant(15)
def test_the_register_holds_kinds_of_data_and_never_the_data(scene):
    accepted(scene)
    with scene.sees("house") as work:
        rows = work.session.execute(text("SELECT * FROM hand_over")).all()
    assert len(rows) == 2 and not any(word in str(rows) for word in ("王", "138", "路"))


def test_a_line_of_the_register_is_never_changed(scene):
    accepted(scene)
    for statement in ("UPDATE hand_over SET purpose = 'x'", "DELETE FROM hand_over"):
        with pytest.raises(IntegrityError, match="never changed"), scene.by("house") as work:
            work.session.execute(text(statement))
