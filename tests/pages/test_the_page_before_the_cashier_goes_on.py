"""Somebody who waits for the answer of a bank presses nothing and reloads nothing."""
import httpx
import pytest

from tests.pages.examples import Example
from tests.pages.looking import Eye
from tests.pages.walks import IN, Walk
from tests.pages.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
PAID = Example("/{room}/{payable_id}/paid", "payer", "/visits/{payer_visit}/paid")


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
