"""Sample views of the medicine: prescription, pharmacies, order, tracking, doses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import segno
from markupsafe import Markup

from tests.web.patient_people import (
    AMLODIPINE,
    ATORVASTATIN,
    GLARGINE,
    LONGEST,
    METFORMIN,
    REFUNDS,
    RX_STAGES,
    WANG,
    ZHOU,
    at,
    both,
    v,
)
from tests.web.patient_samples_visit import LIN
from web.pages.patient.views import Fact, Form, Line, Stage, Tag
from web.pages.patient.views_medicine import (
    ColdStrip,
    DayPart,
    Dose,
    FilledView,
    MedicinesView,
    OrderView,
    PharmaciesView,
    PharmacyOption,
    PrescriptionView,
    Reading,
    Sort,
    TakenOff,
    TrackingView,
)
from web.pages.public.verifying import MEANS
from web.pages.public.views import FillView, VerifyView

QR = Markup(segno.make("https://fuzhen.example/q/7K2M", error="m").svg_inline(omitsize=True))
RX = PrescriptionView(
    WANG,
    "ok",
    "circle-check",
    both("今天 15:11", "today 15:11"),
    both("药师已通过，可以取药", "Approved, ready to be filled"),
    RX_STAGES,
    (AMLODIPINE, ATORVASTATIN),
    28,
    both("高血压 2 级", "Hypertension, grade 2"),
    Fact("yes", both("过敏：青霉素，与本方不冲突", "Allergy: penicillin, no conflict")),
    "RX 2611 2100 3184",
    LIN,
    at(15, 8),
    at(15, 11, days=3),
    (both("吃这两种药期间，不要大量喝西柚汁。", "Do not drink much grapefruit juice with these."),),
    both("任芳 主管药师", "Pharmacist Ren Fang"),
    both("任", "R"),
    both(
        "两种药可以同时用。肌肉酸痛得厉害，先停他汀，马上联系我们。",
        "The two go together. With strong muscle pain stop the statin and call us.",
    ),
    at(15, 11),
    (
        Fact(
            "yes",
            both("没有查到相互作用", "No interaction found"),
            both("查了 2 种药和您报的 1 种", "2 drugs and 1 you told us"),
        ),
        Fact(
            "off",
            both("肾功能：没有核对", "Kidney function: not checked"),
            both("没有半年内的化验", "No test within half a year"),
        ),
    ),
    QR,
    "/prescriptions/1.pdf",
    "/prescriptions/1/pharmacies",
    both("选择药房", "Choose a pharmacy"),
    "/visits/v1/chat",
)
COLD = Tag(both("全程冷链", "Cold chain"), "cold", "snowflake")
PHARMACIES = (
    PharmacyOption(
        "an",
        both("安药房", "An Pharmacy"),
        both("解放路店", "Jiefang Road"),
        18640,
        17840,
        both("送到", "Arrives"),
        both("今天 19:05 前", "today before 19:05"),
        both("骑手冷藏箱，含运费 ¥8", "Cooled box, ¥8 delivery included"),
        both("08:00–22:00", "08:00–22:00"),
        both(
            "送得最快，所以排第一。药房不能花钱靠前。", "The quickest, so it stands first. Nobody can pay for a place."
        ),
        (COLD,),
        True,
        both("离您现在约 1.2 公里", "about 1.2 km from where you are"),
    ),
    PharmacyOption(
        "heping",
        both("和平药房", "Heping Pharmacy"),
        both("和平诊所楼下", "Below Heping Clinic"),
        18100,
        18100,
        both("可以去取", "Pick up"),
        both("今天 17:00–20:30", "today 17:00–20:30"),
        both("请带冰袋", "Bring an ice pack"),
        both("24 小时", "24 hours"),
        both("要自己去取。", "You pick it up."),
        (Tag(both("自己去取", "Pick up"), "off"),),
    ),
)
CHOICE = PharmaciesView(
    ZHOU,
    both("2 家药房能配齐", "2 pharmacies have everything"),
    both("甘精胰岛素、二甲双胍。胰岛素要冷藏运送。", "Glargine, metformin. Insulin travels cold."),
    (
        Sort(both("最快", "Quickest"), both("今天 19:05", "today 19:05"), "?by=time", True),
        Sort(both("最便宜", "Cheapest"), "¥181.00", "?by=price"),
    ),
    PHARMACIES,
    "/prescriptions/2",
    (both("惠民药房、同安药房没有甘精胰岛素。", "Huimin and Tongan have no glargine."),),
    15,
    "/prescriptions/2",
    "/prescriptions/2/pharmacies?by=nearest",
)
ORDER = OrderView(
    ZHOU,
    both("安药房 解放路店", "An Pharmacy, Jiefang Road"),
    both("今天 19:05 前", "today before 19:05"),
    (GLARGINE, METFORMIN),
    (Line(both("药费", "Medicine"), 17840), Line(both("冷藏运送", "Cooled delivery"), 800)),
    18640,
    REFUNDS[:2],
    "/prescriptions/2/pharmacies",
    form=Form({"recipient": "周桂芳"}, {"phone": both("请填 11 位手机号", "Please enter the 11 digits")}),
)
READINGS = tuple(Reading(at(16, 10 + 17 * n), c) for n, c in enumerate((4.0, 4.1, 4.4, 5.0, 5.6, 4.8, 4.6)))
TRACKING = TrackingView(
    "o1",
    ZHOU,
    Tag(both("在路上", "On the way"), "info", "truck"),
    both("今天送到", "Arrives today"),
    "18:35–19:05",
    both("从安药房解放路店出发。", "From An Pharmacy, Jiefang Road."),
    (
        Stage(both("药师审方通过", "Prescription approved"), "done", "15:11"),
        Stage(both("安药房接单", "An Pharmacy accepted"), "done", "15:19 · ¥186.40"),
        Stage(both("配好，扫过药码", "Packed, codes scanned"), "done", "16:10"),
        Stage(both("在路上", "On the way"), "now", "17:24"),
        Stage(both("凭取药码交到您手上", "Delivered against your code")),
    ),
    (GLARGINE, METFORMIN),
    "/home",
    4,
    "4702",
    ColdStrip(
        both("一路冷藏", "Kept cold all the way"),
        both("17:52 是 4.6 °C，最低 4.0，最高 5.6。", "4.6 °C at 17:52. Never below 4.0, never above 5.6."),
        READINGS,
    ),
    "0731-0000001",
    "13900000000",
    trouble_href="/orders/o1/trouble",
)
UNFILLED = replace(
    TRACKING,
    person=LONGEST,
    status=Tag(both("没有药房接单", "No pharmacy took it"), "wait", "circle-alert"),
    label=both("钱正在退回", "Your money is coming back"),
    headline="¥186.40",
    code="",
    cold=None,
    courier_phone="",
    pharmacy_phone="",
    steps=(
        Stage(both("下单", "Ordered"), "done", "15:19"),
        Stage(both("三家药房都没有接单", "Three pharmacies did not take it"), "bad", "16:04"),
    ),
    next_href="/prescriptions/2/pharmacies",
    next_action=both("再选一家药房", "Choose again"),
)
MEDICINES = MedicinesView(
    ZHOU,
    date(2026, 11, 21),
    (
        DayPart(
            both("早上", "Morning"),
            "sunrise",
            at(8),
            "done",
            (Dose("1", both("二甲双胍", "Metformin"), both("吃", "Take"), "1", both("片", "tablet"), ""),),
            at(8, 10),
        ),
        DayPart(
            both("中午", "Noon"),
            "sun",
            at(12),
            "now",
            (
                Dose(
                    "2",
                    both("二甲双胍", "Metformin"),
                    both("吃", "Take"),
                    "1",
                    both("片", "tablet"),
                    both("白色圆片，0.5 克。吃完午饭再吃。", "White and round, 0.5 g. After lunch."),
                ),
            ),
        ),
        DayPart(
            both("睡前", "Bedtime"),
            "moon",
            at(21, 30),
            "later",
            (
                Dose(
                    "3",
                    both("甘精胰岛素", "Insulin glargine"),
                    both("打", "Inject"),
                    "12",
                    both("个单位", "units"),
                    both("从冰箱取出，放到不凉再打。", "Take it out of the fridge first."),
                    "syringe",
                ),
            ),
        ),
    ),
    both("发抖、出冷汗、心慌？", "Shaking, cold sweat, racing heart?"),
    both("可能是血糖低。马上吃糖或喝糖水，再打电话。", "It may be low sugar. Eat sugar at once, then call."),
    both("儿子 建国", "your son Jianguo"),
    "13800000012",
    (GLARGINE, METFORMIN),
)
MISSED = replace(MEDICINES, parts=(replace(MEDICINES.parts[0], state="missed", taken=None),), warning="", supply=())


VERIFIED = VerifyView(
    "ok",
    "circle-check",
    both("真的，现在有效", "Genuine and valid now"),
    both("药师审核通过，还没有取药", "Approved by a pharmacist, not filled yet"),
    "2611 2100 3184",
    "***",
    both("林静", "Lin Jing"),
    both("示范互联网医院", "Demo Internet Hospital"),
    at(15, 8),
    at(15, 11, days=3),
    (AMLODIPINE, ATORVASTATIN),
    "/verify/1/2/fill",
)
MARKED = replace(
    VERIFIED,
    title=both("今天 15:40，由百姓药房配出", "Dispensed by Baixing Pharmacy, today 15:40"),
    fill_href="",
    undo_href="/verify/1/2/undo",
    undo_until=at(15, 50),
    problem=both("这张处方已经被使用", "This prescription has already been used"),
)
FILL = FillView(
    "/verify/1/2",
    "2611 2100 3184",
    "***",
    both("示范互联网医院", "Demo Internet Hospital"),
    (AMLODIPINE, ATORVASTATIN),
    MEANS,
    Form({"pharmacy": ""}, {"pharmacy": both("请填写药房的名称", "Please enter the name of the pharmacy")}),
)
FALSE = replace(
    VERIFIED,
    family="urg",
    icon="ban",
    kicker=both("不要配药", "Do not dispense"),
    title=both("内容和医生签的不一样", "It is not what the doctor signed"),
    signed=None,
    valid_until=None,
    drugs=(),
)
CLOSED = replace(FALSE, title=both("不能再凭这张纸配药", "It cannot be filled any more"), fill_href="", closed=True)
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "verify": ("public/verify.html", v(VERIFIED)),
    "verify-false": ("public/verify.html", v(FALSE)),
    "verify-closed": ("public/verify.html", v(CLOSED)),
    "verify-marked": ("public/verify.html", v(MARKED)),
    "verify-fill": ("public/verify_fill.html", v(FILL)),
    "prescription": ("patient/prescription.html", v(RX)),
    "prescription-filled": (
        "patient/prescription.html",
        v(replace(RX, qr=None, next_href="", filled=FilledView("3", at(15, 40), None, "/prescriptions/1/deny"))),
    ),
    "prescription-closed": (
        "patient/prescription.html",
        v(replace(RX, qr=None, closed=True, taken_off=(TakenOff("3", at(15, 40), at(15, 42)),))),
    ),
    "prescription-unjudged": (
        "patient/prescription.html",
        v(replace(RX, ask_href="/visits/v1/chat", ask=both("问医生", "Ask the doctor"), unjudged=(
            both("对乙酰氨基酚过敏 + 对乙酰氨基酚：就是过敏的那种药",
                 "Allergy to it + Paracetamol: The very medicine of the allergy"),))),
    ),
    "prescription-denied": (
        "patient/prescription.html",
        v(replace(RX, qr=None, next_href="", filled=FilledView("3", at(15, 40), at(16, 5)))),
    ),
    "prescription-signed": (
        "patient/prescription.html",
        v(
            replace(
                RX,
                person=LONGEST,
                family="info",
                icon="clock",
                title=both("药师正在审核", "A pharmacist is checking it"),
                pharmacist_words="",
                qr=None,
                next_href="",
                valid_until=None,
                checks=(),
            )
        ),
    ),
    "pharmacies": ("patient/pharmacies.html", v(CHOICE)),
    "pharmacies-none": ("patient/pharmacies.html", v(replace(CHOICE, person=LONGEST, options=()))),
    "order": ("patient/order.html", v(ORDER)),
    "order-pickup": ("patient/order.html", v(replace(ORDER, pickup=True, form=Form()))),
    "tracking": ("patient/tracking.html", v(TRACKING)),
    "tracking-unfilled": ("patient/tracking.html", v(UNFILLED)),
    "medicines": ("patient/medicines.html", v(MEDICINES)),
    "medicines-missed": ("patient/medicines.html", v(MISSED)),
    "medicines-empty": ("patient/medicines.html", v(MedicinesView(LONGEST, date(2026, 11, 21)))),
}
