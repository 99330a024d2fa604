"""The cast as staff see it, and sample views of the doctor's console, in either language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from app.kit.text import Text
from consult.api import AppointmentView
from web.pages.staff import views as v
from web.pages.staff import views_doctor as d

NOW = datetime(2026, 11, 21, 6, 21, 8, tzinfo=UTC)
LONG_ZH = "阿卜杜热合曼·买买提江·吐尔逊阿吉·艾合买提尼亚孜"
LONG_EN = "Maximiliana-Konstantinopoulou von Oppenheim-Hohenschwangau of Garmisch"


def two(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def name(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def wang(lang: str) -> v.Person:
    read = v.Kidney("58.5", date(2026, 10, 1), name(lang, "人民医院 检验报告", "Renmin Hospital, lab report"))
    return v.Person(name(lang, "王建国", "Wang Jianguo"), date(1968, 3, 2), "male", 74.0, date(2026, 11, 20),
                    kidney=read)


def zhou(lang: str) -> v.Person:
    return v.Person(name(lang, "周桂芳", "Zhou Guifang"), date(1950, 5, 9), "female", kidney=v.Kidney())


def person(lang: str, zh: str, en: str, born: int, sex: v.Sex) -> v.Person:
    return v.Person(name(lang, zh, en), date(born, 6, 1), sex)


PENICILLIN = v.Allergies(
    "known",
    (v.Allergy(two("青霉素", "Penicillin"), two("皮疹，2011 年", "rash, 2011")),),
    two("患者今日 13:58 确认", "confirmed by the patient today 13:58"),
)
NEVER_ASKED = v.Allergies("unknown")
TAKEN_BACK = v.Allergies(
    "none",
    (),
    two("患者今日 13:58 确认", "confirmed by the patient today 13:58"),
    (
        v.TakenBack(
            "a1",
            two("青霉素", "Penicillin"),
            two("皮疹，2011 年", "rash, 2011"),
            two(
                "2026-03-02 记下，2026-11-20 由患者删去，没有医生或药师确认过",
                "recorded 2026-03-02, taken back by the patient 2026-11-20, confirmed by no clinician",
            ),
        ),
    ),
    "/doctor/visits/v1/allergies",
)
ALLOW = v.Verdict(
    "allow",
    two("复诊，可诊断和开方", "Follow-up: diagnose and prescribe"),
    two(
        "人民医院 2026-08-12 线下确诊同一疾病；林静已判断为复诊。",
        "Renmin Hospital diagnosed the same condition in person on 2026-08-12; Lin Jing judged it a follow-up.",
    ),
    (two("用药天数（超过 7 天要写理由）", "days of supply (over 7 need a reason)"),),
    "/decisions/d1",
)
HYPERTENSION = (
    v.Diagnosis("dx1", "I10", two("原发性高血压", "Essential hypertension"), True),
    v.Diagnosis("dx2", "R60.0", two("局限性水肿（踝）", "Localised oedema, ankle")),
)
MEDICINES = (
    v.Medicine(two("氨氯地平", "Amlodipine"), two("5 mg 早", "5 mg morning"), two("余 2 天", "2 days left")),
    v.Medicine(two("阿托伐他汀", "Atorvastatin"), two("20 mg 睡前", "20 mg at night"), two("余 19 天", "19 days left")),
    v.Medicine(two("布洛芬缓释", "Ibuprofen SR"), two("偶用", "now and then"), self_reported=True),
    v.Medicine(two("丹参滴丸", "Danshen pills"), two("每日 3 次", "three a day"), self_reported=True),
)
CONFIRMED = two("2 种 + 2 种自述", "2 and 2 self-reported")


def doctor_frame(lang: str, current: str = "visits") -> v.StaffFrame:
    places = (
        v.Place("/doctor", two("接诊", "Visits"), 8, current == "visits"),
        v.Place("/doctor/prescriptions", two("处方", "Prescriptions"), 1, current == "rx"),
    )
    return v.StaffFrame(
        two("示范互联网医院", "Demo Internet Hospital"),
        two("内科医生", "Internal medicine"),
        name(lang, "林静", "Lin Jing"),
        "/doctor",
        places,
        NOW,
        True,
        topics=("queue", "visit:v1"),
    )


def row(lang: str, zh: str, en: str, born: int, sex: v.Sex, minutes: int, words: Text, **more: object) -> d.QueueRow:
    fields: dict = {"level": "routine", "kind": "follow_up", **more}
    return d.QueueRow("/doctor/visits/x", person(lang, zh, en, born, sex), complaint=words, minutes=minutes, **fields)


def queue(lang: str, only: str = "all") -> d.Queue:
    bp, dm = two("高血压", "hypertension"), two("2 型糖尿病", "type 2 diabetes")
    return d.Queue(
        (
            row(lang, "王建国", "Wang Jianguo", 1968, "male", 18, bp, unread=2, current=True),
            row(
                lang,
                "李秀英",
                "Li Xiuying",
                1963,
                "female",
                31,
                dm,
                waits_for=two("等您回复 4 分", "waits for you 4 min"),
            ),
        ),
        (
            row(
                lang,
                "孙磊",
                "Sun Lei",
                1985,
                "male",
                3,
                two("胸闷 1 天", "chest tightness, 1 day"),
                level="urgent",
                waits_for=two("须今日面诊，线上只能过渡", "to be seen in person today"),
            ),
            row(lang, "吴志强", "Wu Zhiqiang", 1974, "male", 16, two("高脂血症", "high lipids")),
            row(
                lang,
                "许晨",
                "Xu Chen",
                1997,
                "male",
                6,
                two("胃部不适", "stomach trouble"),
                kind="advice",
                waits_for=two("首次就诊：只可给建议", "first visit: advice only"),
            ),
        ),
        (
            row(
                lang,
                "郑敏",
                "Zheng Min",
                1991,
                "female",
                12,
                two("甲亢", "hyperthyroidism"),
                level="soon",
                waits_for=two("凭证待审", "evidence to judge"),
            ),
        ),
        only,
    )  # type: ignore[arg-type]


def visit(lang: str, state: str = "in_progress", patient: v.Person | None = None) -> d.VisitHead:
    return d.VisitHead(
        "v1",
        "V-2611-0482",
        state,
        "follow_up",
        patient or wang(lang),  # type: ignore[arg-type]
        two("氨氯地平快吃完了，想续药", "Amlodipine is running out, I need more"),
        "routine",
        NOW + timedelta(minutes=18),
        True,
    )


def talk_lines() -> tuple[d.TalkLine, ...]:
    accepted = d.TalkCard(
        two("已采信", "Accepted"),
        "ok",
        two("人民医院 门诊病历", "Renmin Hospital record"),
        "2026-08-12",
        (
            two(
                "原发性高血压 2 级（I10）· 心内科 · 线下就诊。林静 14:04 采信。",
                "Essential hypertension (I10), cardiology, in person. Accepted by Lin Jing 14:04.",
            ),
        ),
        "/doctor/evidence/e1",
        two("看原件", "Open original"),
    )
    draft = d.TalkCard(
        two("草稿", "Draft"),
        "line",
        two("处方 2 种药", "Prescription, 2 medicines"),
        two("仅您可见", "only you see it"),
        (
            two(
                "氨氯地平 5 mg → 2.5 mg；加缬沙坦 80 mg，14 天。", "Amlodipine 5 mg → 2.5 mg; valsartan 80 mg, 14 days."
            ),
        ),
        "/doctor/prescriptions/r1",
        two("继续开方", "Go on writing"),
    )
    return (
        d.TalkLine(
            "m1",
            1,
            ago(18),
            "system",
            body=two("您接诊。政策判定：允许复诊。", "You accepted. Verdict: follow-up allowed."),
        ),
        d.TalkLine("m2", 2, ago(17), "text", "in", "林医生好，氨氯地平快吃完了。<b>138/86</b> 左右，不头晕。"),
        d.TalkLine("m3", 3, ago(16), "card", card=accepted),
        d.TalkLine("m4", 4, ago(15), "text", "out", "近来有没有脚踝肿、心慌、夜里憋气？", "read"),
        d.TalkLine("m5", 5, ago(14), "voice", "in", file_href="/static/img/none.ogg"),
        d.TalkLine("m6", 6, ago(13), "text", "out", "肿多久了？走路气短吗？", "delivered"),
        d.TalkLine("m7", 7, ago(12), "card", card=draft),
        d.TalkLine("m8", 8, ago(11), "text", "in", "两三周了。不气短，能平躺，体重没变。"),
        d.TalkLine(
            "m9",
            9,
            ago(11),
            "photo",
            "in",
            two("已去除位置信息 · 原图保存", "place removed · original kept"),
            file_href="/static/img/none.jpg",
            file_name="IMG_2291.jpg",
        ),
        d.TalkLine("m10", 10, ago(10), "file", "in", file_href="/files/f1", file_name="体检报告.pdf"),
    )


def talk() -> d.Talk:
    return d.Talk(
        talk_lines(),
        10,
        "visit:v1",
        8,
        "先把氨氯地平减半，加一个对水肿影响小的药。",
        ago(9),
        (
            two("请把最近一周的血压发给我。", "Please send me this week's blood pressure."),
            two("先不要停药，等我看完再说。", "Please do not stop the medicine yet."),
        ),
    )


def acts(prescribe_why: Text | str = "") -> tuple[d.Act, ...]:
    return (
        d.Act("prescribe", "/doctor/visits/v1/prescription", prescribe_why, not prescribe_why),
        d.Act("note", "/doctor/visits/v1/note"),
        d.Act("diagnose", "/doctor/visits/v1/note#icd"),
        d.Act("refer", "/doctor/visits/v1/refer"),
        d.Act("finish", "/doctor/visits/v1/finish"),
    )


def judge(answer: d.Judgement | None = "same") -> d.Judge:
    return d.Judge(
        "/doctor/visits/v1/judge",
        two(
            "人民医院 2026-08-12 线下：I10 原发性高血压。", "Renmin Hospital, 2026-08-12, in person: I10 hypertension."
        ),
        answer,
        two("林静 14:16 判断为同一种病。", "Lin Jing, 14:16: the same.") if answer else "",
        href="/decisions/d1",
    )


def context(lang: str, answer: d.Judgement | None = "same") -> d.Context:
    triage = d.TriageSummary(
        "routine",
        two("高血压复诊，按方案问完。", "Follow-up of hypertension, protocol complete."),
        (two("双踝水肿", "swollen ankles"),),
        (two("是否发热", "fever"),),
        11,
        ago(23),
        "/doctor/visits/v1/triage",
    )
    proof = d.EvidenceRow(
        two("人民医院 门诊病历", "Renmin Hospital record"), "accepted", "2026-08-12 · I10", "/doctor/evidence/e1"
    )
    return d.Context(
        wang(lang),
        PENICILLIN,
        ALLOW,
        judge(answer),
        MEDICINES,
        CONFIRMED,
        HYPERTENSION,
        triage,
        (proof,),
        acts("" if answer else two("先判断是不是同一种病", "first say whether it is the same condition")),
        "/doctor/patients/p1/record",
    )


def console(lang: str) -> d.ConsoleView:
    return d.ConsoleView(doctor_frame(lang), queue(lang), visit(lang), talk(), context(lang))


def console_call_time(lang: str, state: str = "proposed", is_now: bool = False) -> d.ConsoleView:
    stands = AppointmentView(uuid4(), "video", state, NOW + timedelta(hours=3), False, is_now)
    return replace(console(lang), call_time=stands)


def console_unjudged(lang: str) -> d.ConsoleView:
    asked = d.Context(
        zhou(lang), NEVER_ASKED, None, judge(None), None, acts=acts(two("从没问过过敏", "allergies were never asked"))
    )
    return d.ConsoleView(doctor_frame(lang), queue(lang), visit(lang, patient=zhou(lang)), talk(), asked)


def forecast(lang: str) -> d.Context:
    judged = two("凭证由接诊医生判断", "The doctor judges the evidence")
    likely = v.Verdict("evidence", judged, forecast=True, href="/decisions/d0")
    words = two("高血压复诊，按方案问完。", "Follow-up of hypertension.")
    triage = d.TriageSummary("routine", words, denied=12, at=ago(23))
    return d.Context(wang(lang), TAKEN_BACK, likely, None, MEDICINES, CONFIRMED, triage=triage)


def console_waiting(lang: str) -> d.ConsoleView:
    return d.ConsoleView(
        doctor_frame(lang),
        queue(lang),
        visit(lang, "waiting"),
        context=forecast(lang),
        decline_reasons=(
            v.Choice("not_my_field", two("不是我的专业", "Not my field")),
            v.Choice("in_person", two("须当面看", "Needs to be seen")),
        ),
    )


def console_empty(lang: str) -> d.ConsoleView:
    return d.ConsoleView(doctor_frame(lang), d.Queue())


def console_unlicensed(lang: str) -> d.ConsoleView:
    return d.ConsoleView(doctor_frame(lang), d.Queue(licensed=False))


def console_broken(lang: str) -> d.ConsoleView:
    broken = v.Broken(
        two("读不到病历", "The record cannot be read"),
        two("对话不受影响，签名先关着。", "The talk goes on; signing is closed."),
        ago(4),
        "rec-timeout · 3F21",
        "/doctor/visits/v1",
    )
    long = v.Person(LONG_ZH if lang == "zh" else LONG_EN, date(1968, 3, 2), "unknown")
    seen = d.Context(long, v.Allergies("unread"), None, broken=broken)
    return d.ConsoleView(doctor_frame(lang), d.Queue(broken=broken), visit(lang, patient=long), talk(), seen)
