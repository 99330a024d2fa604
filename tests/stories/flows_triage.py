"""The patient's way from the first words to the forecast, page by page."""
from __future__ import annotations

import re
from collections.abc import Mapping

from tests.stories.windows import Window

MOST_PAGES = 40
NUMBERS = {"高压": "128", "收缩压": "128", "upper": "128", "systolic": "128", "低压": "78", "舒张压": "78",
           "lower": "78", "diastolic": "78", "体温": "36.6", "temperature": "36.6"}
GO_ON = "form .act button"


def begin(window: Window, words: str, complaint: str) -> Window:
    """Say in own words what is wrong and choose the complaint from the list."""
    window.go("/home")
    window.press('.hero a[href="/triage"], .quick a[href="/triage"]')
    return tell(window, words, complaint)


def tell(window: Window, words: str, complaint: str) -> Window:
    """Fill the page of the complaint; the words may bring a page of suggestions first."""
    window.sees('textarea[name="words"]')
    window.fill('textarea[name="words"]', words)
    choose_complaint(window, complaint)
    window.press(GO_ON)
    if window.has('textarea[name="words"]'):
        choose_complaint(window, complaint)
        window.press(GO_ON)
    return window


def choose_complaint(window: Window, complaint: str) -> None:
    """Choose among the suggestions, or open the whole list."""
    if not window.has(f'input[name="complaint"][value="{complaint}"]'):
        window.press_in("main details summary")
        window.pick("other", complaint)
    else:
        window.pick("complaint", complaint)


def no_danger(window: Window) -> Window:
    """None of the danger signs."""
    window.sees('input[name="flags"]')
    return window.tick('input[name="flags"][data-behaviour="exclusive"]').press(GO_ON)


def danger(window: Window, *signs: str) -> Window:
    """Tick danger signs."""
    window.sees('input[name="flags"]')
    for sign in signs:
        window.pick("flags", sign)
    return window.press(GO_ON)


def answer_calmly(window: Window) -> Window:
    """Go through the questions as somebody who is well; history pages on the way are confirmed."""
    for _ in range(MOST_PAGES):
        if window.has('[name="answer"]'):
            answer(window)
        elif window.has('[name="allergies"]'):
            confirm_history(window)
        else:
            return window
    raise AssertionError(f"the questions do not end: {window.path}")


def answer(window: Window) -> None:
    """One question: no, the last choice that is not "unknown", or an ordinary number."""
    radios = window.page.locator('input[name="answer"][type="radio"]')
    if radios.count():
        values = [radios.nth(n).get_attribute("value") for n in range(radios.count())]
        known = [value for value in values if value != "unknown"]
        window.pick("answer", "no" if "no" in values else str(known[-1]))
    else:
        window.fill('input[name="answer"]', ordinary_number(window))
    window.press(GO_ON)


def ordinary_number(window: Window) -> str:
    """The number that a well person would give to this question."""
    title = window.one("h1").inner_text().lower()
    return next(number for words, number in NUMBERS.items() if words.lower() in title)


def confirm_history(window: Window, given: Mapping[str, str] | None = None) -> Window:
    """Allergies, medicines and the rest: what stands there is confirmed, what was never asked is answered no."""
    for name in ("allergies", "medicines", "pregnancy"):
        fields = window.page.locator(f'input[name="{name}"]')
        if fields.count() and not window.page.locator(f'input[name="{name}"]:checked').count():
            window.pick(name, (given or {}).get(name, "no"))
    if "weight" in (given or {}):
        window.fill('input[name="weight"]', (given or {})["weight"])
    return window.press(GO_ON)


def to_forecast(window: Window, seen: str = "") -> Window:
    """From the result to the forecast: history and consents on the way, then what was seen before.

    `seen` is yes, no or empty for the first record that is here already.
    """
    window.sees(".lvl")
    window.press('.act a.btn:not([href="/home"]):not([href^="/places"])')
    for _ in range(3):
        if window.has('[name="allergies"]'):
            confirm_history(window)
        elif window.has(".consent input"):
            agree(window)
    answer_seen(window, seen)
    window.sees(".verd", window.t("预估", "Forecast"))
    return window


def answer_seen(window: Window, seen: str) -> Window:
    """Was it seen in person before, and which record says so."""
    window.sees('input[name="seen"]')
    if seen:
        return window.pick("seen", seen).press(GO_ON)
    return window.tick('input[name="seen"]').press(GO_ON)


def agree(window: Window) -> Window:
    """Tick every consent of the page."""
    for name in window.page.locator('.consent input').evaluate_all("all => all.map(e => e.name)"):
        window.tick(f'.consent input[name="{name}"]')
    return window.press(GO_ON)


def triage_id(window: Window) -> str:
    """The triage whose page is open."""
    return re.findall(r"/triage/([0-9a-f-]{36})", window.page.url)[0]
