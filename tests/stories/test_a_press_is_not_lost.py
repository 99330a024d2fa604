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

