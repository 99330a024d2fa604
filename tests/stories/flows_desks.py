"""What pharmacist and pharmacy do at their desks."""
from __future__ import annotations

import re
from random import randrange

from tests.stories.windows import Window

COURIER = "示范快送"


def approve(window: Window, patient: str) -> Window:
    """The prescription appears in the queue by itself; open it and approve."""
    window.sees("#review-rows tr", patient)
    window.press("#review-rows tr a[data-item]")
    window.press("footer.pane__foot a.btn")
    window.pick("decision", "approve")
    return window.press("button[data-decide]")


def notices_offer(window: Window) -> None:
    """A new offer appears on the board and in the title by itself."""
    window.sees('#board:not([data-offers="0"])')
    window.page.wait_for_function("document.title.startsWith('(')")


def accept_offer(window: Window) -> str:
    """Open the new offer and accept it; returns the order."""
    notices_offer(window)
    window.press("#board table.board tbody:first-of-type a[data-item]")
    window.press('#order form[action$="/accept"] button')
    window.sees('#order a[data-key="S"]')
    return str(re.findall(r"[0-9a-f-]{36}", window.one('#order a[data-key="S"]').get_attribute("href"))[0])


def codes_on_the_boxes(window: Window, order: str) -> list[str]:
    """The traceability codes that the manufacturer printed on the packs on the shelf."""
    lines = window.program().get(f"/orders/{order}/pick-list")
    return [f"{line['pack_prefix']}{randrange(10**13):013d}" for line in lines for _ in range(line["packs"])]


def pack(window: Window, order: str) -> Window:
    """Scan every pack, then close the parcel."""
    window.press('#order a[data-key="S"]')
    for number, code in enumerate(codes_on_the_boxes(window, order), 1):
        window.fill("#code", code)
        window.page.keyboard.press("Enter")
        window.sees(f'#pick progress[value="{number}"]')
    return window.press("#pick form[action$='/pack'] button:not([disabled])")


def hand_over(window: Window, order: str) -> Window:
    """Give the parcel to the courier."""
    window.go(f"/pharmacy/orders/{order}")
    window.fill("#f-courier", COURIER)
    return window.press('#order form[action$="/hand-over"] button')


def deliver(window: Window, order: str, code: str) -> Window:
    """Record the delivery against the patient's code."""
    window.go(f"/pharmacy/orders/{order}")
    window.fill("#f-code", code)
    return window.press('#order form[action$="/deliver"] button')
