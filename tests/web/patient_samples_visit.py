"""Sample views of the visit: forecast, evidence, doctor, payment, waiting room, conversation, summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.web.patient_people import (
    AMLODIPINE,
    ATORVASTATIN,
    LONGEST,
    REFUNDS,
    RULE,
    RULE_NOTE,
    WANG,
    XIAOYU,
    YES,
    at,
    both,
    v,
)
from web.pages.patient.views import Fact, Form, Line, Tag, Way
from web.pages.patient.views_visit import (
    Card,
    CashierView,
    ChatView,
    CheckVisitView,
    ChooseDoctorView,
    DoctorOption,
    EvidencePage,
    EvidenceView,
    ForecastView,
    LetterView,
    Message,
    SummaryView,
    WaitingView,
)

SUBJECT = both("高血压复诊", "blood pressure")
LIN = both("林静医生", "Dr Lin Jing")
LIN_TITLE = both("主任医师 · 人民医院", "Chief physician · Renmin Hospital")
LATER = (
    Fact(
        "open",
        both("是不是同一个病", "Is it still the same condition?"),
        both("看诊时由林医生判断", "Dr Lin, during the visit"),
    ),
    Fact(
        "open",
        both("能不能在线开药", "Can it be prescribed online?"),
        both("林医生，再由药师审", "Dr Lin, then a pharmacist"),
    ),
)
EVIDENCE_WAY = Way(
    both("拍照上传", "Take photos"),
    both("门诊病历、出院小结或诊断证明", "Outpatient record, discharge letter or certificate"),
    "/evidence/new",
    "camera",
)
OTHERS = (
    Way(
        both("只咨询，不开药", "Advice only, no medicine"),
        both("¥30 · 医生给建议", "¥30 · a doctor advises"),
        "/v/1",
        "message-circle",
    ),
    Way(
        both("和平诊所当面看", "In person at Heping Clinic"),
        both("解放路 3 号", "3 Jiefang Road"),
        "/places/1",
        "map-pin",
    ),
)
LIKELY = ForecastView(
    WANG,
    SUBJECT,
    "likely",
    both("多半可以，按复诊看", "Most likely yes, as a follow-up visit"),
    both(
        "您为同一个病当面看过医生，病历在这里。",
        "You were seen in person for the same condition, and the record is here.",
    ),
    (YES, Fact("yes", both("今天没有危险情况", "No danger signs today"))),
    LATER,
    (RULE,),
    RULE_NOTE,
    Way(
        both("高血压 2 级", "Hypertension, grade 2"),
        both("人民医院心内科，8月12日，当面", "Renmin Hospital, 12 August, in person"),
        "/record/1",
        "file-text",
    ),
    decided_by=both("最后由林医生在看诊时决定。", "Dr Lin decides when the visit begins."),
    next_href="/visits/new/doctor",
    in_person_href="/places",
)
NEEDED = replace(
    LIKELY,
    person=XIAOYU,
    subject=both("咳嗽、喘", "cough, wheezing"),
    outcome="evidence",
    record=None,
    next_href="",
    title=both("还差一份看过病的证明", "One thing is missing: proof of an earlier visit"),
    text=both(
        "在线开药只能用于复诊：同一个病，以前当面看过医生。", "Medicine can be prescribed online only at a follow-up."
    ),
    checked=(
        YES,
        Fact(
            "no",
            both("线下病历：没有找到", "Earlier record: none found"),
            both("您说去年在人民医院看过", "You said: last year at Renmin"),
        ),
    ),
    ways=(EVIDENCE_WAY,),
    others=OTHERS,
    in_person_href="",
)
CLOSED = replace(
    NEEDED,
    person=LONGEST,
    outcome="closed",
    title=both("这次不能在线看", "This cannot be done online"),
    ways=OTHERS[1:],
    others=(),
    in_person_href="/places",
)
ADVICE = replace(
    LIKELY,
    outcome="advice",
    title=both("可以咨询，不能开药", "Advice is possible, medicine is not"),
    record=None,
    others=OTHERS[1:],
)
EVIDENCE = EvidenceView(
    XIAOYU,
    both("哮喘", "asthma"),
    (
        EvidencePage("p1", 1, "1.jpg", "/files/p1", "/static/img/logo.svg"),
        EvidencePage("p2", 2, "2.pdf", "/files/p2"),
        EvidencePage(
            "p3",
            3,
            "3.jpg",
            "/files/p3",
            "/static/img/logo.svg",
            both(
                "有影子，签名看不清。把病历放平，避开灯光再拍一次。",
                "There is a shadow over the signature. Lay it flat, away from the lamp.",
            ),
        ),
    ),
    "/forecast/1",
    "/evidence/1/pages",
    form=Form({"hospital": "人民医院", "seen_on": "2025-10-14", "diagnosis": "支气管哮喘"}),
)
DOCTORS = (
    DoctorOption(
        "first",
        both("最快的内科医生", "The first free doctor"),
        both("3 位在线，谁先有空谁接诊", "3 online, whoever is free first"),
        "",
        both("约 5–15 分钟", "About 5–15 minutes"),
        3000,
        first_free=True,
    ),
    DoctorOption(
        "lin",
        both("林静", "Lin Jing"),
        both("主任医师 · 人民医院 内科", "Chief physician · Renmin Hospital"),
        both("林", "L"),
        both("约 20–35 分钟", "About 20–35 minutes"),
        5000,
        seen=both("看过您 2 次", "Met you twice"),
        checked=True,
    ),
    DoctorOption(
        "a",
        LONGEST.name,
        both("副主任医师 · 和平诊所 内科", "Associate chief physician · Heping Clinic"),
        both("阿", "A"),
        both("约 10–20 分钟", "About 10–20 minutes"),
        4050,
        tint="a",
    ),
)
CHOOSE = ChooseDoctorView(
    WANG,
    SUBJECT,
    both(
        "图文问诊：打字、发照片和语音，24 小时内可往来 15 次。",
        "By text: write, send photos and voice; 15 exchanges within 24 hours.",
    ),
    DOCTORS,
    "/forecast/1",
)
CHECK = CheckVisitView(
    WANG,
    SUBJECT,
    LIN,
    both("图文", "by text"),
    both("约 20–35 分钟", "About 20–35 minutes"),
    (Line(both("林静 · 图文复诊", "Dr Lin · follow-up by text"), 5000), Line(both("优惠", "Discount"), -2000)),
    3000,
    REFUNDS,
    "/visits/new/doctor",
    "/visits/new/doctor",
    "/triage/1/edit",
    record=Way(
        both("人民医院 · 原发性高血压 · 2026-08-12 诊断", "Renmin Hospital · Hypertension · diagnosed 2026-08-12"),
        both("医院发来的，或医生看过的", "Sent by the hospital, or read by a doctor"),
        "/triage/1/forecast",
        "file-text",
    ),
)
WAITING = WaitingView(
    "v1",
    WANG,
    LIN,
    both("图文", "text"),
    "waiting",
    at(14, 32),
    at(15, 40),
    3000,
    2,
    at(14, 52),
    at(15, 7),
    True,
    both("按今天每位约 10–15 分钟估算。", "Reckoned from 10–15 minutes a patient today."),
    "早上起来头晕，站一会儿就好。",
    True,
    "/visits/v1/chat",
    "/visits/v1/doctor",
    3,
)
RX_CARD = Card(
    "prescription",
    both("处方", "Prescription"),
    "",
    Tag(both("药师已通过", "Approved"), "ok", "check"),
    "",
    (AMLODIPINE, ATORVASTATIN),
    "/prescriptions/1",
    both("看处方，选药房", "See it, choose a pharmacy"),
)
VERDICT_CARD = Card(
    "shield-check",
    both("确认为复诊，可以在线开药", "Confirmed as a follow-up"),
    "ok",
    None,
    both("和 8月12日 人民医院当面诊断的高血压是同一个病。", "The same condition as seen in person on 12 August."),
    (),
    "/record/2",
    both("看原因和依据", "Reason and rule"),
)
TALK = (
    Message(
        1,
        "system",
        at(15, 2),
        text=both("林静医生已接诊。她看得到您的分诊、病历和过敏史。",
                  "Dr Lin is here. She sees your triage, record and allergies."),
    ),
    Message(
        2,
        "text",
        at(15, 2),
        True,
        "早上起来头晕，站一会儿就好。\n氨氯地平要不要减量？<b>",
        state="read",
        client_id="c2",
    ),
    Message(
        3, "image", at(15, 3), True, both("血压计", "Blood pressure monitor"), "/static/img/logo.svg", state="read"
    ),
    Message(4, "text", at(15, 5), text="血压控制得不错。头晕是起床太快，还是坐着也晕？这几天量过最低是多少？"),
    Message(5, "voice", at(15, 6), True, url="/files/voice", seconds=8, state="delivered"),
    Message(6, "document", at(15, 7), url="/files/doc", name=both("高血压饮食.pdf", "Diet.pdf")),
    Message(7, "card", at(15, 8), card=VERDICT_CARD),
    Message(8, "card", at(15, 11), card=RX_CARD),
    Message(9, "text", at(15, 11), True, "谢谢林医生，那我周一空腹去抽血。", state="sent"),
)
CHAT = ChatView(
    "v1",
    WANG,
    LIN,
    LIN_TITLE,
    both("林", "L"),
    Tag(both("看诊中", "Going on"), "ok", "circle-check"),
    TALK,
    "/visits/v1/messages",
    "/visits/v1/files",
    until=at(15, 2, days=1),
    rounds_left=14,
)
SUMMARY = SummaryView(
    WANG,
    LIN,
    LIN_TITLE,
    at(15, 12),
    both("高血压 2 级，控制平稳", "Hypertension, under control"),
    both("起床太快时头晕，血压最低 112，不用减药。", "Dizzy when rising quickly; lowest value 112; no change of dose."),
    (
        both("起床先坐一分钟再站", "Sit for a minute before standing up"),
        both("周一空腹查血钾和肌酐", "Blood test on Monday, fasting"),
    ),
    (both("胸痛、说不清话、半边手脚没力气", "Chest pain, slurred speech, weakness of one side"),),
    (AMLODIPINE, ATORVASTATIN),
    date(2026, 12, 19),
    both("四周以后，带上血压记录", "In four weeks, with your readings"),
    "/prescriptions/1",
    "/visits/v1/chat",
)
STOPPED = replace(
    SUMMARY,
    stopped=(both(
        "病情和以前不一样，要当面检查。钱全部退回。",
        "The condition has changed and needs an examination. All money comes back.",
    ),),
    drugs=(),
    prescription_href="",
    follow_up=None,
    next=OTHERS[1:],
)


LETTER = LetterView(
    XIAOYU,
    "female",
    both("示范互联网医院", "Demo Hospital"),
    both("人民医院", "Renmin Hospital"),
    both("今天就去", "Go today"),
    at(15, 2),
    "26110001",
    both("咳嗽、喘", "Cough and wheeze"),
    both("病情有变化，请当面检查。", "It has changed; please examine in person."),
    both("青霉素", "penicillin"),
    both("没有问过", "never asked"),
    both("林静", "Dr Lin"),
    both("副主任医师", "Associate Chief Physician"),
    "/visits/1/summary",
)
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "letter": ("patient/letter.html", v(LETTER)),
    "forecast-likely": ("patient/forecast.html", v(LIKELY)),
    "forecast-evidence": ("patient/forecast.html", v(NEEDED)),
    "forecast-closed": ("patient/forecast.html", v(CLOSED)),
    "forecast-advice": ("patient/forecast.html", v(ADVICE)),
    "evidence": ("patient/evidence.html", v(EVIDENCE)),
    "evidence-empty": ("patient/evidence.html", v(replace(EVIDENCE, person=LONGEST, pages=()))),
    "choose-doctor": ("patient/choose_doctor.html", v(CHOOSE)),
    "choose-doctor-none": ("patient/choose_doctor.html", v(replace(CHOOSE, person=LONGEST, doctors=()))),
    "check-visit": ("patient/check_visit.html", v(CHECK)),
    "cashier": (
        "patient/cashier.html",
        v(
            CashierView(
                both("林静 · 图文复诊", "Dr Lin · follow-up by text"),
                both("示范互联网医院", "Demonstration hospital"),
                3000,
                True,
                at(15, 40),
                "/visits/new/check",
            )
        ),
    ),
    "waiting": ("patient/waiting.html", v(WAITING)),
    "waiting-next": ("patient/waiting.html",
                     v(replace(WAITING, ahead=0, earliest=None, latest=None, doctor_online=False))),
    "waiting-called": ("patient/waiting.html", v(replace(WAITING, state="called"))),
    "waiting-expired": ("patient/waiting.html", v(replace(WAITING, state="expired"))),
    "waiting-declined": ("patient/waiting.html", v(replace(WAITING, state="declined"))),
    "waiting-emergency": ("patient/waiting.html", v(replace(WAITING, state="emergency"))),
    "waiting-cancelled": ("patient/waiting.html", v(replace(WAITING, state="cancelled"))),
    "chat": ("patient/chat.html", v(CHAT)),
    "chat-empty": (
        "patient/chat.html",
        v(replace(CHAT, person=LONGEST, doctor=LONGEST.name, messages=(), until=None, rounds_left=None)),
    ),
    "chat-closed": (
        "patient/chat.html",
        v(
            replace(
                CHAT,
                open=False,
                status=Tag(both("已结束", "Finished"), "off", "check"),
                closed_text=both("医生已结束这次问诊。", "The doctor has finished this visit."),
                summary_href="/visits/v1/summary",
                earlier_href="?before=1",
            )
        ),
    ),
    "summary": ("patient/visit_summary.html", v(SUMMARY)),
    "summary-stopped": ("patient/visit_summary.html", v(STOPPED)),
}
