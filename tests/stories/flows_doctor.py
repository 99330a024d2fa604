"""What the doctor does at the console."""
from __future__ import annotations

from typing import Any

from tests.stories.windows import Window
from web.demo.cast import SIGNING_PIN

NOTE = {"history": ("高血压复诊，血压平稳，按时服药。", "Blood pressure follow-up, steady, takes the medicine."),
        "assessment": ("高血压，控制尚可。", "Hypertension, fairly controlled."),
        "advice": ("每天早饭后服药，少盐，每天量血压。", "Take it after breakfast, less salt, measure every day."),
        "red_flags": ("胸痛、说话不清时马上拨打 120。", "Chest pain or slurred speech: call 120 at once."),
        "next_step": ("四周后复诊。", "Come back in four weeks.")}

LETTER = ("不是同一种病，请当面检查。", "Not the same condition; please examine in person.")


def notices(window: Window, patient: str) -> None:
    """The waiting patient appears in the queue by itself."""
    window.sees("#queue a[data-item]", patient)


def accept(window: Window, patient: str) -> Window:
    """Open the waiting patient and take the visit."""
    notices(window, patient)
    window.press("#queue a[data-item]", patient)
    window.press('form[action$="/accept"] button')
    window.sees("#say")
    return window


def say(window: Window, words: str) -> None:
    """Write to the patient and see it stored."""
    window.fill("#say", words)
    window.one("#compose button.push").click()
    window.sees("#talk li[data-seq]", words)


def hears(window: Window, words: str) -> None:
    """The patient's words come by themselves."""
    window.sees("#talk li[data-seq]", words)


def judge_evidence(window: Window, institution: str = "人民医院", code: str = "I10", day: str = "") -> Window:
    """Look at the original and accept it; the five seconds of grace go by."""
    console = window.page.url
    window.press('#context a[href*="/doctor/evidence/"]')
    window.pick("name_matches", "yes").pick("in_person", "yes")
    for name, value in (("institution", institution), ("code", code), ("diagnosed_on", day)):
        if value and not window.one(f'[name="{name}"]').input_value():
            window.fill(f'[name="{name}"]', value)
    window.press("[data-accept]")
    window.page.goto(console)
    return window


def judge(window: Window, answer: str = "same") -> Window:
    """Is it the condition of the evidence."""
    if not window.page.locator("#context .judge").first.is_visible():
        window.one("#context details.checked summary").click()
    window.one(f'#context input[name="answer"][value="{answer}"]').check()
    return window.press("#context .judge-form button")


def write_note(window: Window) -> Window:
    """The five parts of the note."""
    window.press('#context a.btn[data-key="N"]')
    for name, words in NOTE.items():
        window.fill(f'#note [name="{name}"]', window.t(*words))
    return window.press('button[form="note"]')


def diagnose(window: Window, code: str) -> Window:
    """Find a code by typing and put it in."""
    window.fill("#icd", code)
    window.sees("#icd-hits button[data-hit]", code)
    return window.press("#icd-hits button[data-hit]", code)


def back_to_talk(window: Window) -> Window:
    """Leave the note or the draft."""
    return window.press('a.btn[data-key="Escape"]')


def open_draft(window: Window) -> Window:
    """Find or start the draft of a prescription."""
    window.press('#context a.btn[data-key="P"]')
    window.sees("#draft")
    return window


def add_drug(window: Window, typed: str, name: str) -> None:
    """Search by pinyin initials and put a medicine on the draft."""
    window.fill("#drug", typed)
    stays(window, window.sees("#drug-hits button[data-hit]", name))
    window.sees("#draft article.line [name=dose]")


def open_line(window: Window) -> None:
    """Open the first line again."""
    stays(window, window.one("#draft article.line header a[data-stay]"))


def dose(window: Window, **values: str) -> None:
    """Fill the open line: dose, frequency, route, timing, days, quantity."""
    for name, value in values.items():
        field = window.one(f"#draft article.line form[data-line] [name={name}]")
        field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)
    stays(window, window.one("#draft form[data-line] .dose__end button"))


def confirm_findings(window: Window) -> None:
    """Answer what the rules ask and every finding that wants a reason, until signing is open."""
    for _ in range(8):
        if window.has('#draft a[href$="/sign"]'):
            return
        if window.has('#draft select[id^="q-"]'):
            answer_rules(window)
        elif window.has("#findings form.ack"):
            give_reason(window)
    raise AssertionError("signing stays closed: " + window.one("#draft footer.finish").inner_text())


def answer_rules(window: Window) -> None:
    """Nothing unusual about this prescription: every question of the rules is answered no."""
    asked = window.page.locator('#draft select[id^="q-"]')
    for number in range(asked.count()):
        asked.nth(number).select_option("no")
    stays(window, window.one('#draft form:has(select[id^="q-"]) button'))


def give_reason(window: Window) -> None:
    """The first reason that is offered, with words."""
    form = window.one("#findings form.ack")
    form.locator("select").select_option(index=1)
    form.locator('[name="words"]').fill(window.t("已评估，继续", "Considered, going on"))
    stays(window, form.locator("button"))


def stays(window: Window, button: Any) -> None:
    """Send a form in the background; the draft comes back as it is now."""
    old = window.one("#draft").element_handle()
    button.click()
    window.page.wait_for_function("draft => !draft.isConnected", arg=old)


def sign(window: Window, pin: str = SIGNING_PIN) -> Window:
    """Sign with the doctor's own key."""
    window.press('#draft a[href$="/sign"]')
    window.fill("#f-pin", pin)
    return window.press("form#sign button")


def finish(window: Window, visit: str) -> Window:
    """The explicit end."""
    window.go(f"/doctor/visits/{visit}/finish")
    if not window.page.locator('input[name="outcome"]:checked').count():
        window.page.locator('input[name="outcome"]').first.check()
    return window.press("form footer button.btn[data-binds]")


def refer(window: Window, visit: str) -> Window:
    """Stop online and write a referral with one action."""
    window.go(f"/doctor/visits/{visit}/refer")
    for name in ("reason", "urgency"):
        if not window.page.locator(f'input[name="{name}"]:checked').count():
            window.page.locator(f'input[name="{name}"]').first.check()
    if not window.one("#f-to").input_value():
        window.one("#f-to").select_option(index=1)
    if not window.one("#f-summary").input_value():
        window.fill("#f-summary", window.t(*LETTER))
    return window.press("form footer button.btn")
