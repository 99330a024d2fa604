"""Sample views of who acts for a person (list, invitation, code, coming in), and of what a doctor entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.web.patient_people import LONGEST, XIAOYU, ZHOU, at, both, v
from tests.web.patient_samples_join import HISTORY
from web.pages.patient.guardians import FOR_WHOM
from web.pages.patient.views import Form, Option
from web.pages.patient.views_join import (
    CodeView,
    FamilyMember,
    FamilyView,
    Guardian,
    GuardiansView,
    InviteView,
    JoiningView,
    JoinView,
)

WRONG = both("这个邀请码不对、已经用过或过期了", "This code is wrong, was used or is too old")
RELATIONS = (Option("child", both("孩子", "My child")), Option("other", both("其他家人", "Another relative")))
MOTHER = Guardian(both("马丽", "Ma Li"), both("父母或监护人", "parent or guardian"), at(9, days=-400),
                  both("马", "M"), True, "/family/x/guardians/1")
FATHER = Guardian("138****0003", both("父母或监护人", "parent or guardian"), at(9, days=-2), "1")
GUARDIANS = GuardiansView(XIAOYU, (MOTHER, FATHER), "/family/x/guardians/invite")
INVITE = InviteView(XIAOYU, (), False, "/family/x/guardians")
CODE = CodeView(XIAOYU, "7KXQ2 MDPW4", at(18, days=1), "https://fuzhen.example/family/join", False,
                "/family/x/guardians")
JOINING = JoiningView("7KXQ2 MDPW4", both("马小雨", "Ma Xiaoyu"), date(2022, 6, 18), both("马丽", "Ma Li"), False,
                      RELATIONS)

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "family-guardians": ("patient/family.html", v(FamilyView((
        FamilyMember(LONGEST, date(1950, 1, 9), both("身份已核对", "identity checked"),
                     both("您说本人同意了", "With their agreement, as you told us"), "/family/a/guardians"),)))),
    "history-kidney": ("patient/history.html", v(replace(
        HISTORY, kidney=both("估算值 58.5，10月1日，检验报告", "eGFR 58.5, 1 October, lab report")))),
    "guardians": ("patient/guardians.html", v(GUARDIANS)),
    "guardians-alone": ("patient/guardians.html", v(replace(
        GUARDIANS, person=LONGEST, guardians=(replace(MOTHER, end_href=""),)))),
    "guardians-waiting": ("patient/guardians.html", v(replace(
        GUARDIANS, guardians=(MOTHER, replace(FATHER, name=LONGEST.name, end_href="/family/x/guardians/2")),
        open_until=at(18, days=1), take_back_href="/family/x/guardians/take-back"))),
    "guardian-invite": ("patient/guardian_invite.html", v(INVITE)),
    "guardian-invite-own": ("patient/guardian_invite.html", v(replace(
        INVITE, person=ZHOU, choices=FOR_WHOM,
        form=Form({}, {"whose": both("请选这个邀请码给谁。", "Please choose whom the code is for.")})))),
    "guardian-invite-not-the-longest": ("patient/guardian_invite.html", v(replace(
        INVITE, person=LONGEST, first=both("马丽", "Ma Li")))),
    "guardian-invite-mine": ("patient/guardian_invite.html", v(replace(INVITE, person=LONGEST, mine=True))),
    "guardian-code": ("patient/guardian_code.html", v(CODE)),
    "guardian-code-own": ("patient/guardian_code.html", v(replace(CODE, person=LONGEST, own=True))),
    "guardian-join": ("patient/guardian_join.html", v(JoinView())),
    "guardian-join-wrong": ("patient/guardian_join.html", v(JoinView(Form({"code": "AAAAA"}, {"code": WRONG})))),
    "guardian-joining": ("patient/guardian_joining.html", v(JOINING)),
    "guardian-joining-own": ("patient/guardian_joining.html", v(replace(
        JOINING, name=LONGEST.name, own=True,
        form=Form({}, {"entitled": both("请确认您可以替这个人看诊", "Please confirm")})))),
}
