"""Why: the patient's plain page in both languages, the inspector's sheet, and the signed file; nobody else sees it."""
import json
from datetime import datetime

import pytest

from app.policy import api as policy
from app.policy.signed import verify
from app.work import Actor
from tests.web import staff_walk as walk
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


def refused_diagnosis(site: Site) -> str:
    """Dr Lin finds that Wang's condition has changed and tries to diagnose; the id of the refusal."""
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask()
    walk.accept(lin, visit)
    walk.judge(lin, visit, "changed")
    page = walk.diagnose(lin, visit)
    assert page.reply.status_code == 409
    return page.html.split("/doctor/decisions/")[1].split('"')[0]


@pytest.mark.invariant(2)
def test_the_patient_reads_the_verdict_the_rules_the_facts_and_what_would_change_it(site: Site) -> None:
    number = refused_diagnosis(site)
    phone = Phone(site).sign_in("wang")
    words = phone.open(f"/decisions/{number}").words
    assert "不能在线诊断" in words and "CN-VISIT-03" in words and "第19条" in words and "只读过摘要" in words
    assert "病情是否有变化" in words and "医生的判断" in words and "什么会改变结果" in words
    words = phone.speak("en") and phone.open(f"/decisions/{number}").words
    assert "No diagnosis online" in words and "judgement" in words and "would change" in words


def test_the_inspector_prints_the_same_verdict_with_every_rule_that_was_judged(site: Site) -> None:
    number = refused_diagnosis(site)
    sheet = site.as_("qin").open(f"/admin/decisions/{number}")
    assert sheet.reply.status_code == 200 and "CN-VISIT-03" in sheet.words
    quiet = sheet.html.split("判断过而没有触发的规则")[1]
    assert "CN-ADVICE-2015" not in quiet, "a rule of another time was not judged"
    assert "fuzhen policy verify" in sheet.words and "/.well-known/fuzhen-keys.json" in sheet.words


def kept(site: Site, stage: str, **facts: object) -> str:
    """A stored decision about these facts; its number."""
    with site.house.write(Actor("doctor")) as work:
        sheet = policy.fact_sheet(work)
        for name, value in facts.items():
            sheet.put(name.replace("__", "."), value, source="visit:1")
        return str(policy.judge(work, stage, sheet, policy.Subject(kind="visit")).row.id)


def test_where_no_rule_spoke_the_sheet_says_so_in_words_and_shows_no_empty_table(site: Site) -> None:
    number = kept(site, "book", booking__patient_id_matches=True, booking__active_for_same_doctor_day=0,
                  booking__no_shows_90d=0)
    page = site.as_("qin").open(f"/admin/decisions/{number}")
    assert "没有一条触发" in page.words and "<tbody>\n  </tbody>" not in page.html
    assert page.html.split("为什么</h2>")[1].split("<h2>")[0].count("<table") == 0


@pytest.mark.parametrize(("day", "since"), [("2024-06-30", ""), ("2024-07-01", "2024-07-01")])
def test_a_drug_that_is_controlled_since_today_says_since_when(site: Site, day: str, since: str) -> None:
    site.clock.at = datetime.fromisoformat(f"{day}T04:00:00+00:00")
    with site.house.write(Actor("doctor")) as work:
        sheet = policy.fact_sheet(work)
        sheet.put_drug("dextromethorphan_oral_single")
        number = policy.judge(work, "dispense", sheet, policy.Subject(kind="order")).row.id
    qin = site.as_("qin")
    words = qin.open(f"/admin/decisions/{number}").words
    assert "2022-12-01 起（药品网络销售禁止清单" in words
    assert ("第二类精神药品：2024-07-01 起" in words and "2024年第54号" in words) == bool(since)


def test_where_no_rule_was_asked_none_is_called_judged(site: Site) -> None:
    number = kept(site, "prescribe", rx__days="7")
    page = site.as_("qin").open(f"/admin/decisions/{number}")
    assert "没有一条规则得到判断" in page.words
    assert "都未触发" not in page.words and "判断过而没有触发" not in page.words
    told = site.as_("qin").open(f"/admin/decisions/{number}.json").reply.json()["decision"]
    assert told["judged_quiet"] == [] and told["record"]["decision"]["reasons"][0]["code"] == "bad_facts"


@pytest.mark.invariant(2)
@pytest.mark.parametrize("who", ["patient", "doctor", "inspector"])
def test_the_file_that_each_takes_along_holds_under_the_published_key(site: Site, who: str) -> None:
    number = refused_diagnosis(site)
    if who == "patient":
        reply = Phone(site).sign_in("wang").open(f"/decisions/{number}/file").reply
    else:
        name, place = ("lin", "doctor") if who == "doctor" else ("qin", "admin")
        reply = site.as_(name).open(f"/{place}/decisions/{number}.json").reply
    assert "attachment" in reply.headers["content-disposition"]
    keys = json.loads(site.stranger().open("/.well-known/fuzhen-keys.json").reply.content)
    found = verify(reply.content, keys)
    assert found.holds and str(found.record.id) == number and "d" not in keys["keys"][0], "never the private part"


@pytest.mark.invariant(9)
def test_somebody_else_finds_nothing(site: Site) -> None:
    number = refused_diagnosis(site)
    zhao = Phone(site).sign_in("zhao")
    zhao.open(f"/decisions/{number}", expect=404)
    zhao.open(f"/decisions/{number}/file", expect=404)
    assert site.as_("gao").open(f"/doctor/decisions/{number}").reply.status_code == 404
    assert "不能在线诊断" not in site.stranger().open(f"/decisions/{number}").words
