"""Sample views of administration, proof and the doors; `PAGES` lists every staff page with its samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from tests.web import staff_samples as s
from tests.web import staff_samples_pharmacy as ph
from tests.web import staff_samples_review as rv
from tests.web import staff_samples_rx as m
from tests.web import staff_samples_visit as vs
from tests.web.staff_samples import NOW, ago, doctor_frame, name, two
from tests.web.staff_samples_rx import DIGEST
from web.pages.staff import views as v
from web.pages.staff import views_admin as a
from web.pages.staff.doctor.emergency import CLOSED, OPEN, WAYS, WHY_CLOSED
from web.pages.staff.stops import BACK

# --- administration and proof ---------------------------------------------------------------------------------


def admin_frame(lang: str) -> v.StaffFrame:
    places = (
        v.Place("/admin/licences", two("执业档案", "Licence files"), 3, True),
        v.Place("/admin/audit", two("审计", "Audit")),
    )
    return v.StaffFrame(
        two("示范互联网医院", "Demo Internet Hospital"),
        two("医院管理员", "Administrator"),
        name(lang, "白宁", "Bai Ning"),
        "/admin/licences",
        places,
        NOW,
        finds=False,
    )


def licences(lang: str, empty: bool = False) -> a.LicencesView:
    row = a.LicenceRow(
        "/admin/licences/1",
        name(lang, "林静", "Lin Jing"),
        two("主治医师", "Attending"),
        (two("内科", "Internal medicine"),),
        "110 4301 2211",
        8,
        (two("示范互联网医院", "Demo Internet Hospital"),),
        date(2027, 6, 30),
        "verified",
        True,
    )
    other = a.LicenceRow(
        "/admin/licences/2",
        name(lang, "何敏", "He Min"),
        two("主治医师", "Attending"),
        (two("儿科", "Paediatrics"),),
        "110 4301 9920",
        None,
        (),
        None,
        "submitted",
    )
    lines = (a.LicenceLine(two("执业年数", "Years of practice"), two("8 年", "8 years"), two("档案", "file"), False),)
    return a.LicencesView(
        admin_frame(lang), () if empty else (row, other), None if empty else row, () if empty else lines,
        acts=() if empty else ("suspend",),
    )


def licences_wrong(lang: str) -> a.LicencesView:
    error = v.FieldError("reason", two("请写明暂停的原因。", "Please write why."))
    return replace(licences(lang), reason=two("注册机关来函", "A letter of the register"), errors=(error,))


def licences_waiting(lang: str) -> a.LicencesView:
    return replace(licences(lang), acts=("verify",))


def account(lang: str, signs: bool = True, errors: tuple[v.FieldError, ...] = (), said: v.Words = "") -> Any:
    return v.OwnAccountView(doctor_frame(lang), "/doctor/account", "lin", signs, signs, errors, said)


NOT_IT = (v.FieldError("old", two("这不是您现在的密码。", "This is not your present password.")),
          v.FieldError("code", two("验证码不对", "This is not the code")))
CHANGED = two("密码换好了。", "Your password is changed.")


def audit(lang: str, ok: bool | None = True) -> a.AuditView:
    found = (two("第 1,871,066 条的内容改过。", "Entry 1,871,066 was changed."),)
    rows = (
        a.TrailRow(
            1884203,
            ago(1),
            name(lang, "任洁", "Ren Jie"),
            two("药师", "pharmacist"),
            two("处方、过敏、用药", "prescription, allergies, medicines"),
            "task",
            two("审方任务", "review task"),
            "?entry=1",
            True,
        ),
        a.TrailRow(
            1884190,
            ago(9),
            name(lang, "赵鹏", "Zhao Peng"),
            two("没有职责", "no role here"),
            two("没有读到", "nothing"),
            "refused",
            two("没有诊疗关系，没有授权", "no treatment relation, no consent"),
        ),
    )
    entry = a.TrailEntry(
        1884203,
        ago(1),
        "record.read",
        two("任洁读了处方", "Ren Jie read the prescription"),
        DIGEST,
        (("visit", "v1"),),
        ok,
    )
    if ok is None:
        return a.AuditView(admin_frame(lang), None, None, (), date(2026, 11, 21))
    return a.AuditView(
        admin_frame(lang),
        a.Checkpoint(1884352, DIGEST, NOW),
        a.Verification(ago(40), 1884352, ok, () if ok else found, 41000),
        rows,
        date(2026, 11, 21),
        "",
        (v.Choice("task", two("任务", "task")),),
        entry,
        "?before=1",
    )


def decision(lang: str, forecast: bool = False) -> a.DecisionView:
    rules = (
        a.DecidedRule(
            "CN-VISIT-01",
            two("只可对已确诊的同一疾病复诊。", "Only follow-up of a diagnosed condition."),
            "not_fired",
            two("有线下确诊，同一疾病。", "diagnosed in person, same condition."),
            (
                two(
                    "互联网诊疗管理办法(试行) 第 16 条（摘要已读）",
                    "Internet diagnosis rules, article 16 (summary read)",
                ),
                two("医师法 第 30 条", "Physicians Act, article 30"),
            ),
        ),
        a.DecidedRule(
            "CN-RX-05",
            two("超过 7 天须注明理由。", "More than 7 days needs a reason."),
            "unknown" if forecast else "satisfied",
            two("14 天，慢性病。", "14 days, chronic."),
            (two("处方管理办法 第 19 条", "Prescription rules, article 19"),),
        ),
    )
    facts = (
        a.DecidedFact(
            two("线下确诊", "Diagnosed in person"),
            two("是，I10，2026-08-12", "yes, I10, 2026-08-12"),
            two("凭证 E-20417，林静采信", "evidence E-20417"),
            ago(17),
        ),
        a.DecidedFact(two("用药天数", "Days of supply"), None if forecast else "14", two("处方", "prescription"), None),
    )
    return a.DecisionView(
        two("示范互联网医院", "Demo Internet Hospital"),
        "D-2611-40771",
        NOW,
        "allow",
        two("允许在线开方，附理由", "Prescribing online is allowed, with a reason"),
        two(
            "林静医生可以为王建国在线开具缬沙坦胶囊和氨氯地平片。",
            "Dr Lin Jing may prescribe valsartan and amlodipine for Wang Jianguo online.",
        ),
        rules,
        (a.QuietRule("CN-RX-07", two("每张处方不得超过5种药品。", "At most 5 drugs on one prescription.")),),
        facts,
        two("林静签名时由系统判定。", "Decided by the system when Lin Jing signed."),
        two("中国大陆 2026.11.0", "Mainland China 2026.11.0"),
        DIGEST,
        two("审计第 1,884,203 条", "audit entry 1,884,203"),
        "/decisions/d1.json",
        "/doctor/visits/v1",
        forecast,
        remedies=(a.Remedied("CN-VISIT-05", two("诊断的疾病类别：慢性病", "the class of today's diagnosis: chronic")),),
    )


def sign_in(lang: str, wrong: bool = False) -> v.SignInView:
    errors = (v.FieldError("code", two("动态码不对，或已过期。", "The code is wrong or too old.")),) if wrong else ()
    return v.SignInView(
        two("示范互联网医院", "Demo Internet Hospital"), "/doctor", "lin.jing" if wrong else "", errors, "/demo"
    )


def find(lang: str, empty: bool = False) -> v.FindView:
    return v.FindView(
        s.doctor_frame(lang),
        "王",
        ()
        if empty
        else (
            v.Found(
                two("患者", "patient"),
                name(lang, "王建国", "Wang Jianguo"),
                two("正在就诊", "open visit"),
                "/doctor/visits/v1",
            ),
        ),
    )


def stop(lang: str, kind: str = "held") -> v.StopView:
    return v.StopView(
        s.doctor_frame(lang),
        kind,
        two("苏航正在审这张处方", "Su Hang is reviewing this one"),  # type: ignore[arg-type]
        two("14:30 打开，持有到 14:35。", "Opened 14:30, held until 14:35."),
        (two("到时自动放开", "it is freed by itself"),),
        "/pharmacist",
        two("看别的处方", "Other prescriptions"),
        "held · 3F21",
    )


def closed_record(lang: str) -> v.StopView:
    return v.StopView(s.doctor_frame(lang), "missing", CLOSED, WHY_CLOSED, WAYS, "/doctor", BACK,
                      go_href="/doctor/patients/p1/emergency", go=OPEN)


Sample = Callable[[str], Any]
PAGES: dict[str, tuple[str, Sample]] = {
    "sign-in": ("staff/sign_in.html", sign_in),
    "sign-in-wrong": ("staff/sign_in.html", partial(sign_in, wrong=True)),
    "find": ("staff/find.html", find),
    "find-nothing": ("staff/find.html", partial(find, empty=True)),
    **{
        f"stop-{kind}": ("staff/stop.html", partial(stop, kind=kind))
        for kind in ("held", "changed", "refused", "missing", "failed")
    },
    "console": ("staff/doctor/console.html", s.console),
    "console-unjudged": ("staff/doctor/console.html", s.console_unjudged),
    "console-time-asked": ("staff/doctor/console.html", s.console_call_time),
    "console-time-now": ("staff/doctor/console.html", partial(s.console_call_time, state="booked", is_now=True)),
    "console-waiting": ("staff/doctor/console.html", s.console_waiting),
    "console-empty": ("staff/doctor/console.html", s.console_empty),
    "console-unlicensed": ("staff/doctor/console.html", s.console_unlicensed),
    "console-broken": ("staff/doctor/console.html", s.console_broken),
    "note": ("staff/doctor/note.html", vs.note),
    "note-empty": ("staff/doctor/note.html", vs.note_empty),
    "evidence": ("staff/doctor/evidence.html", vs.evidence),
    "evidence-decided": ("staff/doctor/evidence.html", vs.evidence_decided),
    "call-time": ("staff/doctor/call_time.html", vs.call_time),
    "call-time-wrong": ("staff/doctor/call_time.html", partial(vs.call_time, wrong=True)),
    "refer": ("staff/doctor/refer.html", vs.refer),
    "finish": ("staff/doctor/finish.html", vs.finish),
    "finish-missing": ("staff/doctor/finish.html", partial(vs.finish, missing=True)),
    "record": ("staff/doctor/record.html", vs.record),
    "record-empty": ("staff/doctor/record.html", partial(vs.record, empty=True)),
    "record-in-emergency": ("staff/doctor/record.html", vs.record_in_emergency),
    "emergency": ("staff/doctor/emergency.html", vs.emergency),
    "emergency-wrong": ("staff/doctor/emergency.html", partial(vs.emergency, wrong=True)),
    "kidney": ("staff/doctor/kidney.html", vs.kidney),
    "kidney-wrong": ("staff/doctor/kidney.html", partial(vs.kidney, wrong=True)),
    "stop-closed-record": ("staff/stop.html", closed_record),
    "prescriptions": ("staff/doctor/prescriptions.html", vs.prescriptions),
    "prescriptions-empty": ("staff/doctor/prescriptions.html", partial(vs.prescriptions, empty=True)),
    "writer": ("staff/doctor/writer.html", m.writer),
    "writer-ready": ("staff/doctor/writer.html", partial(m.writer, ready=True)),
    "writer-empty": ("staff/doctor/writer.html", m.writer_empty),
    "sign": ("staff/doctor/sign.html", m.sign),
    "sign-wrong": ("staff/doctor/sign.html", partial(m.sign, wrong=True)),
    "prescription": ("staff/doctor/prescription.html", m.signed),
    "review-queue": ("staff/pharmacist/queue.html", rv.review_queue),
    "review-queue-empty": ("staff/pharmacist/queue.html", rv.review_queue_empty),
    "review": ("staff/pharmacist/review.html", rv.review),
    "review-held": ("staff/pharmacist/review.html", partial(rv.review, held=True)),
    "filled": ("staff/pharmacist/filled.html", rv.filled),
    "filled-box": ("staff/pharmacist/filled.html", partial(rv.filled, box=True)),
    "filled-over": ("staff/pharmacist/filled.html", partial(rv.filled, over=True)),
    "decided": ("staff/pharmacist/decided.html", rv.decided),
    "returned-empty": ("staff/pharmacist/decided.html", partial(rv.decided, empty=True)),
    **{
        f"board-{state}": ("staff/pharmacy/board.html", partial(ph.board_view, state=state))
        for state in ("offered", "accepted", "packed", "shipped", "delivered", "cancelled", "lapsed")
    },
    "board": ("staff/pharmacy/board.html", partial(ph.board_view, chosen=False)),
    "board-picking": ("staff/pharmacy/board.html", partial(ph.board_view, column="picking", chosen=False)),
    "board-empty": ("staff/pharmacy/board.html", ph.board_empty),
    "pick": ("staff/pharmacy/pick.html", ph.pick),
    "pick-cancelled": ("staff/pharmacy/pick.html", partial(ph.pick, done=True)),
    "label": ("staff/pharmacy/label.html", ph.label),
    "licences": ("staff/admin/licences.html", licences),
    "licences-wrong": ("staff/admin/licences.html", licences_wrong),
    "licences-waiting": ("staff/admin/licences.html", licences_waiting),
    "account": ("staff/account.html", account),
    "account-said": ("staff/account.html", partial(account, signs=False, said=CHANGED)),
    "account-wrong": ("staff/account.html", partial(account, errors=NOT_IT)),
    "licences-empty": ("staff/admin/licences.html", partial(licences, empty=True)),
    "audit": ("staff/admin/audit.html", audit),
    "audit-differs": ("staff/admin/audit.html", partial(audit, ok=False)),
    "audit-empty": ("staff/admin/audit.html", partial(audit, ok=None)),
    "decision": ("staff/decision.html", decision),
    "forecast": ("staff/decision.html", partial(decision, forecast=True)),
}
