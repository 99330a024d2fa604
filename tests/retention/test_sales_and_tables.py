"""Sales go after five years; every table of the schema has its place in the map."""
from sqlmodel import SQLModel

from app.retention.tables import BOOKS, KEPT, LOGS, OWNERS, belongs, table
from app.wiring import import_models
from consult import api as consult
from pharmacy import api as pharmacy
from tests.cast import NOTE
from tests.pharmacy.counter import delivered
from tests.retention.years import became, carried_out, left, proof, rows_in, years_pass


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
    assert rows_in(scene, "ledger_entry") == books and proof(scene).faults == []


def test_a_whole_record_with_its_sales_goes_after_fifteen_years(scene):
    order = sold(scene)
    years_pass(scene, 15, days=2, of=scene.row(pharmacy.Order, order.id).ended_at)
    carried_out(scene)
    assert left(scene, "record", order.patient_id) == {} and proof(scene).faults == []


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


def test_every_owner_leads_to_a_patient():
    for name in OWNERS:
        assert belongs(name, "patient", table("patient").c.id) is not None, name
