"""Chest pain closes the online way: 120, what to do meanwhile, and no door into a visit."""
import pytest

from tests.stories import flows_triage as triage
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.client import ApiFault

pytestmark = [pytest.mark.browser, pytest.mark.invariant(12)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chest_pain_leads_to_120_and_to_no_visit(lang: str, hospital: Hospital) -> None:
    wang = hospital.patient("wang", lang)
    triage.begin(wang, wang.t("胸口像被压住，出冷汗", "My chest feels pressed, cold sweat"), "chest_pain")
    triage.danger(wang, "gate_chest")
    wang.sees('header.sos a[href="tel:120"]')
    wang.sees("h1", "120")
    wang.sees(".todo-n li")
    assert wang.has(".ban", wang.t("没有收取任何费用", "You paid nothing"))
    no_way_to_book_by_link(wang)
    no_way_to_book_by_address(wang)
    no_way_to_book_by_program(wang)
    assert wang.program().get("/patients"), "the sign-in still stands"


def no_way_to_book_by_link(window: Window) -> None:
    """No link or form of the page leads to doctors or money."""
    links = window.page.locator("main a[href], main form").evaluate_all(
        "all => all.map(e => e.getAttribute('href') || e.getAttribute('action') || '')")
    assert not [link for link in links if any(word in link for word in ("doctor", "visit", "forecast", "pay"))]


def no_way_to_book_by_address(window: Window) -> None:
    """Who types the addresses of the way on is led back to 120 or refused."""
    shown = window.page.url
    number = triage.triage_id(window)
    for end in ("forecast", "doctor", "doctors", "check", "pay"):
        with window.expecting(404, 409, 403, 405):
            window.go(f"/triage/{number}/{end}")
        assert not window.has('button[name="do"], input[name="doctor"], .price'), end
    window.page.goto(shown)


def no_way_to_book_by_program(window: Window) -> None:
    """The API refuses the forecast and the wish."""
    program, number = window.program(), triage.triage_id(window)
    for kind in ("follow_up", "advice"):
        with pytest.raises(ApiFault) as refusal:
            program.post("/visits", {"triage_id": number, "kind": kind})
        assert 400 <= refusal.value.status < 500
    person = program.get("/patients")[0]
    open_visits = [v for v in program.get(f"/patients/{person['id']}/visits")
                   if v["state"] in ("requested", "waiting", "needs_evidence")]
    assert open_visits == []
