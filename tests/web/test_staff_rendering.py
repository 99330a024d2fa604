"""Every staff page renders in both languages, empty and with long names, and keeps the promises of the staff side."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.web import staff_samples as s
from tests.web import staff_samples_rx as m
from tests.web.staff_samples_house import PAGES, decision
from tests.web.staff_samples_pharmacy import board_view, label
from web.pages.staff.checking import over_week
from web.rendering import TEMPLATES, PageContext, environment, reading, render, waited

LANGS = ("zh", "en")
# Names, files, addresses and drug names stay as people and the formulary wrote them.
WRITTEN = (
    "中文 体检报告 城东区示范路 号 单元 吴志强 孙磊 林静 任洁 缬沙坦 胶囊 氨氯地平片 未知药 吗啡片 "
    "原发性高 血压 血压急症 每天早晨 粒 饭前饭后都行 吃 天 周 李 冯 王 高"
)
STAFF = TEMPLATES / "staff"


def page(name: str, lang: str = "zh") -> str:
    template, sample = PAGES[name]
    return render(template, context(lang), view=sample(lang))


def context(lang: str = "zh") -> PageContext:
    return PageContext(lang=lang, audience="staff", csrf="t0ken", now=s.NOW, path="/doctor")  # type: ignore[arg-type]


def part(name: str, **view: object) -> str:
    with reading(context()):
        return environment.get_template(f"staff/parts/{name}.html").render(page=context(), **view)


class Page(HTMLParser):
    """Enough of a page to ask about forms, ids and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[tuple[dict[str, str], list[str]]] = []
        self.depth: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append((given, []))
            self.depth.append(len(self.forms) - 1)
        elif "name" in given and self.depth:
            self.forms[self.depth[-1]][1].append(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.depth.pop()


def texts(html: str) -> str:
    without = re.sub(r"(?s)<(script|style|svg).*?</\1>|<(kbd|del|code)[^>]*>.*?</\2>", " ", html)
    return re.sub(r"<[^>]+>", " ", without)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_renders_with_its_language_one_heading_and_no_inline_style(name: str, lang: str) -> None:
    html = page(name, lang)
    read = Page(html)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in html
    assert "style=" not in html and "<style" not in html and not re.search(r"\son\w+=", html)
    assert all(
        given.get("src") or given.get("type") == "application/json" for tag, given in read.tags if tag == "script"
    )
    assert "{" not in texts(html) and (lang == "en" or "None" not in texts(html))
    assert sum(tag == "main" for tag, _ in read.tags) == 1
    assert any(tag == "h1" for tag, _ in read.tags)


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_every_label_and_error_points_to_one(name: str) -> None:
    read = Page(page(name))
    ids = [given["id"] for _, given in read.tags if "id" in given]
    assert len(ids) == len(set(ids)), [one for one in ids if ids.count(one) > 1]
    for tag, given in read.tags:
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form"):
            if attribute in given and not (tag == "form" and attribute == "form"):
                assert given[attribute] in ids, (tag, attribute, given[attribute])


@pytest.mark.parametrize("name", PAGES)
def test_every_posting_form_carries_the_token_and_none_carries_patient_text_in_its_address(name: str) -> None:
    for given, fields in Page(page(name)).forms:
        if given.get("method") == "post":
            assert any(field.startswith("csrf") for field in fields), given
            assert re.fullmatch(r"[\w/.\-]+", given["action"]), given["action"]


@pytest.mark.parametrize("name", PAGES)
def test_english_pages_hold_no_chinese_but_what_people_wrote(name: str) -> None:
    template, sample = PAGES[name]
    html = render(template, context("en"), view=sample("en"))
    html = re.sub(r"(?s)<textarea.*?</textarea>|<p class=\"bub\">.*?</p>|value=\"[^\"]*\"|“[^”]*”", " ", html)
    left = set(re.findall(r"[\u4e00-\u9fff]+", texts(html)))
    allowed = set(WRITTEN.split()) | set(re.findall(r"[\u4e00-\u9fff]+", s.LONG_ZH))
    assert left <= allowed, left - allowed


EVERY_TEMPLATE = [*sorted(STAFF.rglob("*.html")), TEMPLATES / "layouts" / "staff.html"]


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=lambda path: path.name)
def test_every_sentence_has_both_languages_and_the_same_facts(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 400
    for zh, en in re.findall(r"\bt\('((?:[^'\\]|\\.)*)', '((?:[^'\\]|\\.)*)'", source):
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), (zh, en)
        assert "！" not in zh and "!" not in en
    outside = re.sub(r"(?s){#.*?#}|\bt\(.*?\)|中文", "", source)
    assert not re.findall(r"[\u4e00-\u9fff]", re.sub(r"'[^']*'", "", outside)), path.name


