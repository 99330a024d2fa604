"""A doctor on a phone takes a call from whatever pane is looked at, holds it while reading the record, and ends it."""
import pytest

from tests.stories import flows_call as call
from tests.stories.house import Hospital
from tests.stories.test_call_p2p import both_talk, browser, clean, hospital, walked  # noqa: F401 - fixtures
from tests.stories.windows import Window
from web.demo.journey import Journey

pytestmark = pytest.mark.browser
INSIDE = """selector => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.width > 0 && box.height >= 40 && box.left >= 0 && box.right <= innerWidth && box.top >= 0
    && box.bottom <= innerHeight;
}"""


def pane(lin: Window, value: str) -> None:
    lin.one(f'.switch label:has([value="{value}"])').click()


def reachable(lin: Window, *acts: str) -> None:
    """Each button stands inside the window, large enough for a finger."""
    for act in acts:
        assert lin.page.evaluate(INSIDE, f'[data-call-do="{act}"]:not([hidden])'), act


@pytest.mark.parametrize("shown", ["a", "ctx"])
def test_a_ring_shows_over_any_pane_and_the_call_is_held_beside_it(
        hospital: Hospital, walked: Journey, shown: str) -> None:  # noqa: F811
    wang, lin, _ = call.in_a_visit(hospital, walked)
    lin.page.set_viewport_size({"width": 390, "height": 844})
    pane(lin, shown)
    call.ask(wang)
    lin.sees("[data-call-rings]")
    reachable(lin, "answer", "voice", "decline")
    call.answer(lin)
    both_talk(wang, lin)
    for value in ("b", "ctx", "a"):
        pane(lin, value)
        assert lin.one("[data-call-far]").is_visible() and lin.one(".allergy").is_visible()
        reachable(lin, "mute", "camera", "hang")
    pane(lin, "b")
    lin.one("#say").fill("我看得到您。")
    call.hang_up(lin)
    call.gone(wang)
