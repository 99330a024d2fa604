"""The officers' pages: a rule is written in a form or as YAML, proven, proposed, approved by the other, in force."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.identity import api as identity
from app.identity.api import DEPARTMENTS
from app.kit.clock import local_date
from app.policy import api as policy
from app.policy.api import desk
from app.policy.differing import differences
from app.policy.versions.templates import templates
from app.work import HOUSE, Actor, all_of
from tests.intruder import unlock
from tests.web.staff_patient import Patient
from tests.web.staff_site import Browser, Page, Site
from web.pages.staff.office.form_reading import carried_out, read_form
from web.pages.staff.office.rule_form import LABELS, condition, schema
from web.pages.staff.office.versions import HOME

WHY = "医保只支付 90 天内的复诊。"


def begun(site: Site, template: str = "evidence-90-days") -> Page:
    """The editor of a fresh draft of Qin."""
    qin = site.as_("qin")
    page = qin.open(HOME)
    return qin.post(page, HOME, **{"from": f"template:{template}"})


def id_of(page: Page) -> str:
    return page.path.split("/")[4]


def proposed(site: Site, template: str = "evidence-90-days") -> str:
    """A version that waits for Tang."""
    qin, page = site.as_("qin"), begun(site, template)
    here = f"{HOME}/{id_of(page)}"
    qin.post(qin.open(here), "/check")
    qin.post(qin.open(here), "/replay")
    site.run()
    page = qin.post(qin.open(here), "/propose", why=WHY, wanted_from=local_date(site.clock.now()).isoformat())
    assert "不能自己批准" in page.words
    return here


def fields_of(page: Page) -> dict[str, Any]:
    """What a browser would send of the editor."""
    return page.form("/edit").values


def save(browser: Browser, page: Page, do: str, **changes: Any) -> Page:
    return browser.post(page, "/edit", do=do, **changes)


def rows(site: Site) -> list[desk.PolicyVersion]:
    with site.house.read(HOUSE) as work:
        return all_of(work, desk.PolicyVersion)


def test_the_list_says_every_rule_as_a_sentence_with_its_source(site: Site) -> None:
    page = site.as_("qin").open("/admin/rules")
    assert "线下诊断日期早于 180 天前" in page.words and "互联网诊疗管理办法(试行) 第19条" in page.words
    assert "原文已读" in page.words and "未核实" in page.words
    page = site.as_("qin").open("/admin/rules/rule/CN-VISIT-05")
    assert "本院可以另写更严的规则" in page.words and "prior.date" in page.words
    assert site.as_("qin").open("/admin/rules/rule/CN-NOTHING").reply.status_code == 404


def test_only_officers_open_these_pages(site: Site) -> None:
    here = proposed(site)
    for path in ("/admin/rules", HOME, here, f"{here}/edit"):
        for who in ("bai", "lin"):
            answer = site.as_(who).http.get(path, headers={"accept": "text/html"}, follow_redirects=False)
            assert answer.status_code in (303, 403) and "HOUSE-EVIDENCE" not in answer.text
    nobody = site.stranger().http.get(here, headers={"accept": "text/html"}, follow_redirects=False)
    assert nobody.status_code == 303


def test_the_other_officer_approves_and_it_decides(site: Site) -> None:
    here = proposed(site)
    qin, tang = site.as_("qin"), site.as_("tang")
    page = tang.open(here)
    assert "回放" in page.words and "今天" not in page.form("/approve").values
    page = tang.post(page, "/approve", seen="")
    assert page.reply.status_code == 422 and "打勾" in page.words and rows(site)[0].state == "proposed"
    page = tang.post(tang.open(here), "/approve", seen="1")
    assert page.path == here and "在用" in page.words, page.words[:500]
    assert "HOUSE-EVIDENCE-01" in qin.open("/admin/rules?layer=institution").words
    assert "不能撤回" in qin.open(here).words


def test_the_author_who_approves_all_the_same_is_refused(site: Site) -> None:
    here, qin = proposed(site), site.as_("qin")
    page = qin.open(here)
    token = page.form("/withdraw").values["csrf"]
    answer = qin.http.post(f"{here}/approve", data={"csrf": token, "seen": "1", "sha256": rows(site)[0].sha256},
                           headers={"accept": "text/html"})
    assert answer.status_code == 403 and rows(site)[0].state == "proposed"


def test_a_proposal_is_sent_back_with_a_reason(site: Site) -> None:
    here, tang = proposed(site), site.as_("tang")
    page = tang.post(tang.open(here), "/reject", reason="")
    assert page.reply.status_code == 422
    page = tang.post(tang.open(here), "/reject", reason="请写明会议纪要的编号")
    assert "已退回" in page.words and "会议纪要" in page.words


def test_a_number_changed_in_the_form_stands_in_the_yaml(site: Site) -> None:
    qin, page = site.as_("qin"), begun(site)
    assert "读作" in page.words and "早于 90 天前" in page.words
    shown = save(qin, page, "show:", **{"params.0.value": "60"})
    assert "evidence_days: 60" in fields_of(shown)["yaml"] and "早于 60 天前" in shown.words
    assert "还没有保存" in shown.words and "90" in rows(site)[0].source
    save(qin, page, "save", **{"params.0.value": "60", "why": WHY})
    kept = rows(site)[0]
    assert (kept.revision, kept.why) == (2, WHY) and desk.policy_of(kept).params == {"evidence_days": 60}


def test_what_the_form_saves_unchanged_is_the_same_policy(site: Site) -> None:
    for name in templates():
        page = begun(site, name)
        before = desk.policy_of(rows(site)[-1])
        save(site.as_("qin"), page, "save")
        assert differences(before, desk.policy_of(rows(site)[-1])) == ()


def test_yaml_is_saved_as_it_was_typed(site: Site) -> None:
    qin, page = site.as_("qin"), begun(site)
    yaml = fields_of(page)["yaml"].replace("evidence_days: 90", "evidence_days: 45  # 会议决定")
    save(qin, page, "yaml", yaml=yaml)
    assert "会议决定" in rows(site)[0].source


@pytest.mark.parametrize(("old", "new", "said"), [
    ("prior.date", "prior.dat", "第 10 行"), ("effect: block", "effect: shout", "第 7 行"),
    ("rules:", "rules: [", "YAML")])
def test_a_fault_is_told_with_its_line_and_what_was_typed_stays(site: Site, old: str, new: str, said: str) -> None:
    qin, page = site.as_("qin"), begun(site)
    yaml = fields_of(page)["yaml"].replace(old, new)
    again = save(qin, page, "yaml", yaml=yaml)
    assert again.reply.status_code == 422 and said in again.words, again.words[:900]
    assert fields_of(again)["yaml"].strip() == yaml.strip() and rows(site)[0].revision == 1


@pytest.mark.parametrize("yaml", ["- " * 50_000, "a: " * 2000, "x" * 600_000, "{" * 5000, "&a [*a]",
                                  "params: {a: 0x" + "f" * 6000 + "}", "params: {a: 1" + ":59" * 3000 + ".5}"])
def test_huge_and_deep_yaml_gets_a_clear_message(site: Site, yaml: str) -> None:
    qin, page = site.as_("qin"), begun(site)
    again = save(qin, page, "yaml", yaml=yaml)
    assert again.reply.status_code == 422 and 'class="errsum"' in again.html and rows(site)[0].revision == 1


def test_a_wrong_form_is_told_and_keeps_what_was_typed(site: Site) -> None:
    qin, page = site.as_("qin"), begun(site)
    again = save(qin, page, "save", **{"rules.0.valid_from": "2026-13-99", "params.0.value": "61"})
    assert again.reply.status_code == 422 and "valid_from" in again.words and rows(site)[0].revision == 1
    assert fields_of(again)["params.0.value"] == "61"


def test_two_officers_do_not_overwrite_each_other(site: Site) -> None:
    page = begun(site)
    theirs = site.as_("tang").open(page.path)
    save(site.as_("qin"), page, "save", **{"params.0.value": "60"})
    again = save(site.as_("tang"), theirs, "save", **{"params.0.value": "30"})
    assert again.reply.status_code == 409 and fields_of(again)["params.0.value"] == "30"
    assert desk.policy_of(rows(site)[0]).params == {"evidence_days": 60}


def test_buttons_add_and_take_away_parts(site: Site) -> None:
    qin, page = site.as_("qin"), begun(site)
    more = save(qin, page, "and:rules.0.when")
    assert fields_of(more)["rules.0.when.parts.1.op"] == "eq" and fields_of(more)["rules.0.when.kind"] == "all"
    filled = {"rules.0.when.parts.1.fact": "visit.mode", "rules.0.when.parts.1.op": "in",
              "rules.0.when.parts.1.ref": "text，audio"}
    shown = save(qin, more, "show:", **filled)
    assert "并且问诊方式是其中之一：文字、语音" in shown.words
    less = save(qin, shown, "drop:rules.0.when.parts.1")
    assert "rules.0.when.parts.1.op" not in fields_of(less)
    assert len([name for name in fields_of(save(qin, page, "add:rules")) if name.endswith(".effect")]) == 2


@pytest.mark.parametrize("do", ["drop:rules.7", "and:rules.0.nothing", "add:rules.x.cite", "drop:params.9", "not:",
                                "zzz:a"])
def test_a_button_that_leads_nowhere_changes_nothing(site: Site, do: str) -> None:
    page = begun(site)
    again = save(site.as_("qin"), page, do)
    assert again.reply.status_code == 200 and fields_of(again)["params.0.value"] == "90"


def test_a_form_nested_without_end_is_refused(site: Site) -> None:
    page = begun(site)
    again = save(site.as_("qin"), page, "save", **{"rules.0.when" + ".parts.0" * 40 + ".fact": "x"})
    assert again.reply.status_code == 422 and "套得太深" in again.words


def test_every_field_of_the_models_has_its_label() -> None:
    wanted = {(model, name) for model in ("Rule", "Cite", "Exception_", "Message")
              for name in schema()[model]["properties"] if name not in ("when", "cite", "exceptions", "message")}
    assert wanted == set(LABELS)


@pytest.mark.parametrize("node", [
    {"fact": "rx.days", "op": "gt", "value": 7},
    {"not": {"fact": "prior.date", "op": "days_since_le", "param": "days"}},
    {"not": {"all": [{"fact": "rx.ai_generated", "op": "true"}, {"fact": "rx.days", "op": "le", "value": 3}]}},
    {"any": [{"fact": "rx.drug_classes", "op": "any_of", "list": "some"}, {"all": [
        {"fact": "visit.mode", "op": "in", "value": ["text", "video"]}, {"fact": "prior.date", "op": "present"}]}]}])
def test_a_condition_comes_back_from_the_form_as_it_was(node: dict[str, Any]) -> None:
    pairs: dict[str, list[str]] = {"params.0.name": ["days"], "params.0.value": ["90"], "lists.0.name": ["some"],
                                   "lists.0.value": ["vaccine"]}

    def fill(form: Any) -> None:
        pairs[f"{form.path}.kind"] = [form.kind]
        for one in form.fields:
            pairs[one.name] = [one.value]
        for part in form.parts:
            fill(part)

    fill(condition("rules.0.when", node))
    assert json.dumps(read_form(pairs)["rules"][0]["when"]) == json.dumps(node)
    assert carried_out({"rules": [{"when": dict(node)}]}, "not", "rules.0.when")["rules"][0]["when"] == node.get(
        "not", {"not": node})


def test_a_replay_is_watched_and_cancelled(site: Site) -> None:
    qin, page = site.as_("qin"), begun(site)
    here = f"{HOME}/{id_of(page)}"
    qin.post(qin.open(here), "/check")
    page = qin.post(qin.open(here), "/replay", last="5")
    assert "回放中" in page.words and 'http-equiv="refresh"' in page.html
    page = qin.post(page, "/cancel")
    assert "取消了" in page.words
    qin.post(qin.open(here), "/replay", last="5")
    site.run()
    page = qin.open(here)
    whole = qin.open(page.link(page.html.split("/admin/rules/replays/")[1][:36]))
    assert "案例文件" in whole.words and "缺的事实仍算缺" in whole.words
    assert "王建国" not in whole.html
    page = qin.post(qin.open(here), "/replay", last="0")
    assert page.reply.status_code == 422


def judged(site: Site, visit: str, patient: str, who: str = "") -> None:
    """A prescription of this visit on a diagnosis that is a year old."""
    with site.house.read(HOUSE) as work:
        account = identity.account_by_login(work, who) if who else None
    with site.house.write(Actor("doctor", account.id if account else None)) as work:
        sheet = policy.fact_sheet(work)
        sheet.put("prior.date", local_date(work.now) - timedelta(days=365), source="evidence:1")
        policy.judge(work, "prescribe", sheet,
                     policy.Subject(kind="visit", visit_id=UUID(visit), patient_id=UUID(patient)))


def test_a_replay_says_in_which_departments_and_for_how_many_people(site: Site) -> None:
    wang, ma = Patient(site), Patient(site, "ma", 1)
    pressure, breathing = wang.ask(), ma.ask("哮喘续药", "advice", "asthma_followup", pay=False)
    for visit, patient in ((pressure, wang.id), (pressure, wang.id), (breathing, ma.id)):
        judged(site, visit, patient)
    judged(site, str(uuid4()), wang.id)
    qin, here = site.as_("qin"), proposed(site)
    found = qin.open(here).html.split("谁会看到变化")[1].split("</table>")[0]
    told = {words[-3]: tuple(map(int, words[-2:])) for row in found.split("<tr")[1:]
            if (words := re.sub(r"<[^>]+>", " ", row).split())}
    assert told["儿科"] == (1, 1) and told["不在就诊里，或记录已按期清除"] == (1, 1)
    own = DEPARTMENTS[wang.get(f"/visits/{pressure}")["department"]].zh
    assert told[own][0] >= 2 and told[own][1] == 1, "several decisions about one person"
    assert told.pop("合计") == (sum(count for count, _ in told.values()), 2), "who is in two rows is one person"


def example_words(page: str, heading: str = "例子：对谁会变") -> str:
    return re.sub(r"<[^>]+>", " ", page.split(heading)[1].split("</table>")[0])


def test_examples_say_for_whom_with_the_name_masked_and_the_patient_reads_of_the_look(site: Site) -> None:
    wang = Patient(site)
    visit = wang.ask()
    judged(site, visit, wang.id, "lin")
    before = len([one for one in wang.get(f"/patients/{wang.id}/looks") if "replay" in str(one)])
    qin, here = site.as_("qin"), proposed(site)
    page = qin.open(here)
    told = example_words(page.html)
    assert re.search(r"王\*\* 58 男", told) and "王建国" not in told and "林静" in told
    assert "HOUSE-EVIDENCE-01" in page.words and "每条规则改变多少" in page.words
    assert re.search(r"诊断日期：2026-\d\d-\d\d，当时已隔 \d+ 天", told), told
    after = [one for one in wang.get(f"/patients/{wang.id}/looks") if "replay" in str(one)]
    assert before == 0 and len(after) == 1
    qin.open(here)
    assert len([one for one in wang.get(f"/patients/{wang.id}/looks") if "replay" in str(one)]) == 1, "one look, once"


def test_an_example_whose_record_was_altered_or_whose_patient_is_gone_is_not_guessed(site: Site) -> None:
    judged(site, str(uuid4()), str(uuid4()))
    qin, here = site.as_("qin"), proposed(site)
    assert "—" in example_words(qin.open(here).html), "nobody is named where nobody is known"
    with site.house.write(HOUSE) as work:
        unlock(work.session, "policy_decision")
        work.session.connection().exec_driver_sql("UPDATE policy_decision SET verdict = 'warn'")
    assert "例子：对谁会变" not in qin.open(here).words


def test_a_changed_rule_that_changes_nothing_stands_there_with_a_nought(site: Site) -> None:
    qin, here = site.as_("qin"), proposed(site, "guardian-under-14")
    found = qin.open(here).html.split("每条规则改变多少")[1].split("</table>")[0]
    assert "HOUSE-" in found and "不变" in found and found.count("<tr>") == 2, "the head and one rule"


def test_the_list_says_how_often_a_rule_spoke_and_its_page_how_it_stood(site: Site) -> None:
    judged(site, str(uuid4()), str(uuid4()))
    qin = site.as_("qin")
    row = qin.open("/admin/rules").html.split("/admin/rules/rule/CN-VISIT-05")[1].split("</tr>")[0]
    assert row.endswith('">1</td>'), row
    told = qin.open("/admin/rules/rule/CN-VISIT-05").words
    assert re.search(r"判定了 \d+ 次", told) and "触发 1" in told and "不按医生、药品或患者" in told
    assert "不知道时：不提醒" in told, "it asks whether the date is known, so without a date it says nothing"
    assert "一次也没有说话" in qin.open("/admin/rules/rule/CN-COLD-01").words


def test_two_versions_are_compared_in_words(site: Site) -> None:
    qin, page = site.as_("qin"), begun(site)
    first = id_of(page)
    page = qin.post(qin.open(HOME), HOME, **{"from": f"version:{first}"})
    save(qin, page, "save", **{"params.0.value": "60"})
    page = qin.open(f"{HOME}/{id_of(page)}?against={first}")
    assert "参数 evidence_days" in page.words and "原来： 90" in page.words and "现在： 60" in page.words
    assert qin.post(qin.open(HOME), HOME, **{"from": "template:nothing"}).reply.status_code == 422
