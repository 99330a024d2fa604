"""Messages are stored, then pushed; a reconnection goes on after the last number seen, without loss or double."""
from uuid import uuid4

import pytest
from sqlmodel import select

from app.work import HOUSE
from consult.api import Message
from tests.live.scene import Scene, Site


def test_what_one_side_sends_arrives_at_the_other_and_is_stored_first(site: Site, scene: Scene) -> None:
    wang, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    client_id = str(uuid4())
    wang.say(type="send", topic=scene.topic, client_id=client_id, kind="text", text="早上头晕")
    ack = wang.next("ack")
    assert (ack["client_id"], ack["seq"]) == (client_id, 1)
    heard = lin.next("message")
    assert (heard["seq"], heard["data"]["text"], heard["data"]["sender"]) == (1, "早上头晕", "patient")
    assert scene.stored().last_seq == 1


def test_another_way_of_sending_is_heard_too(site: Site, scene: Scene) -> None:
    lin = site.follow("lin", scene.topic)
    scene.says("wang", "从网页发的")
    assert lin.next("message")["data"]["text"] == "从网页发的"


def test_a_page_gets_the_markup_that_drew_it_and_a_program_does_not(site: Site, scene: Scene) -> None:
    scene.says("wang", "<b>不是粗体</b>")
    page = site.open("wang")
    page.say(type="hello", topics={scene.topic: 0})
    html = page.next("message")["html"]
    assert "&lt;b&gt;不是粗体" in html and 'data-seq="1"' in html and "<b>不是" not in html
    assert "html" not in site.follow("wang", scene.topic).next("message")


def test_a_reconnection_goes_on_after_the_last_number_seen(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", scene.topic)
    scene.says("lin", "一")
    assert wang.messages(1) == [1]
    wang.cut()
    for text in ("二", "三"):
        scene.says("lin", text)
    back = site.follow("wang", scene.topic, after=1)
    assert back.messages(2) == [2, 3]
    scene.says("lin", "四")
    assert back.messages(1) == [4]


def test_a_long_absence_is_caught_up_page_by_page(site: Site, scene: Scene) -> None:
    with scene.house.write(scene.actors["lin"]) as work:
        from consult.api import send_message
        for _ in range(431):
            send_message(work, scene.visit, uuid4(), "text", "。")
    wang = site.follow("wang", scene.topic)
    assert wang.messages(431) == list(range(1, 432))


def test_resending_a_client_id_gets_the_same_number_and_nobody_hears_it_twice(site: Site, scene: Scene) -> None:
    lin, wang = site.follow("lin", scene.topic), site.follow("wang", scene.topic)
    frame = {"type": "send", "topic": scene.topic, "client_id": str(uuid4()), "text": "只说一次"}
    wang.say(**frame)
    first = wang.next("ack")["seq"]
    wang.cut()
    again = site.follow("wang", scene.topic)
    again.say(**frame)
    assert again.next("ack")["seq"] == first
    again.say(**(frame | {"client_id": str(uuid4()), "text": "第二句"}))
    assert again.next("ack")["seq"] == first + 1
    assert lin.messages(2) == [first, first + 1]


@pytest.mark.invariant(8)
def test_a_cut_before_the_answer_neither_loses_nor_doubles(site: Site, scene: Scene) -> None:
    frames = [{"type": "send", "topic": scene.topic, "client_id": str(uuid4()), "text": f"第{n}句"} for n in range(6)]
    wang = site.follow("wang", scene.topic)
    for frame in frames[:4]:
        wang.say(**frame)
    wang.cut()  # nothing was heard of any of them
    again = site.follow("wang", scene.topic)
    numbers = []
    for frame in frames:
        again.say(**frame)
        numbers.append(again.next("ack")["seq"])
    assert sorted(numbers) == list(range(1, 7))
    with scene.house.read(HOUSE) as work:
        texts = work.session.exec(select(Message.text).where(Message.visit_id == scene.visit)).all()
    assert sorted(texts) == sorted(frame["text"] for frame in frames)


def test_a_restart_of_the_server_loses_nothing(site: Site, scene: Scene) -> None:
    wang, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    wang.say(type="send", topic=scene.topic, client_id=str(uuid4()), text="重启之前")
    assert wang.next("ack")["seq"] == 1
    assert lin.messages(1) == [1]
    site.stop()
    assert lin.close_code() == 1012
    scene.says("wang", "停机时从别处来的")
    site.start()
    back = site.follow("lin", scene.topic, after=1)
    assert back.messages(1) == [2]


def test_numbers_that_the_page_cannot_have_seen_are_not_believed(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", scene.topic, after=5000)
    wang.settle()
    scene.says("lin", "第一句")
    assert wang.messages(1) == [1]


def test_a_line_that_is_gone_is_forgotten(site: Site, scene: Scene) -> None:
    wang, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    wang.settle()
    lin.settle()
    assert site.watching(scene.topic) == 2
    wang.close()
    lin.close()
    other = site.follow("gao", "queue")
    for _ in range(200):
        if not site.watching(scene.topic):
            break
        other.settle()
    assert site.watching(scene.topic) == 0
