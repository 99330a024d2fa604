"""Sample views of the pages between the big ones: seen before, payment, places, consents, kinds of problem."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.web.patient_people import AMLODIPINE, CLINIC, LONGEST, WANG, at, both, v
from tests.web.patient_samples_join import FLAGS, HISTORY, HOME
from tests.web.patient_samples_visit import CHECK
from web.pages.patient.views import Form, Option
from web.pages.patient.views_join import ConsentItem, ConsentRow, GivenView, ProblemKindView
from web.pages.patient.views_triage import AskedMedicine, OurMedicine, PlacesView, RedFlagsView
from web.pages.patient.views_visit import PayingView, SeenBeforeView

ANSWERS = (
    Option("upload", both("看过，现在拍照上传病历", "Yes, I will photograph the record now")),
    Option("yes", both("看过，手上没有病历", "Yes, but I have no record of it")),
    Option("no", both("没有看过，或者不记得了", "No, or I do not remember")),
)
SENT = both("医院发来的", "Sent by them")
HELD = (Option("e1", both("人民医院 · 2026-08-12", "Renmin Hospital · 2026-08-12"), SENT),)
SEEN = SeenBeforeView(WANG, both("高血压复诊", "Blood pressure"), HELD, ANSWERS, "/triage/t1/history")
PAYING = PayingView("opening", both("在线问诊", "Online visit"), 1500, "/visits")
CONSENT = ConsentItem(
    "consent",
    both("我同意互联网诊疗", "I agree to online care"),
    both("每次看诊问一次", "Asked at each visit"),
    (both("在线看诊时，医生不能给您做体格检查。", "Online, a doctor cannot examine you."),),
    both("版本 2026-11-01", "Version 2026-11-01"),
    digest="abc",
)
HARM = RedFlagsView(
    WANG,
    FLAGS,
    Option("none", both("以上都没有", "None of these")),
    Option("unsure", both("我不确定", "I am not sure")),
    "/triage",
    Form(errors={"harm": both("请再选一项", "Please choose one")}),
    both("是哪一种情况？", "Which of these is it?"),
    (Option("accident", both("不小心", "By accident")), Option("on_purpose", both("想伤害自己", "On purpose"))),
)

OURS = (
    OurMedicine(
        "m1",
        both("孟鲁司特钠咀嚼片", "Montelukast chewable tablets"),
        both("每晚 1 片", "1 tablet every evening"),
        both("何宁医生 2026-11-02 开的，够吃到 2026-12-01", "prescribed by Dr He on 2026-11-02, until 2026-12-01"),
        True,
    ),
)
ASKED = (
    AskedMedicine(
        "taking-r1:d1",
        both("布地奈德吸入剂", "Budesonide inhaler"),
        both("早晚各 1 吸", "1 puff morning and evening"),
        both("何宁医生 2026-11-20 开的，够用到 2026-12-20", "prescribed by Dr He on 2026-11-20, until 2026-12-20"),
    ),
)
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "seen-before": ("patient/seen_before.html", v(SEEN)),
    "seen-before-empty": ("patient/seen_before.html", v(replace(SEEN, person=LONGEST, held=()))),
    "seen-before-error": (
        "patient/seen_before.html",
        v(replace(SEEN, form=Form(errors={"seen": both("请选一个", "Please choose one")}))),
    ),
    "paying-opening": ("patient/paying.html", v(PAYING)),
    "paying-open": ("patient/paying.html", v(replace(PAYING, state="open", go_href="/cashier/r", again_href="/home"))),
    "paying-elsewhere": ("patient/paying.html", v(replace(PAYING, state="open", again_href="/home"))),
    "paying-checking": ("patient/paying.html", v(replace(PAYING, state="checking"))),
    "paying-failed": ("patient/paying.html", v(replace(PAYING, state="failed", again_href="/triage"))),
    "places": ("patient/places.html", v(PlacesView((CLINIC, CLINIC)))),
    "places-empty": ("patient/places.html", v(PlacesView(()))),
    "consents": (
        "patient/consents.html",
        v(
            GivenView(
                replace(WANG, id="p1"),
                (
                    ConsentRow("privacy", both("隐私政策", "Privacy notice"), at(9)),
                    ConsentRow("informed_consent", both("知情同意", "Informed consent"), at(15), False),
                ),
            )
        ),
    ),
    "consents-empty": ("patient/consents.html", v(GivenView(LONGEST))),
    "check-visit-consent": ("patient/check_visit.html", v(replace(CHECK, consent=CONSENT))),
    "check-visit-consent-missing": (
        "patient/check_visit.html",
        v(replace(CHECK, consent=CONSENT, form=Form(errors={"consent": both("请先看一遍", "Please read it first")}))),
    ),
    "triage-flags-harm": ("patient/triage_flags.html", v(HARM)),
    "history-ours": ("patient/history.html", v(replace(HISTORY, ours=OURS, asked=ASKED))),
    "history-unanswered": (
        "patient/history.html",
        v(replace(HISTORY, asked=ASKED, form=Form(errors={ASKED[0].field: both("请选一个答案", "Please choose one")}))),
    ),
    "home-supply": ("patient/home.html", v(replace(HOME, doses=(), supply=(AMLODIPINE,)))),
    "problem-kind": ("public/problem_kind.html", v(ProblemKindView(both("情况已经变了", "Changed"), "conflict", 409))),
}
