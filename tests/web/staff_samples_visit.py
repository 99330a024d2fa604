"""Sample views of the forms around one visit: note, evidence, referral, finish, record file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.web.staff_samples import (
    HYPERTENSION,
    NEVER_ASKED,
    NOW,
    PENICILLIN,
    ago,
    doctor_frame,
    judge,
    name,
    talk,
    two,
    visit,
    wang,
    zhou,
)
from web.pages.staff import views as v
from web.pages.staff import views_calls as c
from web.pages.staff import views_doctor as d
from web.pages.staff import views_record as n
from web.pages.staff import views_rx as rx


def note(lang: str) -> d.NoteView:
    fields = d.NoteFields(
        "高血压 6 年，氨氯地平 5 mg。",
        "同一疾病，血压平稳，踝部水肿。",
        "氨氯地平减半，加缬沙坦。",
        "气短、嘴唇肿：拨打 120。",
        "两周后复诊。",
    )
    hits = (
        d.IcdHit(
            "I10",
            "",
            "原发性高",
            "血压",
            "Essential hypertension",
            two("凭证里的诊断", "in the evidence of this visit"),
        ),
        d.IcdHit("I16.1", "", "高", "血压急症", "Hypertensive emergency", stops=True),
    )
    return d.NoteView(
        doctor_frame(lang), visit(lang), PENICILLIN, talk(), fields, NOW, HYPERTENSION, judge(), "高", hits
    )


def note_empty(lang: str) -> d.NoteView:
    return d.NoteView(
        doctor_frame(lang),
        visit(lang),
        NEVER_ASKED,
        d.Talk((), 0, "visit:v1"),
        d.NoteFields(),
        query="zzz",
        errors=(v.FieldError("advice", two("写给患者的建议还空着。", "The advice for the patient is empty.")),),
    )


def evidence(lang: str) -> d.EvidenceView:
    reasons = tuple(
        v.Choice(code, words)
        for code, words in (
            ("unreadable", two("看不清", "Not readable")),
            ("name", two("姓名不符", "Name differs")),
            ("no_diagnosis", two("没有明确诊断", "No clear diagnosis")),
            ("not_in_person", two("不是线下就诊", "Not in person")),
            ("other_condition", two("不是同一疾病", "Another condition")),
            ("altered", two("有涂改", "Altered")),
        )
    )
    return d.EvidenceView(
        doctor_frame(lang),
        "e1",
        zhou(lang),
        PENICILLIN,
        two("门诊病历", "outpatient record"),
        two("患者今日 13:41 上传", "uploaded today 13:41"),
        (
            d.DocumentPage(1, "/static/img/paper.png", "image/png"),
            d.DocumentPage(2, "/static/img/paper.png", "image/png"),
        ),
        1,
        "71c40e9a" * 8,
        two(
            "患者曾在实体医疗机构线下确诊冠心病。患者今日诉求：续药。",
            "The patient was diagnosed with coronary disease in person.",
        ),
        d.EvidenceForm(True, None, "人民医院", date(2026, 7, 3), "I20.8", two("其他类型的心绞痛", "Other angina")),
        reasons,
        1,
        3,
    )


def evidence_decided(lang: str) -> d.EvidenceView:
    return d.EvidenceView(
        doctor_frame(lang),
        "e1",
        zhou(lang),
        PENICILLIN,
        two("门诊病历", "record"),
        "",
        (),
        1,
        "71c4" * 16,
        two("冠心病", "coronary disease"),
        d.EvidenceForm(),
        (),
        decided=two("林静 14:25 采信。", "Accepted by Lin Jing, 14:25."),
        next_href="/doctor/evidence/e2",
        still_scanned=True,
        errors=(v.FieldError("code", two("选一个 ICD-10 编码。", "Choose an ICD-10 code.")),),
    )


def refer(lang: str) -> d.ReferView:
    return d.ReferView(
        doctor_frame(lang),
        visit(lang),
        PENICILLIN,
        (
            v.Choice("changed", two("病情变了", "It has changed")),
            v.Choice("exam", two("需要当面检查", "Needs an examination")),
        ),
        (
            v.Choice("today", two("今天", "Today"), note=two("去急诊", "emergency department")),
            v.Choice("week", two("一周内", "Within a week")),
        ),
        (v.Choice("renmin", two("人民医院", "Renmin Hospital")), v.Choice("heping", two("和平门诊", "Heping Clinic"))),
        two("转诊后钱全部退回患者。", "After a referral the whole fee goes back."),
        "58 岁男，高血压。",
    )


def call_time(lang: str, wrong: bool = False) -> c.CallTimeForm:
    wrongs = (v.FieldError("time", two("请选一个 5 分钟以后的时间。", "Please choose a later time.")),) if wrong else ()
    return c.CallTimeForm(
        doctor_frame(lang),
        visit(lang),
        (v.Choice("video", two("视频", "Video"), True), v.Choice("voice", two("语音", "Voice"))),
        (v.Choice("2026-06-02", two("今天 6月2日 周二", "Today, Tue 2 Jun"), True),),
        (v.Choice("15:30", "15:30", True), v.Choice("15:45", "15:45")),
        wrongs,
    )


def finish(lang: str, missing: bool = False) -> d.FinishView:
    gaps = (
        d.Missing(
            two("病历的危险信号还空着", "The red flags of the note are empty"), "/doctor/visits/v1/note#f-red_flags"
        ),
    )
    return d.FinishView(
        doctor_frame(lang),
        visit(lang),
        PENICILLIN,
        gaps if missing else (),
        () if missing else (two("氨氯地平减半，加缬沙坦。", "Half the amlodipine, add valsartan."),),
        (
            v.Choice("solved", two("解决了", "Solved"), note=two("不需再来", "no return visit")),
            v.Choice("return", two("要再来", "Return visit")),
        ),
    )


def emergency(lang: str, wrong: bool = False) -> n.EmergencyView:
    short = two("请写明紧急查看的原因，至少 10 个字", "Please write why, at least 10 characters")
    return n.EmergencyView(doctor_frame(lang), "p1", 1, 10, "急" if wrong and lang == "zh" else "",
                           (v.FieldError("reason", short),) if wrong else ())


def kidney(lang: str, wrong: bool = False) -> n.KidneyView:
    known = v.Kidney("58.5", date(2024, 10, 1), "人民医院 检验报告" if lang == "zh" else "Renmin Hospital, lab report",
                     old=True)
    if not wrong:
        return n.KidneyView(doctor_frame(lang), visit(lang), PENICILLIN, v.Kidney(), "",
                            "/doctor/visits/v1", NOW.date())
    said = two("请填写 0 到 250 之间的数值。", "Please give a value between 0 and 250.")
    return n.KidneyView(doctor_frame(lang), visit(lang), PENICILLIN, known, "rx",
                        "/doctor/visits/v1/prescription", NOW.date(), "900", "2026-10-01", "",
                        (v.FieldError("value", said),))


def record_in_emergency(lang: str) -> d.RecordView:
    return replace(record(lang), ground=two("紧急查阅", "break-glass"), until=ago(-55))


def record(lang: str, empty: bool = False) -> d.RecordView:
    entries = (
        d.RecordEntry(
            ago(1),
            two("处方", "Prescription"),
            "RX-2611-1093",
            two("缬沙坦 80 mg，14 天", "valsartan 80 mg"),
            name(lang, "林静", "Lin Jing"),
            "/doctor/prescriptions/r1",
        ),
        d.RecordEntry(
            ago(60 * 24 * 400), two("分诊", "Triage"), two("高血压复诊", "Follow-up"), by=two("患者", "patient")
        ),
    )
    return d.RecordView(
        doctor_frame(lang),
        wang(lang),
        PENICILLIN,
        () if empty else entries,
        two("正在诊疗", "treats, open visit"),
        "/doctor/visits/v1",
        "?before=1",
    )


def prescriptions(lang: str, empty: bool = False) -> rx.PrescriptionsView:
    rows = (
        rx.PrescriptionRow(
            "/doctor/prescriptions/r1",
            "RX-2611-1093",
            1,
            wang(lang),
            "returned",
            ago(5),
            two("缬沙坦、氨氯地平", "valsartan, amlodipine"),
            two("适应证不适宜", "indication"),
        ),
        rx.PrescriptionRow(
            "/doctor/prescriptions/r2", "RX-2611-1094", 2, zhou(lang), "approved", ago(50), two("阿司匹林", "aspirin")
        ),
    )
    return rx.PrescriptionsView(doctor_frame(lang, "rx"), () if empty else rows)
