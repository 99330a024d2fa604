"""The key grammar in a real browser: letters move and choose, only Ctrl Enter binds, nothing acts while one types."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.web.staff_samples import NOW
from tests.web.staff_samples_house import PAGES
from web.rendering import STATIC, PageContext, render

ORIGIN = "http://fuzhen.test"
pytestmark = pytest.mark.browser


@dataclass
class Desk:
    """A browser page whose server answers every address with one sample and keeps what was posted."""

    page: Any
    shown: str = "console"
    posts: list[tuple[str, str]] = field(default_factory=list)

    def open(self, shown: str, path: str) -> Any:
        self.shown = shown
        self.page.goto(ORIGIN + path)
        self.page.wait_for_load_state("networkidle")
        self.posts.clear()
        return self.page.keyboard

    def answer(self, route: Any) -> None:
        path = route.request.url.split("?")[0].removeprefix(ORIGIN)
        if path.startswith("/static/"):
            self.static(route, STATIC / path.removeprefix("/static/"))
            return
        if route.request.method == "POST":
            self.posts.append((path, route.request.post_data or ""))
        template, sample = PAGES[self.shown]
        context = PageContext(lang="zh", audience="staff", csrf="t", now=NOW, path="/doctor")
        route.fulfill(body=render(template, context, view=sample("zh")), content_type="text/html; charset=utf-8")

    @staticmethod
    def static(route: Any, file: Path) -> None:
        if file.exists():
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
        else:
            route.fulfill(status=404)

    def posted(self, end: str) -> str:
        """Wait until a form with this end of its address arrived; returns what it carried."""
        for _ in range(100):
            found = [data for path, data in self.posts if path.endswith(end)]
            if found:
                return found[0]
            self.page.wait_for_timeout(50)
        raise AssertionError((end, self.posts))


@pytest.fixture
def desk(browser: Any) -> Iterator[Desk]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    made = Desk(page)
    page.route("**/*", made.answer)
    page.route_web_socket("**/live*", lambda line: None)
    yield made
    page.unroute_all(behavior="wait")   # a page that is closed while an answer of ours is under way hangs for ever
    page.context.close()


def focused(desk: Desk) -> str:
    return desk.page.evaluate("document.activeElement.textContent.trim()")


def test_j_and_k_walk_through_the_queue_from_the_open_visit(desk: Desk) -> None:
    keys = desk.open("console", "/doctor/visits/v1")
    keys.press("j")
    assert focused(desk).startswith("李秀英")
    keys.press("j")
    assert focused(desk).startswith("孙磊")
    keys.press("k")
    assert focused(desk).startswith("李秀英")


def test_letters_are_dead_while_the_doctor_writes(desk: Desk) -> None:
    keys = desk.open("console", "/doctor/visits/v1")
    desk.page.focus("#say")
    keys.press("Control+End")
    keys.type("p n f")
    assert desk.page.input_value("#say").endswith("p n f") and desk.page.url.endswith("/doctor/visits/v1")
    keys.press("Escape")
    keys.press("n")
    desk.page.wait_for_url("**/note")


def test_enter_sends_a_line_once_with_an_id_of_its_own(desk: Desk) -> None:
    keys = desk.open("console", "/doctor/visits/v1")
    desk.page.focus("#say")
    keys.press("Enter")
    sent = desk.posted("/messages")
    assert 'name="client_id"' in sent and "先把氨氯地平减半" in sent
    assert desk.page.input_value("#say") == ""


@pytest.mark.invariant(4)
def test_a_review_is_recorded_by_ctrl_enter_and_never_by_enter_alone(desk: Desk) -> None:
    keys = desk.open("review", "/pharmacist/reviews/t1")
    keys.press("x")
    keys.press("3")
    keys.press("Enter")
    desk.page.wait_for_timeout(200)
    assert not [path for path, _ in desk.posts if path.endswith("/decide")]
    keys.press("Control+Enter")
    assert "interaction" in desk.posted("/decide")


def test_enter_in_the_pin_field_does_not_sign(desk: Desk) -> None:
    keys = desk.open("sign", "/doctor/prescriptions/r1/sign")
    keys.type("246810")
    keys.press("Enter")
    desk.page.wait_for_timeout(200)
    assert desk.posts == []
    keys.press("Control+Enter")
    assert "pin=246810" in desk.posted("/sign")


def test_accepting_evidence_can_be_undone_and_refusing_asks_for_a_reason(desk: Desk) -> None:
    keys = desk.open("evidence", "/doctor/evidence/e1")
    for key in ("1", "4", "a"):
        keys.press(key)
    assert desk.page.locator("[data-undo]").is_visible()
    keys.press("z")
    assert not desk.page.locator("[data-undo]").is_visible()
    keys.press("x")
    assert desk.posts == []
    desk.page.locator("[name=reasons]").first.check()
    keys.press("x")
    assert "unreadable" in desk.posted("/refuse")


def test_accepting_evidence_first_asks_for_every_check(desk: Desk) -> None:
    keys = desk.open("evidence", "/doctor/evidence/e1")
    desk.page.evaluate("document.querySelectorAll('#judge-evidence :checked').forEach((one) => (one.checked = false))")
    desk.page.fill("#f-institution", "")
    keys.press("Escape")
    keys.press("a")
    assert desk.page.locator("[data-missing]").inner_text() == "采信之前还要核对：姓名、机构、线下就诊"
    assert not desk.page.locator("[data-undo]").is_visible() and desk.posts == []


def test_a_scan_counts_at_once_and_the_field_is_ready_for_the_next(desk: Desk) -> None:
    keys = desk.open("pick", "/pharmacy/orders/o1/pick")
    for code in ("81234567890123456789", "81234567890123456790"):
        keys.type(code)
        keys.press("Enter")
    assert "81234567890123456789" in desk.posted("/scans")
    desk.page.wait_for_function("document.activeElement.id === 'code' && document.activeElement.value === ''")


def test_a_found_drug_is_put_in_by_arrow_and_enter_and_a_changed_field_is_kept(desk: Desk) -> None:
    keys = desk.open("writer", "/doctor/prescriptions/r1")
    keys.press("/")
    keys.press("ArrowDown")
    keys.press("Enter")
    assert "valsartan" in desk.posted("/lines")
    desk.page.locator("[name=days]").first.fill("7")
    keys.press("Tab")
    assert "7" in desk.posted("/lines/l1")


def test_new_offers_stand_in_the_title_of_the_board(desk: Desk) -> None:
    desk.open("board", "/pharmacy")
    assert desk.page.title().startswith("(3)")


def test_a_review_is_grey_until_a_decision_is_chosen(desk: Desk) -> None:
    keys = desk.open("review", "/pharmacist/reviews/t1")
    colour = "getComputedStyle(document.querySelector('[data-decide]')).backgroundColor"
    desk.page.evaluate("document.querySelectorAll('[name=decision]').forEach((one) => (one.checked = false))")
    desk.page.locator("#decide").dispatch_event("change")
    grey, words = desk.page.evaluate(colour), desk.page.locator("[data-decide]").inner_text()
    keys.press("a")
    assert words.startswith("先选通过或退回") and desk.page.evaluate(colour) != grey


def test_a_visit_is_finished_by_keys_alone(desk: Desk) -> None:
    keys = desk.open("finish", "/doctor/visits/v1/finish")
    keys.press("2")
    keys.press("Control+Enter")
    assert "outcome=" in desk.posted("/finish")


def test_a_finish_that_waits_for_something_leads_there_by_key(desk: Desk) -> None:
    keys = desk.open("finish-missing", "/doctor/visits/v1/finish")
    keys.press("g")
    desk.page.wait_for_url(lambda address: not address.endswith("/finish"))


@pytest.mark.parametrize(("shown", "path", "paper"), [
    ("label", "/pharmacy/orders/o1/label", (227, 283)), ("decision", "/doctor/decisions/d1", (595, 842))])
def test_what_is_printed_has_the_paper_that_it_is_made_for(
        desk: Desk, shown: str, path: str, paper: tuple[int, int]) -> None:
    desk.open(shown, path)
    printed = desk.page.pdf(prefer_css_page_size=True)
    sides = [tuple(round(float(side)) for side in box.split()[2:])
             for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)]
    assert sides and set(sides) == {paper}
    assert shown != "label" or len(sides) == 1


def test_after_a_line_is_kept_the_keyboard_goes_on_to_what_is_next(desk: Desk) -> None:
    keys = desk.open("writer", "/doctor/prescriptions/r1")
    desk.page.locator(".dose__end button").first.focus()
    keys.press("Enter")
    desk.posted("/lines/l1")
    desk.page.wait_for_function("""() => document.activeElement !== document.body
      && !document.activeElement.closest('.dose__end')""")
