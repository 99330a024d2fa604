"""Whether a child's guardian takes part: in a call its participants say it; by text the doctor does, as ever."""
from uuid import UUID, uuid4

import pytest

from app.identity.api import Guardianship
from app.policy import api as policy
from app.work import one_or_none
from consult import api as consult
from consult.call.rules import OFFLINE
from prescribing import api as prescribing
from tests.call.guests import Third, knocks, offered
from tests.cast import (
    PIN,
    Scene,
    answer_findings,
    diagnosed,
    drafted_prescription,
    line,
    signing_pin,
    visit_in_progress,
)

FACT = "patient.guardian_present"
HEARS = consult.Beat(flows=True)


def told(scene: Scene, visit: consult.Visit) -> object:
    """The fact as the rules get it: True, False, or None for unknown."""
    with scene.sees("he") as work:
        sheet = consult.open_visit_facts(work, visit, consult.visit_sheet(work, visit))
        return sheet.values().get(FACT)


def own_account(scene: Scene) -> None:
    """From now on the account that acts for Xiaoyu is Xiaoyu's own: nobody's guardian."""
    with scene.by("house") as work:
        bond = one_or_none(work, Guardianship, Guardianship.account_id == scene.ma.account_id,
                           Guardianship.relation == "self")
        assert bond is not None
        bond.ended_at = work.now
        work.add(bond)
        other = one_or_none(work, Guardianship, Guardianship.patient_id == scene.patients["xiaoyu"])
        assert other is not None
        other.relation = "self"
        work.add(other)


def talks(scene: Scene, visit: consult.Visit | None = None) -> tuple[consult.Visit, UUID, UUID, UUID]:
    """Ma Li's account and Dr He are in a video call of Xiaoyu's visit and hear each other."""
    visit = visit or visit_in_progress(scene, "xiaoyu")
    call = scene.does("he", consult.ask_to_talk, visit.id, "video").id
    scene.does("ma", consult.answer_call, call)
    pages = uuid4(), uuid4()
    for who, page in zip(("ma", "he"), pages, strict=True):
        scene.does(who, consult.enter_call, call, page)
    beats(scene, call, ma=pages[0], he=pages[1])
    return visit, call, *pages


def beats(scene: Scene, call: UUID, **pages: UUID) -> None:
    for who, page in pages.items():
        scene.does(who, consult.beat_call, call, page, HEARS)


def ticks(scene: Scene, visit: consult.Visit, present: bool | None) -> None:
    scene.does("he", consult.judge_follow_up, visit.id, is_follow_up=True, guardian_present=present)


def comes(scene: Scene, visit: consult.Visit, call: UUID, role: str) -> tuple[Third, UUID]:
    """A third person is let in and hears the others."""
    third, page = knocks(scene, offered(scene, visit, role, "he"), "马强"), uuid4()
    scene.does("he", consult.admit_guest, third.id)
    third.does(scene, consult.enter_call, call, page)
    third.does(scene, consult.beat_call, call, page, HEARS)
    return third, page


