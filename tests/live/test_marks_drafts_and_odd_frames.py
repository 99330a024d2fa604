"""Receipts only rise; drafts follow the account; frames that make no sense change nothing."""
import json
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from app.kit.problems import NotFound
from tests.live.scene import Scene, Site


def test_delivered_and_read_are_told_to_the_sender(site: Site, scene: Scene) -> None:
    wang, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    scene.says("wang", "一")
    lin.messages(1)
    lin.say(type="receipt", topic=scene.topic, seq=1, state="delivered")
    told = wang.next("receipt")
    assert (told["seq"], told["state"]) == (1, "delivered")
    lin.say(type="mark", topic=scene.topic, read=1)
    told = wang.next("receipt")
    assert (told["seq"], told["state"]) == (1, "read")


def test_marks_only_rise(site: Site, scene: Scene) -> None:
    lin = site.follow("lin", scene.topic)
    for text in ("一", "二", "三"):
        scene.says("wang", text)
    for read in (3, 1, 0, 2, 900):
        lin.say(type="mark", topic=scene.topic, read=read)
    lin.settle()
    visit = scene.stored()
    assert (visit.doctor_read, visit.doctor_delivered, visit.patient_read) == (3, 3, 3)


def test_who_comes_later_hears_the_marks_at_once(site: Site, scene: Scene) -> None:
    scene.says("wang", "一")
    lin = site.follow("lin", scene.topic)
    lin.say(type="mark", topic=scene.topic, read=1)
    lin.settle()
    told = site.follow("wang", scene.topic, after=1).next("receipt")
    assert (told["seq"], told["state"]) == (1, "read")


def test_a_draft_is_kept_for_the_other_device_and_forgotten_when_sent(site: Site, scene: Scene) -> None:
    from consult.api import draft_of
    wang = site.follow("wang", scene.topic)
    wang.say(type="draft", topic=scene.topic, text="我想问")
    wang.settle()
    with scene.house.read(scene.actors["wang"]) as work:
        assert draft_of(work, scene.visit) == "我想问"
    wang.say(type="send", topic=scene.topic, client_id=str(uuid4()), text="我想问什么时候复查")
    wang.next("ack")
    with scene.house.read(scene.actors["wang"]) as work:
        assert draft_of(work, scene.visit) == ""


def test_writing_is_told_to_the_other_side_only_and_not_stored(site: Site, scene: Scene) -> None:
    wang, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    lin.settle()
    wang.say(type="typing", topic=scene.topic)
    assert lin.next("typing")["topic"] == scene.topic
    assert "typing" not in wang.settle()
    assert scene.stored().last_seq == 0


@pytest.mark.parametrize("text", ["", "   ", "长" * 4001])
def test_a_message_that_cannot_be_kept_is_refused_by_name(site: Site, scene: Scene, text: str) -> None:
    wang = site.follow("wang", scene.topic)
    client_id = str(uuid4())
    wang.say(type="send", topic=scene.topic, client_id=client_id, text=text)
    told = wang.next("error")
    assert told["slug"] in ("empty-message", "message-too-long") and told["client_id"] == client_id
    assert scene.stored().last_seq == 0


def test_a_finished_visit_takes_no_messages(site: Site, scene: Scene) -> None:
    from consult.api import Visit
    with scene.house.write(scene.actors["lin"]) as work:
        work.get(Visit, scene.visit, lock=True).state = "completed"
    wang = site.follow("wang", scene.topic)
    wang.say(type="send", topic=scene.topic, client_id=str(uuid4()), text="还有一个问题")
    assert wang.next("error")["slug"] == "talk-closed"


@pytest.mark.parametrize("raw", [
    "", "null", "[]", "{}", "{", '{"type":"nonsense"}', '{"type":"send"}', '{"type":"hello","topics":{}}',
    '{"type":"send","topic":"visit:x","client_id":"not-a-uuid","text":"a"}',
    '{"type":"mark","topic":"a","read":-1}', '{"type":"receipt","topic":"a","seq":1,"state":"eaten"}'])
def test_odd_frames_are_answered_and_the_line_goes_on(site: Site, scene: Scene, raw: str) -> None:
    wang = site.follow("wang", scene.topic)
    wang.socket.send(raw)
    assert wang.next("error")["slug"] == "bad-frame"
    scene.says("lin", "还在")
    assert wang.messages(1) == [1]


def test_a_frame_over_the_limit_closes_with_1009(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", scene.topic)
    with pytest.raises(ConnectionClosed):
        wang.socket.send(json.dumps({"type": "draft", "topic": scene.topic, "text": "长" * 70_000}))
        while True:
            wang.socket.recv(20)
    assert wang.socket.close_code == 1009


def test_binary_frames_are_not_spoken_here(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", scene.topic)
    wang.socket.send(b"\x00\x01")
    assert wang.close_code() == 1008


def test_too_many_topics_are_not_followed(site: Site, scene: Scene) -> None:
    greedy = site.open("wang")
    greedy.say(type="hello", topics={f"visit:{uuid4()}": 0 for _ in range(21)})
    assert greedy.close_code() == 1008


def test_a_topic_that_is_not_followed_cannot_be_spoken_to(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", "inbox")
    wang.say(type="send", topic=scene.topic, client_id=str(uuid4()), text="一")
    assert wang.next("error")["slug"] == NotFound.slug
    wang.say(type="send", topic="inbox", client_id=str(uuid4()), text="一")
    assert wang.next("error")["slug"] == NotFound.slug
