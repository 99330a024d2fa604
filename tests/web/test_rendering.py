"""Every page of the patient renders in both languages and sizes, complete, escaped and free of inline code."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from jinja2 import meta, nodes
from jinja2.exceptions import UndefinedError

from app.kit.text import Text
from tests.web.page_text import Words
from tests.web.patient_people import NOW
from tests.web.patient_samples import LANGS, SAMPLES, SIZES, context, page
from tests.web.patient_samples_visit import CHAT, EVIDENCE, TALK, WAITING
from web.rendering import (
    TEMPLATES,
    PageContext,
    age,
    asset,
    clock,
    day,
    environment,
    icon,
    money,
    month,
    reading,
    render,
    span,
    t,
    when,
    years,
)

NAMES = sorted(SAMPLES)
# Latin that a Chinese page may carry: units, file kinds, the switch, codes, and what a patient typed
LATIN = re.compile(r"\b(Chrome|Edge|Safari|Firefox|"
                   r"EN|English|PDF|MB|mg|ml|kg|RX|CN|fv|child_cough|r7|C|b|X|jpg|pdf|K|g)\b|(?<=\d)X\b|\{\w+\}")
# Chinese that an English page may carry: the switch, and the words of patients and doctors themselves
OWN_WORDS = {"中", "中文", "早上起来头晕，站一会儿就好。\n氨氯地平要不要减量？<b>", "谢谢林医生，那我周一空腹去抽血。"}
OWN_WORDS |= {str(m.text) for m in TALK if isinstance(m.text, str)} | {"早上起来头晕，站一会儿就好。"}
OWN_WORDS |= {"咳嗽 9 天，夜里重", "青霉素（出疹子）"}
OURS = [
    path
    for room in ("layouts", "ui", "patient", "public")
    for path in sorted((TEMPLATES / room).rglob("*.html"))
    if path.name != "staff.html" and not path.name.startswith("demo")
]


def zh(when_: datetime = NOW) -> PageContext:
    return PageContext(now=when_)


def en() -> PageContext:
    return PageContext(lang="en", now=NOW)


# --- every page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_page_renders_in_both_languages_and_all_sizes_without_inline_code(name: str) -> None:
    for lang in LANGS:
        for size in (*SIZES, "elder-xl"):
            html = page(name, lang, size)
            words = Words(html)
            assert words.tags[0][1]["lang"] == ("zh-CN" if lang == "zh" else "en")
            assert words.tags[0][1].get("class", "") == size
            assert words.count("h1") == 1, f"{words.count('h1')} headings of the first level"
            assert words.count("main") == 1 and 'id="main"' in html
            for tag, attrs in words.tags:
                assert "style" not in attrs and not any(key.startswith("on") for key in attrs), (tag, attrs)
                assert tag != "style" and (tag != "script" or attrs.get("src")), (tag, attrs)


@pytest.mark.parametrize("name", NAMES)
def test_a_chinese_page_holds_no_english(name: str) -> None:
    for lang, text in Words(page(name, "zh")).found:
        if lang == "zh-CN":
            assert not re.search(r"[A-Za-z]", LATIN.sub("", text)), text


@pytest.mark.parametrize("name", NAMES)
def test_an_english_page_holds_no_chinese_but_peoples_own_words(name: str) -> None:
    for lang, text in Words(page(name, "en")).found:
        if lang == "en" and text not in OWN_WORDS:
            assert not re.search(r"[\u4e00-\u9fff]", text), text


@pytest.mark.parametrize("name", NAMES)
def test_every_posting_form_carries_the_token(name: str) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page(name), re.S):
        assert 'name="csrf" value="csrf-of-the-test"' in form


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_on_a_page_are_unique_and_every_label_finds_its_field(name: str) -> None:
    tags = Words(page(name)).tags
    ids = [attrs["id"] for _, attrs in tags if attrs.get("id")]
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    wanted = [attrs["for"] for tag, attrs in tags if tag == "label" and attrs.get("for")]
    described = [part for _, attrs in tags for part in (attrs.get("aria-describedby") or "").split()]
    assert set(wanted + described) <= set(ids)


def test_every_template_of_ours_has_a_sample() -> None:
    used = {template for template, _ in SAMPLES.values()}
    pages = {path.relative_to(TEMPLATES).as_posix() for path in OURS if path.parent.name in ("patient", "public")}
    assert {name for name in pages if "/_" not in name} == used


def test_no_choice_is_made_for_the_patient_beforehand() -> None:
    for name in ("register-consents", "triage-complaint", "history-new", "triage-flags-error"):
        assert " checked" not in page(name), name


@pytest.mark.invariant(14)
def test_what_a_patient_typed_never_becomes_mark_up() -> None:
    html = page("chat")
    assert "&lt;b&gt;" in html and "减量？<b>" not in html


@pytest.mark.invariant(12)
def test_the_emergency_page_offers_120_and_no_way_into_the_queue() -> None:
    for name in ("emergency", "emergency-nowhere"):
        html = page(name)
        assert 'href="tel:120"' in html
        assert not re.search(r'href="[^"]*(forecast|doctor|visits|pay)', html)


@pytest.mark.invariant(1)
def test_what_was_not_checked_is_shown_as_unknown_and_never_as_met() -> None:
    html = page("prescription")
    line = re.search(r"<li class=\"(\w+)\">(?:(?!</li>).)*肾功能：没有核对", html, re.S)
    assert line and line[1] == "off" and "不清楚" in line[0]


# --- templates as source ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_both_languages_are_literals_in_the_template(path) -> None:
    tree = environment.parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "t"):
            continue
        texts = [arg for arg in call.args if isinstance(arg, nodes.Const) and arg.value]
        assert len(call.args) == len(texts) == 2, f"line {call.lineno}: t() needs two literal texts"
        chinese, english = (set(re.findall(r"{(\w+)}", text.value)) for text in texts)
        given = {word.key for word in call.kwargs} - {"one"}
        assert chinese | english <= given, f"line {call.lineno}: a fact is not given"


def names_made(tree: nodes.Template) -> set[str]:
    """What a template imports, sets and defines; a block sees it although it is a frame of its own."""
    made = {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.FromImport):
        made |= {name if isinstance(name, str) else name[1] for name in node.names}
    made |= {node.name for node in tree.find_all(nodes.Macro)} | {node.name for node in tree.find_all(nodes.NSRef)}
    return made | {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_template_asks_only_for_what_a_page_gives(path) -> None:
    tree = environment.parse(path.read_text(encoding="utf-8"))
    asked = meta.find_undeclared_variables(tree) - names_made(tree)
    layout = {"title", "about", "back", "tab", "heading", "root", "quiet", "frame", "caller"}
    given = {"v", "m", "initial", "page", "problem", "status", *layout, *environment.globals}
    assert asked <= given, asked - given


def test_a_missing_name_is_loud() -> None:
    with reading(zh()), pytest.raises(UndefinedError):
        environment.from_string("{{ v.nmae }}").render(v=CHAT)


# --- parts that the live page fetches again ---------------------------------------------------------------


def test_a_part_is_the_same_on_the_page_and_alone() -> None:
    for part, view, name in (
        ("_waiting", WAITING, "waiting"),
        ("_chat_status", CHAT, "chat"),
        ("_pages", EVIDENCE, "evidence"),
    ):
        alone = render(f"patient/parts/{part}.html", context("zh", ""), v=view).strip()
        assert "data-part" in alone and alone.split("\n")[0] in page(name)


def test_a_message_for_the_socket_is_one_numbered_line() -> None:
    for message in TALK:
        html = render("patient/parts/_message.html", context("zh", ""), m=message, initial="林").strip()
        assert html.startswith("<li") and html.endswith("</li>") and f'data-seq="{message.seq}"' in html


# --- words, money, time -----------------------------------------------------------------------------------


@pytest.mark.invariant(14)
def test_facts_in_a_sentence_are_escaped_and_its_own_mark_up_stays() -> None:
    with reading(zh()):
        assert t("<b>{who}</b>来了", "<b>{who}</b> came", who="<i>x</i>") == "<b>&lt;i&gt;x&lt;/i&gt;</b>来了"
        assert t(Text(zh="<b>", en="<i>")) == "&lt;b&gt;"
    with reading(en()):
        assert t("{who}", "{who}", who=Text(zh="王", en="Wang")) == "Wang"


def test_english_counts_one_as_one() -> None:
    with reading(en()):
        assert t("{n} 页", "{n} pages", one="1 page", n=1) == "1 page"
        assert t("{n} 页", "{n} pages", one="1 page", n=2) == "2 pages"


def test_money_is_exact_to_the_fen() -> None:
    assert [money(n) for n in (0, 5, 3000, -2000, 123456789)] == [
        "¥0.00",
        "¥0.05",
        "¥30.00",
        "−¥20.00",
        "¥1,234,567.89",
    ]
    assert [money(n, short=True) for n in (3000, 3050, -2000)] == ["¥30", "¥30.50", "−¥20"]


def test_times_are_those_of_the_hospital() -> None:
    late = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)  # 01:05 of the next day in Shanghai
    with reading(zh()):
        assert (clock(late), when(late), when(NOW)) == ("01:05", "明天 01:05", "今天 15:11")
        assert span(NOW, late) == "15:11–01:05"
        assert day(date(2025, 10, 14)) == "2025年10月14日" and day(date(2026, 8, 12)) == "8月12日"
        assert day(date(2026, 11, 21), weekday=True) == "11月21日 星期六" and month(date(2026, 8, 1)) == "2026年8月"
    with reading(en()):
        assert (when(late), day(date(2025, 10, 14))) == ("tomorrow 01:05", "14 October 2025")
        assert (
            day(date(2026, 11, 21), weekday=True) == "Saturday, 21 November"
            and month(date(2026, 8, 1)) == "August 2026"
        )
    with pytest.raises(ValueError):
        clock(datetime(2026, 11, 21, 7))


def test_age_is_told_in_the_unit_that_matters() -> None:
    born = (date(2026, 11, 10), date(2025, 11, 22), date(2022, 11, 21), date(2022, 11, 22), 58)
    with reading(zh()):
        assert [age(d) for d in born] == ["11 天", "11 个月", "4 岁", "3 岁", "58 岁"]
        assert [years(d) for d in (*born[2:], None)] == [4, 3, 58, None]
    with reading(en()):
        assert [age(d) for d in born[:3]] == ["11 days", "11 months", "4 years"]


# --- frame ------------------------------------------------------------------------------------------------


def test_the_switches_lead_back_to_this_page_and_on_to_the_next_size() -> None:
    here = PageContext(path="/visits/1/waiting?x=1", size="elder")
    assert here.prefs(lang="en") == "/prefs?lang=en&next=%2Fvisits%2F1%2Fwaiting%3Fx%3D1"
    assert [PageContext(size=size).next_size for size in ("", "elder", "elder-xl")] == ["elder", "elder-xl", ""]


def test_an_asset_carries_the_hash_of_its_content() -> None:
    assert re.fullmatch(r"/static/css/app\.css\?v=[0-9a-f]{10}", asset("css/app.css"))
    with pytest.raises(FileNotFoundError):
        asset("css/none.css")


def test_an_icon_is_hidden_from_screen_readers_and_drawn_in_our_stroke() -> None:
    for name in ("pill", "unknown"):
        assert 'aria-hidden="true"' in icon(name) and 'class="i i--s"' in icon(name, "s")
    assert 'stroke-width="1.75"' in icon("pill")


def test_a_child_is_named_with_its_age_wherever_it_is_treated() -> None:
    assert "小雨，4 岁" in page("triage-question") and "王建国，58" not in page("triage-flags")
