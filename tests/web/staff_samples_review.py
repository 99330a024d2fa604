"""Sample views of the pharmacist: queue, review, decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.web import staff_samples as s
from tests.web.staff_samples import (
    ALLOW,
    CONFIRMED,
    HYPERTENSION,
    MEDICINES,
    NOW,
    PENICILLIN,
    ago,
    name,
    two,
    wang,
    zhou,
)
from tests.web.staff_samples_rx import (
    checks,
    head,
    soon,
)
from web.pages.staff import views as v
from web.pages.staff import views_review as r


def pharmacist_frame(lang: str) -> v.StaffFrame:
    places = (
        v.Place("/pharmacist", two("审方", "Review"), 3, True),
        v.Place("/pharmacist/returned", two("已退回", "Returned"), 2),
        v.Place("/pharmacist/decided", two("今日已审", "Decided today")),
    )
    return v.StaffFrame(
        two("示范互联网医院", "Demo Internet Hospital"),
        two("主管药师", "Pharmacist"),
        name(lang, "任洁", "Ren Jie"),
        "/pharmacist",
        places,
        NOW,
        topics=("review",),
    )


def review_row(
    lang: str, who: v.Person, minutes: float, number: str, *findings: r.FindingCount, **more: object
) -> r.ReviewRow:
    return r.ReviewRow(
        "/pharmacist/reviews/1",
        "/pharmacist?preview=1",
        ago(minutes),
        number,
        who,
        name(lang, "林静", "Lin Jing"),
        two("内科", "Internal medicine"),
        2,
        findings,
        **more,
    )  # type: ignore[arg-type]


def review_queue(lang: str) -> r.ReviewQueueView:
    xiaoyu = v.Person(name(lang, "陈小雨", "Chen Xiaoyu"), date(2022, 8, 1), "female", 16.2)
    rows = (
        review_row(
            lang, xiaoyu, 9.2, "RX-2611-1088", r.FindingCount("confirm", 1), r.FindingCount("unchecked", 1), chosen=True
        ),
        review_row(lang, wang(lang), 5, "RX-2611-1093", r.FindingCount("precaution", 1), corrected=True),
        review_row(lang, zhou(lang), 2, "RX-2611-1096", held_by=name(lang, "苏航", "Su Hang")),
    )
    preview = r.ReviewPreview(
        "/pharmacist/reviews/1",
        "RX-2611-1088",
        xiaoyu,
        PENICILLIN,
        HYPERTENSION,
        (two("孟鲁司特咀嚼片 4 mg，每晚，14 天", "Montelukast 4 mg at night, 14 days"),),
        (("confirm", two("阿奇霉素没有适应证", "azithromycin has no indication")),),
        two("何敏 14:24 签名，签名有效。您不是开方人。", "Signed by He Min 14:24, valid. You are not the prescriber."),
    )
    filters = (
        r.ReviewFilter("/pharmacist", two("全部", "All"), 3, True),
        r.ReviewFilter("/pharmacist?only=children", two("儿童", "Children"), 1),
    )
    undo = r.Undo("/pharmacist/reviews/rx9/take-back", "RX-2611-00000009", ago(-8))
    denied = r.Denied("/pharmacist/filled/1", "RX-2611-1070", name(lang, "百姓药房", "Baixing Pharmacy"), ago(12))
    return r.ReviewQueueView(
        pharmacist_frame(lang), rows, filters, preview, ago(9.2), undo=undo,
        denied=(denied, replace(denied, href="/2", box=True)),
        closed=(r.ClosedPaper("/pharmacist/filled/3", "RX-2611-1071"),)
    )


def review_queue_empty(lang: str) -> r.ReviewQueueView:
    return r.ReviewQueueView(pharmacist_frame(lang), ())


RETURN_REASONS = tuple(
    v.Choice(code, two(zh, en), code == "indication")
    for code, zh, en in (
        ("indication", "适应证不适宜", "Indication"),
        ("dose", "剂量或频次不适宜", "Dose or frequency"),
        ("interaction", "相互作用", "Interaction"),
        ("allergy", "过敏或禁忌", "Allergy or contraindication"),
        ("duration", "疗程或数量超限", "Duration or quantity"),
        ("duplicate", "重复用药", "Duplicate"),
        ("form", "剂型或途径不适宜", "Form or route"),
        ("missing", "诊断或信息缺失", "Diagnosis or facts missing"),
        ("other", "其他", "Other"),
    )
)


def lines_in_review() -> tuple[r.ReviewLine, ...]:
    return (
        r.ReviewLine(
            1,
            two("孟鲁司特钠咀嚼片 4 mg", "Montelukast 4 mg"),
            two("2–5 岁常用 4 mg", "usual at 2–5 years"),
            two("口服 4 mg 每晚 1 次，14 天", "4 mg at night, 14 days"),
            "passed",
        ),
        r.ReviewLine(
            2,
            two("布地奈德混悬液 0.5 mg", "Budesonide 0.5 mg"),
            two("每日 1 mg，在范围内", "1 mg a day, in range"),
            two("雾化 每日 2 次", "nebulised twice a day"),
            "unchecked",
            1,
        ),
        r.ReviewLine(
            3,
            two("阿奇霉素干混悬剂 0.1 g", "Azithromycin 0.1 g"),
            "10 mg/kg × 16.2 kg",
            two("口服 160 mg，3 天", "160 mg, 3 days"),
            "confirm",
            1,
            two("200 mg", "200 mg"),
        ),
    )


def review(lang: str, held: bool = False) -> r.ReviewView:
    child = v.Person(
        name(lang, "陈小雨", "Chen Xiaoyu"),
        date(2022, 8, 1),
        "female",
        16.2,
        date(2026, 11, 13),
        two("母亲马丽", "mother, Ma Li"),
    )
    return r.ReviewView(
        pharmacist_frame(lang),
        "t1",
        head("signed"),
        child,
        PENICILLIN,
        ALLOW,
        HYPERTENSION,
        MEDICINES[:2],
        CONFIRMED,
        two("夜咳由每周 6 晚降至 1 晚。", "Night cough down to 1 night a week."),
        lines_in_review(),
        checks(True, held),
        two("何敏 14:24 签名", "signed by He Min 14:24"),
        not held,
        name(lang, "何敏", "He Min"),
        ago(9.2),
        RETURN_REASONS,
        soon(60 * 24),
        soon(5),
        name(lang, "苏航", "Su Hang") if held else "",
        "/records/1",
        (
            r.PastRx(
                date(2026, 10, 24),
                two("孟鲁司特 4 mg，28 天", "montelukast 4 mg, 28 days"),
                two("何敏 · 已配", "He Min · dispensed"),
            ),
        ),
        (two("第 3 行由 200 mg 改为 160 mg", "line 3: 200 mg to 160 mg"),) if held else (),
        "" if held else "return",
        "请补充依据。",
    )


def filled(lang: str, over: bool = False, box: bool = False) -> r.FillingView:
    marks = (
        r.Mark(name(lang, s.LONG_ZH, s.LONG_EN), ago(70), None if over else ago(12), ago(5) if over else None, box=box),
        r.Mark(name(lang, "百姓药房", "Baixing Pharmacy"), ago(200), None, ago(195), two("药房自己撤销", "undone")),
    )
    return r.FillingView(
        pharmacist_frame(lang),
        "RX-2611-1070",
        name(lang, "王建国", "Wang Jianguo"),
        two("林静", "Lin Jing"),
        "approved" if over else "redeemed",
        marks,
        "" if over else "/pharmacist/filled/1/give-back",
        "" if over else "13900000001",
        closed=over,
        errors=() if over else (v.FieldError("reason", two("请写明怎么核实的", "Please say how you found out")),),
    )


def decided(lang: str, empty: bool = False) -> r.DecidedView:
    rows = (
        r.DecidedRow(
            "RX-2611-1088",
            1,
            wang(lang),
            name(lang, "何敏", "He Min"),
            ago(2),
            "returned",
            two("适应证不适宜", "indication"),
        ),
    )
    return r.DecidedView(pharmacist_frame(lang), empty, () if empty else rows)
