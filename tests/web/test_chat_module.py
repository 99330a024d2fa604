"""The conversation in a real browser against a scripted server: nothing is lost, doubled or run as code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.patient_samples import context
from tests.web.patient_samples_visit import CHAT, TALK
from web.rendering import STATIC, render

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser
HOUSE = "http://hospital.test"


class House:
    """Serves the page and its files, answers posts as told, and holds the socket's other end."""

    def __init__(self) -> None:
        self.answer: int | None = 201
        self.posted: list[dict[str, str]] = []
        self.frames: list[dict[str, Any]] = []
        self.socket: Any = None
        self.seq = CHAT.last_seq

    def serve(self, route: Any) -> None:
        path = route.request.url.removeprefix(HOUSE).split("?")[0]
        if path == "/visits/v1/messages":
            self.post(route)
        elif path == "/chat":
            html = render("patient/chat.html", context("zh", ""), v=CHAT)
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(status=404)

    def post(self, route: Any) -> None:
        if self.answer is None:
            route.abort("internetdisconnected")
            return
        sent = route.request.post_data_json if "json" in route.request.headers["content-type"] else None
        fields = sent or dict(re.findall(r"(\w+)=([^&]*)", route.request.post_data))
        known = [one["client_id"] for one in self.posted]
        if fields["client_id"] not in known:
            self.seq += 1
        self.posted.append(fields)
        route.fulfill(status=self.answer, json={"seq": self.seq, "client_id": fields["client_id"]})

    def talk(self, socket: Any) -> None:
        self.socket = socket
        socket.on_message(lambda text: self.frames.append(json.loads(text)))

    def push(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def tab(house: House, browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.route("**/*", house.serve)
    page.route_web_socket(re.compile(r"/live(\?|$)"), house.talk)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(f"{HOUSE}/chat")
    page.wait_for_function("() => document.querySelector('[data-live-state]').hidden")
    yield page
    assert page.errors == []
    page.unroute_all(behavior="wait")   # a page that is closed while an answer of ours is under way hangs for ever
    page.close()


def write(tab: Any, text: str) -> None:
    tab.fill("#text", text)
    tab.click(".send")


def line(tab: Any, text: str) -> Any:
    return tab.locator(".msg--own", has_text=text)


def test_the_page_asks_for_what_it_has_not_seen(tab: Any, house: House) -> None:
    write(tab, "好")
    sync_api.expect(line(tab, "好").last).to_contain_text("已发出")  # the socket was open before this was answered
    hello = next(frame for frame in house.frames if frame["type"] == "hello")
    assert hello["topics"] == {"visit:v1": CHAT.last_seq}


def test_a_message_is_drawn_at_once_and_numbered_when_the_server_has_it(tab: Any, house: House) -> None:
    write(tab, "今天好多了")
    sync_api.expect(line(tab, "今天好多了")).to_have_attribute("data-seq", str(CHAT.last_seq + 1))
    sync_api.expect(line(tab, "今天好多了")).to_contain_text("已发出")
    assert len(house.posted) == 1 and tab.input_value("#text") == ""


@pytest.mark.invariant(8)
def test_what_was_not_sent_is_kept_over_a_reload_and_sent_once_with_the_same_id(tab: Any, house: House) -> None:
    house.answer = None
    write(tab, "网络断了的时候写的")
    sync_api.expect(line(tab, "网络断了的时候写的")).to_contain_text("重发", timeout=20_000)
    house.answer = 201
    tab.reload()
    sync_api.expect(line(tab, "网络断了的时候写的")).to_contain_text("已发出")
    assert len({one["client_id"] for one in house.posted}) == 1
    assert line(tab, "网络断了的时候写的").count() == 1


def test_the_retry_button_sends_again(tab: Any, house: House) -> None:
    house.answer = 503
    write(tab, "再发一次")
    again = line(tab, "再发一次").get_by_role("button", name="重发")
    sync_api.expect(again).to_be_visible(timeout=20_000)
    house.answer = 201
    again.click()
    sync_api.expect(line(tab, "再发一次")).to_contain_text("已发出")


@pytest.mark.invariant(8)
def test_the_same_message_arriving_twice_is_one_line(tab: Any, house: House) -> None:
    write(tab, "只有一次")
    sync_api.expect(line(tab, "只有一次")).to_contain_text("已发出")
    seq = CHAT.last_seq + 1
    client = house.posted[0]["client_id"]
    html = f'<li class="msg msg--own" data-seq="{seq}" data-client="{client}"><p class="bub">只有一次</p></li>'
    for _ in range(2):
        house.push(type="message", topic="visit:v1", seq=seq, html=html, data={})
    house.push(type="message", topic="visit:v1", seq=seq + 1, data={"text": "收到"})
    sync_api.expect(tab.locator(".log")).to_contain_text("收到")
    assert line(tab, "只有一次").count() == 1


@pytest.mark.invariant(14)
def test_text_from_the_line_is_text(tab: Any, house: House) -> None:
    house.push(type="message", topic="visit:v1", seq=50, data={"text": "<img src=x onerror=document.title='bad'>"})
    sync_api.expect(tab.locator(".log")).to_contain_text("<img src=x")
    write(tab, "<b>粗</b>")
    sync_api.expect(line(tab, "<b>粗</b>")).to_be_visible()
    assert tab.title() != "bad"


def test_lines_stand_in_the_order_of_their_numbers(tab: Any, house: House) -> None:
    for seq in (32, 30, 31):
        house.push(type="message", topic="visit:v1", seq=seq, data={"text": f"第{seq}句"})
    sync_api.expect(tab.locator(".log")).to_contain_text("第31句")
    shown = [int(n) for n in tab.locator("[data-seq]").evaluate_all("all => all.map(one => one.dataset.seq)")]
    assert shown == sorted(shown) and len(shown) == len(TALK) + 3


def test_a_receipt_marks_everything_up_to_its_number(tab: Any, house: House) -> None:
    house.push(type="receipt", topic="visit:v1", seq=CHAT.last_seq, state="read")
    sync_api.expect(line(tab, "谢谢林医生")).to_contain_text("已读")
    house.push(type="receipt", topic="visit:v1", seq=CHAT.last_seq, state="delivered")
    house.push(type="message", topic="visit:v1", seq=60, data={"text": "好的"})
    sync_api.expect(tab.locator(".log")).to_contain_text("好的")
    sync_api.expect(line(tab, "谢谢林医生")).to_contain_text("已读")


def test_a_draft_is_still_there_after_a_reload_and_gone_after_sending(tab: Any, house: House) -> None:
    tab.fill("#text", "写了一半")
    tab.reload()
    assert tab.input_value("#text") == "写了一半"
    tab.click(".send")
    sync_api.expect(line(tab, "写了一半")).to_contain_text("已发出")
    tab.reload()
    assert tab.input_value("#text") == ""
    assert len(house.posted) == 1
