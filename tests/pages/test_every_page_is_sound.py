"""Each page for its own role, in both languages and sizes: no error, nothing foreign, nothing cut."""
import httpx
import pytest
from fastapi.routing import APIRoute

from tests.pages.examples import NO_PAGE, READERS, WORKERS, Example
from tests.pages.looking import Eye
from tests.pages.walks import IN, Walk
from tests.pages.world import World
from web.site import routers

pytestmark = pytest.mark.browser
PAID = Example("/{room}/{payable_id}/paid", "payer", "/visits/{payer_visit}/paid")


def page_routes() -> set[str]:
    """Every address that answers GET with a page."""
    return {route.path for router in routers() for route in router.routes
            if isinstance(route, APIRoute) and "GET" in route.methods and not route.path.startswith("/api/")} - NO_PAGE


def test_every_page_has_an_example():
    shown = {example.route for example in (*READERS, *WORKERS)}
    assert page_routes() - shown == set(), "add an address of the new page to tests/pages/examples.py"
    assert shown - page_routes() == set(), "the page of this example is gone"


def test_what_is_called_no_page_exists():
    everything = {route.path for router in routers() for route in router.routes if isinstance(route, APIRoute)}
    assert everything >= NO_PAGE


def test_no_example_is_written_twice():
    names = [(example.name, example.path) for example in (*READERS, *WORKERS)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("example", READERS, ids=lambda example: example.name)
@pytest.mark.parametrize("size", ["", "elder"], ids=["ordinary", "elder"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_the_patient_is_sound(lang: str, size: str, example: Example, eye: Eye) -> None:
    assert eye.look(example, lang, size) == []


@pytest.mark.parametrize("example", WORKERS, ids=lambda example: example.name)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_the_staff_is_sound(lang: str, example: Example, eye: Eye) -> None:
    assert eye.look(example, lang, "") == []


# --- the page before the cashier: somebody who waits for a bank presses nothing and reloads nothing ---------


@pytest.fixture
def payer(world: World) -> Walk:
    """Somebody whose visit waits for its money."""
    walk = world.walk().go(*IN, "visit_unpaid")
    world.know("payer", walk)
    return walk


def test_when_the_bank_answers_the_page_leads_to_the_waiting_room(payer: Walk, eye: Eye) -> None:
    assert eye.watch(PAID, lambda: payer.go("pay"), r"/visits/[^/]+/waiting$") == []


def test_without_scripts_the_page_reloads_itself(payer: Walk, world: World) -> None:
    page = httpx.get(world.base + world.fill(PAID.path), cookies=world.cookies["payer"], timeout=30).text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'data-paying="checking"' in page
