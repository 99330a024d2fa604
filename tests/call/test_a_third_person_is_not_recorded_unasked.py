"""While somebody else is let into a call, nothing is recorded without their yes; they themselves never are."""
import pytest

from app.kit.problems import NotFound
from consult import api as consult
from consult.call.recording.commands import begin_leg, leg_runs
from consult.call.recording.problems import NotRecorded
from consult.call.recording.queries import should_run
from tests.call.guests import knocks, let_in, offered
from tests.call.test_a_third_person_joins import inside
from tests.call.test_recordings_are_agreed_kept_and_proven import PROCESS, agree, leg_of, recording
from tests.cast import Scene


def runs(scene: Scene, leg) -> bool:
    with scene.sees("house") as work:
        return should_run(work, leg)


def test_letting_somebody_in_stops_the_recording_until_they_agree(scene: Scene) -> None:
    visit, call, wang, lin, first, _ = inside(scene)
    scene.does("lin", consult.send_guest_away, first.id)
    agree(scene, call)
    legs = [leg_of(scene, call, wang), leg_of(scene, call, lin, "lin")]
    for leg in legs:
        scene.does("house", leg_runs, leg.id, True)
    third = knocks(scene, offered(scene, visit))
    assert recording(scene, call).state == "running", "whoever is before the door cannot be heard"
    scene.does("lin", consult.admit_guest, third.id)
    assert recording(scene, call).state == "asking" and not any(runs(scene, leg) for leg in legs)
    with pytest.raises(NotRecorded):
        leg_of(scene, call, wang)
    third.does(scene, consult.answer_recording, call, True)
    assert all(runs(scene, leg) for leg in legs)
    assert recording(scene, call).state == "running", "their own copy is not waited for: there is none"


def test_one_no_of_a_third_person_is_enough_while_they_are_there(scene: Scene) -> None:
    visit, call, wang, _, third, _ = inside(scene)
    agree(scene, call)
    assert third.sees(scene, consult.call_for_guest).recording.mine is None
    third.does(scene, consult.answer_recording, call, False)
    assert recording(scene, call).state == "refused"
    with pytest.raises(NotRecorded):
        leg_of(scene, call, wang)
    third.does(scene, consult.leave_as_guest)
    assert recording(scene, call).state == "agreed", "who is gone is no longer heard"
    another = let_in(scene, visit)
    assert recording(scene, call).state == "asking", "the yes of one is not the yes of another"
    another.does(scene, consult.answer_recording, call, True)
    assert recording(scene, call).state == "agreed"


def test_a_third_person_sends_no_copy_of_their_own(scene: Scene) -> None:
    _, call, _, _, third, page = inside(scene)
    agree(scene, call)
    third.does(scene, consult.answer_recording, call, True)
    with pytest.raises(NotFound):
        third.does(scene, begin_leg, call, page, PROCESS)


def test_the_yes_of_a_third_person_is_no_consent_of_the_patient(scene: Scene) -> None:
    _, call, _, _, third, _ = inside(scene)
    third.does(scene, consult.answer_recording, call, True)
    agree(scene, call, "lin")
    assert recording(scene, call).state == "asking"
