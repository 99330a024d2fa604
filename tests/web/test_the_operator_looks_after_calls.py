"""The operator's page about calls: settings that can be changed, those of the environment, and a real check."""
import threading

from tests.web.staff_site import Site

PAGE = "/admin/calls"


def test_settings_are_kept_and_shown(site: Site) -> None:
    bai = site.as_("bai")
    page = bai.open(PAGE)
    assert "FUZHEN_TURN_URLS" in page.words and 'value="ask" checked' in page.html
    page = bai.post(page, "/settings", recording="off", picture_kbits="300")
    assert 'value="off" checked' in page.html and 'value="300"' in page.html and "更改过" in page.words


def test_what_makes_no_sense_is_told_beside_its_field_and_nothing_is_lost(site: Site) -> None:
    bai = site.as_("bai")
    for wrong in ("much", "-5", "٣٠٠", "99999", ""):
        page = bai.post(bai.open(PAGE), "/settings", recording="off", picture_kbits=wrong)
        assert page.reply.status_code == 422
        assert 'aria-describedby="err-picture_kbits"' in page.html and 'value="off" checked' in page.html
    assert 'value="ask" checked' in bai.open(PAGE).html


def test_a_check_tells_that_it_runs_and_then_what_it_found(site: Site) -> None:
    bai = site.as_("bai")
    page = bai.post(bai.open(PAGE), "/check")
    assert "正在逐项试" in page.words and "calls_here.js" in page.html and "disabled" in page.html
    site.run()
    for thread in [one for one in threading.enumerate() if one.name == "call-check"]:
        thread.join(60)
    page = bai.open(PAGE)
    assert "没有设置中继服务器" in page.words and "可以" in page.words and "calls_here.js" not in page.html


def test_an_officer_has_no_such_page(site: Site) -> None:
    page = site.as_("qin").open(PAGE)
    assert page.path != PAGE and "FUZHEN_TURN_URLS" not in page.html
