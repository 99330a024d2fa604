"""A page that changes by itself takes nothing out of the hand of the person who uses it."""
import re
from typing import Any

import pytest

from tests.stories.house import Hospital
from tests.stories.windows import PATIENCE, Window
from web.demo.cast import cast
from web.demo.journey import Journey

pytestmark = pytest.mark.browser
LINK = '#order a[data-key="S"]'


def test_a_link_under_a_finger_stays_while_the_board_changes(hospital: Hospital) -> None:
    """The press begins, the order changes on the board, the press ends: the link is followed all the same."""
    walked = hospital.walked_to("accept_offer")
    desk = desk_with_the_order(hospital, walked)
    pressed(desk, LINK)
    assert changed_meanwhile(desk, walked), "the board was not read again"
    with desk.page.expect_navigation(wait_until="load"):
        desk.page.mouse.up()
    assert desk.path.endswith("/pick")


def test_the_focus_stays_on_the_link_that_the_board_reads_again(hospital: Hospital) -> None:
    """Whoever walks by keyboard is not thrown back to the top."""
    walked = hospital.walked_to("accept_offer")
    desk = desk_with_the_order(hospital, walked)
    desk.one(LINK).focus()
    old = desk.page.query_selector(LINK)
    assert changed_meanwhile(desk, walked)
    desk.page.wait_for_function("link => !link.isConnected", arg=old)
    assert desk.page.evaluate(f"document.activeElement === document.querySelector('{LINK}')")


def desk_with_the_order(hospital: Hospital, walked: Journey) -> Window:
    """The desk of the pharmacy that accepted, in front of the order."""
    rows = cast()["pharmacies"].items()
    desk = hospital.staff(next(key for key, row in rows if row["name"] == walked.chosen["name"]))
    return desk.go(f"/pharmacy/orders/{walked.ids['order_id']}")


def pressed(window: Window, selector: str) -> None:
    """The button of the mouse goes down on it, and is not let go yet."""
    window.sees(selector).hover()
    window.page.mouse.down()


def changed_meanwhile(window: Window, walked: Journey) -> Any:
    """A pack is scanned somewhere else; the page has read its board again, and would read the order next."""
    line = walked.pharmacy.get(f"/orders/{walked.ids['order_id']}/pick-list")[0]
    with window.page.expect_response(re.compile("/pharmacy/parts/board"), timeout=PATIENCE) as reply:
        walked.pharmacy.post(f"/orders/{walked.ids['order_id']}/packs", {"code": line["pack_prefix"] + "1" * 13})
    window.page.wait_for_timeout(300)
    return reply.value.ok


ASKED = """async way => {
  const { moveOn } = await import('/static/js/parts.js');
  const link = document.querySelector('a[href="/register"]');
  if (way === 'link') link.click();
  else location.assign(link.href);
  await moveOn('/sign-in?again');
}"""


@pytest.mark.parametrize("way", ["link", "address"])
def test_the_page_that_somebody_asked_for_comes_although_the_old_one_goes_on_by_itself(
        hospital: Hospital, way: str) -> None:
    """A waiting room that reloads itself must not bring back whoever has just pressed another link."""
    window = hospital.window().go("/sign-in")
    with window.page.expect_navigation(wait_until="load"):
        window.page.evaluate(ASKED, way)
    assert window.path == "/register"


SWAP = """async ([before, touch, after]) => {
  const { swap } = await import('/static/js/parts.js');
  document.getElementById('part')?.remove();
  document.body.insertAdjacentHTML('beforeend', before);
  const part = document.getElementById('part');
  if (touch === 'tick') part.querySelector('[name=yes]').checked = true;
  if (touch === 'type') part.querySelector('[name=note]').value = 'mine';
  const fresh = new DOMParser().parseFromString(after, 'text/html').getElementById('part');
  const made = await swap('part', fresh, touch === 'sent');
  return [made.querySelector('[name=yes]').checked, made.querySelector('[name=note]').value];
}"""
PART = ('<form id="part" action="/visits/{id}"><label><input type="checkbox" name="yes" value="1"{on}>{words}</label>'
        '<input name="note" value="{note}"></form>')


def test_what_was_entered_stays_and_answers_only_the_words_it_was_given_to(hospital: Hospital) -> None:
    """A tick survives the same words read again, never other words or another person's form; typed text stays."""
    page = hospital.window().go("/sign-in").page

    def swapped(touch: str, **after: str) -> list[object]:
        plain = {"id": "1", "on": "", "words": "Seen by a doctor", "note": ""}
        return list(page.evaluate(SWAP, [PART.format(**plain), touch, PART.format(**{**plain, **after})]))

    assert swapped("tick") == [True, ""]
    assert swapped("tick", words="Seen by nobody") == [False, ""], "another question is asked anew"
    assert swapped("tick", id="2") == [False, ""], "the tick belongs to the first visit"
    assert swapped("type", words="Seen by nobody") == [False, "mine"]
    assert swapped("type", id="2") == [False, ""]
    assert swapped("none", on=" checked", note="theirs") == [True, "theirs"], "what nobody touched follows the house"