def test_by_text_the_doctor_says_it_as_ever(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    assert told(scene, visit) is None, "unknown is never yes"
    ticks(scene, visit, True)
    assert told(scene, visit) is True


def test_a_call_that_only_rang_says_nothing(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    call = scene.does("he", consult.ask_to_talk, visit.id, "video").id
    assert told(scene, visit) is None
    scene.does("ma", consult.decline_call, call)
    ticks(scene, visit, True)
    assert told(scene, visit) is True


def test_the_mothers_account_in_the_call_is_the_guardian(scene: Scene) -> None:
    visit, call, ma, he = talks(scene)
    assert told(scene, visit) is True
    scene.does("ma", consult.leave_call, call, ma)
    assert told(scene, visit) is False, "her line closed"
    scene.does("ma", consult.enter_call, call, ma)
    beats(scene, call, ma=ma)
    assert told(scene, visit) is True


def test_who_fell_silent_is_not_there(scene: Scene) -> None:
    visit, call, _, he = talks(scene)
    scene.clock.forward(seconds=OFFLINE.total_seconds() + 1)
    scene.does("he", consult.beat_call, call, he, HEARS)
    assert told(scene, visit) is False


def test_the_doctors_word_does_not_stand_against_the_call(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    ticks(scene, visit, True)
    own_account(scene)
    visit, call, _, _ = talks(scene, visit)
    assert told(scene, visit) is False
    ticks(scene, visit, True)
    assert told(scene, visit) is False


@pytest.mark.parametrize(("role", "present"), [("guardian", True), ("relative", False), ("interpreter", False),
                                               ("doctor", False)])
def test_of_third_people_only_the_one_let_in_as_guardian_counts(scene: Scene, role: str, present: bool) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    own_account(scene)
    visit, call, _, _ = talks(scene, visit)
    if role == "doctor":
        third = knocks(scene, offered(scene, visit, role, "he"), actor=scene.lin)
        scene.does("he", consult.admit_guest, third.id)
        page = uuid4()
        third.does(scene, consult.enter_call, call, page)
        third.does(scene, consult.beat_call, call, page, HEARS)
    else:
        comes(scene, visit, call, role)
    assert told(scene, visit) is present


def test_a_guardian_at_the_door_or_sent_away_is_not_there(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    own_account(scene)
    visit, call, _, _ = talks(scene, visit)
    waits = knocks(scene, offered(scene, visit, "guardian", "he"), "马强")
    assert told(scene, visit) is False
    scene.does("he", consult.admit_guest, waits.id)
    assert told(scene, visit) is False, "let in, but not there yet"
    third, _ = comes(scene, visit, call, "guardian")
    assert told(scene, visit) is True
    scene.does("he", consult.send_guest_away, third.id)
    assert told(scene, visit) is False


def test_after_the_call_it_counts_who_heard_it_until_the_doctor_says_anew(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    ticks(scene, visit, True)
    own_account(scene)
    visit, call, _, _ = talks(scene, visit)
    scene.clock.forward(seconds=5)
    scene.does("he", consult.hang_up, call)
    assert told(scene, visit) is False
    scene.clock.forward(seconds=5)
    scene.does("he", consult.judge_follow_up, visit.id, same_condition=True)
    assert told(scene, visit) is False, "a word from before the call is not carried past it"
    ticks(scene, visit, True)
    assert told(scene, visit) is True


def test_a_call_with_the_mother_is_enough_for_the_prescription_after_it(scene: Scene) -> None:
    visit, call, ma, he = talks(scene)
    scene.clock.forward(seconds=5)
    beats(scene, call, ma=ma, he=he)
    scene.does("he", consult.hang_up, call)
    assert told(scene, visit) is True


def test_from_a_call_without_the_guardian_a_young_child_gets_no_prescription(scene: Scene) -> None:
    visit = diagnosed(scene, "xiaoyu")  # with the doctor's word that a guardian is there, from before the call
    signing_pin(scene, "he")
    syrup = line("ibuprofen", "20 mg/ml", "100", frequency="tid", days=3)
    rx = drafted_prescription(scene, syrup, patient="xiaoyu", visit=visit)
    answer_findings(scene, rx, "he")
    own_account(scene)
    visit, call, ma, he = talks(scene, visit)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("he", prescribing.sign_prescription, rx.id, PIN)
    assert "CN-RX-02" in str(refused.value.facts)
    comes(scene, visit, call, "guardian")
    assert scene.does("he", prescribing.sign_prescription, rx.id, PIN).state != "draft"


def test_a_later_call_that_never_connected_does_not_bring_the_old_word_back(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    ticks(scene, visit, True)
    own_account(scene)
    visit, call, _, _ = talks(scene, visit)
    scene.clock.forward(seconds=5)
    scene.does("he", consult.hang_up, call)
    assert told(scene, visit) is False
    scene.clock.forward(seconds=5)
    failed = scene.does("he", consult.ask_to_talk, visit.id, "video").id
    scene.does("ma", consult.answer_call, failed)
    assert told(scene, visit) is False, "it goes on, and nobody is there"
    scene.does("he", consult.hang_up, failed)
    assert told(scene, visit) is False, "it never connected, so the call before it is the last one"


@pytest.mark.parametrize("how", ["sent away", "left early"])
def test_a_guardian_who_did_not_stay_to_the_end_did_not_take_part(scene: Scene, how: str) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    own_account(scene)
    visit, call, ma, he = talks(scene, visit)
    third, page = comes(scene, visit, call, "guardian")
    scene.clock.forward(seconds=5)
    beats(scene, call, ma=ma, he=he)
    third.does(scene, consult.beat_call, call, page, HEARS)
    if how == "sent away":
        scene.does("he", consult.send_guest_away, third.id)
    for _ in range(12):
        scene.clock.forward(seconds=5)
        beats(scene, call, ma=ma, he=he)
    scene.does("he", consult.hang_up, call)
    assert told(scene, visit) is False


def test_a_guardian_who_stayed_to_the_end_took_part(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    own_account(scene)
    visit, call, ma, he = talks(scene, visit)
    third, page = comes(scene, visit, call, "guardian")
    for _ in range(12):
        scene.clock.forward(seconds=5)
        beats(scene, call, ma=ma, he=he)
        third.does(scene, consult.beat_call, call, page, HEARS)
    scene.does("he", consult.hang_up, call)
    assert told(scene, visit) is True


def shown(scene: Scene, visit: consult.Visit, who: str = "he") -> bool | None:
    """What the page of somebody in the call says of the guardian."""
    with scene.sees(who) as work:
        seen = consult.call_seen(work, visit)
        assert seen is not None
        return seen.guardian


def test_the_doctor_is_shown_whether_the_guardian_takes_part_and_nobody_else_is(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    ring = scene.does("he", consult.ask_to_talk, visit.id, "video").id
    assert shown(scene, visit) is None, "it rings"
    scene.does("ma", consult.decline_call, ring)
    scene.clock.forward(seconds=5)
    own_account(scene)
    visit, call, _, _ = talks(scene, visit)
    assert shown(scene, visit) is False
    comes(scene, visit, call, "guardian")
    assert shown(scene, visit) is True and shown(scene, visit, "ma") is None


def test_of_a_grown_person_no_guardian_is_asked(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    call = scene.does("lin", consult.ask_to_talk, visit.id, "video").id
    scene.does("wang", consult.answer_call, call)
    assert shown(scene, visit, "lin") is None
