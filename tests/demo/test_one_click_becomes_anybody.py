"""The page of the cast: proper sign-ins, several roles in one browser, and nothing of it in production."""
import pytest

from tests.demo.running import Demo
from web.demo.cast import SIGNING_PIN, members, players
from web.demo.client import Person
from web.demo.stage import DOES, GROUPS, START, JustSignedIn, cast_list, groups, kind_of, next_step


def test_everybody_of_the_cast_stands_on_the_page_in_both_languages(demo: Demo) -> None:
    for language in ("zh-CN", "en"):
        page = demo.browser().get("/demo", **{"accept-language": language})
        assert page.status_code == 200
        for member in members().values():
            assert (member.name_zh if language == "zh-CN" else member.name_en) in page.text
            assert f'value="{member.key}"' in page.text


@pytest.mark.parametrize(("key", "start"), [
    ("wang", "/"), ("lin", "/doctor"), ("ren", "/pharmacist"), ("kang", "/pharmacy/board"), ("qin", "/office"),
    ("bai", "/office"), ("ops", "/office")])
def test_one_click_signs_in_and_leads_to_the_own_start_page(demo: Demo, key: str, start: str) -> None:
    browser = demo.browser()
    answer = browser.become(key)
    assert (answer.status_code, answer.headers["location"]) == (303, start)
    role = members()[key].role
    token = browser.http.cookies[f"fuzhen-{role}"]
    person = Person(demo.base)
    person.token = token
    assert person.get("/me")["role"] == role


def test_the_cookie_of_a_role_is_kept_from_scripts_and_other_sites(demo: Demo) -> None:
    cookie = demo.browser().become("lin").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie


def test_four_windows_of_one_browser_hold_four_roles(demo: Demo) -> None:
    browser = demo.browser()
    for key in ("wang", "lin", "ren", "kang"):
        browser.become(key)
    names = {name for name in browser.http.cookies if name not in ("fuzhen-visitor", "fuzhen-size")}
    assert names == {"fuzhen-patient", "fuzhen-doctor", "fuzhen-pharmacist", "fuzhen-pharmacy"}


def test_an_open_page_stays_good_while_other_windows_become_others(demo: Demo) -> None:
    import re
    browser = demo.browser()
    token = re.search(r'name="csrf" value="(\w+)"', browser.get("/demo").text)
    assert token
    for key in ("wang", "lin", "ren"):
        answer = browser.http.post("/demo/become", data={"csrf": token[1], "who": key})
        assert answer.status_code == 303


def test_the_same_person_can_be_become_again_within_one_code(demo: Demo) -> None:
    assert [demo.browser().become("lin").status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize(("last", "step"), [(0, 99), (98, 99), (99, 100), (100, 101)])
def test_a_code_is_never_used_twice(last: int, step: int) -> None:
    assert next_step(100, last) == step


def test_when_every_code_of_the_moment_was_used_the_page_says_to_wait(demo: Demo) -> None:
    with pytest.raises(JustSignedIn):
        next_step(100, 101)
    answers = [demo.browser().become("tang") for _ in range(4)]
    assert [a.status_code for a in answers] in ([303, 303, 303, 409], [303] * 4)  # a new step may have begun
    assert all("半分钟" in a.text for a in answers if a.status_code == 409)


def test_a_forged_click_changes_nothing(demo: Demo) -> None:
    browser = demo.browser()
    browser.get("/demo")
    answer = browser.http.post("/demo/become", data={"who": "lin", "csrf": "0" * 64})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert browser.http.post("/demo/switches", data={"role": "doctor", "on": "yes"}).status_code == 403
    assert demo.troupe.states()["doctor"] == (False, "off")


def test_nobody_outside_the_cast_can_be_become(demo: Demo) -> None:
    assert demo.browser().become("nobody-known").status_code == 404


def test_the_list_for_programs_holds_what_a_sign_in_needs(demo: Demo) -> None:
    rows = demo.browser().get("/demo/cast.json").json()
    assert rows == cast_list() and len(rows) == len(members())
    lin = next(row for row in rows if row["user_name"] == "lin")
    assert lin["signing_pin"] == SIGNING_PIN and lin["role"] == "doctor" and lin["name_en"] == "Lin Jing"
    wang = next(row for row in rows if row["name_zh"] == "王建国")
    assert wang["totp_secret"] is None and "signing_pin" not in wang
    assert Person(demo.base).sign_in(wang["user_name"], wang["password"]).get("/patients")


def test_text_messages_are_shown_and_labelled_as_a_stand_in(demo: Demo) -> None:
    page = demo.browser().get("/demo/sms").text
    assert "替身" in page and "138•••" in page and "验证码" in page


def test_every_group_and_card_says_something_in_both_languages() -> None:
    shown = groups({"doctor": (True, "busy")})
    assert [group.role for group in shown] == [role for role, _, _ in GROUPS]
    assert sum(len(group.cards) for group in shown) == len(players())
    assert [group.playable for group in shown] == [role == "doctor" for role, _, _ in GROUPS]
    for member in players().values():
        assert member.key in DOES or member.role in DOES
        assert kind_of(member) in {*START, "partner", "office"}


@pytest.mark.parametrize("path", ["/demo", "/demo/cast.json", "/demo/sms", "/demo/partner"])
def test_production_has_no_demo(demo: Demo, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.settings, "mode", "production")
    assert demo.browser().get(path).status_code == 404
    posted = demo.browser().http.post("/demo/become", data={"who": "lin"})
    assert posted.status_code in (403, 404) and "fuzhen-doctor" not in posted.headers.get("set-cookie", "")
