"""Sales go after five years; every table of the schema has its place in the map."""
import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from app.kit.clock import local_date
from app.kit.ids import uuid7
from app.policy.api import PolicyDecision, Verdict, desk
from app.policy.versions.models import PolicyReplayChange
from app.retention.tables import BOOKS, HAPPENED, KEPT, LOGS, OWNERS, ROOTS, belongs, parts, table
from app.wiring import import_models
from app.work import all_of
from consult import api as consult
from pharmacy import api as pharmacy
from tests.cast import NOTE, finished_visit
from tests.pharmacy.counter import delivered
from tests.retention.years import became, carried_out, left, orphans, proof, rows_in, years_pass


def sold(scene):
    """A delivered order of a finished visit."""
    order = delivered(scene)
    with scene.by("lin") as work:
        consult.write_note(work, order.visit_id, **NOTE)
        consult.finish_visit(work, order.visit_id)
    scene.run()
    return order


def test_sale_and_delivery_go_after_five_years_and_the_prescription_stays(scene):
    order = sold(scene)
    before, books = left(scene, "record", order.patient_id), rows_in(scene, "ledger_entry")
    assert left(scene, "sales", order.id).keys() >= {"medicine_order", "order_line", "offer", "dispense", "pack",
                                                     "custody_event"}
    years_pass(scene, 5, days=1, of=scene.row(pharmacy.Order, order.id).ended_at)
    report = carried_out(scene)
    assert became(scene, report, "sales", order.id) == "erased" and left(scene, "sales", order.id) == {}
    after = left(scene, "record", order.patient_id)
    for name in ("prescription", "prescription_item", "review", "redemption", "record_entry", "visit_note"):
        assert after[name] == before[name], name
    assert orphans(scene) == {} and rows_in(scene, "ledger_entry") == books and proof(scene).faults == []


def test_a_whole_record_with_its_sales_goes_after_fifteen_years(scene):
    order = sold(scene)
    had = left(scene, "record", order.patient_id)
    assert had.keys() >= {"policy_decision", "visit", "prescription", "realname_check", "medicine_order", "message"}
    years_pass(scene, 15, days=2, of=scene.row(pharmacy.Order, order.id).ended_at)
    report = carried_out(scene)
    assert became(scene, report, "record", order.patient_id) == "erased"
    assert naming(scene, order.patient_id) == {} and orphans(scene) == {} and proof(scene).faults == []


def naming(scene, patient_id):
    """Tables outside the books and the trail in which the patient's id still stands."""
    with scene.sees("house") as work:
        found = {name: work.session.execute(select(func.count()).where(one.c.patient_id == patient_id)).scalar()
                 for name, one in SQLModel.metadata.tables.items() if "patient_id" in one.c and name not in KEPT}
    return {name: count for name, count in found.items() if count}


def test_every_table_has_one_place_in_the_map():
    import_models()
    places = [set(OWNERS) | {"patient"}, set(LOGS), set(KEPT)]
    every = set(SQLModel.metadata.tables)
    assert every - set.union(*places) == set(), "say in app/retention/tables.py what goes with it, or why it stays"
    assert set.union(*places) - every == set(), "the table is gone"
    assert sum(map(len, places)) == len(set.union(*places)), "a table has two places"


def test_what_refers_to_a_patient_goes_with_the_patient():
    """A table that names a patient and stays must say why: only the books and the trail do."""
    named = {name for name, one in SQLModel.metadata.tables.items() if "patient_id" in one.c}
    stays = {name for name in named if name in KEPT}
    assert stays == {"payment", "audit_entry", "retention_hold", "retention_item"} and KEPT["payment"] == BOOKS


@pytest.mark.parametrize("kind", ROOTS)
def test_a_table_goes_before_its_owner_and_before_what_it_points_to(kind):
    import_models()
    order = [one.name for one, _ in parts(kind, uuid7())]
    for at, name in enumerate(order):
        above = {OWNERS[name][1]} if name in OWNERS else set()
        pointed = {key.column.table.name for key in table(name).foreign_keys}
        assert not (above | pointed - {name}) & set(order[:at]) - {"realname_check"}, name    # that link is cut first


def test_whatever_names_a_patient_restarts_the_clock():
    """Every table of a patient says when something happened; a new one needs its place in HAPPENED."""
    import_models()
    assert set(HAPPENED) == {name for name, (_, owner) in OWNERS.items() if owner == "patient"}
    assert all(column in table(name).c for name, columns in HAPPENED.items() for column in columns)


def test_no_kept_row_points_to_one_that_goes():
    """A foreign key of a table that stays would refuse the deletion for ever."""
    import_models()
    goes = set(OWNERS) | set(LOGS) | {"patient"}
    assert [(name, key.column.table.name) for name in KEPT for key in table(name).foreign_keys
            if key.column.table.name in goes] == []


def test_the_figures_of_a_replay_stay_when_a_decision_goes(scene):
    visit = finished_visit(scene)
    replay = replayed(scene)
    assert rows_in(scene, "policy_replay_change") == rows_in(scene, "policy_decision") > 0
    years_pass(scene, 15, days=1, of=visit.ended_at)
    had = rows_in(scene, "policy_replay_change")
    report = carried_out(scene)
    assert (report.state, became(scene, report, "record", visit.patient_id)) == ("done", "erased")
    assert rows_in(scene, "policy_decision") == 0 and rows_in(scene, "policy_replay_change") == had
    with scene.sees("qin") as work:
        assert len(desk.changes(work, desk.replay(work, replay))) == had


def replayed(scene):
    """A replay that would change every decision that was made."""
    with scene.by("house") as work:
        day, who = local_date(work.now), scene.qin.account_id
        version = work.add(desk.PolicyVersion(
            organization_id=scene.hospital, number=1, source="", content=b"", sha256="0" * 64, author_id=who,
            created_at=work.now, changed_at=work.now))
        replay = work.add(desk.PolicyReplay(version_id=version.id, sha256="0" * 64, assumed_from=day, asked_by=who,
                                            begun_at=work.now))
        for one in all_of(work, PolicyDecision):
            work.add(PolicyReplayChange(replay_id=replay.id, decision_id=one.id, stage=one.stage, as_of=day,
                                        before=Verdict.ALLOW, after=Verdict.BLOCK))
        return replay.id


def test_every_owner_leads_to_a_patient():
    for name in OWNERS:
        assert belongs(name, "patient", table("patient").c.id) is not None, name
