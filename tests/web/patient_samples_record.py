"""Sample views of the record: timeline, entry, documents, who looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.web.patient_people import (
    LONGEST,
    RULE,
    RULE_NOTE,
    WANG,
    XIAOYU,
    YES,
    ZHOU,
    at,
    both,
    v,
)
from tests.web.patient_samples_visit import LATER, LIN, SUMMARY
from web.pages.patient.views import Tag
from web.pages.patient.views_record import (
    Decision,
    DecisionView,
    DocumentRow,
    DocumentsView,
    Entry,
    EntryMonth,
    EntryView,
    KnownFact,
    Look,
    LookDay,
    LooksView,
    RecordView,
    Section,
)

ENTRIES = (
    EntryMonth(
        date(2026, 11, 1),
        (
            Entry(
                "/record/1",
                "prescription",
                at(15, 11),
                both("处方，药师已通过", "Prescription, approved"),
                both("氨氯地平、阿托伐他汀，28 天", "Amlodipine, atorvastatin, 28 days"),
                (Tag(both("等您选药房", "Choose a pharmacy"), "wait"),),
            ),
            Entry(
                "/record/2",
                "message-circle",
                at(15, 2),
                both("图文复诊 · 林静", "Follow-up by text · Dr Lin"),
                both("不减药，周一查血。", "No change; blood test on Monday."),
            ),
            Entry(
                "/record/3",
                "stethoscope",
                at(14, 20),
                both("分诊：常规", "Triage: routine"),
                both("内科 · 没有危险情况", "Internal medicine · no danger"),
            ),
        ),
    ),
    EntryMonth(
        date(2026, 8, 1),
        (
            Entry(
                "/record/4",
                "hospital",
                at(10, days=-101),
                both("心内科门诊 · 人民医院", "Cardiology · Renmin Hospital"),
                both("当面诊断：高血压 2 级", "In person: hypertension, grade 2"),
                (Tag(both("复诊依据", "Basis of follow-up"), "pri"), Tag(both("您上传的", "Uploaded by you"), "line")),
                "info",
                True,
            ),
        ),
    ),
)
FILTERS = tuple(
    (text, href, href == "?")
    for text, href in ((both("全部", "All"), "?"), (both("看诊", "Visits"), "?k=v"), (both("用药", "Medicine"), "?k=m"))
)
RECORD = RecordView(
    WANG,
    both("男，58 岁 · 72 kg", "Male, 58 · 72 kg"),
    (both("青霉素", "penicillin"),),
    (both("高血压", "Hypertension"),),
    ENTRIES,
    at(14, 20),
    6,
    (WANG, ZHOU),
    FILTERS,
    "?before=4",
)
ENTRY = EntryView(
    WANG,
    both("图文复诊，高血压 2 级", "Follow-up by text, hypertension"),
    both("看诊", "Visit"),
    at(15, 12),
    LIN,
    (
        Section(both("病史", "History"), both("起床时头晕。", "Dizzy on rising.")),
        Section(both("建议", "Advice"), items=SUMMARY.advice),
        Section(both("数据", "Figures"), pairs=((both("血压", "Blood pressure"), "128/82"),)),
    ),
    (Tag(both("已签名", "Signed"), "ok", "check"),),
    Decision(
        "ok",
        "shield-check",
        both("复诊判断", "Follow-up decision"),
        both("可以在线开药", "May be prescribed online"),
        (YES, *LATER),
        (RULE,),
        RULE_NOTE,
    ),
    both("医生用自己的密钥签过名，内容没有改动过。", "Signed with the doctor’s own key; unchanged since."),
    ((both("小结 PDF", "Summary PDF"), "/record/1.pdf"),),
)
DOCUMENTS = DocumentsView(
    XIAOYU,
    (
        DocumentRow(
            "/record/documents/1",
            both("支气管哮喘，人民医院", "Asthma, Renmin Hospital"),
            both("3 页", "3 pages"),
            Tag(both("医生已接受", "Accepted by the doctor"), "ok", "check"),
            at(9),
            True,
        ),
    ),
)
LOOKS = LooksView(
    WANG,
    date(2026, 11, 1),
    6,
    (
        LookDay(
            date(2026, 11, 21),
            (
                Look(
                    LIN,
                    both("内科 · 15:02–15:11", "Internal medicine · 15:02–15:11"),
                    both("您的问诊", "your visit"),
                    initial=both("林", "L"),
                    parts=(both("全部记录", "Whole record"),),
                ),
            ),
        ),
        LookDay(
            date(2026, 11, 12),
            (
                Look(
                    both("陈立医生", "Dr Chen Li"),
                    both("人民医院急诊科 · 02:14", "Renmin Hospital, emergency · 02:14"),
                    both(
                        "「剧烈头痛，198/112，说不出吃的药」", "“Severe headache, 198/112, cannot name his medicines.”"
                    ),
                    "emergency",
                    parts=(both("用药", "Medicines"),),
                ),
                Look(
                    both("赵某的账号", "Account of Zhao"),
                    "21:47",
                    both("没有在给您看诊，也没有您的同意", "no visit with you and no consent"),
                    "blocked",
                ),
            ),
        ),
    ),
    1,
    "?before=2026-11-12",
)


WHY = DecisionView(
    XIAOYU,
    at(15, 2),
    Decision(
        "urg",
        "ban",
        both("规则怎么说", "What the rules say"),
        both("不能在线诊断", "No diagnosis online"),
        (YES,),
        (RULE,),
        RULE_NOTE,
    ),
    both("这一步不能进行：请先到实体医疗机构就诊。", "This step cannot go on: please be seen in person first."),
    3,
    (both("是否同一种疾病：是", "whether it is the same condition: yes"),),
    (
        KnownFact(both("就诊人年龄", "the patient's age"), "4", both("实名信息", "the patient's identity"), at(15, 2)),
        KnownFact(both("监护人是否在场", "a guardian"), None, both("没有来源", "no source"), None),
    ),
    "85a2e0f27a20b6b9e6ab4da7c04b2549df0fe7424a02f41acecdd92db35afaeb",
    "/decisions/1/file",
    "/visits/1",
)
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "why": ("patient/decision.html", v(WHY)),
    "record": ("patient/record.html", v(RECORD)),
    "record-empty": ("patient/record.html", v(RecordView(LONGEST, "", None, (), ()))),
    "record-none-known": ("patient/record.html", v(replace(RECORD, allergies=()))),
    "record-entry": ("patient/record_entry.html", v(ENTRY)),
    "documents": ("patient/documents.html", v(DOCUMENTS)),
    "documents-empty": ("patient/documents.html", v(DocumentsView(LONGEST))),
    "who-looked": ("patient/who_looked.html", v(LOOKS)),
    "who-looked-empty": ("patient/who_looked.html", v(LooksView(LONGEST, date(2026, 11, 1), 0, ()))),
}
