"""Sample views of the prescription writer, its checks and the signature."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.web.staff_samples import (
    ALLOW,
    CONFIRMED,
    HYPERTENSION,
    LONG_EN,
    LONG_ZH,
    MEDICINES,
    NEVER_ASKED,
    NOW,
    PENICILLIN,
    ago,
    doctor_frame,
    two,
    wang,
)
from web.pages.staff import views as v
from web.pages.staff import views_rx as x

REASONS = (
    v.Choice("told", two("已告知停用", "told to stop it")),
    v.Choice("own", two("已自行判断", "my own judgement")),
)
DIGEST = "9b1f44e07ac25d10" * 4


def head(state: x.RxState = "draft", version: int = 1) -> x.RxHead:
    return x.RxHead("r1", "RX-2611-1093", version, state, ago(1.5))


def soon(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def rx_line(number: int, zh: str, en: str, latin: str, opened: bool) -> x.RxLine:
    daily = (v.Choice("qd", two("每日 1 次", "once a day"), True), v.Choice("bid", two("每日 2 次", "twice a day")))
    rule = x.LineRule(
        two("超过 7 天", "More than 7 days"),
        "long_supply_reason",
        (v.Choice("chronic", two("慢性病，病情稳定", "chronic, stable"), True),),
        two("处方管理办法 第 19 条：须注明理由", "Prescription rules, article 19: needs a reason"),
    )
    return x.RxLine(
        f"l{number}",
        number,
        two(zh, en),
        latin,
        "80",
        "mg",
        daily,
        (v.Choice("oral", two("口服", "by mouth"), True),),
        (v.Choice("morning", two("早晨", "morning"), True),),
        14,
        "14",
        two("粒", "caps"),
        two("2 盒", "2 packs"),
        two("口服 · 每日 1 次早晨 · 14 天 · 14 片", "by mouth · once a day, morning · 14 days"),
        two("成人起始 80 mg，每日 1 次；上限 320 mg/日。", "Adults start at 80 mg once a day; at most 320 mg a day.")
        if opened
        else "",
        two("处方集 2026.11.2 · 尚无临床人员审定", "formulary 2026.11.2 · not yet signed by a clinician"),
        rule,
        "" if opened else "5 mg",
        opened,
        "每天早晨 1 粒，饭前饭后都行，吃 14 天。",
    )


def checks(handled: bool = False, stop: bool = False) -> x.Checks:
    done = x.Handled(two("已告知停用，改对乙酰氨基酚", "told to stop it"), "林静", ago(3))
    findings = [
        x.Finding(
            "policy",
            "policy",
            two("天数 14 天，已注明理由", "14 days, reason noted"),
            two("CN-RX-05 所需凭证齐备。", "CN-RX-05 is met."),
        ),
        x.Finding(
            "note",
            "note",
            two("eGFR 为 101 天前", "eGFR is 101 days old"),
            two("宜复查肌酐和血钾。", "Check creatinine and potassium."),
        ),
        x.Finding(
            "nsaid",
            "confirm",
            two("缬沙坦 + 布洛芬（自述）", "Valsartan + ibuprofen"),
            two("肾功能受损风险升高。", "Risk to the kidneys."),
            True,
            REASONS,
            done,
        ),
        x.Finding(
            "danshen",
            "unchecked",
            two("丹参滴丸（自述）", "Danshen pills (self-reported)"),
            two("相互作用数据不含此药，没有结论。不等于安全。", "No data on this medicine; not the same as safe."),
            True,
            REASONS,
            done if handled else None,
        ),
    ]
    if stop:
        findings.insert(
            0,
            x.Finding(
                "stop",
                "stop",
                two("青霉素过敏：阿莫西林", "Penicillin allergy: amoxicillin"),
                two("同一过敏类别。", "Same class."),
            ),
        )
    passed = (
        x.Passed(two("过敏", "Allergy"), two("青霉素，无交叉", "penicillin, no crossing")),
        x.Passed(two("剂量", "Dose"), two("单次、每日均在范围", "single and daily in range")),
    )
    return x.Checks(
        ago(1),
        tuple(findings),
        passed,
        two("处方集 2026.11.2 · 相互作用 2026.11.1", "formulary 2026.11.2 · interactions 2026.11.1"),
    )


HITS = (
    x.DrugHit(
        "valsartan",
        (x.Part("缬沙坦", True), x.Part("胶囊")),
        (x.Part("x", True), x.Part("ie "), x.Part("s", True), x.Part("ha "), x.Part("t", True), x.Part("an")),
        "80 mg × 7",
        "yes",
    ),
    x.DrugHit(
        "exforge",
        (x.Part("缬沙坦", True), x.Part("氨氯地平片（I）")),
        (x.Part("x", True), x.Part("ie …")),
        "80 mg / 5 mg × 7",
        "yes",
        duplicate_of=two("氨氯地平", "amlodipine"),
    ),
    x.DrugHit("unknown", (x.Part("未知药"),), (), "", "unchecked"),
    x.DrugHit("morphine", (x.Part("吗啡片"),), (), "10 mg", "no", two("特殊管理药品", "controlled")),
)


def writer(lang: str, ready: bool = False) -> x.WriterView:
    three = v.Choice("3", two("今日加 3 天", "today and 3 days"), True)
    return x.WriterView(
        doctor_frame(lang, "rx"),
        head(),
        "/doctor/visits/v1",
        wang(lang),
        PENICILLIN,
        ALLOW,
        HYPERTENSION,
        MEDICINES,
        CONFIRMED,
        (
            rx_line(1, "缬沙坦胶囊 80 mg", "Valsartan capsules 80 mg", "valsartan", True),
            rx_line(2, "苯磺酸氨氯地平片 2.5 mg", "Amlodipine tablets 2.5 mg", "amlodipine", False),
        ),
        checks(ready),
        x.Validity(three, (v.Choice("0", two("今日", "today")), three), date(2026, 11, 24), "等药房送达"),
        two("签名证书 林静 · 4F2A 91C0 · 有效至 2027-06-30", "Certificate Lin Jing · 4F2A 91C0 · until 2027-06-30"),
        () if ready else (two("“未核对”须您确认", "“not checked” needs your answer"),),
        "" if ready else "#finding-danshen",
        previous=x.PreviousRx(
            date(2026, 8, 12),
            two("氨氯地平 5 mg，28 天。", "Amlodipine 5 mg, 28 days."),
            "/doctor/prescriptions/r1/repeat",
        ),
        query="" if ready else "xst",
        hits=() if ready else HITS,
    )


def returned() -> x.Returned:
    return x.Returned(
        "任洁",
        ago(4),
        (two("适应证不适宜", "indication"), two("疗程", "duration")),
        "请补充理由。<script>",
        (1, 2),
        soon(60 * 24),
    )


def writer_empty(lang: str) -> x.WriterView:
    long = v.Person(LONG_ZH if lang == "zh" else LONG_EN, date(2022, 2, 1), "female", 16.2, date(2026, 11, 13))
    none = v.Choice("0", two("今日", "today"), True)
    return x.WriterView(
        doctor_frame(lang, "rx"),
        head(version=2),
        "/doctor/visits/v1",
        long,
        NEVER_ASKED,
        None,
        (),
        None,
        "",
        (),
        checks(stop=True),
        x.Validity(none, (none,), date(2026, 11, 21)),
        two("没有签名证书", "no certificate"),
        (two("没有问过过敏", "allergies never asked"),),
        "/doctor/visits/v1",
        returned=returned(),
        query="zzz",
        changed=two("患者 14:20 改了现用药。", "The patient changed the medicines."),
        errors=(v.FieldError("", two("一张处方最多 5 种药。", "At most 5 medicines.")),),
    )


def frozen() -> tuple[x.FrozenLine, ...]:
    return (
        x.FrozenLine(
            two("缬沙坦胶囊 80 mg", "Valsartan capsules 80 mg"),
            two("口服 每次 80 mg 每日 1 次 早晨", "80 mg by mouth once a day, morning"),
            14,
            two("14 粒", "14 caps"),
            two("每天早晨 1 粒", "1 each morning"),
        ),
    )


def sign(lang: str, wrong: bool = False) -> x.SignView:
    errors = (v.FieldError("pin", two("PIN 不对，还可以试 2 次。", "Wrong PIN, 2 tries left.")),) if wrong else ()
    return x.SignView(
        doctor_frame(lang, "rx"),
        head(),
        wang(lang),
        PENICILLIN,
        HYPERTENSION,
        frozen(),
        date(2026, 11, 21),
        date(2026, 11, 24),
        two("已注明延长 3 天", "extension noted"),
        (two("须确认 1 条", "1 confirmed"), two("未核对 1 条", "1 not checked")),
        DIGEST,
        two("证书 林静 · 4F2A 91C0", "Certificate Lin Jing · 4F2A 91C0"),
        NOW,
        errors,
    )


def signed(lang: str) -> x.PrescriptionView:
    return x.PrescriptionView(
        doctor_frame(lang, "rx"),
        head("returned"),
        wang(lang),
        PENICILLIN,
        HYPERTENSION,
        frozen(),
        date(2026, 11, 24),
        DIGEST,
        two("林静 14:21", "Lin Jing 14:21"),
        two("任洁 14:31 退回", "returned by Ren Jie 14:31"),
        "/decisions/d1",
        "/doctor/prescriptions",
        returned(),
        True,
        True,
    )
