"""Nobody reads a visit without a ground, and every sitting in front of one stands in the trail."""
import pytest
from sqlmodel import select

from app.audit import Trace
from app.identity import api as identity
from app.identity.problems import LicenceNotInForce
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.work import all_of
from consult import api as consult
from records import api as records
from tests.cast import NOTE, Scene, finished_visit, visit_in_progress, waiting_visit
from web.pages.patient.record import WHY, _chips

pytestmark = pytest.mark.invariant(9)
STRANGERS = ("zhao", "ma", "he", "ren", "kang", "qin", "bai")


def look(scene: Scene, who: str, visit: consult.Visit) -> consult.Visit:
    with scene.sees(who) as work:
        side = consult.visit_for_patient if who in ("wang", "ma", "zhao") else consult.visit_for_doctor
        return side(work, visit.id)


def grounds(scene: Scene, action: str = "read:visit") -> list[tuple[str, str]]:
    return [(entry.actor_role, entry.ground) for entry in scene.trail(action)]


@pytest.mark.invariant(13)
@pytest.mark.parametrize("stage", [waiting_visit, visit_in_progress, finished_visit])
def test_a_visit_is_not_there_for_strangers(scene: Scene, stage: object) -> None:
    visit = stage(scene)  # type: ignore[operator]
    for who in STRANGERS:
        with pytest.raises(NotFound):
            look(scene, who, visit)
    assert grounds(scene) == [] or {ground for _, ground in grounds(scene)} == {"refused"}


