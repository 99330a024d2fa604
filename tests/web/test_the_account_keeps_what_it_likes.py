"""Language and text size go with the account, from the moment they are changed; a played service is named on pages."""
from __future__ import annotations

import re
from html import unescape

from sqlmodel import select

from app.identity import api as identity
from app.settings import Settings
from app.work import HOUSE
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site
from web.demo.cast import cast, password


def likes(site: Site, name: str) -> tuple[str, str]:
    """What the account of somebody of the cast will show at the next sign-in."""
    phone = cast()["patients"][name]["phone"]
    with site.house.read(HOUSE) as work:
        index = identity.phone_index(work, identity.clean_phone(phone))
        row = work.session.exec(select(identity.Account).where(identity.Account.phone_index == index)).one()
        return row.language, row.text_size


def test_a_change_is_kept_at_once_without_signing_out(site: Site) -> None:
    phone = Phone(site)
    phone.open("/sign-in")
    phone.send(phone=cast()["patients"]["wang"]["phone"], password=password())
    phone.client.get("/prefs", params={"lang": "en", "next": "/home"})
    phone.client.get("/prefs", params={"size": "elder", "next": "/home"})
    assert likes(site, "wang") == ("en", "elder")
    phone.client.get("/prefs", params={"lang": "fr", "size": "huge", "next": "/home"})
    assert likes(site, "wang") == ("en", "elder")
    again = Phone(site)
    again.open("/sign-in")
    again.send(phone=cast()["patients"]["wang"]["phone"], password=password())
    assert 'lang="en"' in again.open("/home").html and 'class="elder"' in again.page.html


def test_a_link_on_a_foreign_page_changes_nothing_that_lasts(site: Site) -> None:
    phone = Phone(site)
    phone.open("/sign-in")
    phone.send(phone=cast()["patients"]["wang"]["phone"], password=password())
    before = likes(site, "wang")
    phone.client.get("/prefs", params={"lang": "en", "size": "elder-xl"}, headers={"sec-fetch-site": "cross-site"})
    assert likes(site, "wang") == before


def test_a_change_of_language_or_size_leads_back_to_the_same_choices_and_carries_nothing_typed(site: Site) -> None:
    """Whoever has chosen a record and turns to large text has still chosen it."""
    phone = Phone(site)
    page = phone.open("/sign-in?next=/home&kind=follow_up&words=%E5%A4%B4%E6%99%95")
    larger = unescape(re.findall(r'href="(/prefs\?size=[^"]+)"', page.html)[0])
    assert "words" not in larger
    assert str(phone.open(larger).reply.url).endswith("/sign-in?kind=follow_up")


def test_who_becomes_zhou_in_the_demo_reads_large_text_at_once(site: Site) -> None:
    phone = Phone(site)
    phone.open("/sign-in")
    token = phone.forms()[0].values
    for who, large in (("zhou", True), ("wang", False)):
        phone.client.post("/demo/become", data={**token, "who": who})
        assert ('class="elder"' in phone.open("/home").html) is large


def test_somebody_who_is_not_signed_in_just_reads_on(site: Site) -> None:
    phone = Phone(site)
    assert phone.client.get("/prefs", params={"lang": "en"}).status_code == 200


def test_a_production_that_plays_a_service_says_so_everywhere(site: Site) -> None:
    real = {"mode": "production", "sms_adapter": "house.sms:Sender"}
    playing = site.house.tools.get(Settings).model_copy(update=real)
    site.house.tools.put(Settings, playing)
    stranger = site.stranger()
    assert stranger.http.get("/healthz").json() == {"status": "ok", "now": site.clock.now().isoformat(),
                                                    "stand_ins": ["realname"]}
    for path in ("/", "/staff/sign-in"):
        assert "请勿用于真实患者：这里的实名核验只是替身。" in stranger.open(path).words, path
