"""Two pages find each other over the live line; nobody else is heard, and a lost line comes back to the same call."""
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.identity import api as identity
from consult import api as consult
from tests.live.scene import Ear, Scene, Site
from web.live.protocol import NOT_SIGNED_IN

OFFER = {"type": "offer", "sdp": "v=0\r\n"}


def rung(scene: Scene) -> str:
    """Dr Lin asks and Wang answers."""
    with scene.house.write(scene.actors["lin"]) as work:
        call = consult.ask_to_talk(work, scene.visit, "video").id
    with scene.house.write(scene.actors["wang"]) as work:
        consult.answer_call(work, call)
    return str(call)


def enter(scene: Scene, ear: Ear, call: str, page: str, after: int = 0) -> dict[str, Any]:
    """Take part with a page; the relays come back."""
    ear.say(type="call_enter", topic=scene.topic, call=call, page=page, after=after)
    return ear.next("call_ice")


def kinds_of_call(ear: Ear) -> list[str]:
    return [frame["type"] for frame in ear.heard if frame["type"].startswith("call")]


def until(ear: Ear, true) -> dict[str, Any]:
    """The call as this page was told last, as soon as it is so."""
    told = [frame["call"] for frame in ear.heard if frame["type"] == "call"]
    while not told or not true(told[-1]):
        told.append(ear.next("call")["call"])
    return told[-1]


def both(site: Site, scene: Scene) -> tuple[Ear, Ear, str, str, str]:
    """Both are in the call, with a page each."""
    call, pages = rung(scene), (str(uuid4()), str(uuid4()))
    ears = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    for ear, page in zip(ears, pages, strict=True):
        enter(scene, ear, call, page)
    return *ears, call, *pages


def test_a_ring_is_heard_at_once_and_by_who_comes_later(site: Site, scene: Scene) -> None:
    wang = site.follow("wang", scene.topic)
    with scene.house.write(scene.actors["lin"]) as work:
        call = consult.ask_to_talk(work, scene.visit, "voice")
    for ear in (wang, site.follow("wang", scene.topic)):
        told = ear.next("call")["call"]
        assert (told["id"], told["state"], told["kind"]) == (str(call.id), "ringing", "voice")
        assert told["asked_by"] == "doctor"


