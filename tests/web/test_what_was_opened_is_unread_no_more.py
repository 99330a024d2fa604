"""A notice is read when the page it leads to is opened; nothing else lowers the count, and nobody else's does."""
import re

import pytest

from tests.web.patient_staff import Staff
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site


def bell(phone: Phone) -> int:
    """The number on the bell, as the first page says it."""
    told = re.search(r'id="bell"[^>]*aria-label="消息(?:，(\d+) 条未读)?"', phone.open("/home").html)
    assert told, phone.page.html[:2000]
    return int(told[1] or 0)


def tab(phone: Phone, path: str) -> int:
    """The number on the tab of visits."""
    found = re.search(r'id="unread-visits" data-part>(?:.*?未读 </span>(\d+))?', phone.open(path).html)
    return int(found[1] or 0)


@pytest.fixture
def called(site: Site) -> tuple[Phone, str]:
    """Wang whom the doctor has just taken: one unread notice that leads to the visit."""
    phone = Phone(site).sign_in("wang")
    phone.open("/inbox")
    if phone.forms():
        phone.send("")
    assert bell(phone) == 0
    visit = phone.wait_for_doctor()
    Staff(site).accept(visit)
    site.run()
    return phone, visit


def test_opening_the_conversation_lowers_the_count_on_every_page(called: tuple[Phone, str]) -> None:
    phone, visit = called
    assert bell(phone) == 1 and [tab(phone, path) for path in ("/home", "/visits", "/record", "/me")] == [1, 1, 1, 1]
    assert "有新消息" in phone.open("/visits").words
    phone.open(visit)
    assert phone.page.path == f"{visit}/chat"
    assert bell(phone) == 0 and [tab(phone, path) for path in ("/visits", "/record", "/me")] == [0, 0, 0]
    assert "有新消息" not in phone.open("/visits").words and "未读" not in phone.open("/inbox").words


def test_what_leads_elsewhere_and_what_a_page_fetches_by_itself_lower_nothing(called: tuple[Phone, str]) -> None:
    phone, visit = called
    for path in ("/visits", "/inbox", "/record", "/inbox/unread", f"{visit}/chat/status", f"{visit}/waiting/part"):
        phone.open(path)
    assert bell(phone) == 1


@pytest.mark.invariant(13)
def test_a_stranger_who_opens_the_address_reads_nothing_away(called: tuple[Phone, str], site: Site) -> None:
    phone, visit = called
    Phone(site).sign_in("zhao").open(f"{visit}/chat", 404)
    assert bell(phone) == 1


def test_the_counts_that_a_page_fetches_are_those_of_the_page(called: tuple[Phone, str]) -> None:
    phone, visit = called
    assert "，1 条未读" in phone.open("/inbox/unread").html and tab(phone, "/inbox/unread") == 1
    phone.open(f"{visit}/chat")
    assert "条未读" not in phone.open("/inbox/unread").html and tab(phone, "/inbox/unread") == 0


def test_the_first_page_fetches_the_person_it_shows_whoever_was_chosen_since(site: Site) -> None:
    phone = Phone(site).sign_in("ma")
    links = re.findall(r'href="(/act-for/[^"]+)"', phone.open("/home").html)
    shown = re.search(r'data-refresh="(/home/[0-9a-f-]{36}/part)"', phone.page.html)[1]
    part = phone.open(shown).html
    other = next(link for link in links if link.rsplit("/", 1)[1] not in shown)
    phone.open(other)
    assert phone.open(shown).html == part
    assert re.search(r'data-refresh="(/home/[0-9a-f-]{36}/part)"', phone.open("/home").html)[1] != shown
