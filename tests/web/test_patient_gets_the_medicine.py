"""From the conversation to the medicine at the door and the entry in the record, by forms alone."""

from __future__ import annotations

import re

import pytest

from tests.web.patient_staff import Staff, desk_of
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site
from web.pages.patient.findings import GO_ON

DRUGS = {"zh": "氨氯地平", "en": "mlodipine"}
LAW = {"zh": "处方药须凭处方在药师指导下购买和使用", "en": "only with a prescription"}


def _unread(phone: Phone) -> int:
    """The number on the bell."""
    told = re.search(r'id="bell"[^>]*aria-label="[^"]*?(\d+)', phone.open("/inbox/unread").html)
    return int(told[1]) if told else 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_whole_way_from_the_doctor_to_the_door(site: Site, lang: str) -> None:
    phone, staff = Phone(site).sign_in("wang").speak(lang), Staff(site)
    visit = phone.wait_for_doctor()
    visit_id = staff.accept(visit)
    assert phone.open(visit).path == f"{visit}/chat"
    rx_id = staff.treat(visit_id)
    rx = f"/prescriptions/{rx_id}"

    assert DRUGS[lang] not in phone.open(rx).html, "before approval the content is not shown"
    staff.approve(rx_id)
    phone.open(rx)
    assert DRUGS[lang] in phone.page.html and LAW[lang] in phone.page.words
    assert re.search(r'class="qr"[^>]*><svg [^>]*viewBox=', phone.page.html), "the code fills its frame"
    assert GO_ON.get(lang) in phone.page.words, "what was found is told, not only what was compared"
    assert f"{visit}/chat" not in phone.page.html and 'href="/triage"' in phone.page.html, "the talk is over"
    assert phone.open("/home").link(f"{rx}/pharmacies")

    for by in ("soonest", "cheapest", "odd"):
        assert phone.open(f"{rx}/pharmacies?by={by}").html.count('name="pharmacy"') >= 2
    _shows_how_far(phone, f"{rx}/pharmacies", lang)
    picked = re.findall(r'name="pharmacy" value="([0-9a-f-]{36})"', phone.page.html)[0]
    phone.send(pharmacy=picked)
    phone.send(_expect=422, phone="123")
    assert "123" in phone.page.html, "what was typed stays"
    phone.send(phone="13800000001", area="示范市河西区", street="友谊路 8 号 3 门 502")
    order = phone.cashier()
    phone.pay()
    assert phone.page.path == order
    desk = desk_of(site, order)
    order_id = staff.take(order, desk)
    staff.ship(order_id, desk)
    code = re.findall(r'class="code">(\d{6})<', phone.open(order).html)[0]
    staff.deliver(order_id, code, desk)
    site.run()
    before = _unread(phone)
    phone.open(f"{order}/part")
    assert _unread(phone) == before > 0, "fetched by a page in the background"
    phone.client.get(f"{order}/part", headers={"x-seen": "yes"})
    assert _unread(phone) < before, "the open page has shown it"
    assert code not in phone.open(order).html
    assert DRUGS[lang] in phone.open("/medicines").html or DRUGS["zh"] in phone.page.html

    phone.open(f"{visit}/summary")
    assert phone.page.path == f"{visit}/summary"
    record = phone.open("/record")
    entries = list(dict.fromkeys(re.findall(r'href="(/record/entries/[0-9a-f-]+)"', record.html)))
    assert len(entries) >= 5
    for entry in entries:
        phone.open(entry)
    phone.open("/record/who-looked")
    assert ("林静" if lang == "zh" else "Lin Jing") in phone.page.html
    for path in ("/visits", "/inbox", "/me", "/me/consents", "/family", "/history", "/record/documents", "/places"):
        phone.open(path)


def test_an_order_is_cancelled_before_it_is_packed(site: Site) -> None:
    phone, staff = Phone(site).sign_in("wang"), Staff(site)
    rx_id = staff.treat(staff.accept(phone.wait_for_doctor()))
    staff.approve(rx_id)
    phone.open(f"/prescriptions/{rx_id}/pharmacies")
    phone.send(pharmacy=re.findall(r'name="pharmacy" value="([0-9a-f-]{36})"', phone.page.html)[0])
    phone.open(phone.page.reply.url.path + "?" + phone.page.reply.url.query.decode() + "&pickup=1")
    phone.send(phone="13800000001")
    order = phone.cashier()
    phone.pay()
    phone.follow("/cancel")
    phone.send(do="cancel")
    assert "已取消" in phone.page.words
    assert phone.open(f"/prescriptions/{rx_id}/pharmacies").path.endswith("/pharmacies"), "another can be chosen"
    assert order


def test_leaving_the_waiting_room_gives_everything_back(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    visit = phone.wait_for_doctor()
    phone.open(f"{visit}/cancel")
    phone.send(do="cancel")
    assert "钱全部退回" in phone.page.words


def test_a_declined_payment_is_told_and_takes_nothing(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.to_forecast()
    phone.use_held_record()
    visit = phone.ask()
    phone.send(do="decline")
    site.run()
    assert "没有扣钱" in phone.open(f"{visit}/pay").words


def test_a_lost_reply_of_the_bank_is_waited_for_and_found_later(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.to_forecast()
    phone.use_held_record()
    visit = phone.ask()
    phone.send(do="lose")
    assert "银行的回音" in phone.page.words
    site.clock.forward(minutes=5)
    site.run()
    assert phone.open(f"{visit}").path in (f"{visit}/waiting", f"{visit}/pay")


def _shows_how_far(phone: Phone, page: str, lang: str) -> None:
    """Distances count from where the patient is now, and stand there only when that was shown."""
    words = {"zh": r"离您现在约 ([\d.]+) 公里", "en": r"about ([\d.]+) km from where you are"}[lang]

    def told(query: str) -> list[float]:
        return [float(km) for km in re.findall(words, phone.open(f"{page}?{query}").words)]

    assert told("by=nearest") == [] and "data-locate=" in phone.page.html
    near = told("by=nearest&latitude=39.1&longitude=117.2")
    assert len(near) >= 2 and near == sorted(near) and "data-locate=" not in phone.page.html
    assert sorted(near) != sorted(told("latitude=39.3&longitude=117.2"))
    phone.open(f"{page}?by=cheapest&latitude=999&longitude=117.2", 422)
    phone.open(page)
