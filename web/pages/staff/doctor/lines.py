"""Lines of a draft as the writer shows them, and what the doctor typed read back."""
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from app.kit.text import Text, counted
from app.work import Work
from prescribing import api as prescribing
from web.pages.staff import views as v
from web.pages.staff import views_rx as x

FREQUENCIES: dict[str, Text] = {
    "qd": Text(zh="每日 1 次", en="once a day"), "bid": Text(zh="每日 2 次", en="twice a day"),
    "tid": Text(zh="每日 3 次", en="three times a day"), "qid": Text(zh="每日 4 次", en="four times a day"),
    "qn": Text(zh="每晚 1 次", en="every night"), "q12h": Text(zh="每 12 小时", en="every 12 hours"),
    "q8h": Text(zh="每 8 小时", en="every 8 hours"), "q6h": Text(zh="每 6 小时", en="every 6 hours"),
    "qod": Text(zh="隔日 1 次", en="every other day"), "qw": Text(zh="每周 1 次", en="once a week"),
    "st": Text(zh="只用 1 次", en="once only"),
    **{f"prn:{n}": Text(zh=f"需要时，一天最多 {n} 次", en=f"when needed, at most {n} a day") for n in (1, 2, 3, 4)},
}
ROUTES: dict[str, Text] = {
    "oral": Text(zh="口服", en="by mouth"), "sublingual": Text(zh="舌下", en="under the tongue"),
    "inhalation": Text(zh="吸入", en="inhaled"), "nasal": Text(zh="喷鼻", en="into the nose"),
    "topical": Text(zh="外用", en="on the skin"), "subcutaneous": Text(zh="皮下注射", en="under the skin"),
    "intravenous": Text(zh="静脉注射", en="into a vein"), "vaginal": Text(zh="阴道用", en="vaginal"),
    "ocular": Text(zh="滴眼", en="into the eye"),
}
TIMINGS: dict[str, Text] = {
    "morning": Text(zh="早晨", en="morning"), "evening": Text(zh="晚上", en="evening"),
    "bedtime": Text(zh="睡前", en="bedtime"), "before_breakfast": Text(zh="早饭前", en="before breakfast"),
    "after_breakfast": Text(zh="早饭后", en="after breakfast"), "before_meals": Text(zh="饭前", en="before meals"),
    "with_meals": Text(zh="随餐", en="with meals"), "after_meals": Text(zh="饭后", en="after meals"),
    "empty_stomach": Text(zh="空腹", en="empty stomach"),
}
UNITS: dict[str, Text] = {
    "tablet": Text(zh="片", en="tablets"), "capsule": Text(zh="粒", en="capsules"), "pill": Text(zh="丸", en="pills"),
    "sachet": Text(zh="袋", en="sachets"), "puff": Text(zh="喷", en="puffs"), "drop": Text(zh="滴", en="drops"),
    "ampoule": Text(zh="支", en="ampoules"), "vial": Text(zh="瓶", en="vials"), "syringe": Text(zh="支", en="syringes"),
    "IU": Text(zh="单位", en="units"), "ug": Text(zh="µg", en="µg"),
}
PACKS = Text(zh="盒", en="packs")
BY_DAYS = Text(zh="按天数", en="by days")
SOURCE = Text(zh="处方集数据，尚无临床人员审定；不会自动填入",
              en="formulary data, not yet signed by a clinician; never filled in")
NEW = "new"
FIELDS = {"dose.value": "dose", "dose.unit": "dose", "max_per_day": "frequency", "product_code": "dose"}
NUMBER = Text(zh="填数字", en="Give a number")
CHOOSE = Text(zh="请选", en="Choose one")


@dataclass(frozen=True)
class Typed:
    """What stands in the open line; `product` is set while the line is not kept yet."""

    line: str = ""
    drug_id: str = ""
    product: str = ""
    values: dict[str, str] = field(default_factory=dict)
    errors: tuple[v.FieldError, ...] = ()


def hit_id(drug_id: str, product: str) -> str:
    """How a product is named in the search results."""
    return f"{drug_id}:{product}"


def unit_of(drug_id: str, product_code: str) -> str:
    """The unit in which the dose is typed: of the substance when there is one, else of the product."""
    product = prescribing.load().product(drug_id, product_code)
    return product.components[0].unit if len(product.components) == 1 else product.unit


