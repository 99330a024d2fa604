"""Sample views of the visit, the medicine and the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import segno
from markupsafe import Markup

from tests.web.patient_people import (
    AMLODIPINE, ATORVASTATIN, GLARGINE, LONGEST, METFORMIN, REFUNDS, RULE, RULE_NOTE, RX_STAGES, WANG, XIAOYU, YES,
    ZHOU, at, both,
)
from web.pages.patient.views import Fact, Form, Line, Stage, Tag, Way
from web.pages.patient.views_medicine import (
    ColdStrip, DayPart, Dose, MedicinesView, OrderView, PharmaciesView, PharmacyOption, PrescriptionView, Reading,
    Sort, TrackingView,
)
from web.pages.patient.views_record import (
    Decision, DocumentRow, DocumentsView, Entry, EntryMonth, EntryView, Look, LookDay, LooksView, RecordView, Section,
)
from web.pages.patient.views_visit import (
    Card, CashierView, ChatView, CheckVisitView, ChooseDoctorView, DoctorOption, EvidencePage, EvidenceView,
    ForecastView, Message, SummaryView, WaitingView,
)

SUBJECT = both("高血压复诊", "blood pressure")
LIN = both("林静医生", "Dr Lin Jing")
LIN_TITLE = both("主任医师 · 人民医院", "Chief physician · Renmin Hospital")
LATER = (Fact("open", both("是不是同一个病", "Is it still the same condition?"), both("看诊时由林医生判断", "Dr Lin, during the visit")),
         Fact("open", both("能不能在线开药", "Can it be prescribed online?"), both("林医生，再由药师审", "Dr Lin, then a pharmacist")))
EVIDENCE_WAY = Way(both("拍照上传", "Take photos"), both("门诊病历、出院小结或诊断证明", "Outpatient record, discharge letter or certificate"),
                   "/evidence/new", "camera")
OTHERS = (Way(both("只咨询，不开药", "Advice only, no medicine"), both("¥30 · 医生给建议", "¥30 · a doctor advises"), "/v/1", "message-circle"),
          Way(both("和平诊所当面看", "In person at Heping Clinic"), both("解放路 3 号", "3 Jiefang Road"), "/places/1", "map-pin"))
LIKELY = ForecastView(
    WANG, SUBJECT, "likely", both("多半可以，按复诊看", "Most likely yes, as a follow-up visit"),
    both("您为同一个病当面看过医生，病历在这里。", "You were seen in person for the same condition, and the record is here."),
    (YES, Fact("yes", both("今天没有危险情况", "No danger signs today"))), LATER, (RULE,), RULE_NOTE,
    Way(both("高血压 2 级", "Hypertension, grade 2"), both("人民医院心内科，8月12日，当面", "Renmin Hospital, 12 August, in person"),
        "/record/1", "file-text"),
    decided_by=both("最后由林医生在看诊时决定。", "Dr Lin decides when the visit begins."),
    next_href="/visits/new/doctor", in_person_href="/places",
)
NEEDED = replace(
    LIKELY, person=XIAOYU, subject=both("咳嗽、喘", "cough, wheezing"), outcome="evidence", record=None, next_href="",
    title=both("还差一份看过病的证明", "One thing is missing: proof of an earlier visit"),
    text=both("在线开药只能用于复诊：同一个病，以前当面看过医生。", "Medicine can be prescribed online only at a follow-up."),
    checked=(YES, Fact("no", both("线下病历：没有找到", "Earlier record: none found"), both("您说去年在人民医院看过", "You said: last year at Renmin"))),
    ways=(EVIDENCE_WAY,), others=OTHERS, in_person_href="",
)
CLOSED = replace(NEEDED, person=LONGEST, outcome="closed", title=both("这次不能在线看", "This cannot be done online"),
                 ways=OTHERS[1:], others=(), in_person_href="/places")
ADVICE = replace(LIKELY, outcome="advice", title=both("可以咨询，不能开药", "Advice is possible, medicine is not"), record=None, others=OTHERS[1:])
EVIDENCE = EvidenceView(
    XIAOYU, both("哮喘", "asthma"),
    (EvidencePage("p1", 1, "1.jpg", "/files/p1", "/static/img/logo.svg"), EvidencePage("p2", 2, "2.pdf", "/files/p2"),
     EvidencePage("p3", 3, "3.jpg", "/files/p3", "/static/img/logo.svg", both("有影子，签名看不清。把病历放平，避开灯光再拍一次。",
                  "There is a shadow over the signature. Lay it flat, away from the lamp."))),
    "/forecast/1", "/evidence/1/pages", form=Form({"hospital": "人民医院", "seen_on": "2025-10-14", "diagnosis": "支气管哮喘"}))
DOCTORS = (
    DoctorOption("first", both("最快的内科医生", "The first free doctor"), both("3 位在线，谁先有空谁接诊", "3 online, whoever is free first"),
                 "", both("约 5–15 分钟", "About 5–15 minutes"), 3000, first_free=True),
    DoctorOption("lin", both("林静", "Lin Jing"), both("主任医师 · 人民医院 内科", "Chief physician · Renmin Hospital"), both("林", "L"),
                 both("约 20–35 分钟", "About 20–35 minutes"), 5000, seen=both("看过您 2 次", "Met you twice"), checked=True),
    DoctorOption("a", LONGEST.name, both("副主任医师 · 和平诊所 内科", "Associate chief physician · Heping Clinic"), both("阿", "A"),
                 both("约 10–20 分钟", "About 10–20 minutes"), 4050, tint="a"),
)
CHOOSE = ChooseDoctorView(WANG, SUBJECT, both("图文问诊：打字、发照片和语音，24 小时内可往来 15 次。",
                          "By text: write, send photos and voice; 15 exchanges within 24 hours."), DOCTORS, "/forecast/1")
CHECK = CheckVisitView(
    WANG, SUBJECT, LIN, both("图文", "by text"), both("约 20–35 分钟", "About 20–35 minutes"),
    (Line(both("林静 · 图文复诊", "Dr Lin · follow-up by text"), 5000), Line(both("优惠", "Discount"), -2000)), 3000, REFUNDS,
    "/visits/new/doctor", "/visits/new/doctor", "/triage/1/edit")
WAITING = WaitingView("v1", WANG, LIN, both("图文", "text"), "waiting", at(14, 32), at(15, 40), 3000, 2, at(14, 52), at(15, 7), True,
                      both("按今天每位约 10–15 分钟估算。", "Reckoned from 10–15 minutes a patient today."), False,
                      "早上起来头晕，站一会儿就好。", "/visits/v1/chat", "/visits/v1/doctor", 3)
RX_CARD = Card("prescription", both("处方", "Prescription"), "", Tag(both("药师已通过", "Approved"), "ok", "check"), "",
               (AMLODIPINE, ATORVASTATIN), "/prescriptions/1", both("看处方，选药房", "See it, choose a pharmacy"))
VERDICT_CARD = Card("shield-check", both("确认为复诊，可以在线开药", "Confirmed as a follow-up"), "ok", None,
                    both("和 8月12日 人民医院当面诊断的高血压是同一个病。", "The same condition as seen in person on 12 August."),
                    (), "/record/2", both("看原因和依据", "Reason and rule"))
TALK = (
    Message(1, "system", at(15, 2), text=both("林静医生已接诊。她看得到您的分诊、病历和过敏史。", "Dr Lin is here. She sees your triage, record and allergies.")),
    Message(2, "text", at(15, 2), True, "早上起来头晕，站一会儿就好。\n氨氯地平要不要减量？<b>", state="read", client_id="c2"),
    Message(3, "image", at(15, 3), True, both("血压计", "Blood pressure monitor"), "/static/img/logo.svg", state="read"),
    Message(4, "text", at(15, 5), text="血压控制得不错。头晕是起床太快，还是坐着也晕？这几天量过最低是多少？"),
    Message(5, "voice", at(15, 6), True, url="/files/voice", seconds=8, state="delivered"),
    Message(6, "document", at(15, 7), url="/files/doc", name=both("高血压饮食.pdf", "Diet.pdf")),
    Message(7, "card", at(15, 8), card=VERDICT_CARD), Message(8, "card", at(15, 11), card=RX_CARD),
    Message(9, "text", at(15, 11), True, "谢谢林医生，那我周一空腹去抽血。", state="sent"),
)
CHAT = ChatView("v1", WANG, LIN, LIN_TITLE, both("林", "L"), Tag(both("看诊中", "Going on"), "ok", "circle-check"), TALK,
                "/visits/v1/messages", "/visits/v1/files", until=at(15, 2, days=1), rounds_left=14)
SUMMARY = SummaryView(
    WANG, LIN, LIN_TITLE, at(15, 12), both("高血压 2 级，控制平稳", "Hypertension, under control"),
    both("起床太快时头晕，血压最低 112，不用减药。", "Dizzy when rising quickly; lowest value 112; no change of dose."),
    (both("起床先坐一分钟再站", "Sit for a minute before standing up"), both("周一空腹查血钾和肌酐", "Blood test on Monday, fasting")),
    (both("胸痛、说不清话、半边手脚没力气", "Chest pain, slurred speech, weakness of one side"),), (AMLODIPINE, ATORVASTATIN),
    date(2026, 12, 19), both("四周以后，带上血压记录", "In four weeks, with your readings"), "/prescriptions/1", "/visits/v1/chat")
STOPPED = replace(SUMMARY, stopped=both("病情和以前不一样，要当面检查。钱全部退回。", "The condition has changed and needs an examination. All money comes back."),
                  drugs=(), prescription_href="", follow_up=None, next=OTHERS[1:])
QR = Markup(segno.make("https://fuzhen.example/q/7K2M", error="m").svg_inline(omitsize=True))
RX = PrescriptionView(
    WANG, "ok", "circle-check", both("今天 15:11", "today 15:11"), both("药师已通过，可以取药", "Approved, ready to be filled"), RX_STAGES,
    (AMLODIPINE, ATORVASTATIN), 28, both("高血压 2 级", "Hypertension, grade 2"),
    Fact("yes", both("过敏：青霉素，与本方不冲突", "Allergy: penicillin, no conflict")), "RX 2611 2100 3184", LIN, at(15, 8), at(15, 11, days=3),
    (both("吃这两种药期间，不要大量喝西柚汁。", "Do not drink much grapefruit juice with these."),), both("任芳 主管药师", "Pharmacist Ren Fang"),
    both("任", "R"), both("两种药可以同时用。肌肉酸痛得厉害，先停他汀，马上联系我们。", "The two go together. With strong muscle pain stop the statin and call us."),
    at(15, 11), (Fact("yes", both("没有查到相互作用", "No interaction found"), both("查了 2 种药和您报的 1 种", "2 drugs and 1 you told us")),
                 Fact("off", both("肾功能：没有核对", "Kidney function: not checked"), both("没有半年内的化验", "No test within half a year"))),
    QR, "/prescriptions/1.pdf", "/prescriptions/1/pharmacies", both("选择药房", "Choose a pharmacy"), "/visits/v1/chat")
COLD = Tag(both("全程冷链", "Cold chain"), "cold", "snowflake")
PHARMACIES = (
    PharmacyOption("an", both("安药房", "An Pharmacy"), both("解放路店", "Jiefang Road"), 18640, 17840, both("送到", "Arrives"),
                   both("今天 19:05 前", "today before 19:05"), both("骑手冷藏箱，含运费 ¥8", "Cooled box, ¥8 delivery included"), both("3.4 公里", "3.4 km"),
                   both("送得最快，所以排第一。药房不能花钱靠前。", "The quickest, so it stands first. Nobody can pay for a place."), (COLD,), True),
    PharmacyOption("heping", both("和平药房", "Heping Pharmacy"), both("和平诊所楼下", "Below Heping Clinic"), 18100, 18100, both("可以去取", "Pick up"),
                   both("今天 17:00–20:30", "today 17:00–20:30"), both("请带冰袋", "Bring an ice pack"), both("1.2 公里", "1.2 km"),
                   both("最近，要自己去取。", "The nearest; you pick it up."), (Tag(both("自己去取", "Pick up"), "off"),)),
)
CHOICE = PharmaciesView(
    ZHOU, both("2 家药房能配齐", "2 pharmacies have everything"), both("甘精胰岛素、二甲双胍。胰岛素要冷藏运送。", "Glargine, metformin. Insulin travels cold."),
    (Sort(both("最快", "Quickest"), both("今天 19:05", "today 19:05"), "?by=time", True), Sort(both("最便宜", "Cheapest"), "¥181.00", "?by=price"),
     Sort(both("最近", "Nearest"), both("1.2 公里", "1.2 km"), "?by=distance")), PHARMACIES, "/prescriptions/2",
    (both("惠民药房、同安药房没有甘精胰岛素。", "Huimin and Tongan have no glargine."),), 15, "/prescriptions/2")
ORDER = OrderView(ZHOU, both("安药房 解放路店", "An Pharmacy, Jiefang Road"), both("今天 19:05 前", "today before 19:05"), (GLARGINE, METFORMIN),
                  (Line(both("药费", "Medicine"), 17840), Line(both("冷藏运送", "Cooled delivery"), 800)), 18640, REFUNDS[:2], "/prescriptions/2/pharmacies",
                  form=Form({"recipient": "周桂芳"}, {"phone": both("请填 11 位手机号", "Please enter the 11 digits")}))
READINGS = tuple(Reading(at(16, 10 + 17 * n), c) for n, c in enumerate((4.0, 4.1, 4.4, 5.0, 5.6, 4.8, 4.6)))
TRACKING = TrackingView(
    "o1", ZHOU, Tag(both("在路上", "On the way"), "info", "truck"), both("今天送到", "Arrives today"), "18:35–19:05",
    both("从安药房解放路店出发。", "From An Pharmacy, Jiefang Road."),
    (Stage(both("药师审方通过", "Prescription approved"), "done", "15:11"), Stage(both("安药房接单", "An Pharmacy accepted"), "done", "15:19 · ¥186.40"),
     Stage(both("配好，扫过药码", "Packed, codes scanned"), "done", "16:10"), Stage(both("在路上", "On the way"), "now", "17:24"),
     Stage(both("凭取药码交到您手上", "Delivered against your code"))),
    (GLARGINE, METFORMIN), "/home", 4, "4702",
    ColdStrip(both("一路冷藏", "Kept cold all the way"), both("17:52 是 4.6 °C，最低 4.0，最高 5.6。", "4.6 °C at 17:52. Never below 4.0, never above 5.6."), READINGS),
    "0731-0000001", "13900000000", trouble_href="/orders/o1/trouble")
UNFILLED = replace(TRACKING, person=LONGEST, status=Tag(both("没有药房接单", "No pharmacy took it"), "wait", "circle-alert"),
                   label=both("钱正在退回", "Your money is coming back"), headline="¥186.40", code="", cold=None, courier_phone="", pharmacy_phone="",
                   steps=(Stage(both("下单", "Ordered"), "done", "15:19"), Stage(both("三家药房都没有接单", "Three pharmacies did not take it"), "bad", "16:04")),
                   next_href="/prescriptions/2/pharmacies", next_action=both("再选一家药房", "Choose again"))
MEDICINES = MedicinesView(
    ZHOU, date(2026, 11, 21),
    (DayPart(both("早上", "Morning"), "sunrise", at(8), "done", (Dose("1", both("二甲双胍", "Metformin"), both("吃", "Take"), "1", both("片", "tablet"), ""),), at(8, 10)),
     DayPart(both("中午", "Noon"), "sun", at(12), "now", (Dose("2", both("二甲双胍", "Metformin"), both("吃", "Take"), "1", both("片", "tablet"),
             both("白色圆片，0.5 克。吃完午饭再吃。", "White and round, 0.5 g. After lunch.")),)),
     DayPart(both("睡前", "Bedtime"), "moon", at(21, 30), "later", (Dose("3", both("甘精胰岛素", "Insulin glargine"), both("打", "Inject"), "12",
             both("个单位", "units"), both("从冰箱取出，放到不凉再打。", "Take it out of the fridge first."), "syringe"),))),
    both("发抖、出冷汗、心慌？", "Shaking, cold sweat, racing heart?"), both("可能是血糖低。马上吃糖或喝糖水，再打电话。", "It may be low sugar. Eat sugar at once, then call."),
    both("儿子 建国", "your son Jianguo"), "13800000012", (GLARGINE, METFORMIN))
MISSED = replace(MEDICINES, parts=(replace(MEDICINES.parts[0], state="missed", taken=None),), warning="", supply=())
ENTRIES = (
    EntryMonth(date(2026, 11, 1), (
        Entry("/record/1", "prescription", at(15, 11), both("处方，药师已通过", "Prescription, approved"), both("氨氯地平、阿托伐他汀，28 天", "Amlodipine, atorvastatin, 28 days"),
              (Tag(both("等您选药房", "Choose a pharmacy"), "wait"),)),
        Entry("/record/2", "message-circle", at(15, 2), both("图文复诊 · 林静", "Follow-up by text · Dr Lin"), both("不减药，周一查血。", "No change; blood test on Monday.")),
        Entry("/record/3", "stethoscope", at(14, 20), both("分诊：常规", "Triage: routine"), both("内科 · 没有危险情况", "Internal medicine · no danger")))),
    EntryMonth(date(2026, 8, 1), (
        Entry("/record/4", "hospital", at(10, days=-101), both("心内科门诊 · 人民医院", "Cardiology · Renmin Hospital"), both("当面诊断：高血压 2 级", "In person: hypertension, grade 2"),
              (Tag(both("复诊依据", "Basis of follow-up"), "pri"), Tag(both("您上传的", "Uploaded by you"), "line")), "info", True),)))
FILTERS = tuple((text, href, href == "?") for text, href in ((both("全部", "All"), "?"), (both("看诊", "Visits"), "?k=v"), (both("用药", "Medicine"), "?k=m")))
RECORD = RecordView(WANG, both("男，58 岁 · 72 kg", "Male, 58 · 72 kg"), (both("青霉素", "penicillin"),), (both("高血压", "Hypertension"),), ENTRIES,
                    at(14, 20), 6, (WANG, ZHOU), FILTERS, "?before=4")
ENTRY = EntryView(
    WANG, both("图文复诊，高血压 2 级", "Follow-up by text, hypertension"), both("看诊", "Visit"), at(15, 12), LIN,
    (Section(both("病史", "History"), both("起床时头晕。", "Dizzy on rising.")), Section(both("建议", "Advice"), items=SUMMARY.advice),
     Section(both("数据", "Figures"), pairs=((both("血压", "Blood pressure"), "128/82"),))), (Tag(both("已签名", "Signed"), "ok", "check"),),
    Decision("ok", "shield-check", both("复诊判断", "Follow-up decision"), both("可以在线开药", "May be prescribed online"), (YES, *LATER), (RULE,), RULE_NOTE),
    both("医生用自己的密钥签过名，内容没有改动过。", "Signed with the doctor’s own key; unchanged since."), ((both("小结 PDF", "Summary PDF"), "/record/1.pdf"),))
DOCUMENTS = DocumentsView(XIAOYU, (DocumentRow("/record/documents/1", both("支气管哮喘，人民医院", "Asthma, Renmin Hospital"), both("3 页", "3 pages"),
                          Tag(both("医生已接受", "Accepted by the doctor"), "ok", "check"), at(9), True),))
LOOKS = LooksView(WANG, date(2026, 11, 1), 6, (
    LookDay(date(2026, 11, 21), (Look(LIN, both("内科 · 15:02–15:11", "Internal medicine · 15:02–15:11"), both("您的问诊", "your visit"), initial=both("林", "L"),
            parts=(both("全部记录", "Whole record"),)),)),
    LookDay(date(2026, 11, 12), (
        Look(both("陈立医生", "Dr Chen Li"), both("人民医院急诊科 · 02:14", "Renmin Hospital, emergency · 02:14"), both("「剧烈头痛，198/112，说不出吃的药」", "“Severe headache, 198/112, cannot name his medicines.”"),
             "emergency", parts=(both("用药", "Medicines"),)),
        Look(both("赵某的账号", "Account of Zhao"), "21:47", both("没有在给您看诊，也没有您的同意", "no visit with you and no consent"), "blocked")))), 1, "?before=2026-11-12")


def v(view: Any) -> dict[str, Any]:
    return {"v": view}


SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "forecast-likely": ("patient/forecast.html", v(LIKELY)), "forecast-evidence": ("patient/forecast.html", v(NEEDED)),
    "forecast-closed": ("patient/forecast.html", v(CLOSED)), "forecast-advice": ("patient/forecast.html", v(ADVICE)),
    "evidence": ("patient/evidence.html", v(EVIDENCE)), "evidence-empty": ("patient/evidence.html", v(replace(EVIDENCE, person=LONGEST, pages=()))),
    "choose-doctor": ("patient/choose_doctor.html", v(CHOOSE)),
    "choose-doctor-none": ("patient/choose_doctor.html", v(replace(CHOOSE, person=LONGEST, doctors=()))),
    "check-visit": ("patient/check_visit.html", v(CHECK)),
    "cashier": ("patient/cashier.html", v(CashierView(both("林静 · 图文复诊", "Dr Lin · follow-up by text"), both("示范互联网医院", "Demonstration hospital"), 3000, True, at(15, 40), "/visits/new/check"))),
    "waiting": ("patient/waiting.html", v(WAITING)), "waiting-next": ("patient/waiting.html", v(replace(WAITING, ahead=0, earliest=None, latest=None, doctor_online=False))),
    "waiting-called": ("patient/waiting.html", v(replace(WAITING, state="called"))), "waiting-expired": ("patient/waiting.html", v(replace(WAITING, state="expired"))),
    "waiting-declined": ("patient/waiting.html", v(replace(WAITING, state="declined"))), "waiting-cancelled": ("patient/waiting.html", v(replace(WAITING, state="cancelled"))),
    "chat": ("patient/chat.html", v(CHAT)), "chat-empty": ("patient/chat.html", v(replace(CHAT, person=LONGEST, doctor=LONGEST.name, messages=(), until=None, rounds_left=None))),
    "chat-closed": ("patient/chat.html", v(replace(CHAT, open=False, status=Tag(both("已结束", "Finished"), "off", "check"), closed_text=both("医生已结束这次问诊。", "The doctor has finished this visit."), summary_href="/visits/v1/summary", earlier_href="?before=1"))),
    "summary": ("patient/visit_summary.html", v(SUMMARY)), "summary-stopped": ("patient/visit_summary.html", v(STOPPED)),
    "prescription": ("patient/prescription.html", v(RX)),
    "prescription-signed": ("patient/prescription.html", v(replace(RX, person=LONGEST, family="info", icon="clock", title=both("药师正在审核", "A pharmacist is checking it"), pharmacist_words="", qr=None, next_href="", valid_until=None, checks=()))),
    "pharmacies": ("patient/pharmacies.html", v(CHOICE)), "pharmacies-none": ("patient/pharmacies.html", v(replace(CHOICE, person=LONGEST, options=()))),
    "order": ("patient/order.html", v(ORDER)), "order-pickup": ("patient/order.html", v(replace(ORDER, pickup=True, form=Form()))),
    "tracking": ("patient/tracking.html", v(TRACKING)), "tracking-unfilled": ("patient/tracking.html", v(UNFILLED)),
    "medicines": ("patient/medicines.html", v(MEDICINES)), "medicines-missed": ("patient/medicines.html", v(MISSED)),
    "medicines-empty": ("patient/medicines.html", v(MedicinesView(LONGEST, date(2026, 11, 21)))),
    "record": ("patient/record.html", v(RECORD)),
    "record-empty": ("patient/record.html", v(RecordView(LONGEST, "", None, (), ()))),
    "record-none-known": ("patient/record.html", v(replace(RECORD, allergies=()))),
    "record-entry": ("patient/record_entry.html", v(ENTRY)),
    "documents": ("patient/documents.html", v(DOCUMENTS)), "documents-empty": ("patient/documents.html", v(DocumentsView(LONGEST))),
    "who-looked": ("patient/who_looked.html", v(LOOKS)), "who-looked-empty": ("patient/who_looked.html", v(LooksView(LONGEST, date(2026, 11, 1), 0, ()))),
}
