"""Every topic is asked for at the hello and again at every look; a stranger learns nothing."""
from uuid import uuid4

import pytest

from app.identity import api as identity
from tests.live.scene import Scene, Site

PLACES = {"lin": "queue", "ren": "review", "kang": "board"}


def test_without_a_sign_in_the_line_closes_with_4401(site: Site) -> None:
    nobody = site.open()
    nobody.say(type="hello", topics={})
    assert nobody.close_code() == 4401


def test_a_made_up_token_closes_with_4401(site: Site, scene: Scene) -> None:
    nobody = site.open(origin=None)
    nobody.say(type="hello", topics={scene.topic: 0}, token="made-up")
    assert nobody.close_code() == 4401


def test_a_page_of_somebody_else_closes_with_4403(site: Site, scene: Scene) -> None:
    forged = site.open("wang", origin="https://elsewhere.example")
    assert forged.close_code() == 4403


def test_a_cookie_without_an_origin_closes_with_4403(site: Site, scene: Scene) -> None:
    forged = site.open("wang", origin=None)
    forged.say(type="hello", topics={scene.topic: 0})
    assert forged.close_code() == 4403


def test_a_cookie_of_another_role_is_not_used(site: Site, scene: Scene) -> None:
    wang = site.open("wang", role="doctor")
    wang.say(type="hello", topics={"queue": 0})
    assert wang.close_code() == 4401


def test_pages_of_the_office_find_the_sign_in_of_any_office_role(site: Site) -> None:
    qin = site.open("qin", role="office")
    qin.say(type="hello", topics={"inbox": 0})
    assert qin.next("welcome")["topics"] == ["inbox"]


def test_a_line_that_does_not_begin_with_hello_is_closed(site: Site) -> None:
    rude = site.open("wang")
    rude.say(type="ping")
    assert rude.close_code() == 1008


@pytest.mark.invariant(13)
@pytest.mark.parametrize("who", ["zhao", "gao", "ren", "kang", "qin"])
def test_a_stranger_is_refused_on_every_topic(site: Site, scene: Scene, who: str) -> None:
    mine = PLACES.get(who, "")
    every = [scene.topic, f"queue:{scene.hospital}", f"review:{scene.hospital}", f"board:{scene.kang}",
             f"rx:{uuid4()}", f"order:{uuid4()}", f"payment:{uuid4()}", f"patient:{scene.patient}",
             f"inbox:{scene.actors['wang'].account_id}", f"policy:{uuid4()}",
             f"typing:{scene.visit}:patient", "demo:sms", "visit:x", "*"]
    own = {"gao": every[1], "ren": every[2], "kang": every[3]}.get(who)
    stranger = site.open(origin=None)
    stranger.say(type="hello", topics=dict.fromkeys(every, 0), token=f"token-of-{who}")
    assert stranger.next("welcome")["topics"] == [topic for topic in every if topic == own]
    stranger.settle()
    scene.says("lin", "只给王建国")
    kinds = stranger.settle()
    assert "message" not in kinds and "receipt" not in kinds
    refused = {frame["topic"] for frame in stranger.heard if frame["type"] == "error"}
    assert mine not in refused


def test_each_refusal_names_its_topic_and_nothing_else(site: Site, scene: Scene) -> None:
    zhao = site.open("zhao")
    zhao.say(type="hello", topics={scene.topic: 0})
    told = zhao.next("error")
    assert (told["slug"], told["topic"]) == ("not-found", scene.topic)
    assert set(told) == {"type", "slug", "title", "topic"}


@pytest.mark.parametrize(("who", "topic"), [("lin", "queue"), ("ren", "review"), ("kang", "board"), ("wang", "inbox")])
def test_everybody_follows_their_own_place_by_its_short_name(site: Site, scene: Scene, who: str, topic: str) -> None:
    ear = site.follow(who, topic)
    actor = scene.actors[who]
    place = actor.account_id if topic == "inbox" else actor.organization_id
    with scene.house.write(actor) as work:
        work.hint(f"{topic}:{place}")
    assert ear.next("hint")["topic"] == topic


def test_the_treating_doctor_and_the_patient_follow_the_record(site: Site, scene: Scene) -> None:
    from records import api as records
    with scene.house.write(scene.actors["lin"]) as work:
        records.open_treatment(work, scene.patient, scene.actors["lin"].practitioner_id, scene.visit)
    for who in ("wang", "lin"):
        ear = site.open(origin=None)
        ear.say(type="hello", topics={f"patient:{scene.patient}": 0}, token=f"token-of-{who}")
        assert ear.next("welcome")["topics"] == [f"patient:{scene.patient}"]


@pytest.mark.parametrize("frame", [
    {"type": "send", "client_id": str(uuid4()), "text": "冒充"}, {"type": "mark", "read": 1},
    {"type": "draft", "text": "冒充"}, {"type": "typing"}, {"type": "receipt", "seq": 1, "state": "read"}])
def test_a_stranger_can_say_nothing_into_a_visit(site: Site, scene: Scene, frame: dict) -> None:
    zhao = site.open("zhao")
    zhao.say(type="hello", topics={scene.topic: 0})
    zhao.next("welcome")
    zhao.next("error")
    zhao.say(**(frame | {"topic": scene.topic}))
    assert zhao.next("error")["slug"] == "not-found"
    assert scene.stored().last_seq == 0


def test_permission_that_ended_ends_the_following(site: Site, scene: Scene) -> None:
    lin = site.follow("lin", scene.topic)
    lin.settle()
    with scene.house.write(scene.actors["wang"]) as work:
        from consult.api import Visit
        visit = work.get(Visit, scene.visit, lock=True)
        visit.practitioner_id = scene.actors["gao"].practitioner_id
        work.hint(scene.topic)
    assert lin.next("error")["topic"] == scene.topic
    scene.says("wang", "给新的医生")
    assert "message" not in lin.settle()


def test_signing_out_everywhere_ends_the_line_at_the_next_look(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", scene.topic)
    with scene.house.write(scene.actors["wang"]) as work:
        identity.sign_out_everywhere(work)
    scene.says("lin", "还在吗")
    assert wang.close_code() == 4401
    assert all(frame["type"] != "message" for frame in wang.heard)
