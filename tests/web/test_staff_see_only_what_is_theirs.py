"""Whose page is whose: other doctors, drafts, pharmacies, forged forms, stored script, and the price of a list."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.audit import AuditEntry
from app.work import HOUSE, all_of
from prescribing import api as prescribing
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site

SCRIPT = "<script>alert(1)</script>"


def selects(seen: list[str]) -> list[str]:
    return [one for one in seen if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


def test_nobody_enters_without_signing_in_and_comes_back_to_the_page(site: Site) -> None:
    stranger = site.stranger()
    for path in ("/doctor", "/pharmacist", "/pharmacy/board", "/admin/audit", "/office"):
        assert stranger.open(path).path == "/staff/sign-in", path
    page = stranger.sign_in("lin", next="/doctor/prescriptions")
    assert page.path == "/doctor/prescriptions"


def test_a_wrong_password_or_code_is_told_and_a_patient_is_not_staff(site: Site) -> None:
    stranger = site.stranger()
    page = stranger.open("/staff/sign-in")
    wrong = stranger.post(page, "/staff/sign-in", username="lin", password="no", code="123456")
    assert wrong.reply.status_code == 401 and 'value="lin"' in wrong.html and "no" not in wrong.form("/sign-in").values
    assert stranger.open("/doctor").path == "/staff/sign-in"


def test_signing_out_ends_the_session(site: Site) -> None:
    lin = site.stranger()
    page = lin.sign_in("lin")
    assert lin.post(page, "/doctor/sign-out").path == "/staff/sign-in"
    assert lin.open("/doctor").path == "/staff/sign-in"


def test_roles_stay_apart_in_one_browser(site: Site) -> None:
    both = site.stranger()
    both.sign_in("lin")
    both.sign_in("ren")
    assert "林静" in both.open("/doctor").words and "任强" in both.open("/pharmacist").words
    page = both.open("/pharmacist")
    both.post(page, "/pharmacist/sign-out")
    assert both.open("/doctor").path == "/doctor" and both.open("/pharmacist").path == "/staff/sign-in"


@pytest.mark.invariant(9)
def test_another_doctors_visit_does_not_exist(site: Site) -> None:
    wang = Patient(site)
    visit = wang.ask()
    walk.accept(site.as_("lin"), visit)
    he = site.as_("he")
    for part in ("", "/note", "/finish", "/refer", "/evidence", "/parts/talk", "/parts/context"):
        assert he.open(f"/doctor/visits/{visit}{part}").reply.status_code == 404, part
    assert he.open(f"/doctor/patients/{wang.id}/record").reply.status_code == 404
    own = he.open("/doctor")
    token = own.form("/duty").values["csrf"]
    forged = he.http.post(f"/doctor/visits/{visit}/note", data={"csrf": token, "advice": "x"})
    assert forged.status_code == 404


@pytest.mark.invariant(9)
def test_before_acceptance_a_doctor_sees_triage_and_forecast_but_no_history(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask("来续降压药")
    page = lin.open(f"/doctor/visits/{visit}")
    assert "来续降压药" in page.words and "政策预判" in page.words
    assert "青霉素" not in page.html and "现用药" not in page.words and "接诊后可看" in page.words
    assert lin.open(f"/doctor/patients/{wang.id}/record").reply.status_code == 404
    assert lin.open(f"/doctor/visits/{visit}/forecast").reply.status_code == 200


@pytest.mark.invariant(9)
def test_every_look_at_a_record_is_written_down_with_its_ground(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask()
    walk.accept(lin, visit)
    lin.open(f"/doctor/patients/{wang.id}/record")
    with site.house.read(HOUSE) as work:
        seen = {(e.action, e.ground) for e in all_of(work, AuditEntry) if e.actor_role == "doctor"}
    assert {("read:history", "treats"), ("read:timeline", "treats")} <= seen


@pytest.mark.invariant(3)
def test_a_draft_is_invisible_to_the_pharmacist(site: Site) -> None:
    visit = walk.visit_in_hand(site, Patient(site))
    lin, ren = site.as_("lin"), site.as_("ren")
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    walk.add_line(lin, draft)
    rx = draft.path.rsplit("/", 1)[-1]
    assert "王建国" not in ren.open("/pharmacist").words
    assert ren.open(f"/pharmacist/reviews/{rx}").reply.status_code == 404
    assert rx not in ren.post(ren.open("/pharmacist/find"), "/pharmacist/find", q="王建国").html
    assert site.as_("he").open(draft.path).reply.status_code == 404


@pytest.mark.invariant(3)
def test_what_is_signed_is_what_was_on_the_screen(site: Site) -> None:
    visit = walk.visit_in_hand(site, Patient(site))
    lin = site.as_("lin")
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    walk.add_line(lin, draft)
    walk.settle(lin, draft)
    looked_at = lin.open(f"{draft.path}/sign")
    line = lin.open(f"{draft.path}?line=1")
    assert lin.post(line, "/lines/1", days="6").reply.status_code == 200
    stopped = lin.post(looked_at, "/sign", pin="295731")
    assert stopped.reply.status_code == 409 and "改过" in stopped.words
    wrong = walk.sign(lin, draft, "000000")
    assert wrong.reply.status_code == 422 and "签名密码不对" in wrong.words


@pytest.mark.invariant(6)
def test_an_incomplete_line_is_kept_nowhere_and_shown_as_typed(site: Site) -> None:
    visit = walk.visit_in_hand(site, Patient(site))
    lin = site.as_("lin")
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    page = walk.add_line(lin, draft, days="many", dose="7.5")
    assert page.reply.status_code == 422 and 'value="many"' in page.html and "还没记下" in page.words
    with site.house.read(HOUSE) as work:
        assert prescribing.items_of(work, UUID(draft.path.rsplit("/", 1)[-1])) == []


@pytest.mark.invariant(6)
def test_a_line_that_is_not_kept_is_shown_as_not_checked(site: Site) -> None:
    visit = walk.visit_in_hand(site, Patient(site))
    lin = site.as_("lin")
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    new = walk.add_line(lin, draft, days="many")
    assert "第 1 行还没记下" in new.words and "1 未核对" in new.words and "没有要处理的项" not in new.words
    kept = walk.add_line(lin, draft)
    assert "还没记下 没记下" not in kept.words and "不参加核对" not in kept.words
    changed = lin.post(lin.open(f"{draft.path}?line=1"), "/lines/1", dose="lots")
    assert changed.reply.status_code == 422 and "第 1 行的改动没记下" in changed.words
    assert f'{draft.path}/sign"' not in changed.html, "nobody signs what is not on the screen"


@pytest.mark.invariant(6)
def test_an_allergy_stops_the_signature_and_stands_on_every_screen(site: Site) -> None:
    visit = walk.visit_in_hand(site, Patient(site))
    lin = site.as_("lin")
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    walk.add_line(lin, draft, "amoxicillin", "amxl", dose="500", frequency="tid", days="3")
    page = lin.open(draft.path)
    assert "硬停" in page.words and "不能越过" in page.words and f'{draft.path}/sign"' not in page.html
    for part in ("", "/note", "/refer", "/finish"):
        assert "青霉素" in lin.open(f"/doctor/visits/{visit}{part}").words, part
    assert "青霉素" in page.words and "青霉素" in lin.open(f"{draft.path}/sign").words


@pytest.mark.invariant(1)
def test_a_refused_diagnosis_says_the_rule_and_leads_to_the_decision(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask()
    walk.accept(lin, visit)
    walk.judge(lin, visit, "changed")
    page = walk.diagnose(lin, visit)
    assert page.reply.status_code == 409 and "不能" in page.words
    why = lin.open(page.link(page.html.split("/doctor/decisions/")[1].split('"')[0]))
    assert why.reply.status_code == 200 and "为什么" in why.words and "第" in why.words
    assert lin.open(f"{why.path}.json").reply.headers["content-type"].startswith("application/json")


def test_a_returned_prescription_is_corrected_and_the_difference_is_shown(site: Site) -> None:
    visit, rx = walk.signed(site, Patient(site))
    lin, ren = site.as_("lin"), site.as_("ren")
    page = ren.open(f"/pharmacist/reviews/{rx}")
    nothing = ren.post(page, "/decide", decision="return")
    assert nothing.reply.status_code == 422 and "理由" in nothing.words
    ren.post(page, "/decide", decision="return", reasons="duration", words="请改为 5 天")
    assert "请改为 5 天" in ren.open("/pharmacist/returned").words
    back = lin.open(f"/doctor/prescriptions/{rx}")
    assert "请改为 5 天" in back.words and "已退回" in back.words
    draft = lin.post(back, "/revise")
    assert "请改为 5 天" in draft.words and "第 2 版" in draft.words
    lin.post(lin.open(f"{draft.path}?line=1"), "/lines/1", days="5")
    walk.settle(lin, draft)
    walk.sign(lin, draft)
    again = ren.open(f"/pharmacist/reviews/{draft.path.rsplit('/', 1)[-1]}")
    assert "与上一版不同" in again.words and "用 5 天" in again.words
    assert "医生已更正" in ren.open("/pharmacist").words


def test_a_colleague_who_holds_a_review_leaves_it_to_be_read(site: Site) -> None:
    _, rx = walk.signed(site, Patient(site))
    page = site.as_("ren").open(f"/pharmacist/reviews/{rx}")
    other = site.as_("su").open(f"/pharmacist/reviews/{rx}")
    assert other.reply.status_code == 200 and "任强 正在审" in other.words and '/decide"' not in other.html
    stale = site.as_("ren").post(page, "/decide", decision="approve", version="7")
    assert stale.reply.status_code == 409 and "新的版本" in stale.words


@pytest.mark.invariant(9)
def test_a_pharmacy_sees_its_order_lines_and_nothing_clinical(site: Site) -> None:
    wang = Patient(site)
    visit, rx = walk.signed(site, wang)
    walk.finish(site.as_("lin"), visit)
    walk.approve(site.as_("ren"), rx)
    order = wang.place_order()
    kang, an = site.as_("kang"), site.as_("an")
    seen = [kang.open("/pharmacy/board"), kang.open(f"/pharmacy/orders/{order}")]
    seen.append(kang.post(seen[-1], "/accept"))
    seen.append(kang.open(f"/pharmacy/orders/{order}/pick"))
    for page in seen:
        assert page.reply.status_code == 200
        for clinical in ("I10", "高血压", "青霉素", "血压平稳", "来续降压药"):
            assert clinical not in page.words, (page.path, clinical)
    for part in ("", "/pick", "/label"):
        assert an.open(f"/pharmacy/orders/{order}{part}").reply.status_code == 404, part
    for path in (f"/pharmacy/orders/{order}/pick", "/pharmacy/board"):
        assert site.as_("ren").open(path).path == "/staff/sign-in"


def test_wrong_scans_are_told_in_words_and_change_nothing(site: Site) -> None:
    wang = Patient(site)
    visit, rx = walk.signed(site, wang)
    walk.finish(site.as_("lin"), visit)
    walk.approve(site.as_("ren"), rx)
    order, kang = wang.place_order(), site.as_("kang")
    kang.post(kang.open(f"/pharmacy/orders/{order}"), "/accept")
    page = kang.open(f"/pharmacy/orders/{order}/pick")
    odd = kang.post(page, "/scans", code="123")
    assert odd.reply.status_code == 422 and "20 位" in odd.words
    other = prescribing.load().drugs["metformin"].products[0].pack_prefix + "9" * 13
    assert "放回货架" in kang.post(page, "/scans", code=other).words
    code = walk.codes(site, UUID(order))[0]  # type: ignore[arg-type]
    kang.post(page, "/scans", code=code)
    same = kang.post(page, "/scans", code=code)
    assert 'data-result="same"' in same.html
    undone = kang.post(kang.open(f"/pharmacy/orders/{order}/pick"), "/undo")
    assert "还差" in undone.words


@pytest.mark.invariant(14)
def test_stored_script_stays_text_on_every_page(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask(SCRIPT)
    pages = [lin.open("/doctor"), lin.open(f"/doctor/visits/{visit}"), walk.accept(lin, visit)]
    wang.say(SCRIPT)
    pages += [lin.open(f"/doctor/visits/{visit}{part}") for part in ("", "/note", "/refer", "/parts/talk")]
    note = lin.open(f"/doctor/visits/{visit}/note")
    lin.post(note, "/note", history=SCRIPT, assessment=SCRIPT, advice=SCRIPT, red_flags=SCRIPT, next_step=SCRIPT)
    pages += [lin.open(f"/doctor/visits/{visit}{part}") for part in ("/note", "/finish")]
    pages += [lin.post(note, "/doctor/find", q=SCRIPT), lin.open(f"/doctor/icd?q={SCRIPT}")]
    for page in pages:
        assert page.reply.status_code == 200 and "<script>alert" not in page.html, page.path
    assert "&lt;script&gt;" in pages[3].html
    assert all("unsafe-inline" not in page.reply.headers["content-security-policy"] for page in pages)


@pytest.mark.invariant(15)
def test_a_search_leaves_no_name_in_an_address(site: Site) -> None:
    walk.visit_in_hand(site, Patient(site))
    lin = site.as_("lin")
    desk = lin.open("/doctor")
    found = lin.post(desk, "/doctor/find", q="王建国")
    assert "王建国" in found.words and found.reply.url.query == b"" and desk.form("/doctor/find").method == "post"
    assert "1 条" not in lin.open("/doctor/find?q=王建国").words
    bare = lin.http.post("/doctor/find", data={"q": "王建国"}, headers={"accept": "text/html"})
    assert bare.status_code == 403


def test_a_form_without_our_token_is_refused(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask()
    for token in ("", "0" * 64):
        reply = lin.http.post(f"/doctor/visits/{visit}/accept", data={"csrf": token})
        assert reply.status_code == 403
    elsewhere = lin.open(f"/doctor/visits/{visit}").form("/accept").values["csrf"]
    reply = lin.http.post(f"/doctor/visits/{visit}/accept", data={"csrf": elsewhere},
                          headers={"origin": "https://evil.example"})
    assert reply.status_code == 403
    assert "候诊 1" in lin.open("/doctor").words


def test_the_office_reads_trail_and_licences_and_nothing_clinical(site: Site) -> None:
    wang = Patient(site)
    walk.accept(site.as_("lin"), wang.ask("胸口有点闷"))
    qin = site.as_("qin")
    page = qin.open("/office")
    assert page.path == "/admin/audit" and "林静" in page.words and "王建国" not in page.words
    site.run()
    checked = qin.post(page, "/admin/audit/verify")
    assert "一致" in checked.words
    assert "胸口" not in checked.html and "青霉素" not in checked.html
    licences = qin.open("/admin/licences")
    assert "110120000000001" in licences.words and "已核实" in licences.words
    assert "胸口" not in qin.open(checked.link(checked.html.split("entry=")[1].split('"')[0])).html


@pytest.mark.parametrize(("name", "path"), [("lin", "/doctor"), ("ren", "/pharmacist"), ("kang", "/pharmacy/board")])
def test_a_list_costs_the_same_however_long_it_is(site: Site, name: str, path: str) -> None:
    wang = Patient(site)
    visit, rx = walk.signed(site, wang)
    if name == "kang":
        walk.finish(site.as_("lin"), visit)
        walk.approve(site.as_("ren"), rx)
        wang.place_order()
    zhou = Patient(site, "zhou")
    zhou.ask("续降血脂药")
    browser = site.as_(name)
    browser.open(path)
    with site.counting() as seen:
        assert browser.open(path).reply.status_code == 200
    reading = [one for one in selects(seen) if one.startswith("SELECT")]
    gate = [one for one in reading if "FROM session_token" in one or "FROM audit_entry" in one]
    assert len(reading) - len(gate) <= 6, "\n".join(one[:120] for one in reading)
    assert len(selects(seen)) - (len(reading) - len(gate)) <= 3, "\n".join(one[:120] for one in seen)
