"""The table of moves is the whole truth: every other pair of states is refused, by code and by database."""
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app.kit.states import WrongState
from app.payments import ddl
from app.payments.rules import next_effect, next_look, pause_after
from app.payments.states import ENDED, LIVE, OPEN, PAYMENT, REFUND

PAIRS = {
    ("created", "authorised"), ("authorised", "captured"), ("captured", "partly_refunded"),
    ("partly_refunded", "refunded"), ("created", "captured"), ("captured", "refunded"),
    ("created", "cancelled"), ("created", "failed"), ("created", "expired"),
    ("authorised", "cancelled"), ("authorised", "failed"), ("authorised", "expired")}


class Thing:
    def __init__(self, state):
        self.state = state


def test_the_moves_are_those_of_the_domain_and_no_others():
    assert {(move.source, move.target) for move in PAYMENT.table} == PAIRS


def test_every_state_can_be_reached_from_the_beginning():
    reached = {"created"}
    for _ in PAYMENT.states:
        reached |= {target for source, target in PAIRS if source in reached}
    assert reached == set(PAYMENT.states)


@pytest.mark.parametrize("machine", [PAYMENT, REFUND], ids=lambda machine: machine.name)
def test_every_other_move_is_refused(machine):
    names = {move.name for move in machine.table}
    allowed = {(move.source, move.name) for move in machine.table}
    for state in machine.states:
        for name in names:
            if (state, name) not in allowed:
                with pytest.raises(WrongState):
                    machine.move(Thing(state), name, by="house")


def test_the_groups_of_states_fit_together():
    assert set(OPEN) | set(ENDED) | {"captured", "partly_refunded", "refunded"} == set(PAYMENT.states)
    assert set(LIVE).isdisjoint(ENDED)


@pytest.mark.parametrize("change", [{"state": "lost"}, {"wanted": "more"}, {"captured_fen": 5001},
                                    {"refunded_fen": 1}, {"fen": 0}, {"payable_kind": "gift"}])
def test_the_database_refuses_a_row_that_cannot_be(desk, change):
    payment_id = desk.open()
    with pytest.raises(IntegrityError), desk.work() as work:
        row = work.get(type(desk.row(payment_id)), payment_id, lock=True)
        for name, value in change.items():
            setattr(row, name, value)
        work.add(row)


@pytest.mark.parametrize("state,wanted,ref,left,what", [
    ("created", "held", False, 0, "authorise"), ("created", "held", True, 0, None),
    ("created", "settled", False, 0, "authorise"), ("created", "settled", True, 0, None),
    ("created", "released", False, 0, "cancel"), ("created", "released", True, 0, "cancel"),
    ("authorised", "held", True, 0, None), ("authorised", "settled", True, 0, "capture"),
    ("authorised", "released", True, 0, "cancel"), ("captured", "settled", True, 5000, None),
    ("captured", "held", True, 5000, None), ("captured", "released", True, 5000, "refund"),
    ("captured", "released", True, 0, None), ("partly_refunded", "released", True, 3000, "refund"),
    ("cancelled", "released", True, 5000, "refund"), ("failed", "held", True, 5000, "refund"),
    ("expired", "settled", True, 5000, "refund"), ("cancelled", "released", True, 0, None)])
def test_what_is_asked_next_follows_from_state_and_wish(state, wanted, ref, left, what):
    assert next_effect(state, wanted, ref, left) == what


def test_looks_get_rarer_and_pauses_longer_but_never_stop(clock):
    now = clock.now()
    assert next_look(now, now) == now + timedelta(minutes=1)
    assert next_look(now - timedelta(hours=2), now) == now + timedelta(hours=2)
    assert next_look(now - timedelta(days=9), now) == now + timedelta(hours=6)
    pauses = [pause_after(tries) for tries in range(30)]
    assert pauses == sorted(pauses) and pauses[0] == timedelta(seconds=2)
    assert pauses[-1] == timedelta(minutes=15)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_migration_gets_every_statement_of_its_database(dialect):
    statements = ddl.statements(dialect)
    for table in ddl.FROZEN:
        assert any(f"ON {table}" in statement and "TRIGGER" in statement for statement in statements)
    assert sum("INSERT INTO allowed_beneficiary" in statement for statement in statements) == len(ddl.ALLOWED)


@pytest.mark.parametrize("machine", [PAYMENT, REFUND], ids=lambda machine: machine.name)
def test_the_pictures_in_the_readme_are_those_of_the_code(machine):
    readme = Path(ddl.__file__).with_name("README.md").read_text()
    assert f"<!-- states:{machine.name} -->\n```mermaid\n{machine.mermaid()}\n```" in readme
