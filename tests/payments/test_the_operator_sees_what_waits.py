"""`fuzhen payments`: debts and failed refunds in a list, and the sweep after jobs died."""
import json

from typer.testing import CliRunner

from app.payments.cli import app
from tests.payments.test_refunds import double
from tests.payments.test_what_goes_wrong_outside import wear_out


def run(desk, *words):
    """What was printed; the command must end well."""
    result = CliRunner().invoke(app, list(words), obj=lambda: desk.house)
    assert result.exit_code == 0, result.output
    return result.output


def test_an_untroubled_house_lists_nothing(desk):
    desk.taken("stripe")
    assert run(desk, "list") == "0 debts, 0 failed refunds, 0 made twice\n"
    assert json.loads(run(desk, "list", "--json")) == {"debts": [], "failed_refunds": [], "made_twice": []}


def test_debts_and_failed_refunds_are_listed(desk):
    from app.payments import api as payments
    owed, unpaid = desk.held("stripe"), desk.taken("stripe")
    desk.stripe.lapse(desk.row(owed).provider_ref)
    desk.do(payments.settle, owed)
    desk.stripe.refuses_refunds = True
    desk.do(payments.release, unpaid)
    desk.run()
    words = run(desk, "list")
    assert "1 debts, 1 failed refunds" in words and str(owed) in words and str(unpaid) in words
    told = json.loads(run(desk, "list", "--json"))
    [debt], [refund] = told["debts"], told["failed_refunds"]
    assert (debt["payment_id"], debt["fen"], debt["state"]) == (str(owed), 5000, "expired")
    assert (refund["payment_id"], refund["fen"], refund["problem"]) == (str(unpaid), 5000, "unexpected_state")


def test_money_that_left_twice_is_listed(desk):
    from app.payments import api as payments
    payment_id = desk.taken("stripe")
    refund = desk.do(payments.refund, payment_id, 2000, "goodwill")
    desk.run()
    double(desk, payment_id, refund)
    desk.look(payment_id)
    words = run(desk, "list")
    assert "0 failed refunds, 1 made twice" in words and f"payment {payment_id}  2000 fen  paid out a second" in words
    [told] = json.loads(run(desk, "list", "--json"))["made_twice"]
    assert (told["payment_id"], told["fen"]) == (str(payment_id), 2000) and told["refund_id"] != str(refund.id)


def test_the_sweep_takes_up_what_died(desk):
    payment_id = desk.open("sandbox")
    desk.pay(payment_id)
    wear_out(desk)
    assert json.loads(run(desk, "sweep", "--json")) == {"looked_at": 1}
    desk.run()
    assert desk.state(payment_id) == "authorised"
    assert run(desk, "sweep") == "1 payments and notices are looked at again\n"
