"""Sample views of pharmacy, administration, proof and the doors; `PAGES` lists every staff page with its samples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from tests.web import staff_samples as s
from tests.web import staff_samples_more as m
from tests.web.staff_samples import LONG_EN, LONG_ZH, NOW, ago, name, two
from tests.web.staff_samples_more import DIGEST, soon
from web.pages.staff import views as v
from web.pages.staff import views_admin as a
from web.pages.staff import views_pharmacy as p

KANG = two("康药房", "Kang Pharmacy")
DECLINE = (v.Choice("stock", two("缺货", "Out of stock")), v.Choice("area", two("送不到", "Cannot deliver there")),
           v.Choice("time", two("来不及", "Not in time")), v.Choice("other", two("其他", "Other")))


def pharmacy_frame(lang: str) -> v.StaffFrame:
    return v.StaffFrame(KANG, two("药房", "Pharmacy"), name(lang, "刘芸", "Liu Yun"), "/pharmacy",
                        (v.Place("/pharmacy", two("配药", "Dispatch"), 6, True),), NOW, topics=("board", "pharmacy:kang"))


def order_row(number: int, who: str, what: tuple[str, str], state: tuple[str, str], fen: int, minutes: float, **more: object) -> p.BoardRow:
    return p.BoardRow(f"o{number}", f"/pharmacy/orders/o{number}", f"O-{number}", who, two(*what), two(*state), fen, soon(minutes), **more)  # type: ignore[arg-type]


def board(column: p.Column = "offers") -> p.Board:
    waits, courier = ("待领", "not started"), ("骑手 丁师傅", "courier Ding")
    near = two("城东 2.4 km", "east side, 2.4 km")
    offers = (
        order_row(88213, "王**", ("缬沙坦胶囊 80 mg、氨氯地平片 2.5 mg", "Valsartan 80 mg, amlodipine 2.5 mg"), waits, 4680, 3.7, stock="all", chosen=True, place=near),
        order_row(88215, "李**", ("二甲双胍、阿卡波糖、阿托伐他汀、达格列净", "Metformin, acarbose, atorvastatin, dapagliflozin"), waits, 11230, 4.3, stock="part", missing=1),
        order_row(88216, "周**", ("阿司匹林、美托洛尔", "Aspirin, metoprolol"), waits, 9800, 0.8, stock="unknown"))
    return p.Board(
        offers, (order_row(88204, "吴志强", ("阿托伐他汀、非诺贝特", "Atorvastatin, fenofibrate"), ("刘芸 扫 1 / 2", "Liu Yun, 1 of 2"), 6400, 160),),
        (order_row(88198, "孙磊", ("布洛芬", "Ibuprofen"), ("等骑手", "waits for the courier"), 3990, 160),),
        (order_row(88185, "冯**", ("氯沙坦", "Losartan"), courier, 2840, 5), order_row(88191, "高**", ("甲巯咪唑", "Thiamazole"), courier, 3350, -12, late=True)),
        (), column)


def order(state: str = "offered") -> p.OrderPane:
    lines = (p.StockLine(two("缬沙坦胶囊 80 mg", "Valsartan 80 mg"), two("14 粒 = 2 盒", "14 caps = 2 packs"), 26, True),
             p.StockLine(two("苯磺酸氨氯地平片 2.5 mg", "Amlodipine 2.5 mg"), two("14 片 = 1 盒", "14 tablets = 1 pack"), None, False))
    told = {} if state in ("offered", "lapsed") else {"full_name": LONG_ZH, "phone": "138****2201", "address": "城东区示范路 1 号 3 单元 502"}
    return p.OrderPane(
        "o88213", "O-88213", state, lines, two("RX-2611-1093 第 1 版", "RX-2611-1093, version 1"),  # type: ignore[arg-type]
        two("任洁 14:31 审核通过 · 有效至 2026-11-24", "approved by Ren Jie 14:31 · valid until 2026-11-24"), two("城东片区 2.4 km · 今日 18:00 前", "east side 2.4 km · today by 18:00"),
        soon(3.7), 4080, 600, NOW, "f1", ago(2), label_href="/pharmacy/orders/o88213/label", pick_href="/pharmacy/orders/o88213/pick", reasons=DECLINE,
        error=two("收货码不对。", "The code is wrong.") if state == "shipped" else "", **told)


def board_view(lang: str, state: str = "offered", column: p.Column = "offers", chosen: bool = True) -> p.BoardView:
    return p.BoardView(pharmacy_frame(lang), KANG, board(column), order(state) if chosen else None)


def board_empty(lang: str) -> p.BoardView:
    return p.BoardView(pharmacy_frame(lang), KANG, p.Board())


def pick(lang: str, done: bool = False) -> p.PickView:
    lines = (p.PickLine(1, two("二甲双胍片 0.5 g", "Metformin tablets 0.5 g"), two("60 片，每盒 30", "60 tablets, 30 in a pack"), "B-03", 2 if done else 1, 2, "M260711", date(2028, 6, 1), current=True),
             p.PickLine(2, two("甘精胰岛素笔芯 3 mL", "Insulin glargine pen"), two("1 支", "1 pen"), two("冰箱 1", "Fridge 1").get(lang), 1 if done else 0, 1, cold=True))
    scans = (p.Scan("s2", ago(0.2), "right", two("二甲双胍 0.5 g", "Metformin 0.5 g"), "4471", two("还差 1 盒。", "One more pack of this.")),
             p.Scan("s1", ago(0.5), "wrong", two("二甲双胍 0.85 g", "Metformin 0.85 g"), "0932", two("处方是 0.5 g，放回去。", "Prescribed is 0.5 g. Put it back.")))
    todo = (p.Todo(two("患者和处方相符", "Right patient and prescription"), "past"), p.Todo(two("每盒都扫：还差 2 盒", "Every pack scanned: 2 to go"), "past" if done else "open"))
    return p.PickView(pharmacy_frame(lang), "o1", "O-88177", two("RX-2611-1079 第 1 版 · 任洁审核", "RX-2611-1079, version 1 · approved by Ren Jie"), soon(150), lines, todo,
                      (two("二甲双胍：早晚随餐各 1 片。", "Metformin: 1 with breakfast, 1 with supper."),), () if done else scans, "", done,
                      "" if done else two("还有 2 盒没扫。", "2 packs are not scanned."), two("患者已取消，把药放回货架。", "The patient cancelled: put it back.") if done else "", DECLINE)


def label(lang: str) -> p.LabelView:
    return p.LabelView("O-88177", s.doctor_frame(lang).house, KANG, "0731-8888 0000", name(lang, LONG_ZH, LONG_EN), "2201", "城东区示范路 1 号 3 单元 502",
                       (p.LabelLine(two("二甲双胍片 0.5 g", "Metformin 0.5 g"), two("2 盒", "2 packs"), two("早晚随餐各 1 片", "1 with breakfast, 1 with supper")),),
                       NOW, name(lang, "刘芸", "Liu Yun"), "/pharmacy", True)


# --- administration and proof ---------------------------------------------------------------------------------


def admin_frame(lang: str) -> v.StaffFrame:
    places = (v.Place("/admin/licences", two("执业档案", "Licence files"), 3, True), v.Place("/admin/audit", two("审计", "Audit")))
    return v.StaffFrame(two("示范互联网医院", "Demo Internet Hospital"), two("医院管理员", "Administrator"), name(lang, "白宁", "Bai Ning"),
                        "/admin/licences", places, NOW, finds=False)


def licences(lang: str, empty: bool = False) -> a.LicencesView:
    row = a.LicenceRow("/admin/licences/1", name(lang, "林静", "Lin Jing"), two("主治医师", "Attending"), (two("内科", "Internal medicine"),), "110 4301 2211",
                       8, (two("示范互联网医院", "Demo Internet Hospital"),), date(2027, 6, 30), "verified", True)
    other = a.LicenceRow("/admin/licences/2", name(lang, "何敏", "He Min"), two("主治医师", "Attending"), (two("儿科", "Paediatrics"),), "110 4301 9920", None, (), None, "submitted")
    lines = (a.LicenceLine(two("执业年数", "Years of practice"), two("8 年", "8 years"), two("档案", "file"), False),)
    return a.LicencesView(admin_frame(lang), () if empty else (row, other), None if empty else row, () if empty else lines)


def audit(lang: str, ok: bool | None = True) -> a.AuditView:
    found = (two("第 1,871,066 条的内容改过。", "Entry 1,871,066 was changed."),)
    rows = (a.TrailRow(1884203, ago(1), name(lang, "任洁", "Ren Jie"), two("药师", "pharmacist"), two("处方、过敏、用药", "prescription, allergies, medicines"), "task", two("审方任务", "review task"), "?entry=1", True),
            a.TrailRow(1884190, ago(9), name(lang, "赵鹏", "Zhao Peng"), two("没有职责", "no role here"), two("没有读到", "nothing"), "refused", two("没有诊疗关系，没有授权", "no treatment relation, no consent")))
    entry = a.TrailEntry(1884203, ago(1), "record.read", two("任洁读了处方", "Ren Jie read the prescription"), DIGEST, (("visit", "v1"),), ok)
    if ok is None:
        return a.AuditView(admin_frame(lang), None, None, (), date(2026, 11, 21))
    return a.AuditView(admin_frame(lang), a.Checkpoint(1884352, DIGEST, NOW), a.Verification(ago(40), 1884352, ok, () if ok else found, 41000), rows, date(2026, 11, 21),
                       "", (v.Choice("task", two("任务", "task")),), entry, "?before=1")


def decision(lang: str, forecast: bool = False) -> a.DecisionView:
    rules = (a.DecidedRule("CN-VISIT-01", two("只可对已确诊的同一疾病复诊。", "Only follow-up of a diagnosed condition."), "not_fired", two("有线下确诊，同一疾病。", "diagnosed in person, same condition."),
                           (two("互联网诊疗管理办法(试行) 第 16 条（摘要已读）", "Internet diagnosis rules, article 16 (summary read)"), two("医师法 第 30 条", "Physicians Act, article 30"))),
             a.DecidedRule("CN-RX-05", two("超过 7 天须注明理由。", "More than 7 days needs a reason."), "unknown" if forecast else "satisfied", two("14 天，慢性病。", "14 days, chronic."), (two("处方管理办法 第 19 条", "Prescription rules, article 19"),)))
    facts = (a.DecidedFact(two("线下确诊", "Diagnosed in person"), two("是，I10，2026-08-12", "yes, I10, 2026-08-12"), two("凭证 E-20417，林静采信", "evidence E-20417"), ago(17)),
             a.DecidedFact(two("用药天数", "Days of supply"), None if forecast else "14", two("处方", "prescription"), None))
    return a.DecisionView(two("示范互联网医院", "Demo Internet Hospital"), "D-2611-40771", NOW, "allow", two("允许在线开方，附理由", "Prescribing online is allowed, with a reason"),
                          two("林静医生可以为王建国在线开具缬沙坦胶囊和氨氯地平片。", "Dr Lin Jing may prescribe valsartan and amlodipine for Wang Jianguo online."), rules, 17, facts,
                          two("林静签名时由系统判定。", "Decided by the system when Lin Jing signed."), two("中国大陆 2026.11.0", "Mainland China 2026.11.0"), DIGEST,
                          two("审计第 1,884,203 条", "audit entry 1,884,203"), "/decisions/d1.json", "/doctor/visits/v1", forecast)


def sign_in(lang: str, wrong: bool = False) -> v.SignInView:
    errors = (v.FieldError("code", two("动态码不对，或已过期。", "The code is wrong or too old.")),) if wrong else ()
    return v.SignInView(two("示范互联网医院", "Demo Internet Hospital"), "/doctor", "lin.jing" if wrong else "", errors, "/demo")


def find(lang: str, empty: bool = False) -> v.FindView:
    return v.FindView(s.doctor_frame(lang), "王", () if empty else (v.Found(two("患者", "patient"), name(lang, "王建国", "Wang Jianguo"), two("正在就诊", "open visit"), "/doctor/visits/v1"),))


def stop(lang: str, kind: str = "held") -> v.StopView:
    return v.StopView(s.doctor_frame(lang), kind, two("苏航正在审这张处方", "Su Hang is reviewing this one"),  # type: ignore[arg-type]
                      two("14:30 打开，持有到 14:35。", "Opened 14:30, held until 14:35."), (two("到时自动放开", "it is freed by itself"),), "/pharmacist", two("看别的处方", "Other prescriptions"), "held · 3F21")


Sample = Callable[[str], Any]
PAGES: dict[str, tuple[str, Sample]] = {
    "sign-in": ("staff/sign_in.html", sign_in), "sign-in-wrong": ("staff/sign_in.html", partial(sign_in, wrong=True)),
    "find": ("staff/find.html", find), "find-nothing": ("staff/find.html", partial(find, empty=True)),
    **{f"stop-{kind}": ("staff/stop.html", partial(stop, kind=kind)) for kind in ("held", "changed", "refused", "missing", "failed")},
    "console": ("staff/doctor/console.html", s.console), "console-unjudged": ("staff/doctor/console.html", s.console_unjudged),
    "console-waiting": ("staff/doctor/console.html", s.console_waiting), "console-empty": ("staff/doctor/console.html", s.console_empty),
    "console-broken": ("staff/doctor/console.html", s.console_broken),
    "note": ("staff/doctor/note.html", s.note), "note-empty": ("staff/doctor/note.html", s.note_empty),
    "evidence": ("staff/doctor/evidence.html", s.evidence), "evidence-decided": ("staff/doctor/evidence.html", s.evidence_decided),
    "refer": ("staff/doctor/refer.html", s.refer), "finish": ("staff/doctor/finish.html", s.finish),
    "finish-missing": ("staff/doctor/finish.html", partial(s.finish, missing=True)),
    "record": ("staff/doctor/record.html", s.record), "record-empty": ("staff/doctor/record.html", partial(s.record, empty=True)),
    "prescriptions": ("staff/doctor/prescriptions.html", s.prescriptions), "prescriptions-empty": ("staff/doctor/prescriptions.html", partial(s.prescriptions, empty=True)),
    "writer": ("staff/doctor/writer.html", m.writer), "writer-ready": ("staff/doctor/writer.html", partial(m.writer, ready=True)),
    "writer-empty": ("staff/doctor/writer.html", m.writer_empty),
    "sign": ("staff/doctor/sign.html", m.sign), "sign-wrong": ("staff/doctor/sign.html", partial(m.sign, wrong=True)),
    "prescription": ("staff/doctor/prescription.html", m.signed),
    "review-queue": ("staff/pharmacist/queue.html", m.review_queue), "review-queue-empty": ("staff/pharmacist/queue.html", m.review_queue_empty),
    "review": ("staff/pharmacist/review.html", m.review), "review-held": ("staff/pharmacist/review.html", partial(m.review, held=True)),
    "decided": ("staff/pharmacist/decided.html", m.decided), "returned-empty": ("staff/pharmacist/decided.html", partial(m.decided, empty=True)),
    **{f"board-{state}": ("staff/pharmacy/board.html", partial(board_view, state=state)) for state in ("offered", "accepted", "packed", "shipped", "delivered", "cancelled", "lapsed")},
    "board": ("staff/pharmacy/board.html", partial(board_view, chosen=False)),
    "board-picking": ("staff/pharmacy/board.html", partial(board_view, column="picking", chosen=False)), "board-empty": ("staff/pharmacy/board.html", board_empty),
    "pick": ("staff/pharmacy/pick.html", pick), "pick-cancelled": ("staff/pharmacy/pick.html", partial(pick, done=True)), "label": ("staff/pharmacy/label.html", label),
    "licences": ("staff/admin/licences.html", licences), "licences-empty": ("staff/admin/licences.html", partial(licences, empty=True)),
    "audit": ("staff/admin/audit.html", audit), "audit-differs": ("staff/admin/audit.html", partial(audit, ok=False)), "audit-empty": ("staff/admin/audit.html", partial(audit, ok=None)),
    "decision": ("staff/decision.html", decision), "forecast": ("staff/decision.html", partial(decision, forecast=True)),
}