@pytest.mark.invariant(14)
def test_a_patients_text_never_becomes_markup() -> None:
    html = page("console")
    assert "&lt;b&gt;138/86&lt;/b&gt;" in html and "<b>138/86</b>" not in html
    assert "&lt;script&gt;" in page("prescription") and "<script>" not in page("prescription")


@pytest.mark.invariant(6)
def test_never_asked_is_red_and_says_that_it_stops_signing() -> None:
    html = part("_allergies", allergies=s.NEVER_ASKED)
    assert "没有问过" in html and "不等于没有过敏" in html and "allergy--unknown" in html
    assert s.NEVER_ASKED.stops_signing and not s.PENICILLIN.stops_signing


@pytest.mark.invariant(6)
def test_an_allergy_that_was_taken_back_stands_struck_beside_the_none_and_looks_like_no_calm_none() -> None:
    html = part("_allergies", allergies=s.TAKEN_BACK)
    assert "<s>青霉素</s>" in html and "由患者删去" in html and "问过，患者说没有" in html
    assert "allergy--none" not in html and 'action="/doctor/visits/v1/allergies/a1"' in html
    assert "<form" not in part("_allergies", allergies=replace(s.TAKEN_BACK, settle=""))
    for state in ("known", "unknown", "unsure"):
        assert "<s>青霉素</s>" in part("_allergies", allergies=replace(s.TAKEN_BACK, state=state))


@pytest.mark.invariant(6)
def test_not_checked_has_its_own_count_and_is_never_folded_or_green() -> None:
    html = part("_findings", checks=m.checks(), rx_id="r1")
    block = html[html.index('id="finding-danshen"') : html.index('id="finding-policy"')]
    assert "未核对" in block and "tag--ok" not in block
    assert html.index("finding-danshen") < html.index("<details")


@pytest.mark.invariant(6)
def test_a_hard_stop_offers_no_way_past_and_stands_first() -> None:
    checks = m.checks(stop=True)
    assert checks.in_order[0].kind == "stop" and checks.open == 2
    html = part("_findings", checks=checks, rx_id="r1")
    assert "/findings/stop/acknowledge" not in html and "/findings/danshen/acknowledge" in html


def test_open_findings_come_before_handled_ones_of_greater_weight() -> None:
    order = [finding.key for finding in m.checks().in_order]
    assert order.index("danshen") < order.index("nsaid")


def test_the_signature_is_a_grey_button_with_its_reason_until_nothing_is_missing() -> None:
    assert "/sign" not in [given.get("href", "")[-5:] for tag, given in Page(page("writer")).tags if tag == "a"]
    assert 'href="#finding-danshen"' in page("writer") and "还差 1 项" in page("writer")
    assert 'href="/doctor/prescriptions/r1/sign"' in page("writer-ready")


def test_a_drug_that_may_not_be_prescribed_online_cannot_be_chosen() -> None:
    html = part("_drug_hits", hits=m.HITS, query="ma", rx_id="r1")
    row = html[html.index('value="morphine"') :]
    assert "<button data-hit disabled" in row and "特殊管理药品" in row


@pytest.mark.invariant(15)
def test_an_offer_shows_no_full_name_and_no_address_before_it_is_accepted() -> None:
    offered = page("board-offered")
    assert s.LONG_ZH not in offered and "示范路" not in offered
    accepted = render("staff/pharmacy/board.html", context(), view=board_view("zh", "accepted"))
    assert s.LONG_ZH in accepted and "示范路" in accepted


@pytest.mark.invariant(15)
def test_the_code_on_a_label_is_the_order_number_alone() -> None:
    code = re.search(r'class="code">([^<]*)<', render("staff/pharmacy/label.html", context(), view=label("zh")))
    assert code and code.group(1) == "O-88177"


