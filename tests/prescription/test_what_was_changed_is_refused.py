"""The signed bytes are the truth: whoever edits a row past the program is found out at every later step."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.identity import api as identity
from app.kit.ids import uuid7
from prescribing import api as prescribing
from prescribing.rx.problems import NotUsable, SignatureBroken
from tests.cast import approved_prescription, signed_prescription, signing_pin

ROWS = ["UPDATE prescription_item SET quantity = 9, left_quantity = 9", "UPDATE prescription_item SET days = 90",
        "UPDATE prescription_item SET wording_zh = '每天十片'", "UPDATE prescription_item SET drug_id = 'metformin'",
        "UPDATE prescription_item SET product_code = 'x'", "UPDATE prescription_item SET strength = '50 mg'",
        "UPDATE prescription SET validity_days = 1", "UPDATE prescription SET note = '加量'",
        "UPDATE prescription SET data_version = 'other'", "DELETE FROM prescription_item"]


def edit(scene, statement, **values):
    with scene.by("house") as work:
        work.session.execute(text(statement), values)


def without_guard(scene):
    """What an attacker with the database's own rights does first."""
    with scene.by("house") as work:
        if scene.house.database.is_sqlite:
            work.session.execute(text("DROP TRIGGER prescription_kept_update"))
        else:
            work.session.execute(text("DROP TRIGGER prescription_kept_update ON prescription"))


@pytest.mark.invariant(4)
@pytest.mark.parametrize("statement", ROWS)
def test_a_row_edited_after_signing_is_not_approved(scene, statement):
    rx = signed_prescription(scene)
    edit(scene, statement)
    with pytest.raises(SignatureBroken), scene.by("ren") as work:
        prescribing.approve(work, rx.id)
    assert scene.row(prescribing.Prescription, rx.id).state == "signed"


@pytest.mark.invariant(4)
@pytest.mark.parametrize("statement", ROWS)
def test_a_row_edited_after_approval_is_not_usable_and_not_claimed(scene, statement):
    rx = approved_prescription(scene)
    edit(scene, statement)
    with scene.sees("house") as work:
        assert prescribing.usable_or_none(work, rx.id) is None
    with pytest.raises((SignatureBroken, NotUsable)), scene.by("kang") as work:
        prescribing.redeem(work, rx.id, uuid7(), scene.pharmacies["kang"])


@pytest.mark.parametrize("change", ["digest = 'ab'", "signed_at = NULL", "expires_at = '2030-01-01 00:00:00'",
                                    "number = 'RX-1'", "version = 2", "public_key = ''"])
def test_the_database_itself_keeps_what_was_signed(scene, change):
    signed_prescription(scene)
    with pytest.raises(DBAPIError):
        edit(scene, f"UPDATE prescription SET {change}")


@pytest.mark.invariant(4)
@pytest.mark.parametrize("column", ["canonical", "digest", "signature", "public_key", "number", "expires_at"])
def test_even_without_that_guard_one_changed_column_breaks_the_seal(scene, column):
    rx = signed_prescription(scene)
    without_guard(scene)
    value = {"canonical": rx.canonical.replace(b"5", b"9"), "expires_at": "2030-01-01 00:00:00+00:00"}.get(column, "x")
    edit(scene, f"UPDATE prescription SET {column} = :value", value=value)
    with pytest.raises(SignatureBroken), scene.by("ren") as work:
        prescribing.approve(work, rx.id)


@pytest.mark.invariant(4)
def test_a_forgery_signed_with_another_doctors_key_is_found(scene):
    rx = signed_prescription(scene)
    signing_pin(scene, "gao")
    forged = rx.canonical.replace(b'"validity_days":3', b'"validity_days":0')
    with scene.by("gao") as work:
        made = identity.sign_bytes(work, scene.gao.practitioner_id, "295731", forged)
    without_guard(scene)
    with scene.by("house") as work:
        row = work.get(prescribing.Prescription, rx.id)
        row.canonical, row.signature, row.public_key = forged, made.signature, made.public_key
        row.signature_key, row.validity_days = str(made.key_id), 0
        from prescribing.rx.signatures import digest_of
        row.digest = digest_of(forged)
    with pytest.raises(SignatureBroken), scene.by("ren") as work:
        prescribing.approve(work, rx.id)


def test_what_does_not_hold_can_still_be_returned(scene):
    rx = signed_prescription(scene)
    edit(scene, ROWS[0])
    scene.does("ren", prescribing.return_prescription, rx.id, "other", "签名核对不上，请重开")
    assert scene.row(prescribing.Prescription, rx.id).state == "returned"


def test_an_unsigned_prescription_is_never_whole(scene):
    from tests.cast import drafted_prescription
    rx = drafted_prescription(scene)
    with scene.sees("house") as work:
        assert not prescribing.is_unchanged(work, work.get(prescribing.Prescription, rx.id))