def test_offer_and_candidate_arrive_in_order_at_the_other_page_only(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    other_tab = site.follow("wang", scene.topic)
    lin.say(type="call_signal", topic=scene.topic, call=call, page=d, to=p, desc=OFFER)
    lin.say(type="call_signal", topic=scene.topic, call=call, page=d, to=p, cand={"candidate": "c", "x": 1})
    first, second = wang.next("call_signal"), wang.next("call_signal")
    assert (first["seq"], first["from"], first["desc"]) == (1, d, OFFER)
    assert (second["seq"], second["cand"]) == (2, {"candidate": "c"})
    assert "call_signal" not in other_tab.settle() and "call_signal" not in lin.settle()


def test_signals_cause_no_new_look_at_the_rest_of_the_page(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    wang.settle()
    wang.heard.clear()
    for _ in range(5):
        lin.say(type="call_signal", topic=scene.topic, call=call, page=d, to=p, cand={"candidate": "c"})
    for _ in range(5):
        wang.next("call_signal")
    assert "hint" not in [frame["type"] for frame in wang.heard]


def test_a_line_that_is_cut_is_told_and_comes_back_to_what_it_missed(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    until(lin, lambda c: c["others"] and c["others"][0]["status"] == "here")
    wang.close()
    until(lin, lambda c: c["others"][0]["status"] == "reconnecting")
    lin.say(type="call_signal", topic=scene.topic, call=call, page=d, to=p, cand={"candidate": "while away"})
    lin.settle()
    back = site.follow("wang", scene.topic)
    enter(scene, back, call, p)
    assert "call_signal" not in kinds_of_call(back), "first what a connection needs"
    assert back.next("call_signal")["cand"] == {"candidate": "while away"}
    until(lin, lambda c: c["others"][0]["status"] == "here" and c["others"][0]["page"] == p)


def test_a_restart_of_the_server_keeps_the_call(site: Site, scene: Scene) -> None:
    _, _, call, p, d = both(site, scene)
    site.stop()
    site.start()
    wang, lin = site.follow("wang", scene.topic), site.follow("lin", scene.topic)
    enter(scene, wang, call, p)
    enter(scene, lin, call, d)
    lin.say(type="call_signal", topic=scene.topic, call=call, page=d, to=p, desc=OFFER)
    assert wang.next("call_signal")["desc"] == OFFER


def test_a_second_device_takes_over_and_the_first_reads_it(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    phone, page = site.follow("wang", scene.topic), str(uuid4())
    enter(scene, phone, call, page)
    assert until(wang, lambda c: c["page"] == page)
    wang.say(type="call_signal", topic=scene.topic, call=call, page=p, to=d, desc=OFFER)
    assert wang.next("error")["slug"] == "call-elsewhere"
    until(lin, lambda c: c["others"][0]["page"] == page)


def test_whose_sign_in_is_over_says_nothing_more_and_is_offline_for_the_other(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    for ear, page in ((wang, p), (lin, d)):
        ear.say(type="call_beat", topic=scene.topic, call=call, page=page, flows=True)
    until(lin, lambda c: c["others"] and c["others"][0]["status"] == "here" and c["running"])
    with scene.house.write(scene.actors["wang"]) as work:
        identity.sign_out_everywhere(work)
    wang.say(type="call_signal", topic=scene.topic, call=call, page=p, to=d, desc=OFFER)
    assert wang.close_code() == NOT_SIGNED_IN
    lin.say(type="call_beat", topic=scene.topic, call=call, page=d, flows=True)
    told = until(lin, lambda c: c["others"][0]["status"] == "offline" and not c["running"])
    assert told["others"][0]["page"] is None and told["state"] == "talking"
    assert "call_signal" not in kinds_of_call(lin), "what was said after the sign-out reaches nobody"


def test_a_line_that_comes_back_takes_the_call_from_no_other_device(site: Site, scene: Scene) -> None:
    wang, _, call, p, _ = both(site, scene)
    wang.cut()
    phone, page = site.follow("wang", scene.topic), str(uuid4())
    enter(scene, phone, call, page)
    back = site.follow("wang", scene.topic)
    back.say(type="call_enter", topic=scene.topic, call=call, page=p, instead=p)
    assert back.next("error")["slug"] == "call-elsewhere"
    assert until(phone, lambda c: c["others"][0]["status"] == "here")["page"] == page
    back.say(type="call_enter", topic=scene.topic, call=call, page=p)  # somebody presses "go on here"
    back.next("call_ice")
    assert until(phone, lambda c: c["page"] == p)


def test_the_end_is_told_and_a_message_after_it_is_refused(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    with scene.house.write(scene.actors["lin"]) as work:
        consult.hang_up(work, UUID(call))
    assert until(wang, lambda c: not c["open"])["state"] == "ended"
    for frame in ({"type": "call_signal", "page": p, "to": d, "desc": OFFER}, {"type": "call_beat", "page": p},
                  {"type": "call_enter", "page": p}):
        wang.say(topic=scene.topic, call=call, **frame)
        assert wang.next("error")["slug"] == "call-over"
    assert scene.stored().state == "in_progress"


@pytest.mark.invariant(13)
def test_nobody_else_enters_or_hears(site: Site, scene: Scene) -> None:
    _, _, call, p, d = both(site, scene)
    frames: list[dict[str, Any]] = [{"type": "call_enter"}, {"type": "call_signal", "to": p, "desc": OFFER},
                                    {"type": "call_beat"}, {"type": "call_leave"}]
    for who in ("zhao", "gao", "ren", "kang", "qin"):
        stranger = site.open(origin=None)
        stranger.say(type="hello", topics={scene.topic: 0}, token=f"token-of-{who}")
        stranger.next("error")
        for frame in frames:
            stranger.say(topic=scene.topic, call=call, page=d, **frame)
            assert stranger.next("error")["slug"] == "not-found"
        assert stranger.settle() == []


ODD: list[dict[str, Any]] = [
    {}, {"desc": OFFER, "cand": {}}, {"desc": {"type": "offer", "sdp": "x" * 33_000}},
    {"cand": {"candidate": "\u0000"}}, {"desc": {"type": "rollback", "sdp": ""}},
    {"desc": OFFER, "to": "nobody"}, {"desc": OFFER, "page": 7}]


def test_odd_signals_are_bad_frames_and_the_line_lives(site: Site, scene: Scene) -> None:
    _, lin, call, p, d = both(site, scene)
    for more in ODD:
        lin.say(**({"type": "call_signal", "topic": scene.topic, "call": call, "page": d, "to": p} | more))
        assert lin.next("error")["slug"] == "bad-frame"
    assert "error" not in lin.settle()
