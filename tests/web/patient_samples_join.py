"""Sample views of arriving, home, triage and the small pages around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from app.kit.problems import NotFound
from tests.web.patient_people import (
    CLINIC,
    EMERGENCY_ROOM,
    LONGEST,
    REFUNDS,
    TRIAGE_NOTE,
    UNKNOWN,
    WANG,
    XIAOYU,
    ZHOU,
    at,
    both,
    v,
)
from web.pages.patient.views import (
    Coming,
    ConfirmView,
    DoseDue,
    Fact,
    Form,
    HomeView,
    InboxView,
    MeView,
    NextStep,
    Notice,
    Option,
    Stage,
    Tag,
    VisitRow,
    VisitsView,
)
from web.pages.patient.views_join import (
    AddPersonView,
    ConsentItem,
    ConsentsView,
    FamilyMember,
    FamilyView,
    RealNameView,
    RegisterCodeView,
    RegisterPhoneView,
    SignInView,
)
from web.pages.patient.views_triage import (
    ComplaintView,
    EmergencyView,
    HistoryView,
    QuestionView,
    RedFlagsView,
    ResultView,
)

SHORT_ID = both(
    "身份证号少 1 位，您填了 17 位。请对照身份证再看一遍。",
    "The ID number is one digit short: you entered 17. Please check it against your card.",
)
WAY = (
    Stage(both("分诊", "Triage"), "done"),
    Stage(both("问诊", "Visit"), "done"),
    Stage(both("审方", "Review"), "done"),
    Stage(both("选药房", "Pharmacy"), "now"),
    Stage(both("送达", "Delivery")),
)
HOME = HomeView(
    both("下午好，王先生", "Good afternoon, Mr Wang"),
    (WANG, ZHOU),
    NextStep(
        both("药师已审核通过您的处方", "Your prescription is approved"),
        "circle-check",
        both("选一家药房，今天就能送到", "Choose a pharmacy, it can arrive today"),
        both("处方有效期到 11月24日 15:11", "Valid until 24 November 15:11"),
        both("选择药房", "Choose a pharmacy"),
        "/prescriptions/1/pharmacies",
        WAY,
    ),
    (
        DoseDue(
            "d1", both("苯磺酸氨氯地平片", "Amlodipine tablets"), both("5 mg，1 片", "5 mg, 1 tablet"), at(8), at(8, 4)
        ),
        DoseDue(
            "d2", both("阿托伐他汀钙片", "Atorvastatin tablets"), both("20 mg，1 片", "20 mg, 1 tablet"), at(21, 30)
        ),
    ),
    (
        Coming(
            date(2026, 11, 23),
            both("抽血复查：血钾、肌酐", "Blood test: potassium, creatinine"),
            both("周一 8:30 · 人民医院，空腹", "Monday 8:30 · Renmin Hospital, fasting"),
            "/record/1",
        ),
        Coming(date(2026, 12, 19), both("林静医生 · 高血压复诊", "Dr Lin · blood pressure"), both("周六", "Saturday")),
    ),
    patient_id="wang",
)
FLAGS = tuple(
    Option(f"f{n}", text, hint)
    for n, (text, hint) in enumerate(
        (
            (both("叫不醒，或突然糊涂、说胡话", "Cannot be woken, or suddenly confused"), ""),
            (both("喘得厉害，说不成整句话，嘴唇发紫", "Too short of breath to speak, blue lips"), ""),
            (both("胸口正在疼，或像被压住", "Chest pain or pressure now"), ""),
            (
                both("脸歪、手没力气、说不清话", "Face drooping, weak arm, slurred speech"),
                both("哪怕已经好了", "Even if it has passed"),
            ),
            (both("血止不住、吐血，或受了重伤、烧伤", "Bleeding that does not stop, bad injury or burn"), ""),
        )
    )
)
DURATION = (
    Option("3", both("不到 3 天", "Less than 3 days")),
    Option("14", both("3 天到 2 周", "3 days to 2 weeks"), checked=True),
    Option("28", both("2 周到 4 周", "2 to 4 weeks")),
    Option("more", both("超过 4 周", "More than 4 weeks")),
    Option(
        "unknown",
        both("不知道", "I do not know"),
        both("没关系，我们会按更谨慎的情况处理", "That is fine; we take the careful way"),
    ),
)
QUESTION = QuestionView(
    XIAOYU,
    both("小雨咳嗽多久了？", "How long has Xiaoyu been coughing?"),
    both("从第一天咳嗽算起。", "From the first day."),
    "one",
    3,
    6,
    "/triage/1/2",
    DURATION,
    why=both(
        "咳嗽超过 4 周属于慢性咳嗽，需要的检查和一般感冒不同。", "A cough of more than 4 weeks needs other tests."
    ),
)
MANY = replace(
    QUESTION, kind="many", options=(*DURATION[:3], Option("none", both("以上都没有", "None of these"), exclusive=True))
)
RESULT = ResultView(
    XIAOYU,
    "soon",
    both("请在 24–48 小时内看医生", "See a doctor within 24 to 48 hours"),
    both("儿科 · 呼吸", "Paediatrics, lungs"),
    (
        Fact(
            "note",
            both("夜里咳醒、活动后喘", "Woken by cough, wheezing after play"),
            both("有哮喘病史的孩子，这两项要尽快看", "In a child with asthma both should be seen soon"),
        ),
        Fact(
            "yes",
            both("能喝水、能说整句话，嘴唇颜色正常", "Drinks, speaks whole sentences, normal lips"),
            both("所以不需要现在去急诊", "So no emergency department now"),
        ),
        UNKNOWN,
    ),
    (
        (both("您写的", "You wrote"), "咳嗽 9 天，夜里重"),
        (both("来看什么", "What for"), both("咳嗽、感冒", "Cough or cold")),
        (both("咳了多久", "How long"), both("3 天到 2 周", "3 days to 2 weeks")),
    ),
    both(
        "说不成整句话、嘴唇发紫、胸口往里凹，或者叫不醒。",
        "Cannot speak a sentence, blue lips, chest drawn in, or not to be woken.",
    ),
    "/triage/1/forecast",
    footnote=TRIAGE_NOTE,
    edit_href="/triage/1/edit",
)
EMERGENCY = EmergencyView(
    WANG,
    both("胸口正在疼、出冷汗，可能是心脏的急症。", "Chest pain with cold sweat may be the heart."),
    (
        both("停下来，半坐着休息，不要自己开车", "Stop, rest half sitting, do not drive"),
        both("打开房门，把身份证和正在吃的药放在手边", "Open the door; have your ID and medicines at hand"),
        both("如果人昏倒、叫不应，告诉 120，按接线员说的做", "If the person faints, tell 120 and do as they say"),
    ),
    EMERGENCY_ROOM,
    "/triage/1/flags",
    both("女儿 王敏", "your daughter Wang Min"),
    "13800000000",
)
HISTORY = HistoryView(
    XIAOYU,
    ask_weight=True,
    confirmed=at(9, days=-40),
    form=Form({"allergies": "yes", "allergies_list": "青霉素（出疹子）", "medicines": "unknown", "weight": "16.5"}),
    taken_back=(both("头孢克洛", "Cefaclor"),),
)
CONSENTS = ConsentsView(
    (
        ConsentItem(
            "privacy",
            both("同意处理我的个人信息", "I agree to the use of my data"),
            both("只用来看病、开药、送药", "Only for visits, prescriptions, delivery"),
            (both("我们处理姓名、手机号和地址。", "We use name, phone number and address."),),
            both("第 2 版，2026年10月1日", "Version 2, 1 October 2026"),
        ),
        ConsentItem(
            "research",
            both("同意用去掉身份的数据改进分诊", "Data without identity may improve triage"),
            both("随时可以收回", "Can be withdrawn"),
            (both("不含姓名和号码。", "Without names and numbers."),),
            both("第 1 版", "Version 1"),
            required=False,
        ),
    ),
    Form(errors={"privacy": both("不同意这一项就不能看病", "Without this one no visit is possible")}),
)
RELATIONS = (
    Option("child", both("孩子", "My child")),
    Option("parent", both("父母", "My parent")),
    Option("other", both("其他我监护的人", "Somebody else in my care")),
)
NOTICES = InboxView(
    (
        Notice(
            both("药师审完了您的处方", "Your prescription is approved"),
            both("现在可以选药房。", "You can choose a pharmacy."),
            at(15, 11),
            "/prescriptions/1",
            "prescription",
            True,
        ),
        Notice(
            both("欢迎来到复诊", "Welcome to Fuzhen"),
            both("有事会在这里告诉您。", "News will be here."),
            at(9, days=-3),
        ),
    )
)
VISITS = VisitsView(
    (
        VisitRow(
            "/visits/1/chat",
            both("高血压复诊 · 林静", "Blood pressure · Dr Lin"),
            both("今天 15:02", "today 15:02"),
            Tag(both("看诊中", "Going on"), "ok", "circle-check"),
        ),
    ),
    (
        VisitRow(
            "/visits/0/summary",
            both("咳嗽 · 何敏", "Cough · Dr He"),
            both("8月3日", "3 August"),
            Tag(both("已结束", "Finished")),
        ),
    ),
)
CONFIRM = ConfirmView(
    both("要取消候诊吗？", "Cancel and leave the queue?"),
    both("您的位置会让给下一位。", "Your place goes to the next person."),
    both("取消，全额退款", "Cancel, all money back"),
    "/visits/1/waiting",
    both("继续等", "Keep waiting"),
    danger=True,
    facts=REFUNDS[2:3],
    reason=True,
)
ERRORS = Form({"name": "王建国", "identity": "43010219680312573"}, {"identity": SHORT_ID})
ME = MeView(both("王建国", "Wang Jianguo"), both("王", "W"), "138****0012", "430***********573X", True)


SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "landing": ("public/landing.html", v(SimpleNamespace())),
    "sign-in": (
        "public/sign_in.html",
        v(
            SignInView(
                Form(
                    {"phone": "13800000012"}, {"phone": both("手机号或密码不对", "Phone number or password is wrong")}
                ),
                "/home",
            )
        ),
    ),
    "register-phone": ("public/register_phone.html", v(RegisterPhoneView())),
    "register-code": ("public/register_code.html", v(RegisterCodeView("138****0012", demo_inbox="/demo/inbox"))),
    "register-name": ("public/register_name.html", v(RealNameView(ERRORS))),
    "register-consents": ("public/register_consents.html", v(CONSENTS)),
    "problem": ("public/problem.html", {"problem": NotFound(), "status": 404}),
    "offline": ("public/offline.html", {}),
    "home": ("patient/home.html", v(HOME)),
    "home-new": ("patient/home.html", v(HomeView(both("您好", "Hello"), (LONGEST, WANG)))),
    "triage-complaint": ("patient/triage_complaint.html", v(ComplaintView(XIAOYU, FLAGS))),
    "triage-suggested": (
        "patient/triage_complaint.html",
        v(ComplaintView(XIAOYU, FLAGS, DURATION[:2], Form({"words": "咳嗽 9 天，夜里重"}))),
    ),
    "triage-flags": (
        "patient/triage_flags.html",
        v(
            RedFlagsView(
                WANG,
                FLAGS,
                Option("none", both("以上都没有", "None of these"), checked=True),
                Option(
                    "unsure", both("我不确定", "I am not sure"), both("会按更谨慎的情况处理", "We take the careful way")
                ),
                "/triage",
            )
        ),
    ),
    "triage-flags-error": (
        "patient/triage_flags.html",
        v(
            RedFlagsView(
                LONGEST,
                FLAGS,
                Option("none", both("以上都没有", "None of these")),
                Option("unsure", both("我不确定", "I am not sure")),
                "/triage",
                Form(errors={"flags": both("请勾选一项", "Please tick one")}),
            )
        ),
    ),
    "triage-question": ("patient/triage_question.html", v(QUESTION)),
    "triage-many": ("patient/triage_question.html", v(MANY)),
    "triage-number": ("patient/triage_question.html", v(replace(QUESTION, kind="number", unit="°C", options=()))),
    "triage-text": ("patient/triage_question.html", v(replace(QUESTION, kind="text", options=(), why=""))),
    "result-soon": ("patient/triage_result.html", v(RESULT)),
    "result-urgent": (
        "patient/triage_result.html",
        v(
            replace(
                RESULT,
                level="urgent",
                person=LONGEST,
                title=both("今天要当面看医生", "Be seen in person today"),
                places=(CLINIC,),
            )
        ),
    ),
    "result-home": (
        "patient/triage_result.html",
        v(
            replace(
                RESULT,
                level="self_care",
                title=both("可以先在家观察", "You can watch it at home"),
                advice=(both("多喝水，多休息", "Drink and rest"),),
                reviewed=True,
            )
        ),
    ),
    "result-routine": (
        "patient/triage_result.html",
        v(replace(RESULT, level="routine", title=both("一周内看医生", "See a doctor within a week"))),
    ),
    "emergency": ("patient/triage_emergency.html", v(EMERGENCY)),
    "emergency-nowhere": (
        "patient/triage_emergency.html",
        v(replace(EMERGENCY, person=LONGEST, department=None, contact="", contact_phone="")),
    ),
    "history": ("patient/history.html", v(HISTORY)),
    "history-new": (
        "patient/history.html",
        v(
            HistoryView(
                LONGEST,
                ask_pregnancy=True,
                form=Form(
                    errors={"allergies": both("请选一项，不知道也可以", "Choose one; not knowing is an answer too")}
                ),
            )
        ),
    ),
    "family": (
        "patient/family.html",
        v(
            FamilyView(
                (
                    FamilyMember(
                        XIAOYU,
                        date(2022, 5, 3),
                        both("已核对关系", "Relation checked"),
                        both("可以看诊、下单、看记录", "Visits, orders, record"),
                    ),
                )
            )
        ),
    ),
    "family-empty": ("patient/family.html", v(FamilyView())),
    "add-person": ("patient/add_person.html", v(AddPersonView(RELATIONS))),
    "add-person-joining": ("patient/add_person.html", v(AddPersonView(RELATIONS, True, ERRORS))),
    "inbox": ("patient/inbox.html", v(NOTICES)),
    "inbox-empty": ("patient/inbox.html", v(InboxView())),
    "visits": ("patient/visits.html", v(VISITS)),
    "visits-empty": ("patient/visits.html", v(VisitsView())),
    "me": ("patient/me.html", v(ME)),
    "me-unchecked": ("patient/me.html", v(replace(ME, name=LONGEST.name, verified=False))),
    "confirm": ("patient/confirm.html", v(CONFIRM)),
}
