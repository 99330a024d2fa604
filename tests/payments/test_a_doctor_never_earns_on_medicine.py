"""Who may earn on what is data that the database enforces: no line, no posting, no way around it."""
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import text

from app.kit.ids import uuid7
from app.payments import api as payments
from app.payments.ddl import ALLOWED
from app.payments.models import AllowedBeneficiary, ChargeLine
from app.work import all_of
from tests.payments.desk import HOSPITAL, KANG, LIN, ORDER, VISIT

KINDS = ["consult_fee", "drug", "delivery", "care_plan", "service"]
EARNERS = ["hospital", "doctor", "platform", "pharmacy", "courier", "care_manager"]
FORBIDDEN = [(kind, earner) for kind in KINDS for earner in EARNERS if (kind, earner) not in ALLOWED]


def line(payment, kind, earner, position=9):
    return ChargeLine(payment_id=payment.id, payable_kind=payment.payable_kind, position=position, kind=kind,
                      fen=100, beneficiary_kind=earner, beneficiary_id=LIN, rule_version="1")


@pytest.mark.invariant(7)
def test_the_database_refuses_every_pair_that_is_not_in_the_table(desk):
    row = desk.row(desk.open(kind="order"))
    assert ("drug", "doctor") in FORBIDDEN and ("delivery", "doctor") in FORBIDDEN
    for kind, earner in FORBIDDEN:
        with pytest.raises(IntegrityError), desk.work() as work:
            work.add(line(row, kind, earner))


@pytest.mark.invariant(7)
@pytest.mark.parametrize("kind", ["drug", "delivery"])
def test_the_table_itself_cannot_be_taught_to_pay_a_doctor_for_medicine(desk, kind):
    with pytest.raises(IntegrityError), desk.work() as work:
        work.add(AllowedBeneficiary(kind=kind, beneficiary_kind="doctor"))


@pytest.mark.invariant(7)
def test_a_consult_fee_cannot_be_smuggled_into_an_order(desk):
    row = desk.row(desk.open(kind="order"))
    with pytest.raises(IntegrityError), desk.work() as work:
        work.add(line(row, "consult_fee", "doctor"))


@pytest.mark.invariant(7)
def test_a_line_cannot_pretend_that_its_order_is_a_visit(desk):
    row = desk.row(desk.open(kind="order"))
    smuggled = line(row, "consult_fee", "doctor")
    smuggled.payable_kind = "visit"
    with pytest.raises(IntegrityError), desk.work() as work:
        work.add(smuggled)


@pytest.mark.invariant(7)
def test_a_line_cannot_be_turned_towards_a_doctor_afterwards(desk):
    desk.open(kind="order")
    for change in (f"UPDATE charge_line SET beneficiary_id = '{LIN}'", "DELETE FROM charge_line"):
        with pytest.raises(DBAPIError), desk.work() as work:
            work.session.execute(text(change))


@pytest.mark.invariant(7)
@pytest.mark.parametrize("pair", [("drug", "doctor"), ("delivery", "doctor"), ("drug", "hospital")])
def test_the_command_refuses_it_before_anything_is_written(desk, pair):
    lines = [*ORDER, payments.Line(pair[0], 100, pair[1], LIN)]
    with pytest.raises(payments.ChargeRefused) as problem:
        desk.do(payments.open_payment, "order", uuid7(), desk.wang, lines, "sandbox")
    assert f"{pair[0]}:not_for_{pair[1]}" in problem.value.facts["faults"]
    with desk.work() as work:
        assert all_of(work, payments.Payment) == []


@pytest.mark.parametrize("fen", [0, -1, 1.5, True, "100"])
def test_an_amount_that_is_not_a_positive_whole_number_is_refused(desk, fen):
    with pytest.raises(payments.ChargeRefused) as problem:
        desk.do(payments.open_payment, "visit", uuid7(), desk.wang,
                [payments.Line("consult_fee", fen, "hospital", HOSPITAL)], "sandbox")
    assert "consult_fee:amount" in problem.value.facts["faults"]


@pytest.mark.parametrize("kind,lines", [("visit", ORDER), ("order", VISIT), ("visit", []), ("gift", VISIT)])
def test_lines_that_do_not_belong_there_are_refused(desk, kind, lines):
    with pytest.raises((payments.ChargeRefused, payments.UnknownProvider)):
        desk.do(payments.open_payment, kind, uuid7(), desk.wang, lines, "sandbox")


@pytest.mark.invariant(7)
def test_no_posting_of_an_order_touches_a_doctor(desk):
    for provider in ("sandbox", "sandbox_wallet", "on_delivery", "stripe"):
        payment_id = desk.taken(provider, "order")
        desk.do(payments.release, payment_id)
        desk.run()
    assert not [account for account in desk.accounts() if "Doctor" in account]
    assert f"Liabilities:Payable:Pharmacy:{KANG.upper()}" in desk.accounts()


def test_the_contract_share_of_the_consult_fee_is_the_one_thing_a_doctor_earns(desk):
    desk.taken()
    assert desk.balance(f"Liabilities:Payable:Doctor:{LIN.upper()}") == -1500
    assert [kind for kind, earner in ALLOWED if earner == "doctor"] == ["consult_fee"]
