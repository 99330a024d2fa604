"""Who had the box, and how warm it got, is witnessed: whoever rewrites custody below the program is found out."""
import pytest
from sqlmodel import Session

from app.audit.checkpoints import CheckpointSigner, FileWitness
from app.audit.verify import verify_trail
from pharmacy import api as pharmacy
from tests.cast import Scene
from tests.intruder import unlock
from tests.pharmacy.counter import desk_of, shipped

pytestmark = pytest.mark.invariant(10)
WARM = """UPDATE custody_event SET facts = '{"min_c": 3.0, "max_c": 7.0, "gap": 5.0}' WHERE step = 'temperature'"""
LATER = "UPDATE custody_event SET at = '2026-01-01 00:00:00.000000+00:00' WHERE step = 'shipped'"
OTHER = "UPDATE custody_event SET organization_id = NULL WHERE step = 'packed'"
GONE = "DELETE FROM custody_event WHERE step = 'shipped'"
MORE = ("INSERT INTO custody_event (id, order_id, step, at, organization_id, account_id, facts) "
        "SELECT order_id, order_id, 'delivered', at, organization_id, account_id, facts FROM custody_event "
        "WHERE step = 'shipped'")


def warm_parcel(scene: Scene) -> pharmacy.Order:
    order = shipped(scene)
    scene.does(desk_of(scene, order), pharmacy.record_temperature, order.id, 3.0, 31.0, 5.0)
    scene.worker.sequence_audit()
    return order


def faults(scene: Scene) -> list[str]:
    with Session(scene.house.database.reader) as session:
        tools = scene.house.tools
        assert verify_trail(session, tools.get(CheckpointSigner), tools.get(FileWitness).notes()).ok
        return pharmacy.verify_custody(session).faults


def test_custody_as_it_was_written_is_proven(scene: Scene) -> None:
    order = warm_parcel(scene)
    assert faults(scene) == []
    with scene.sees("house") as work, Session(scene.house.database.reader) as session:
        assert pharmacy.verify_custody(session).events == len(pharmacy.custody_of(work, order.id)) >= 4


@pytest.mark.parametrize(("forgery", "told"), [
    (WARM, "'temperature' was changed"), (LATER, "'shipped' was changed"), (OTHER, "'packed' was changed"),
    (GONE, "'shipped' was removed"), (MORE, "'delivered' was added past the program")])
def test_what_is_rewritten_below_the_program_is_named(scene: Scene, forgery: str, told: str) -> None:
    order = warm_parcel(scene)
    with scene.by("house") as work:
        unlock(work.session, "custody_event")
        work.session.connection().exec_driver_sql(forgery)
    assert faults(scene) == [f"custody of order {order.id}: its step {told}"]
