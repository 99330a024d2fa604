"""Sample views of a partner pharmacy: board, pick list, label."""

from __future__ import annotations

from datetime import date

from tests.web import staff_samples as s
from tests.web.staff_samples import (
    LONG_EN,
    LONG_ZH,
    NOW,
    ago,
    name,
    two,
)
from tests.web.staff_samples_rx import (
    soon,
)
from web.pages.staff import views as v
from web.pages.staff import views_pharmacy as p

KANG = two("康药房", "Kang Pharmacy")
DECLINE = (
    v.Choice("stock", two("缺货", "Out of stock")),
    v.Choice("area", two("送不到", "Cannot deliver there")),
    v.Choice("time", two("来不及", "Not in time")),
    v.Choice("other", two("其他", "Other")),
)


def pharmacy_frame(lang: str) -> v.StaffFrame:
    return v.StaffFrame(
        KANG,
        two("药房", "Pharmacy"),
        name(lang, "刘芸", "Liu Yun"),
        "/pharmacy",
        (v.Place("/pharmacy", two("配药", "Dispatch"), 6, True),),
        NOW,
        topics=("board", "pharmacy:kang"),
    )


def order_row(
    number: int, who: str, what: tuple[str, str], state: tuple[str, str], fen: int, minutes: float, **more: object
) -> p.BoardRow:
    return p.BoardRow(
        f"o{number}",
        f"/pharmacy/orders/o{number}",
        f"O-{number}",
        who,
        two(*what),
        two(*state),
        fen,
        soon(minutes),
        **more,
    )  # type: ignore[arg-type]


def board(column: p.Column = "offers") -> p.Board:
    waits, courier = ("待领", "not started"), ("骑手 丁师傅", "courier Ding")
    near = two("城东 2.4 km", "east side, 2.4 km")
    offers = (
        order_row(
            88213,
            "王**",
            ("缬沙坦胶囊 80 mg、氨氯地平片 2.5 mg", "Valsartan 80 mg, amlodipine 2.5 mg"),
            waits,
            4680,
            3.7,
            stock="all",
            offer_id="f1",
            chosen=True,
            place=near,
        ),
        order_row(
            88215,
            "李**",
            ("二甲双胍、阿卡波糖、阿托伐他汀、达格列净", "Metformin, acarbose, atorvastatin, dapagliflozin"),
            waits,
            11230,
            4.3,
            stock="part",
            offer_id="f2",
            missing=1,
        ),
        order_row(
            88216,
            "周**",
            ("阿司匹林、美托洛尔", "Aspirin, metoprolol"),
            waits,
            9800,
            0.8,
            stock="unknown",
            offer_id="f3",
        ),
    )
    return p.Board(
        offers,
        (
            order_row(
                88204,
                "吴志强",
                ("阿托伐他汀、非诺贝特", "Atorvastatin, fenofibrate"),
                ("刘芸 扫 1 / 2", "Liu Yun, 1 of 2"),
                6400,
                160,
            ),
        ),
        (order_row(88198, "孙磊", ("布洛芬", "Ibuprofen"), ("等骑手", "waits for the courier"), 3990, 160),),
        (
            order_row(88185, "冯**", ("氯沙坦", "Losartan"), courier, 2840, 5),
            order_row(88191, "高**", ("甲巯咪唑", "Thiamazole"), courier, 3350, -12, late=True),
        ),
        (),
        column,
    )


