"""People, moments and small things that the sample pages share; the cast, and one name of the longest kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.kit.text import Text
from web.pages.patient.views import Citation, Drug, Fact, Person, Place, Stage

NOW = datetime(2026, 11, 21, 7, 11, tzinfo=UTC)  # 15:11 at the hospital, a Saturday


def v(view: Any) -> dict[str, Any]:
    """What a page is rendered with."""
    return {"v": view}


def both(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A moment of the sample day by the hospital's clock."""
    return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=days, hours=hour - 8, minutes=minute)


WANG = Person(both("王建国", "Wang Jianguo"), both("我", "Me"), both("王", "W"), 58, "", "/act-for/wang", True)
ZHOU = Person(both("周桂芳", "Zhou Guifang"), both("母亲", "Mother"), both("周", "Z"), 76, "b", "/act-for/zhou")
XIAOYU = Person(both("小雨", "Xiaoyu"), both("女儿", "Daughter"), both("雨", "X"), date(2022, 5, 3), "c", "/act-for/x")
LONGEST = Person(
    both("阿卜杜热合曼·买买提吐尔逊·伊敏江", "Abdurahman Memettursun Iminjan of the Long Name"),
    both("父亲的监护人", "Guardian of father"),
    both("阿", "A"),
    81,
    "d",
    "/act-for/a",
)

AMLODIPINE = Drug(
    both("苯磺酸氨氯地平片", "Amlodipine tablets"),
    both("5 mg × 28 片", "5 mg × 28 tablets"),
    both("每天早上 1 片", "1 tablet every morning"),
    both("28 片", "28"),
)
ATORVASTATIN = Drug(
    both("阿托伐他汀钙片", "Atorvastatin tablets"),
    both("20 mg × 28 片", "20 mg × 28 tablets"),
    both("每晚睡前 1 片", "1 tablet at bedtime"),
    both("28 片", "28"),
)
GLARGINE = Drug(
    both("甘精胰岛素注射液", "Insulin glargine pen"),
    both("300 单位 / 3 ml，2 支，放冰箱", "300 U / 3 ml, 2 pens, keep in the fridge"),
    both("睡前 12 单位", "12 units at bedtime"),
    both("2 支", "2 pens"),
    cold=True,
)
METFORMIN = Drug(
    both("盐酸二甲双胍片", "Metformin tablets"),
    both("0.5 g × 60 片", "0.5 g × 60 tablets"),
    both("每天两次，每次 1 片，饭后", "1 tablet twice a day after meals"),
    both("60 片", "60"),
)

RULE = Citation(
    both(
        "大意：患者就诊时应当提供具有明确诊断的病历资料，由接诊医师留存，并判断是否符合复诊条件。",
        "In short: the patient provides a record with a clear diagnosis; the doctor keeps it and judges whether "
        "the conditions of a follow-up are met.",
    ),
    both(
        "《互联网诊疗监管细则（试行）》第十八条，2022年2月8日起施行",
        "Detailed Rules for the Supervision of Internet Diagnosis and Treatment (trial), article 18",
    ),
)
RULE_NOTE = both("政策包 CN-2022.2 · 规则 fv-03 · 第 4 版", "Policy pack CN-2022.2 · rule fv-03 · version 4")
TRIAGE_NOTE = both("规则 child_cough.r7，第 3 版", "Rule child_cough.r7, version 3")

EMERGENCY_ROOM = Place(
    both("人民医院 急诊科", "Renmin Hospital, emergency"),
    both("和平路 18 号", "18 Heping Road"),
    both("24 小时", "24 hours"),
    "0731-0000120",
    "/places/renmin",
)
CLINIC = Place(
    both("和平诊所", "Heping Clinic"),
    both("解放路 3 号，今天看到 20:30", "3 Jiefang Road, open to 20:30"),
    both("1.4 公里", "1.4 km"),
    "",
    "/places/heping",
)

YES = Fact("yes", both("以前当面看过这个病", "Seen in person for this before"))
UNKNOWN = Fact(
    "off",
    both("您不确定是否发热", "You are not sure about fever"),
    both("我们没有把「不确定」当成「没有」", "We do not read “not sure” as “no”"),
)
REFUNDS = (
    Fact("yes", Text(zh="15:40 前没有医生接诊：自动全退", en="No doctor begins by 15:40: all back by itself")),
    Fact("yes", both("医生判断不能在线看：全退", "The doctor finds it cannot be done online: all back")),
    Fact("yes", both("接诊前您取消：全退", "You cancel before it begins: all back")),
    Fact("note", both("接诊后您自己离开：不退", "You leave after it began: nothing back")),
)
RX_STAGES = (
    Stage(both("林静", "Dr Lin"), "done", both("已签名", "signed")),
    Stage(both("任药师", "Pharmacist Ren"), "done", both("已审核", "approved")),
    Stage(both("选药房", "Pharmacy"), "now"),
    Stage(both("取药", "Medicine")),
)