def read_typed(typed: Typed) -> tuple[dict[str, Any], tuple[v.FieldError, ...]]:
    """The fields of a line as the command wants them, and what cannot be read."""
    told, wrong = typed.values, []
    dose = _decimal(told.get("dose", ""))
    if dose is None:
        wrong.append(v.FieldError("dose", NUMBER))
    days = _whole(told.get("days", ""))
    if days is None:
        wrong.append(v.FieldError("days", NUMBER))
    quantity = _whole(told.get("quantity", "")) if told.get("quantity", "").strip() else None
    if told.get("quantity", "").strip() and quantity is None:
        wrong.append(v.FieldError("quantity", NUMBER))
    wrong += [v.FieldError(name, CHOOSE) for name, known in (("frequency", FREQUENCIES), ("route", ROUTES))
              if told.get(name) not in known]
    often, _, most = told.get("frequency", "").partition(":")
    content = {"drug_id": typed.drug_id, "product_code": typed.product,
               "dose": {"value": str(dose), "unit": unit_of(typed.drug_id, typed.product)},
               "route": told.get("route"), "frequency": often, "max_per_day": int(most) if most else None,
               "timing": told.get("timing") or None, "days": days, "quantity": quantity}
    return content, tuple(wrong)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace("，", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def line_views(work: Work, rx: prescribing.Prescription, typed: Typed) -> tuple[x.RxLine, ...]:
    """Every kept line, the chosen one open, and the line that is being written."""
    facts, _ = prescribing.patient_facts(work, rx)
    rows = [_kept(work, item, typed, facts) for item in prescribing.items_of(work, rx.id)]
    if typed.line == NEW and typed.product:
        rows.append(_open(NEW, len(rows) + 1, typed.drug_id, typed.product, typed.values, typed.errors, facts))
    return tuple(rows)


def values_of(item: prescribing.PrescriptionItem) -> dict[str, str]:
    """A kept line as the form shows it."""
    told = item.ordered
    often = told["frequency"] + (f":{told['max_per_day']}" if told.get("max_per_day") else "")
    quantity = told.get("quantity")
    return {"dose": str(told["dose"]["value"]), "frequency": often, "route": told["route"],
            "timing": told.get("timing") or "", "days": str(told["days"]),
            "quantity": str(quantity) if quantity else ""}


def _kept(work: Work, item: prescribing.PrescriptionItem, typed: Typed, facts: Any) -> x.RxLine:
    here = typed.line == str(item.line)
    values = {**values_of(item), **(typed.values if here else {})}
    if here:
        line = _open(str(item.line), item.line, item.drug_id, item.product_code, values, typed.errors, facts,
                     str(item.ordered["dose"]["unit"]))
        return line_with(line, item, work)
    return x.RxLine(
        str(item.line), item.line, name_of(item), item.drug_id, values["dose"], "", (), (), (), item.days, "", "",
        short=how_of(item), wording=_wording(item, work))


def _wording(item: prescribing.PrescriptionItem, work: Work) -> str:
    return item.wording_en if work.actor.language == "en" else item.wording_zh


def line_with(line: x.RxLine, item: prescribing.PrescriptionItem, work: Work) -> x.RxLine:
    """An open line that is kept already: its packs and the patient's words."""
    return replace(line, quantity_hint=str(item.quantity), wording=_wording(item, work))


def _open(key: str, number: int, drug_id: str, product_code: str, values: dict[str, str],
          errors: tuple[v.FieldError, ...], facts: Any, unit: str = "") -> x.RxLine:
    data = prescribing.load()
    drug, product = data.drug(drug_id), data.product(drug_id, product_code)
    unit = unit or unit_of(drug_id, product_code)
    days = values.get("days", "")
    routes = {product.route: ROUTES[product.route]} | ({values["route"]: ROUTES[values["route"]]}
                                                       if values.get("route") in ROUTES else {})
    often = drug.only_frequencies or tuple(FREQUENCIES)
    return x.RxLine(
        key, number, Text(zh=f"{product.name.zh} {product.strength}", en=f"{product.name.en} {product.strength}"),
        drug.inn, values.get("dose", ""), _said_unit(unit),  # type: ignore[arg-type]
        _choices({code: FREQUENCIES[code] for code in often if code in FREQUENCIES}, values.get("frequency")),
        _choices(routes, values.get("route")), _choices(TIMINGS, values.get("timing")),
        days, values.get("quantity", ""), PACKS,  # type: ignore[arg-type]
        guide=prescribing.dose_hint(drug, facts, product.route).text, guide_source=SOURCE, open=True,
        errors=errors, pending=key == NEW, drug_id=hit_id(drug_id, product_code), quantity_hint=BY_DAYS)


def _said_unit(unit: str) -> v.Words:
    return UNITS.get(unit, unit)


def _choices(known: dict[str, Text], chosen: str | None) -> tuple[v.Choice, ...]:
    return tuple(v.Choice(code, words, code == chosen) for code, words in known.items())


def name_of(item: prescribing.PrescriptionItem) -> Text:
    """Medicine with its strength."""
    return Text(zh=f"{item.name_zh} {item.strength}", en=f"{item.name_en} {item.strength}")


def how_of(item: prescribing.PrescriptionItem) -> Text:
    """The order in the doctor's words."""
    told = item.ordered
    unit = _said_unit(told["dose"]["unit"])
    units = unit if isinstance(unit, Text) else Text(zh=unit, en=unit)
    often = FREQUENCIES[told["frequency"] + (f":{told['max_per_day']}" if told.get("max_per_day") else "")]
    route, timing = ROUTES[told["route"]], TIMINGS.get(told.get("timing") or "")
    dose = told["dose"]["value"]
    when_zh, when_en = (f" {timing.zh}", f", {timing.en}") if timing else ("", "")
    return Text(zh=f"{route.zh} 每次 {dose} {units.zh} {often.zh}{when_zh} · {item.days} 天 · {item.quantity} 盒",
                en=f"{route.en}, {dose} {units.en} {often.en}{when_en} · "
                   f"{counted(item.days, 'day')} · {counted(item.quantity, 'pack')}")


def frozen(work: Work, items: list[prescribing.PrescriptionItem]) -> tuple[x.FrozenLine, ...]:
    """Lines that can no longer be changed."""
    return tuple(x.FrozenLine(name_of(item), how_of(item), item.days,
                              Text(zh=f"{item.quantity} 盒", en=counted(item.quantity, "pack")), _wording(item, work))
                 for item in items)