def test_a_doctor_without_a_part_in_it_is_refused_and_the_attempt_is_kept(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(NotFound) as refused:
        look(scene, "gao", visit)
    trace = records.refusal_of(refused.value)
    assert trace is not None and (trace.ground, trace.patient_id) == ("refused", visit.patient_id)


def test_the_patients_own_look_and_the_doctors_are_told_apart(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    look(scene, "wang", visit)
    look(scene, "lin", visit)
    assert grounds(scene) == [("patient", "own"), ("doctor", "treats")]


def test_a_look_before_taking_the_visit_is_a_task(scene: Scene) -> None:
    visit = waiting_visit(scene)
    look(scene, "lin", visit)
    assert grounds(scene) == [("doctor", "task")]


@pytest.mark.parametrize("state", ["submitted", "suspended", "expired"])
def test_a_doctor_whose_licence_is_not_in_force_sees_nobody_who_waits(scene: Scene, state: str) -> None:
    visit = waiting_visit(scene)
    with scene.by("house") as work:
        kept = identity.licence_of(work, scene.lin.practitioner_id)
        assert kept is not None
        kept.state = state
    with scene.sees("lin") as work:
        shown = consult.queue(work)
        assert shown.waiting == [] and not shown.licensed
        assert work.session.exec(select(consult.visits_to_see(work))).one() == 0
    with pytest.raises(NotFound), scene.sees("lin") as work:
        consult.triage_for_doctor(work, visit.id)
    with pytest.raises(LicenceNotInForce):
        scene.does("lin", consult.decline_visit, visit.id, "今天不方便")
    with scene.sees("gao") as work:
        shown = consult.queue(work)
        assert shown.licensed and [row.visit.id for row in shown.waiting] == [visit.id]
        assert work.session.exec(select(consult.visits_to_see(work))).one() == 1


def test_one_sitting_is_one_line_and_the_next_is_another(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for _ in range(5):
        look(scene, "lin", visit)
        scene.clock.forward(minutes=1)
    assert len(grounds(scene)) == 1
    scene.clock.forward(minutes=6)
    look(scene, "lin", visit)
    look(scene, "wang", visit)
    assert len(grounds(scene)) == 3


def test_a_change_of_ground_is_a_line_of_its_own(scene: Scene) -> None:
    visit = waiting_visit(scene)
    look(scene, "lin", visit)
    scene.does("lin", consult.accept_visit, visit.id)
    look(scene, "lin", visit)
    assert grounds(scene) == [("doctor", "task"), ("doctor", "treats")]


def test_a_guardian_reads_the_childs_visit_as_the_own(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    assert look(scene, "ma", visit).id == visit.id
    assert grounds(scene) == [("patient", "own")]
    assert scene.trail("read:visit")[0].patient_id == scene.patients["xiaoyu"]


def test_a_guardian_of_the_past_sees_nothing(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    with scene.by("house") as work:
        [bond] = all_of(work, identity.Guardianship, identity.Guardianship.patient_id == visit.patient_id)
        bond.ended_at = work.now
    with pytest.raises(NotFound):
        look(scene, "ma", visit)


def test_the_queue_leaves_one_line_for_each_patient_a_doctor_sees_waiting(scene: Scene) -> None:
    visit = waiting_visit(scene)
    for _ in range(3):
        with scene.sees("lin") as work:
            consult.queue(work)
    with scene.sees("gao") as work:
        consult.queue(work)
    assert grounds(scene, "read:queue") == [("doctor", "task")] * 2
    assert {e.subject_id for e in scene.trail("read:queue")} == {visit.id}


def test_the_patient_sees_who_saw_the_name_in_the_queue(scene: Scene) -> None:
    waiting_visit(scene)
    with scene.sees("lin") as work:
        consult.queue(work)
    with scene.sees("wang") as work:
        names = [look.who.name.zh for look in records.looks(work, scene.patients["wang"])]
    assert names == ["林静"]


def test_the_triage_of_a_waiting_visit_is_read_with_a_trace(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with scene.sees("lin") as work:
        lines = consult.triage_for_doctor(work, visit.id)
    assert lines and all(line.zh and line.en for line in lines)
    assert grounds(scene) == [("doctor", "task")]
    with pytest.raises(NotFound), scene.sees("he") as work:
        consult.triage_for_doctor(work, visit.id)


def test_after_a_colleague_took_it_the_visit_is_gone_for_the_others(scene: Scene) -> None:
    visit = waiting_visit(scene)
    look(scene, "gao", visit)
    scene.does("lin", consult.accept_visit, visit.id)
    with pytest.raises(NotFound):
        look(scene, "gao", visit)


def test_a_doctor_who_treats_the_patient_now_reads_a_colleagues_earlier_visit(scene: Scene) -> None:
    first = finished_visit(scene)
    scene.clock.forward(days=20)
    for who in ("lin", "gao"):
        with pytest.raises(NotFound):
            look(scene, who, first)
    with scene.by("house") as work:
        records.open_treatment(work, first.patient_id, scene.gao.practitioner_id, uuid7())
    assert look(scene, "gao", first).id == first.id


def test_emergency_access_opens_a_visit_with_its_own_ground(scene: Scene) -> None:
    visit = finished_visit(scene)
    scene.does("gao", records.break_glass, visit.patient_id, "患者昏迷送来，需要了解用药")
    assert look(scene, "gao", visit).id == visit.id
    assert grounds(scene) == [("doctor", "break_glass")]
    scene.clock.forward(hours=1, seconds=1)
    with pytest.raises(NotFound):
        look(scene, "gao", visit)


def test_what_a_command_reads_is_told_by_its_event_not_twice(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("wang", consult.visit_for_patient, visit.id, True)
    assert grounds(scene) == []
    assert scene.trail("VisitAccepted")[0].patient_id == visit.patient_id


def test_an_open_visit_is_listed_for_its_own_family(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with scene.sees("wang") as work:
        assert [v.id for v in consult.open_visits_of(work, [visit.patient_id])] == [visit.id]
        assert [v.id for v in consult.visits_of(work, visit.patient_id)] == [visit.id]


def test_the_patient_reads_what_each_look_was_for(scene: Scene) -> None:
    """Before the visit is taken, while it runs, and after its end are three lines with three purposes."""
    visit = waiting_visit(scene)
    look(scene, "lin", visit)
    scene.clock.forward(minutes=1)
    scene.does("lin", consult.accept_visit, visit.id)
    scene.clock.forward(minutes=1)
    look(scene, "lin", visit)
    scene.clock.forward(minutes=9)
    with scene.by("lin") as work:
        consult.write_note(work, visit.id, **NOTE)
        consult.finish_visit(work, visit.id)
    scene.clock.forward(minutes=16)
    look(scene, "lin", visit)
    with scene.sees("wang") as work:
        told = [(one.ground, one.purpose) for one in records.looks(work, scene.patients["wang"])]
    assert told == [("treats", "after"), ("treats", ""), ("task", "request")]


def test_a_pharmacy_stands_there_by_its_name(scene: Scene) -> None:
    patient = scene.patients["wang"]
    with scene.sees("kang") as work:
        work.trace(Trace("read:order", "task", patient, "order", uuid7()))
    with scene.sees("wang") as work:
        [one] = records.looks(work, patient)
    with scene.sees("house") as work:
        shop = identity.organization(work, scene.pharmacies["kang"]).name
    assert (one.who.role, one.who.name, one.purpose) == ("pharmacy", shop, "dispense")


def test_the_page_says_each_purpose_and_names_each_part_once() -> None:
    assert {"request", "after", "review", "dispense", "evidence", "call_back", "prescribed", "send"} <= WHY.keys()
    assert [chip.zh for chip in _chips(("queue", "visit", "entry", "strange", "orders", "order"))] == [
        "候诊名单", "问诊", "记录", "订单"]
