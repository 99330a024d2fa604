"""The whole way by forms: doctor, pharmacist, pharmacy; every page is one that a browser without scripts could use."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


def test_a_follow_up_goes_from_the_queue_to_the_door(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask("来续降压药，<b>头不晕</b>")
    queue = lin.open("/doctor")
    assert "王建国" in queue.words and "候诊 1" in queue.words
    waiting = lin.open(f"/doctor/visits/{visit}")
    assert "接诊后可看" in waiting.words and "青霉素" not in waiting.words
    opened = walk.accept(lin, visit)
    assert opened.path == f"/doctor/visits/{visit}" and "青霉素" in opened.words and 'id="say"' in opened.html
    wang.say("医生您好，药快吃完了。")
    page = lin.open(f"/doctor/visits/{visit}")
    assert "药快吃完了" in page.words
    lin.post(page, "/messages", body="您好，血压控制得怎么样？", client_id="")
    assert "血压控制得怎么样" in lin.open(f"/doctor/visits/{visit}").words
    assert walk.accept_evidence(lin, visit).path == f"/doctor/visits/{visit}"
    judged = walk.judge(lin, visit)
    assert "林静" in judged.words and "判断" in judged.words
    coded = walk.diagnose(lin, visit)
    assert "I10" in coded.words and coded.reply.status_code == 200
    signed = walk.prescribe(lin, visit)
    assert signed.reply.status_code == 200 and "待审方" in signed.words, signed.words[:800]
    rx = signed.path.rsplit("/", 1)[-1]
    done = walk.finish(lin, visit)
    assert done.path == "/doctor" and "进行中 0" in done.words
    _review_and_fill(site, wang, rx)


def _review_and_fill(site: Site, wang: Patient, rx: str) -> None:
    ren = site.as_("ren")
    rows = ren.open("/pharmacist")
    assert "王建国" in rows.words
    preview = ren.open(f"/pharmacist?preview={rx}")
    assert "青霉素" in preview.words and "签名有效" in preview.words
    assert walk.approve(ren, rx).path == "/pharmacist"
    assert wang.prescription()["state"] == "approved"
    assert "王建国" in ren.open("/pharmacist/decided").words
    order = wang.place_order()
    kang = site.as_("kang")
    board = kang.open("/pharmacy/board")
    assert "王**" in board.words and "王建国" not in board.words
    chosen = kang.open(f"/pharmacy/orders/{order}")
    assert "友谊路" not in chosen.words
    taken = kang.post(chosen, "/accept")
    assert taken.path == f"/pharmacy/orders/{order}" and "友谊路" in taken.words and "王建国" in taken.words
    site.run()
    _pack_and_deliver(site, wang, order)


def _pack_and_deliver(site: Site, wang: Patient, order: str) -> None:
    kang = site.as_("kang")
    for code in walk.codes(site, UUID(order)):  # type: ignore[arg-type]
        page = kang.open(f"/pharmacy/orders/{order}/pick")
        page = kang.post(page, "/scans", code=code)
        assert 'data-result="right"' in page.html, page.words[:600]
    packed = kang.post(page, "/pack")
    assert packed.path == f"/pharmacy/orders/{order}" and "已打包" in packed.words, packed.words[:800]
    label = kang.open(f"/pharmacy/orders/{order}/label")
    assert "王建国" in label.words and "0001" in label.words and "13800000001" not in label.words
    shipped = kang.post(packed, "/hand-over", courier="丁师傅")
    assert "丁师傅" in shipped.words
    wrong = kang.post(shipped, "/deliver", code="000000x")
    assert wrong.reply.status_code == 422 and "还可以试" in wrong.words
    delivered = kang.post(shipped, "/deliver", code=wang.delivery_code())
    assert "已送达" in delivered.words, delivered.words[:600]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_the_doctor_speaks_the_readers_language(site: Site, lang: str) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = walk.visit_in_hand(site, wang)
    lin.http.cookies.set("fuzhen-lang", lang)
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    pages = [lin.open(f"/doctor/visits/{visit}{part}") for part in ("", "/note?q=I1", "/refer", "/finish", "/forecast")]
    pages += [lin.open(path) for path in (draft.path, f"{draft.path}?q=aldp", "/doctor/prescriptions",
                                          f"/doctor/patients/{wang.id}/record?visit={visit}")]
    pages.append(lin.post(pages[0], "/doctor/find", q="王建国"))
    for page in pages:
        assert page.reply.status_code == 200, (page.path, page.words[:400])
        assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page.html
