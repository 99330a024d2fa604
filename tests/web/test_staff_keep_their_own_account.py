"""A desk's own page changes the password and a doctor's signing PIN; licence files are decided on their page."""

from __future__ import annotations

import re

import pyotp
import pytest

from tests.web.staff_site import Site
from web.demo.cast import SIGNING_PIN, cast, password

NEW = "a long new pass phrase"
DESKS = {"lin": "/doctor", "ren": "/pharmacist", "kang": "/pharmacy", "bai": "/admin", "qin": "/admin"}


@pytest.mark.parametrize(("who", "desk"), DESKS.items())
def test_everybody_of_the_staff_changes_their_password(site: Site, who: str, desk: str) -> None:
    mine, other = site.as_(who), site.stranger()
    other.sign_in(who)
    page = mine.open(f"{desk}/account")
    changed = mine.post(page, "/password", old=password(), new=NEW, again=NEW)
    assert changed.reply.status_code == 200 and "密码换好了" in changed.words
    assert mine.open(f"{desk}/account").reply.status_code == 200
    assert other.open(f"{desk}/account").path.startswith("/staff/sign-in")    # every other device is out


@pytest.mark.parametrize(("given", "told"), [
    ({"old": "not it at all", "new": NEW, "again": NEW}, "不是您现在的密码"),
    ({"new": NEW, "again": f"{NEW}x"}, "不一样"),
    ({"new": "short", "again": "short"}, "至少"), ({"new": "password123", "again": "password123"}, "容易猜")])
def test_a_change_that_does_not_hold_says_why_and_changes_nothing(site: Site, given: dict[str, str], told: str) -> None:
    lin = site.as_("lin")
    answer = lin.post(lin.open("/doctor/account"), "/password", **{"old": password(), **given})
    assert answer.reply.status_code in (401, 422) and told in answer.words
    assert "密码换好了" in lin.post(lin.open("/doctor/account"), "/password", old=password(), new=NEW, again=NEW).words


def code(site: Site, who: str) -> str:
    site.clock.forward(minutes=1)    # a code is good once, and one was used to sign in
    return pyotp.TOTP(cast()["staff"][who]["totp"]).at(site.clock.now())


def test_a_doctor_sets_another_pin_with_a_fresh_code(site: Site) -> None:
    lin = site.as_("lin")
    page = lin.open("/doctor/account")
    refused = lin.post(page, "/pin", pin="408135", pin_again="408135", code="000000")
    assert refused.reply.status_code in (401, 422) and "PIN 设好了" not in refused.words
    unlike = lin.post(page, "/pin", pin="408135", pin_again="408136", code=code(site, "lin"))
    assert unlike.reply.status_code == 422 and "不一样" in unlike.words
    weak = lin.post(page, "/pin", pin="123456", pin_again="123456", code=code(site, "lin"))
    assert weak.reply.status_code == 422
    done = lin.post(page, "/pin", pin="408135", pin_again="408135", code=code(site, "lin"))
    assert done.reply.status_code == 200 and "PIN 设好了" in done.words
    assert SIGNING_PIN != "408135"


def test_only_a_doctor_has_a_signing_pin_here(site: Site) -> None:
    for who, desk in DESKS.items():
        assert ("签名 PIN" in site.as_(who).open(f"{desk}/account").words) is (who == "lin")


# --- licences -----------------------------------------------------------------------------------------------------


def first_file(site: Site, who: str) -> str:
    """The address of the first file in the list."""
    return re.findall(r'href="(/admin/licences/[0-9a-f-]{36})"', site.as_(who).open("/admin/licences").html)[0]


def test_an_administrator_suspends_a_licence_and_puts_it_in_force_again(site: Site) -> None:
    bai = site.as_("bai")
    first = bai.open(first_file(site, "bai"))
    empty = bai.post(first, "/suspend", reason=" ")
    assert empty.reply.status_code == 422 and "请写明暂停的原因" in empty.words
    gone = bai.post(first, "/suspend", reason="注册机关来函，正在核对")
    assert gone.reply.status_code == 200 and "注册机关来函" in gone.words and "/suspend" not in gone.html
    back = bai.post(gone, "/verify")
    assert "/suspend" in back.html and "/verify" not in back.html


def test_an_officer_suspends_and_does_not_vouch_and_an_operator_does_neither(site: Site) -> None:
    bai, qin, ops = (site.as_(who) for who in ("bai", "qin", "ops"))
    here = first_file(site, "bai")
    assert "/suspend" not in ops.open(here).html and "/suspend" in qin.open(here).html
    gone = qin.post(qin.open(here), "/suspend", reason="注册机关来函")
    assert "/verify" not in gone.html and "/verify" in bai.open(here).html
