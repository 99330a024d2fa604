"""Stories: how one record grows through a visit, and what each of the people may see on the way."""
from datetime import date, timedelta

import pytest

from app.events.consult import VisitRequested
from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.text import Text
from app.work import HOUSE, House
from app.worker import Worker
from records import api as records
from records.api import AllergyIn, MedicineIn
from tests.records.cast import Cast, picture

FORMS = ("privacy", "sensitive_data", "informed_consent")


def words(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def prepare(house: House, cast: Cast, who: str, patient: str, forms: tuple[str, ...]) -> None:
    """What the patient does before a visit: consents and history."""
    person = cast.patients[patient]
    with house.write(cast.people[who]) as work:
        for form in forms:
            records.give_consent(work, person, form)
        records.save_allergies(work, person, [AllergyIn(text="青霉素", code="penicillins")])
        records.save_medicines(work, person, [MedicineIn(text="氨氯地平 5 mg", drug_id="amlodipine")])


def request(house: House, cast: Cast, worker: Worker, who: str, patient: str, *pieces) -> object:
    """The patient asks for a visit and lays the proof beside it."""
    visit = uuid7()
    with house.write(cast.people[who]) as work:
        records.confirm_history(work, cast.patients[patient], visit)
        for piece in pieces:
            records.attach_evidence(work, visit, piece)
        work.announce(VisitRequested(visit, cast.patients[patient]))
    worker.run_until_idle()
    return visit


def consult(house: House, cast: Cast, doctor: str, patient: str, visit, piece, code: str) -> None:
    """The doctor accepts the proof, codes the diagnosis and finishes, with three days for corrections."""
    person, me = cast.patients[patient], cast.practitioner(doctor)
    cast.treat(doctor, patient, visit)
    with house.write(cast.people[doctor]) as work:
        records.accept_evidence(work, piece, visit, "人民医院", code, date(2026, 8, 12))
        records.add_condition(work, person, visit, code, words("诊断", "Diagnosis"), me)
        records.add_entry(work, person, "visit", words("复诊", "Follow-up"), None, "visit", visit, visit)
        records.close_treatment(work, visit, work.now + timedelta(hours=72))


def dispense(house: House, cast: Cast, patient: str) -> None:
    """The pharmacist reviews with a task, and the medicine stands in the record."""
    person, rx = cast.patients[patient], uuid7()
    with house.write(cast.ren) as work:
        records.open_task(work, person, cast.practitioner("ren"), "review", rx)
    with house.read(cast.ren) as work:
        assert records.history_of(work, person).allergies[0].code == "penicillins"
    with house.write(cast.ren) as work:
        records.close_task(work, "review", rx)
        records.add_entry(work, person, "prescription", words("处方，药师已通过", "Approved"), None, "rx", rx)
    with house.write(HOUSE) as work:
        records.add_medicine_from_prescription(work, person, rx, "atorvastatin", "阿托伐他汀 20 mg", "每晚 1 片", 28)


@pytest.mark.invariant(9)
def test_wang_keeps_everything_of_a_visit_and_sees_who_looked(
        house: House, cast: Cast, worker: Worker, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    prepare(house, cast, "wang", "wang", FORMS)
    piece = cast.offer("wang", "wang")
    visit = request(house, cast, worker, "wang", "wang", piece.id)
    clock.forward(minutes=20)
    consult(house, cast, "lin", "wang", visit, piece.id, "I10")
    clock.forward(minutes=10)
    dispense(house, cast, "wang")
    with house.read(cast.wang) as work:
        assert [e.kind for e in records.timeline(work, wang)] == ["prescription", "visit", "evidence"]
        assert [c.code for c in records.conditions(work, wang)] == ["I10"]
        assert [m.text for m in records.history_of(work, wang).medicines] == ["氨氯地平 5 mg", "阿托伐他汀 20 mg"]
        assert [(look.who.name.zh, look.parts) for look in records.looks(work, wang)] == [("任芳", ("history",))]


def test_the_next_visit_needs_its_own_consent_but_not_its_own_proof(
        house: House, cast: Cast, worker: Worker, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    prepare(house, cast, "wang", "wang", FORMS)
    piece = cast.offer("wang", "wang")
    first = request(house, cast, worker, "wang", "wang", piece.id)
    consult(house, cast, "lin", "wang", first, piece.id, "I10")
    clock.forward(days=30)
    with house.read(cast.wang) as work:
        assert records.missing_consents(work, wang) == ["informed_consent"]
        [known] = records.evidence_of(work, wang, "I10")
    second = request(house, cast, worker, "wang", "wang", known.id)
    with house.write(cast.wang) as work:
        records.give_consent(work, wang, "informed_consent", second)
        assert records.missing_consents(work, wang, second) == []
    cast.treat("he", "wang", second)
    with house.write(cast.he) as work:
        records.attach_evidence(work, second, known.id)
        rests = records.evidence_for_visit(work, second)
        assert rests is not None and rests.diagnosed_on == date(2026, 8, 12)


def test_the_doctor_reads_for_the_correction_time_and_then_no_more(
        house: House, cast: Cast, worker: Worker, clock: FrozenClock) -> None:
    prepare(house, cast, "wang", "wang", FORMS)
    piece = cast.offer("wang", "wang")
    visit = request(house, cast, worker, "wang", "wang", piece.id)
    consult(house, cast, "lin", "wang", visit, piece.id, "I10")
    clock.forward(hours=71)
    with house.read(cast.lin) as work:
        assert len(records.timeline(work, cast.patients["wang"])) == 2
    clock.forward(hours=2)
    with pytest.raises(records.RecordClosed), house.read(cast.lin) as work:
        records.timeline(work, cast.patients["wang"])


def test_ma_acts_for_xiaoyu_and_her_own_record_stays_apart(
        house: House, cast: Cast, worker: Worker) -> None:
    child, mother = cast.patients["xiaoyu"], cast.patients["ma"]
    prepare(house, cast, "ma", "xiaoyu", ("privacy", "guardian_privacy", "informed_consent"))
    with house.write(cast.ma) as work:
        records.save_weight(work, child, 16_500)
    piece = cast.offer("ma", "xiaoyu")
    visit = request(house, cast, worker, "ma", "xiaoyu", piece.id)
    consult(house, cast, "he", "xiaoyu", visit, piece.id, "J45.9")
    with house.read(cast.ma) as work:
        assert records.missing_consents(work, child, visit) == []
        assert [c.family for c in records.conditions(work, child)] == ["J45"]
        assert records.timeline(work, mother) == [] and records.conditions(work, mother) == []
        assert records.history_of(work, mother).missing == ["allergies", "medicines", "pregnancy"]
    with pytest.raises(records.RecordClosed), house.read(cast.he) as work:
        records.timeline(work, mother)


def test_a_blurred_photo_is_sent_back_and_the_next_one_taken(
        house: House, cast: Cast, worker: Worker, clock: FrozenClock) -> None:
    prepare(house, cast, "wang", "wang", FORMS)
    blurred = cast.offer("wang", "wang")
    visit = request(house, cast, worker, "wang", "wang", blurred.id)
    cast.treat("lin", "wang", visit)
    with house.write(cast.lin) as work:
        records.refuse_evidence(work, blurred.id, "unreadable")
        assert not records.evidence_attached(work, visit)
    clock.forward(minutes=3)
    kept = cast.upload("wang", "wang", (picture((80, 60)), "again.jpg"), title="门诊病历，第二次拍")
    with house.write(cast.wang) as work:
        clear = records.offer_evidence(work, cast.patients["wang"], kept.id, visit)
        records.attach_evidence(work, visit, clear.id)
        assert records.evidence_attached(work, visit)
    with house.write(cast.lin) as work:
        records.accept_evidence(work, clear.id, visit, "人民医院", "I10", date(2026, 8, 12))
        rests = records.evidence_for_visit(work, visit)
    assert rests is not None and rests.id == clear.id
