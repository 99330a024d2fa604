"""What a patient does after the forecast: doctor, money, waiting, talk, pharmacy, parcel, record."""
from __future__ import annotations

import re

from tests.stories import flows_triage as triage
from tests.stories.windows import Window

OWN_WORDS = {"hypertension_followup": ("来续降压药，血压平稳", "Renewing my blood pressure pills; all is steady"),
             "asthma_followup": ("孩子哮喘复诊，药快用完了", "Asthma follow-up; her inhaler runs out")}
STREET = ("天津市河西区", "友谊路 8 号 3 门 502")


def sign_in(window: Window, phone: str, password: str) -> Window:
    """Sign in with phone number and password."""
    window.go("/sign-in").fill("#phone", phone).fill("#password", password)
    return window.press(triage.GO_ON)


def ask_for_follow_up(window: Window, complaint: str = "hypertension_followup", doctor: str = "") -> Window:
    """Triage to the page where everything is checked before paying."""
    triage.begin(window, window.t(*OWN_WORDS[complaint]), complaint)
    triage.no_danger(window)
    triage.answer_calmly(window)
    triage.to_forecast(window)
    window.press('.act a[href*="/doctor"]')
    return choose_doctor(window, doctor)


def choose_doctor(window: Window, doctor: str = "") -> Window:
    """Choose a doctor by name, or the first who is free."""
    window.sees("label.choice--doc")
    number = window.one("label.choice--doc", doctor or None).locator("input").get_attribute("value")
    return window.pick("doctor", str(number)).press(triage.GO_ON)


def pay(window: Window, choice: str = "approve") -> Window:
    """From the page that asks for money, consent ticked, through the cashier."""
    if window.has(".consent input"):
        window.tick(".consent input")
    window.press(triage.GO_ON)
    window.sees(f'button[name="do"][value="{choice}"], main .act a[href*="cashier"]')
    if window.has('main .act a[href*="cashier"]'):
        window.press('main .act a[href*="cashier"]')
    return window.press(f'button[name="do"][value="{choice}"]')


def visit_id(window: Window) -> str:
    """The visit whose page is open."""
    found = re.search(r"/visits/([0-9a-f-]{36})", window.page.url)
    assert found, window.page.url
    return found[1]


def wait_in_the_room(window: Window) -> str:
    """The waiting room shows an honest place; returns the visit."""
    window.arrives(r"/visits/[0-9a-f-]{36}/waiting")
    window.sees('#waiting[data-state="waiting"]')
    window.sees(".place__t")
    return visit_id(window)


def say(window: Window, words: str) -> None:
    """Write a message and see it stored."""
    window.sees("#text")
    window.fill("#text", words).press_in(".comp button.send")
    window.sees(".msg--own[data-seq]", words)


def hears(window: Window, words: str) -> None:
    """The doctor's words come by themselves."""
    window.sees(".msg:not(.msg--own)[data-seq]", words)


def hears_house(window: Window, words: str) -> None:
    """A line of the house in the talk."""
    window.sees(".sys[data-seq], [data-seq] .sys, li[data-seq]", words)


def prescription_from_chat(window: Window) -> Window:
    """The approved prescription: from the summary of the finished visit."""
    window.press('a[href*="/summary"]')
    return window.press('.act a[href*="/prescriptions/"]')


def choose_pharmacy(window: Window, name: str = "") -> Window:
    """From the prescription to the page of the order, with the named pharmacy or the best one."""
    window.sees(".act a.btn")
    window.press(".act a.btn")
    window.sees("article.ph")
    window.one("article.ph", name or None).locator('button[name="pharmacy"]').click()
    window.sees('input[name="recipient"], input[name="phone"]')
    return window


def take_the_best(window: Window) -> Window:
    """The pharmacy that stands first."""
    window.sees("article.ph")
    return window.press('article.ph--best button[name="pharmacy"]')


def order(window: Window) -> Window:
    """Give the address only now, and pay."""
    for name, value in (("recipient", "王建国"), ("phone", "13800000001"), ("area", STREET[0]),
                        ("street", STREET[1])):
        if not window.one(f'input[name="{name}"]').input_value():
            window.fill(f'input[name="{name}"]', value)
    return pay(window)


def tracking(window: Window) -> str:
    """The page that follows the parcel; returns the order."""
    window.sees("#tracking")
    found = re.search(r"/orders/([0-9a-f-]{36})", window.page.url)
    assert found, window.page.url
    return found[1]


def delivery_code(window: Window) -> str:
    """The code that the patient says at the door."""
    return str(window.sees("#tracking .code").inner_text()).replace(" ", "").strip()


def record_kinds(window: Window) -> set[str]:
    """What stands in the record file; its page shows as many lines."""
    window.go("/record")
    window.sees("ol.rec li")
    program = window.program()
    person = next(p for p in program.get("/patients") if p["name"] in window.one("main").inner_text())
    return {entry["kind"] for entry in program.get(f"/patients/{person['id']}/record")}


def money(window: Window, kind: str, payable: str) -> str:
    """The state of the payment of a visit or an order."""
    return str(window.program().get(f"/{kind}/{payable}/payment")["state"])