def test_a_parcel_can_be_closed_only_when_every_pack_was_scanned() -> None:
    assert re.search(r'action="/pharmacy/orders/o1/pack".*?<button class="btn" disabled', page("pick"), re.S)
    assert 'data-key="ctrl+Enter"' in page("pick-cancelled")


@pytest.mark.invariant(4)
def test_a_held_or_badly_signed_prescription_offers_no_approval() -> None:
    held = page("review-held")
    assert 'value="approve"' not in held and "签名无效" in held and 'id="decide"' not in held


def test_neither_decision_nor_judgement_is_preset() -> None:
    undecided = Page(page("console-unjudged"))
    assert not any(given.get("name") == "answer" and "checked" in given for _, given in undecided.tags)


def test_only_ctrl_enter_binds_where_something_is_signed_reviewed_or_packed() -> None:
    for name, action in (("sign", "/sign"), ("review", "/decide"), ("pick-cancelled", "/pack")):
        html = page(name)
        assert action in html
        bound = [given for tag, given in Page(html).tags if tag == "button" and given.get("data-key") == "ctrl+Enter"]
        assert len(bound) == 1


@pytest.mark.invariant(1)
def test_an_unknown_fact_is_printed_as_not_known() -> None:
    html = render("staff/decision.html", context(), view=decision("zh", forecast=True))
    assert "不知道" in html and "未核对" in html and "不约束任何人" in html


def test_allergies_stand_on_every_page_that_touches_a_treatment() -> None:
    for name in (
        "console",
        "note",
        "evidence",
        "refer",
        "finish",
        "record",
        "writer",
        "sign",
        "prescription",
        "review-queue",
        "review",
    ):
        assert 'class="allergy' in page(name), name


def test_urgent_patients_carry_their_tag_before_the_complaint() -> None:
    html = page("console")
    assert html.index("紧急") < html.index("胸闷 1 天")


def test_every_part_of_the_note_that_the_patient_reads_says_so() -> None:
    fields = re.findall(r'<label for="f-(\w+)">(.*?)</label>', page("note"))
    told = [name for name, words in fields if "患者会看到" in words]
    assert told == ["assessment", "advice", "red_flags", "next_step"]


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith(("console", "note"))])
def test_a_letter_stands_on_one_control_of_the_page(name: str) -> None:
    """Two links to one address may share their letter: a part that is broken in two panes."""
    found = [(n, given) for n, (_, given) in enumerate(Page(page(name)).tags) if given.get("data-key", "").isalpha()]
    controls = {(given["data-key"], given.get("href") or n) for n, given in found}
    keys = [key for key, _ in controls]
    assert len(keys) == len(set(keys)), sorted(keys)


@pytest.mark.parametrize(("lang", "length"), [("zh", r"(\d+ 小时 )?\d+ 分"), ("en", r"(\d+ h )?\d+ min")])
@pytest.mark.parametrize("name", ["review-queue", "review"])
def test_how_long_something_waits_is_a_length_before_any_script_runs(name: str, lang: str, length: str) -> None:
    waits = re.findall(r'data-since="[^"]+">([^<]+)<', page(name, lang))
    assert waits and all(re.fullmatch(length, one) for one in waits), waits
    with reading(context(lang)):
        now = s.NOW
        told = [waited(now - timedelta(**one)) for one in ({"seconds": 59}, {"minutes": 65}, {"seconds": -9})]
    assert told == (["0 分", "1 小时 5 分", "0 分"] if lang == "zh" else ["0 min", "1 h 5 min", "0 min"])


def test_the_reviewer_reads_why_more_than_seven_days_were_prescribed() -> None:
    _, sample = PAGES["review"]
    view = replace(sample("en"), long_supply=over_week("慢性病，病情稳定"))
    html = render("staff/pharmacist/review.html", context("en"), view=view)
    assert "More than 7 days: Chronic, stable" in html
    assert "More than 7 days" not in page("review", "en")


@pytest.mark.parametrize(("state", "said"), [
    ("offered", "库存 26 盒"), ("accepted", "已留 26 盒"), ("packed", "已留 26 盒")])
def test_packs_in_stock_and_packs_set_aside_are_told_apart(state: str, said: str) -> None:
    html = page(f"board-{state}")
    assert said in html and ("按您的库存" in html) == (state == "offered")
    assert said not in page("board-delivered") and "按您的库存" not in page("board-delivered")