def order(state: str = "offered") -> p.OrderPane:
    lines = (
        p.StockLine(two("缬沙坦胶囊 80 mg", "Valsartan 80 mg"), two("14 粒 = 2 盒", "14 caps = 2 packs"), 26, True),
        p.StockLine(
            two("苯磺酸氨氯地平片 2.5 mg", "Amlodipine 2.5 mg"), two("14 片 = 1 盒", "14 tablets = 1 pack"), None, False
        ),
    )
    told = (
        {}
        if state in ("offered", "lapsed")
        else {"full_name": LONG_ZH, "phone": "138****2201", "address": "城东区示范路 1 号 3 单元 502"}
    )
    return p.OrderPane(
        "o88213",
        "O-88213",
        state,
        lines,
        two("RX-2611-1093 第 1 版", "RX-2611-1093, version 1"),  # type: ignore[arg-type]
        two("任洁 14:31 审核通过 · 有效至 2026-11-24", "approved by Ren Jie 14:31 · valid until 2026-11-24"),
        two("城东片区 2.4 km · 今日 18:00 前", "east side 2.4 km · today by 18:00"),
        soon(3.7),
        4080,
        600,
        NOW,
        "f1",
        ago(2),
        label_href="/pharmacy/orders/o88213/label",
        pick_href="/pharmacy/orders/o88213/pick",
        reasons=DECLINE,
        error=two("收货码不对。", "The code is wrong.") if state == "shipped" else "",
        box_out=state == "cancelled",
        **told,
    )


def board_view(lang: str, state: str = "offered", column: p.Column = "offers", chosen: bool = True) -> p.BoardView:
    return p.BoardView(pharmacy_frame(lang), KANG, board(column), order(state) if chosen else None)


def board_empty(lang: str) -> p.BoardView:
    return p.BoardView(pharmacy_frame(lang), KANG, p.Board())


def scans() -> tuple[p.Scan, ...]:
    return (
        p.Scan(
            "s2",
            ago(0.2),
            "right",
            two("二甲双胍 0.5 g", "Metformin 0.5 g"),
            "4471",
            two("还差 1 盒。", "One more pack of this."),
        ),
        p.Scan(
            "s1",
            ago(0.5),
            "wrong",
            two("二甲双胍 0.85 g", "Metformin 0.85 g"),
            "0932",
            two("处方是 0.5 g，放回去。", "Prescribed is 0.5 g. Put it back."),
        ),
    )


def pick(lang: str, done: bool = False) -> p.PickView:
    lines = (
        p.PickLine(
            1,
            two("二甲双胍片 0.5 g", "Metformin tablets 0.5 g"),
            two("60 片，每盒 30", "60 tablets, 30 in a pack"),
            "B-03",
            2 if done else 1,
            2,
            "M260711",
            date(2028, 6, 1),
            current=True,
        ),
        p.PickLine(
            2,
            two("甘精胰岛素笔芯 3 mL", "Insulin glargine pen"),
            two("1 支", "1 pen"),
            two("冰箱 1", "Fridge 1").get(lang),
            1 if done else 0,
            1,
            cold=True,
        ),
    )
    todo = (
        p.Todo(two("患者和处方相符", "Right patient and prescription"), "past"),
        p.Todo(two("每盒都扫：还差 2 盒", "Every pack scanned: 2 to go"), "past" if done else "open"),
    )
    return p.PickView(
        pharmacy_frame(lang),
        "o1",
        "O-88177",
        two("RX-2611-1079 第 1 版 · 任洁审核", "RX-2611-1079, version 1 · approved by Ren Jie"),
        soon(150),
        lines,
        todo,
        (two("二甲双胍：早晚随餐各 1 片。", "Metformin: 1 with breakfast, 1 with supper."),),
        () if done else scans(),
        "",
        done,
        "" if done else two("还有 2 盒没扫。", "2 packs are not scanned."),
        two("患者已取消，把药放回货架。", "The patient cancelled: put it back.") if done else "",
        DECLINE,
    )


def label(lang: str) -> p.LabelView:
    return p.LabelView(
        "O-88177",
        s.doctor_frame(lang).house,
        KANG,
        "0731-8888 0000",
        name(lang, LONG_ZH, LONG_EN),
        "2201",
        "城东区示范路 1 号 3 单元 502",
        (
            p.LabelLine(
                two("二甲双胍片 0.5 g", "Metformin 0.5 g"),
                two("2 盒", "2 packs"),
                two("早晚随餐各 1 片", "1 with breakfast, 1 with supper"),
            ),
        ),
        NOW,
        name(lang, "刘芸", "Liu Yun"),
        "/pharmacy",
        True,
    )
