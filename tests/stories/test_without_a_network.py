"""The network is gone: the phone says so in its own language, knows 120, and has kept no page of anybody."""
import pytest
from playwright.sync_api import Error

from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = pytest.mark.browser
KEPT = """async () => (await Promise.all((await caches.keys()).map(async name =>
    (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname)))).flat()"""
MODE = "async mode => (await (await caches.match('/offline?mode'))?.text())?.startsWith(mode)"


@pytest.mark.invariant(13)
def test_without_a_network_the_phone_shows_its_own_page_and_nobodys_data(hospital: Hospital) -> None:
    wang = hospital.patient("wang")
    wang.go("/record")
    with wang.during_an_outage():
        comes_without_a_network(hospital, wang, "/record")
        wang.sees("h1", "连上网再继续")
        assert wang.one('a[href="tel:120"]').is_visible()
        assert wang.page.evaluate("getComputedStyle(document.body).fontFamily !== ''") and styled(wang)
        assert all(path == "/offline" or path.startswith("/static/") for path in wang.page.evaluate(KEPT))
        hospital.start()
        wang.press(".act a", "再试一次")
    assert wang.path == "/home"


def test_the_page_follows_the_language(hospital: Hospital) -> None:
    wang = hospital.patient("wang", "en")
    with wang.during_an_outage():
        comes_without_a_network(hospital, wang, "/record")
        wang.sees("h1", "Go on when you are connected")


def comes_without_a_network(hospital: Hospital, window: Window, path: str) -> None:
    """Kill the server when the phone has kept its page, and open `path`.

    A window here has no folder on a disk: on a busy machine the browser at times forgets all that such a one has stored
    (seen in 1 of 10, with no storage left at all), and then it is tried again. What never keeps its page always fails.
    """
    for left in (2, 1, 0):
        window.go("/home")
        window.page.wait_for_function(MODE, arg=window.lang)
        hospital.server.kill()
        try:
            window.go(path)
        except Error as lost:
            if not left or "ERR_FAILED" not in lost.message:
                raise
            hospital.start()
        else:
            return


def styled(window: Window) -> bool:
    """The kept page carries its own styles."""
    return bool(window.page.evaluate("getComputedStyle(document.querySelector('.act a')).borderRadius !== '0px'"))
