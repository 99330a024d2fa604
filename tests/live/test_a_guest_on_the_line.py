"""A third person on the live line: their own door, then the call; never the talk, and nothing after the end."""
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.work import NOBODY
from consult import api as consult
from tests.live.scene import Ear, Scene, Site
from tests.live.test_a_call_over_the_line import OFFER, both, until
from web.live.protocol import NOT_SIGNED_IN


class Guest:
    """Somebody at the door of the visit's call, with a session of their own."""

    def __init__(self, scene: Scene) -> None:
        with scene.house.write(scene.actors["lin"]) as work:
            made = consult.invite_guest(work, scene.visit, "interpreter")
        with scene.house.write(NOBODY) as work:
            self.session = consult.knock(work, made.link, made.code, "刘芳")
        self.id, self.topic = made.guest.id, f"guest:{made.guest.id}"

    def opens(self, site: Site, *topics: str) -> Ear:
        """Their page's line."""
        ear = site.open(role="guest", Cookie=f"fuzhen-guest={self.session}")
        ear.say(type="hello", topics=dict.fromkeys(topics or (self.topic,), 0))
        return ear


def doctor_does(scene: Scene, act: Any, guest: Guest) -> None:
    with scene.house.write(scene.actors["lin"]) as work:
        act(work, guest.id)


def test_before_the_door_nothing_of_the_call_is_told_and_behind_it_everything(site: Site, scene: Scene) -> None:
    wang, lin, call, p, d = both(site, scene)
    guest, page = Guest(scene), str(uuid4())
    ear = guest.opens(site)
    assert ear.next("welcome")["topics"] == [guest.topic]
    assert "call" not in ear.settle()
    told = until(lin, lambda c: c["guests"] and c["guests"][0]["state"] == "knocking")
    assert told["guests"][0]["name"] == "刘芳"
    doctor_does(scene, consult.admit_guest, guest)
    ear.next("call")
    ear.say(type="call_enter", topic=guest.topic, call=call, page=page)
    ear.next("call_ice")
    for other in (wang, lin):
        seen = until(other, lambda c: any(one["page"] == page for one in c["others"]))
        assert {one["name"] for one in seen["others"] if one["side"] == "guest"} == {"刘芳"}
    ear.say(type="call_signal", topic=guest.topic, call=call, page=page, to=p, desc=OFFER)
    assert wang.next("call_signal")["from"] == page
    lin.say(type="call_signal", topic=scene.topic, call=call, page=d, to=page, desc=OFFER)
    assert ear.next("call_signal")["from"] == d
    assert "call_signal" not in wang.settle(), "what the doctor tells the third person is for nobody else"


def test_words_of_the_talk_never_reach_a_guest(site: Site, scene: Scene) -> None:
    both(site, scene)
    guest = Guest(scene)
    ear = guest.opens(site)
    ear.next("welcome")
    doctor_does(scene, consult.admit_guest, guest)
    ear.next("call")
    scene.says("wang", "这句话只给医生看。")
    assert "message" not in ear.settle()
    assert "这句话" not in str(ear.heard)


@pytest.mark.parametrize("kind", ["visit", "patient", "inbox", "queue", "guest"])
def test_a_guest_follows_nothing_else(site: Site, scene: Scene, kind: str) -> None:
    guest = Guest(scene)
    other = {"visit": scene.visit, "patient": scene.patient, "guest": Guest(scene).id}.get(kind, uuid4())
    ear = guest.opens(site, f"{kind}:{other}")
    assert ear.next("welcome")["topics"] == []
    assert ear.next("error")["slug"] == "not-found"
    ear.say(type="send", topic=f"visit:{scene.visit}", client_id=str(uuid4()), text="你好")
    assert ear.next("error")["slug"] == "not-found"
    assert scene.stored().last_seq == 0 or "你好" not in str(scene.stored())


def test_a_guests_session_is_no_sign_in_of_anybody_else(site: Site, scene: Scene) -> None:
    guest = Guest(scene)
    for role in ("patient", "doctor"):
        ear = site.open(role=role, Cookie=f"fuzhen-{role}={guest.session}")
        ear.say(type="hello", topics={f"visit:{scene.visit}": 0})
        assert ear.close_code() == NOT_SIGNED_IN
    ear = site.open(role="guest", Cookie="fuzhen-guest=token-of-wang")
    ear.say(type="hello", topics={guest.topic: 0})
    assert ear.close_code() == NOT_SIGNED_IN


def test_who_is_sent_away_hears_it_at_once_and_nothing_more(site: Site, scene: Scene) -> None:
    wang, _, call, p, _ = both(site, scene)
    guest, page = Guest(scene), str(uuid4())
    ear = guest.opens(site)
    ear.next("welcome")
    doctor_does(scene, consult.admit_guest, guest)
    ear.next("call")
    ear.say(type="call_enter", topic=guest.topic, call=call, page=page)
    ear.next("call_ice")
    doctor_does(scene, consult.send_guest_away, guest)
    assert ear.next("error")["slug"] == "call-door-shut"
    ear.say(type="call_signal", topic=guest.topic, call=call, page=page, to=p, desc=OFFER)
    assert ear.next("error")["slug"] == "not-found"
    assert "call_signal" not in wang.settle()
    again = guest.opens(site)
    assert again.next("welcome")["topics"] == []


def test_a_guests_line_that_is_cut_comes_back_to_the_same_call(site: Site, scene: Scene) -> None:
    _, lin, call, _, _ = both(site, scene)
    guest, page = Guest(scene), str(uuid4())
    ear = guest.opens(site)
    ear.next("welcome")
    doctor_does(scene, consult.admit_guest, guest)
    ear.say(type="call_enter", topic=guest.topic, call=call, page=page)
    ear.next("call_ice")
    until(lin, lambda c: any(one["page"] == page and one["status"] == "here" for one in c["others"]))
    ear.close()
    until(lin, lambda c: any(one["page"] == page and one["status"] == "reconnecting" for one in c["others"]))
    back = guest.opens(site)
    back.say(type="call_enter", topic=guest.topic, call=call, page=page)
    back.next("call_ice")
    until(lin, lambda c: any(one["page"] == page and one["status"] == "here" for one in c["others"]))


def test_the_end_of_the_call_puts_the_page_back_before_the_door(site: Site, scene: Scene) -> None:
    _, _, call, _, _ = both(site, scene)
    guest = Guest(scene)
    ear = guest.opens(site)
    ear.next("welcome")
    doctor_does(scene, consult.admit_guest, guest)
    ear.next("call")
    with scene.house.write(scene.actors["wang"]) as work:
        consult.hang_up(work, UUID(call))
    ear.next("hint")
    assert "call" not in ear.settle()
