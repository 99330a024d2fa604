"""A second doctor in a call needs a licence in force and an open sign-in, also after they came to the door."""
import pytest

from app.identity import api as identity
from app.identity.problems import LicenceNotInForce
from app.work import one_or_none
from consult import api as consult
from tests.call.guests import Third, knocks, offered
from tests.call.test_a_call_in_a_visit import entered
from tests.call.test_a_third_person_joins import state_of
from tests.cast import Scene


def second_doctor(scene: Scene, visit: consult.Visit) -> Third:
    return knocks(scene, offered(scene, visit, "doctor"), actor=scene.people["gao"])


def suspended(scene: Scene, who: str) -> None:
    with scene.by("house") as work:
        one_or_none(work, identity.LicenceFile,
                    identity.LicenceFile.practitioner_id == scene.people[who].practitioner_id).state = "suspended"


def test_a_doctor_whose_licence_is_not_in_force_is_neither_at_the_door_nor_let_in(scene: Scene) -> None:
    visit, _, _, _ = entered(scene)
    third = second_doctor(scene, visit)
    suspended(scene, "gao")
    with pytest.raises(LicenceNotInForce):
        scene.does("lin", consult.admit_guest, third.id)
    assert state_of(scene, third.id) == "knocking"
    with pytest.raises(LicenceNotInForce):
        second_doctor(scene, visit)


def test_the_second_doctors_place_ends_with_the_sign_in_that_it_began_from(scene: Scene) -> None:
    visit, _, _, _ = entered(scene)
    third = second_doctor(scene, visit)
    scene.does("lin", consult.admit_guest, third.id)
    with scene.sees("house") as work:
        assert consult.guest_actor(work, third.session) is not None
    scene.does("gao", identity.sign_out_everywhere)
    with scene.sees("house") as work:
        assert consult.guest_actor(work, third.session) is None
