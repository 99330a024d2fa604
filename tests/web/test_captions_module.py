"""The place for the words of a call in a real browser: honest while empty, large, the other side's, two lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.web import staff_samples as staff
from tests.web.patient_samples import context as phone_context
from tests.web.patient_samples_visit import CHAT
from tests.web.test_staff_rendering import context as desk_context
from web.rendering import STATIC, render

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser
HOUSE = "http://hospital.test"
# The stage as in a call, and the modules of the page over a call and a line that the test plays.
ENTER = """async side => {
  const { Captions } = await import('/static/js/call/captions.js');
  const { Panel } = await import('/static/js/call/panel.js');
  const root = document.querySelector('[data-call]');
  root.dataset.mode = document.body.dataset.calling = 'full';
  document.querySelector('[data-call-stage]').hidden = false;
  for (const one of document.querySelectorAll('[data-call-outside]')) one.inert = root.dataset.covers === 'yes';
  const hear = [];
  window.calling = { inside: true, call: null, side, wire: { on: (type, heard) => hear.push(heard) } };
  window.calling.captions = new Captions(root, window.calling);
  new Panel(root, window.calling);
  window.hears = data => hear.forEach(heard => heard({ type: 'message', data }));
}"""
BEGINS = ("/static/js/call/patient.js", "/static/js/staff/call.js")    # what would make a real call of the page
BOX = "[data-call-captions]"
PAGES: dict[str, tuple[str, str, Callable[[], str]]] = {
    "phone": ("patient", "doctor", lambda: render("patient/chat.html", phone_context("zh", ""), v=CHAT)),
    "phone-large": ("patient", "doctor", lambda: render("patient/chat.html", phone_context("zh", "elder"), v=CHAT)),
    "phone-en-largest": (
        "patient", "doctor", lambda: render("patient/chat.html", phone_context("en", "elder-xl"), v=CHAT)),
    "desk": ("doctor", "patient", lambda: render(
        "staff/doctor/console.html", desk_context("en"), view=staff.console("en"))),
}


@pytest.fixture(params=PAGES)
def tab(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """The page of one side in a call; `own` and `other` are the sides."""
    own, other, page_of = PAGES[request.param]
    html = page_of()
    width, height = (1440, 900) if own == "doctor" else (390, 844)
    page = browser.new_page(viewport={"width": width, "height": height})

    def serve(route: Any) -> None:
        path = route.request.url.removeprefix(HOUSE).split("?")[0]
        file = STATIC / path.removeprefix("/static/")
        if path == "/call":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif path in BEGINS:
            route.fulfill(body="", content_type="text/javascript")
        elif path.startswith("/static/") and file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(status=404)

    page.route("**/*", serve)
    page.route_web_socket("**/live*", lambda socket: None)
    page.own, page.other, page.errors = own, other, []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(f"{HOUSE}/call")
    page.evaluate(ENTER, own)
    yield page
    assert page.errors == []
    page.unroute_all(behavior="wait")   # a page that is closed while an answer of ours is under way hangs for ever
    page.close()


def writes(tab: Any, text: str, **more: str) -> None:
    tab.evaluate("data => window.hears(data)", {"sender": tab.other, "kind": "text", "text": text, **more})


def shown(tab: Any) -> list[str]:
    return [text for text in tab.locator(f"{BOX} .vc__cap").all_inner_texts() if text]


def test_the_place_is_kept_and_says_that_speech_is_not_turned_into_text(tab: Any) -> None:
    box = tab.locator(BOX)
    sync_api.expect(box).to_be_visible()
    assert any(said in box.inner_text() for said in ("说的话不会变成文字", "Spoken words are not turned into text"))
    assert box.get_attribute("role") == "log" and box.get_attribute("aria-label")
    before = box.bounding_box()
    writes(tab, "好")
    after = box.bounding_box()
    assert before and after and after["height"] <= before["height"], "nothing is pushed aside by the first word"


def test_what_the_other_side_writes_stands_there_and_nothing_else(tab: Any) -> None:
    writes(tab, "早上量过血压吗？")
    writes(tab, "我写的", sender=tab.own)
    writes(tab, "", kind="image")
    writes(tab, "通话开始", sender="house", kind="system")
    assert shown(tab) in [[f"{who}早上量过血压吗？"] for who in ("林静医生：", "Dr Lin Jing: ", "Wang Jianguo: ")]
    writes(tab, "<img src=x onerror='window.ran = 1'>起床先坐一分钟。")
    assert "<img src=x" in shown(tab)[-1]
    writes(tab, "再慢慢站起来。")
    assert len(tab.locator(f"{BOX} .vc__cap").all()) == 2
    assert [line.split(": ", 1)[-1].split("：", 1)[-1][:8] for line in shown(tab)][-1] == "再慢慢站起来。"
    assert not tab.evaluate("window.ran") and not tab.locator("[data-caption-none]").is_visible()
    size = tab.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.vc__cap:last-child')).fontSize)")
    body = tab.evaluate("() => parseFloat(getComputedStyle(document.querySelector('[data-call-hint]')).fontSize)")
    assert size > body


def test_a_long_word_is_read_whole_and_leaves_the_picture_and_the_buttons(tab: Any) -> None:
    writes(tab, "起床先坐一分钟，再慢慢站起来。" * 20)
    writes(tab, "x" * 900)
    assert tab.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert tab.locator(BOX).evaluate(
        "box => [box.scrollHeight > box.clientHeight, box.scrollTop > 0, box.clientHeight < innerHeight / 3]"
    ) == [True, True, True]
    picture = tab.locator(".vc__pic").bounding_box()
    assert picture and picture["height"] >= 80
    sync_api.expect(tab.locator(".vc__acts [data-call-do=hang]")).to_be_in_viewport()


def test_the_button_puts_it_away_and_back(tab: Any) -> None:
    button = tab.locator("[data-call-do=captions]")
    assert button.get_attribute("aria-pressed") == "true"
    for pressed in ("false", "true"):
        button.click()
        assert button.get_attribute("aria-pressed") == pressed
        assert tab.locator(BOX).is_visible() == (pressed == "true")


def test_the_next_call_begins_empty_and_outside_a_call_nothing_is_shown(tab: Any) -> None:
    writes(tab, "好")
    tab.evaluate("() => { window.calling.inside = false; window.calling.captions.show(); }")
    writes(tab, "通话以后写的")
    assert shown(tab) == [] and tab.locator("[data-caption-none]").is_visible()


def test_everybody_can_use_it(tab: Any) -> None:
    writes(tab, "早上量过血压吗？")
    writes(tab, "不用减药。")
    found = axe.Axe().run(tab, context="[data-call]").response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
