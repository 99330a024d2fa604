"""A patient who was asked and cannot say what they take is not checked or written of as one who takes nothing."""
import pytest

from app.work import all_of
from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx.problems import ChecksUnanswered, ConfirmationMissing
from records import api as records
from tests.cast import PIN, answer_findings, diagnosed, drafted_prescription, line, signing_pin
from web.pages.patient.letters import _view as letter_view
from web.pages.staff import people

UNSURE = "missing_fact:medicines_unsure"


@pytest.fixture
def draft(scene):
    """Warfarin, begun for a patient who says "I am not sure what I take"."""
    visit = diagnosed(scene)
    with scene.by("wang") as work:
        records.save_medicines(work, visit.patient_id, "unknown")
    signing_pin(scene)
    return drafted_prescription(scene, line("warfarin", None, "2.5"), visit=visit)


@pytest.mark.invariant(6)
def test_the_checks_say_so_and_the_doctor_gives_a_reason(scene, draft):
    with scene.by("lin") as work:
        report = prescribing.check_report(work, work.get(prescribing.Prescription, draft.id))
    assert [f.severity for f in report.findings if f.id == UNSURE] == ["must_confirm"]
    assert {c.status for c in report.coverage if c.kind in ("interaction", "duplicate")} == {"missing_fact"}
    with pytest.raises(ChecksUnanswered) as stopped:
        scene.does("lin", prescribing.sign_prescription, draft.id, PIN)
    assert UNSURE in [f["id"] for f in stopped.value.facts["findings"]]
    answer_findings(scene, draft)
    assert scene.does("lin", prescribing.sign_prescription, draft.id, PIN).state == "signed"


@pytest.mark.invariant(6)
def test_the_pharmacist_confirms_it_too(scene, draft):
    answer_findings(scene, draft)
    scene.does("lin", prescribing.sign_prescription, draft.id, PIN)
    with pytest.raises(ConfirmationMissing) as missing:
        scene.does("ren", prescribing.approve, draft.id)
    open_ids = [f["id"] for f in missing.value.facts["findings"]]
    assert UNSURE in open_ids
    assert scene.does("ren", prescribing.approve, draft.id, "", open_ids).decision == "approved"


def test_what_we_know_of_is_still_compared_when_nobody_asked(scene):
    visit = diagnosed(scene)
    with scene.by("house") as work:
        records.add_medicine_from_prescription(work, visit.patient_id, visit.id, "aspirin", "阿司匹林", "", 30)
        all_of(work, records.History, records.History.patient_id == visit.patient_id)[0].medicines_asked_at = None
    rx = drafted_prescription(scene, line("warfarin", None, "2.5"), visit=visit)
    with scene.by("lin") as work:
        report = prescribing.check_report(work, work.get(prescribing.Prescription, rx.id))
    assert [f for f in report.findings if f.kind == "interaction" and "aspirin" in f.id]


def test_neither_the_staff_page_nor_the_letter_reads_it_as_none(scene, draft):
    scene.does("lin", consult.refer_visit, draft.visit_id, "心内科门诊", "需要面诊", "soon", condition_changed=True)
    with scene.sees("wang") as work:
        told = records.history_of(work, draft.patient_id)
        letter = letter_view(work, work.get(consult.Visit, draft.visit_id), consult.referral_of(work, draft.visit_id))
    assert people.medicines(told, {}) == () and people.medicines_source(told) is people.UNSURE
    assert letter.medicines.zh == "本人说不清" and "青霉素" in letter.allergies
